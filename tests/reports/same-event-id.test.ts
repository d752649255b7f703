import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { allTime } from '../../src/report/definition/period.ts';
import { prepareReport, runReport } from '../../src/report/run/run-report.ts';
import { commandLine } from '../cli/trailwatch.ts';
import { openArchive } from '../support/local-archive.ts';

/** CloudTrail gives an event one id and writes it once; two records of one id that differ are a fault, or a forgery. */
const root = { type: 'Root', arn: 'arn:aws:iam::111122223333:root', accountId: '111122223333' };
const quiet = {
  eventVersion: '1.11',
  eventID: '5b1e2c66-0000-4000-8000-000000000001',
  eventTime: '2026-03-11T09:12:44Z',
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'DescribeTrails',
  eventType: 'AwsApiCall',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  sourceIPAddress: '203.0.113.7',
  readOnly: true,
  userIdentity: root,
  requestParameters: { trailNameList: ['main'], includeShadowTrails: false },
};
const loud = { ...quiet, eventName: 'StopLogging', readOnly: false, requestParameters: { name: 'main' } };
/** The same fields as `loud`, in another order. */
const turned = Object.fromEntries(Object.entries(loud).toReversed());

const folder = mkdtempSync(join(tmpdir(), 'trailwatch-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, ...records: readonly unknown[]): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ Records: records }));
  return path;
};
let files: { readonly quiet: string; readonly loud: string; readonly turned: string };
beforeAll(() => {
  files = { quiet: write('a.json', quiet), loud: write('b.json', loud), turned: write('c.json', turned) };
});

const changes = ['report', 'run', 'audit-log-changes', '--format', 'csv'];
const stops = (csv: string): number => csv.split('\n').filter((line) => line.includes('StopLogging')).length;

describe('over files', () => {
  test('two records that differ are both in the answer, and said', async () => {
    const { code, stdout, stderr } = await commandLine([...changes, '--archive', files.quiet, '--archive', files.loud]);
    expect([code, stops(stdout)]).toEqual([0, 1]);
    expect(stderr).toContain(`1 event id with records that differ, all kept: ${quiet.eventID}`);
  });

  test('the same record once more, also with its fields in another order, is one', async () => {
    const paths = [files.loud, files.turned, files.loud].flatMap((path) => ['--archive', path]);
    const { code, stdout, stderr } = await commandLine([...changes, ...paths]);
    expect([code, stops(stdout)]).toEqual([0, 1]);
    expect(stderr).not.toContain('differ');
  });

  test('no answer depends on the order of the files', async () => {
    const reports = (await loadReports(join(import.meta.dirname, '../../queries'), 'queries')).filter(
      ({ reads, parameters }) => reads.join() === 'cloudtrail' && parameters.every((one) => one.default !== undefined),
    );
    const variants = [quiet, loud, { ...loud, errorCode: 'AccessDenied' }, { ...loud, userAgent: 'x' }].map(
      (record, index) => write(`v${index}.json`, record),
    );
    const hashes = async (paths: readonly string[]): Promise<readonly string[]> => {
      const archive = await openArchive(paths, ['cloudtrail']);
      const answers: string[] = [];
      for (const report of reports) {
        const prepared = prepareReport(report, { period: allTime, parameters: {} });
        const options = { now: () => new Date(0), signal: new AbortController().signal, maxRows: 1000 };
        const { hash } = await runReport(prepared, archive.engine, options);
        answers.push(`${report.name} ${hash}`);
      }
      await archive.close();
      return answers;
    };
    expect(await hashes(variants.toReversed())).toEqual(await hashes(variants));
  });
});

describe('in a local store', () => {
  const store = (name: string): string => join(folder, name);
  const imported = (name: string, path: string) => commandLine(['archive', 'import', path, '--store', store(name)]);

  test.each([
    ['the one and then the other', ['quiet', 'loud']],
    ['the other way round', ['loud', 'quiet']],
  ] as const)('%s: both are in it, and each report says so', async (name, order) => {
    const tallies = [];
    for (const file of order) tallies.push((await imported(name, files[file])).stdout);
    expect(tallies[0]).toMatch(/: 1 event added\n/);
    expect(tallies[1]).toMatch(/: 1 event added\n[^]*1 event id with records that differ, all kept: /);
    const { stdout, stderr } = await commandLine([...changes, '--archive', store(name)]);
    expect(stops(stdout)).toBe(1);
    expect(stderr).toContain('1 event id with records that differ');
  });

  test('the same record from another file, with its fields in another order, is not added', async () => {
    await imported('same', files.loud);
    expect((await imported('same', files.turned)).stdout).toContain(': 0 events added, 1 already in the store');
  });
});
