import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalArchive } from '../../src/cli/report/local-engine.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { allTime } from '../../src/report/definition/period.ts';
import type { Period } from '../../src/report/definition/period.ts';
import type { Cell } from '../../src/report/run/query-engine.ts';
import { prepareReport, runReport } from '../../src/report/run/run-report.ts';
import { openArchive } from '../support/local-archive.ts';
import { oddRecords } from '../support/odd-records.ts';

const reports = await loadReports(join(import.meta.dirname, '..', '..', 'queries'), 'queries');
const folder = mkdtempSync(join(tmpdir(), 'trailwatch-test-'));

let archive: LocalArchive;
beforeAll(async () => {
  const path = join(folder, 'events.jsonl');
  writeFileSync(path, `${oddRecords.map((one) => JSON.stringify(one)).join('\n')}\n{"eventID": "half a rec`);
  archive = await openArchive([path], ['cloudtrail']);
});
afterAll(async () => {
  await archive?.close();
  rmSync(folder, { recursive: true });
});

async function answer(name: string, period: Period = allTime): Promise<readonly Readonly<Record<string, Cell>>[]> {
  const report = reports.find((one) => one.name === name);
  if (report === undefined) throw new Error(`no report ${name}`);
  const prepared = prepareReport(report, { period, parameters: {} });
  const run = await runReport(prepared, archive.engine, {
    now: () => new Date(0),
    signal: new AbortController().signal,
    maxRows: 1000,
  });
  return run.rows.map((row) =>
    Object.fromEntries(report.columns.map(({ name: key }, index) => [key, row[index] ?? null])),
  );
}

const january: Period = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' };

test('an event that was delivered twice is counted once', async () => {
  const rows = await answer('deletions');
  expect(rows.filter(({ target }) => target === 'once')).toHaveLength(1);
});

test('network activity and insights, which are other tables on Athena, are none of the trail here either', async () => {
  const targets = (await answer('deletions')).map(({ target }) => target);
  expect(targets).not.toContain('by-endpoint');
  expect(targets).not.toContain('unusual');
});

test('a request that is no JSON has no parameters, and an identity that is none is unknown', async () => {
  const rows = await answer('deletions');
  expect(rows.find(({ eventname }) => eventname === 'DeleteUser')).toMatchObject({ target: null, actor: 'eve' });
  expect(rows.find(({ eventname }) => eventname === 'DeleteGroup')).toMatchObject({ actor: 'unknown' });
});

test('a period holds its first second and the last one before its end', async () => {
  const targets = (await answer('deletions', january)).map(({ target }) => target);
  expect(targets).toContain('last-second');
  expect(targets).not.toContain('next-month');
});

test('a half-written record is named, and everything before it answered', () => {
  expect(archive.failures.total()).toBe(1);
});

test('a provider is a change of the organisation, signing in through one is not', async () => {
  expect((await answer('organization-changes')).map(({ eventname }) => eventname)).toEqual(['CreateSAMLProvider']);
});

test('outdated TLS is marked', async () => {
  expect(await answer('tls-versions')).toMatchObject([{ outdated: true, tls_version: 'TLSv1.1', calls: 1 }]);
});

test('a document allows everything when one Allow statement does, in any order of keys; a Deny of everything is none', async () => {
  expect(await answer('administrator-grants')).toHaveLength(2);
});

test('a call that failed before there was an instance has one row, without one', async () => {
  expect(await answer('instance-life-cycle')).toMatchObject([
    { instance_id: null, errorcode: 'Client.InstanceLimitExceeded' },
  ]);
});

test('a failed sign-in of root is root activity, with its reason', async () => {
  expect(await answer('root-activity')).toMatchObject([{ mfa: 'no', errorcode: 'Failed authentication' }]);
});
