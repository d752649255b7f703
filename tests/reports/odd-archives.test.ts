import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { commandLine } from '../cli/trailwatch.ts';

/** Whatever stands in one record, the others are answered: exit 0, or 3 with the record named. */
const reports = await loadReports(join(import.meta.dirname, '../../queries'), 'queries');
const folder = mkdtempSync(join(tmpdir(), 'trailwatch-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const record = (id: string, fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  eventVersion: '1.11',
  eventID: id,
  eventTime: '2026-03-11T09:12:44Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateAccessKey',
  eventType: 'AwsApiCall',
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'x',
  userIdentity: {
    type: 'IAMUser',
    accountId: '111122223333',
    arn: 'arn:aws:iam::111122223333:user/mia',
    userName: 'mia',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  },
  readOnly: false,
  requestParameters: { userName: 'mia' },
  ...fields,
});
const good = record('good', {});
const s3 = { eventSource: 's3.amazonaws.com', eventName: 'GetObject', eventCategory: 'Data' };
const raw = (text: string): string => `@raw ${text} raw@`;

/** What a record may hold where CloudTrail writes something else, and whether such a record is set aside. */
const kinds: readonly (readonly [string, Readonly<Record<string, unknown>>, 'read' | 'set aside'])[] = [
  ['a leap second', { eventTime: '2026-03-11T23:59:60Z' }, 'read'],
  ['a time with an offset', { eventTime: '2026-03-11T07:00:00+02:00' }, 'read'],
  ['a time in seconds since 1970', { eventTime: 1_773_220_364 }, 'read'],
  ['an hour that no day has', { eventTime: '2026-03-11T25:00:00Z' }, 'set aside'],
  ['a day that no month has', { eventTime: '2026-02-30T00:00:00Z' }, 'set aside'],
  ['a time of words', { eventTime: 'yesterday' }, 'set aside'],
  ['no time', { eventTime: null }, 'set aside'],
  ['a year of six digits', { eventTime: '+275760-09-13T00:00:00Z' }, 'set aside'],
  ['more bytes than 64 bits count', { ...s3, additionalEventData: { bytesTransferredOut: raw('1e400') } }, 'read'],
  [
    'bytes of twenty digits',
    { ...s3, additionalEventData: { bytesTransferredOut: raw('18446744073709551616') } },
    'read',
  ],
  ['bytes that are no number', { ...s3, additionalEventData: { bytesTransferredOut: 'NaN' } }, 'read'],
  ['negative bytes', { ...s3, additionalEventData: { bytesTransferredOut: -1 } }, 'read'],
  ['an identity that is text', { userIdentity: 'mia' }, 'read'],
  ['an identity that is a list', { userIdentity: [1, { type: [] }] }, 'read'],
  ['a type of identity that is an object', { userIdentity: { type: { a: 1 } } }, 'read'],
  ['parameters that are text', { requestParameters: '{"userName":' }, 'read'],
  ['parameters that are a list', { requestParameters: [[['a']]] }, 'read'],
  ['resources that are an object', { resources: { arn: 'x' } }, 'read'],
  ['resources of numbers', { resources: [1, null, 'x', { arn: 7 }] }, 'read'],
  ['TLS details that are text', { tlsDetails: 'TLSv1.2' }, 'read'],
  ['a name that is a number', { eventName: 7 }, 'read'],
  ['an address that is a list', { sourceIPAddress: ['203.0.113.7'] }, 'read'],
  ['readOnly that is a word', { readOnly: 'maybe' }, 'read'],
  ['text with NUL and half a surrogate pair', { userAgent: '\u0000\ud800', errorCode: '\udfff' }, 'read'],
];

const lineOf = (fields: unknown): string => JSON.stringify(fields).replaceAll(/"@raw (.*?) raw@"/g, '$1');
const archive = join(folder, 'odd.jsonl');
writeFileSync(
  archive,
  [good, ...kinds.map(([, fields], index) => record(`odd-${index}`, fields))].map(lineOf).join('\n'),
);

const given: Readonly<Record<string, string>> = {
  principal: 'mia',
  key: 'AKIAIOSFODNN7EXAMPLE',
  address: '203.0.113.7',
  resource: 'bucket',
};

describe.each(reports.map((report) => [report.name, report] as const))('%s', (name, { parameters }) => {
  const asked = parameters.filter((one) => one.default === undefined);
  const args = asked.flatMap((one) => ['--param', `${one.name}=${given[one.name]}`]);

  test('answers over all odd records at once, as text and as evidence', async () => {
    const out = join(folder, name);
    const text = await commandLine(['report', 'run', name, '--archive', archive, ...args]);
    const evidence = await commandLine(['report', 'run', name, '--archive', archive, ...args, '--evidence', out]);
    expect([text.code, evidence.code]).toEqual([3, 3]);
    expect(readdirSync(out).toSorted()).toEqual(
      ['manifest.json', ...['csv', 'html', 'json'].map((form) => `${name}.${form}`)].toSorted(),
    );
  });
});

test.each(kinds.map(([what, fields, fate]) => [what, fate, fields] as const))(
  '%s is %s',
  async (what, fate, fields) => {
    const path = join(folder, 'one.jsonl');
    writeFileSync(path, [good, record('odd', fields)].map(lineOf).join('\n'));
    const args = ['report', 'run', 'log-completeness', '--archive', path, '--format', 'csv'];
    const { code, stdout, stderr } = await commandLine(args);
    expect([what, code]).toEqual([what, fate === 'read' ? 0 : 3]);
    const events = stdout
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => Number(line.split(',')[3]));
    expect(events.reduce((sum, one) => sum + one, 0)).toBe(fate === 'read' ? 2 : 1);
    if (fate === 'set aside') expect(stderr).toMatch(/one\.jsonl #1: .*eventTime/);
  },
);

test('a pack has the reports that succeed, names the others, and exits 3', async () => {
  const out = join(folder, 'pack');
  const names = ['access-key-changes', 'instance-life-cycle'];
  const ended = await commandLine([
    'report',
    'run',
    ...names,
    '--archive',
    archive,
    '--evidence',
    out,
    '--max-rows',
    '1',
  ]);
  expect(ended.code).toBe(3);
  expect(ended.stderr).toMatch(/access-key-changes: the answer has more than 1 rows/);
  expect(readdirSync(out)).toContain('instance-life-cycle.csv');
  expect(readdirSync(out)).not.toContain('access-key-changes.csv');
});
