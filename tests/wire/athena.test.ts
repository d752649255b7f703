import { AthenaClient } from '@aws-sdk/client-athena';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAthenaEngine } from '../../src/aws/athena/engine.ts';
import type { AthenaOptions } from '../../src/aws/athena/engine.ts';
import { createAthenaHistory } from '../../src/aws/athena/history.ts';
import type { LocalArchive } from '../../src/cli/report/local-engine.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { allTime } from '../../src/report/definition/period.ts';
import type { EngineProgress, QueryEngine } from '../../src/report/run/query-engine.ts';
import { csvOf } from '../../src/report/render/csv.ts';
import { prepareReport, runReport } from '../../src/report/run/run-report.ts';
import type { ReportRun } from '../../src/report/run/run-report.ts';
import { trailwatch } from '../cli/trailwatch.ts';
import { openArchive, samplePaths } from '../support/local-archive.ts';
import { startLocalAthena } from '../support/local-athena.ts';
import type { LocalAthena } from '../support/local-athena.ts';

const root = join(import.meta.dirname, '..', '..');
const reports = await loadReports(join(root, 'queries'), 'queries');
const usual = reports.filter(
  ({ name, parameters }) =>
    parameters.every((one) => one.default !== undefined) && !['access-keys-unused', 'new-behaviour'].includes(name),
);

let archive: LocalArchive;
let athena: LocalAthena;
let engine: QueryEngine;
let waits: number[] = [];

function engineFor(options: Partial<AthenaOptions> = {}): QueryEngine {
  const client = new AthenaClient({
    endpoint: athena.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 4,
  });
  const wait = async (ms: number): Promise<void> => void waits.push(ms);
  return createAthenaEngine({
    client,
    workGroup: 'trailwatch-test-reports',
    database: 'trailwatch_test',
    wait,
    ...options,
  });
}

async function run(
  name: string,
  parameters: Readonly<Record<string, string>> = {},
  signal = new AbortController().signal,
  onProgress: (progress: EngineProgress) => void = () => undefined,
  by = engine,
): Promise<ReportRun> {
  const report = reports.find((one) => one.name === name);
  if (report === undefined) throw new Error(`no report ${name}`);
  const prepared = prepareReport(report, { period: allTime, parameters });
  return runReport(prepared, by, { now: () => new Date(0), signal, onProgress, maxRows: 100_000 });
}

const awsEnv = (): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: athena.url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

beforeAll(async () => {
  archive = await openArchive(samplePaths);
  athena = await startLocalAthena(archive.engine);
  engine = engineFor();
});
afterAll(async () => {
  await engine.close();
  await athena.close();
  await archive.close();
});
afterEach(() => {
  athena.mood('works');
  athena.hurry(false);
  athena.refuse();
  athena.clear();
  waits = [];
});

test.each(usual)('$name has the rows and the hash that DuckDB gives', async ({ name }) => {
  const [remote, local] = [await run(name), await run(name, {}, undefined, undefined, archive.engine)];
  const columns = remote.report.columns.map((column) => column.name);
  expect(csvOf(columns, remote.rows).replaceAll('\r\n', '\n')).toBe(
    readFileSync(join(root, `tests/golden/reports/${name}.csv`), 'utf8'),
  );
  expect(remote.hash).toBe(local.hash);
});

test('parameters travel beside the query, one literal each', async () => {
  await run('resource-timeline', { resource: "x' OR 1=1 --" });
  const [{ input } = { input: {} }] = athena.calls;
  expect(input).toMatchObject({
    WorkGroup: 'trailwatch-test-reports',
    QueryExecutionContext: { Database: 'trailwatch_test' },
  });
  expect((input as { ExecutionParameters: string[] }).ExecutionParameters).toContain("'x'' OR 1=1 --'");
  expect((input as { QueryString: string }).QueryString).not.toContain('1=1');
});

test('it says how the query is, how much was read, and what that cost', async () => {
  const seen: EngineProgress[] = [];
  const { statistics, engine: name } = await run('deletions', {}, undefined, (progress) => seen.push(progress));
  expect(seen.map(({ state }) => state)).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
  expect(statistics).toMatchObject({ bytesScanned: 123_456_789, reused: false });
  expect(statistics.cost).toBeCloseTo((123_456_789 / 1024 ** 4) * 5, 10);
  expect(name).toBe('Athena, work group trailwatch-test-reports');
});

test('it asks more and more seldom', async () => {
  await run('deletions');
  expect(waits).toEqual([250, 375]);
});

test('throttled calls are tried again', async () => {
  athena.throttle(2);
  const seen: EngineProgress[] = [];
  const { rows, statistics } = await run('deletions', {}, undefined, (progress) => seen.push(progress));
  expect(rows.length).toBeGreaterThan(0);
  // Whoever waits is told why.
  expect(seen[0]?.retries).toBe(2);
  expect(statistics.retries).toBe(2);
  expect(athena.calls.filter(({ operation }) => operation === 'StartQueryExecution')).toHaveLength(3);
});

test('a query that fails says which and why', async () => {
  athena.mood('fails');
  await expect(run('deletions')).rejects.toMatchObject({
    kind: 'engine',
    message: expect.stringMatching(/query 0+-.* failed: TABLE_NOT_FOUND/),
  });
});

test('a cut-off says what to do', async () => {
  athena.mood('exceeds the cut-off');
  await expect(run('deletions')).rejects.toMatchObject({
    kind: 'cut-off',
    hint: expect.stringContaining('shorter period'),
  });
});

test('who stops waiting stops the query too', async () => {
  athena.mood('never ends');
  const stopping = new AbortController();
  const progress = ({ state }: EngineProgress): void => {
    if (state === 'RUNNING') stopping.abort();
  };
  await expect(run('deletions', {}, stopping.signal, progress)).rejects.toMatchObject({ kind: 'cancelled' });
  expect(athena.calls.at(-1)?.operation).toBe('StopQueryExecution');
});

test.each([
  {
    rule: 'who stops waiting',
    refused: 'StopQueryExecution',
    kind: 'cancelled',
    says: /^stopped; query 0\S+ could not be/,
  },
  {
    rule: 'who may not ask how it is',
    refused: 'GetQueryExecution',
    kind: 'engine',
    says: /AccessDenied.*was stopped on/,
  },
])('$rule hears what becomes of the query', async ({ refused, kind, says }) => {
  athena.mood('never ends');
  athena.refuse(refused);
  const stopping = new AbortController();
  await expect(run('deletions', {}, stopping.signal, () => stopping.abort())).rejects.toMatchObject({
    kind,
    message: expect.stringMatching(says),
  });
});

test('a value that is longer as a literal than Athena takes is refused by its name', async () => {
  await expect(run('resource-timeline', { resource: "'".repeat(600) })).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/^resource: .*1024/),
  });
  expect(athena.calls).toEqual([]);
});

test('an earlier result costs nothing, and is used only when it was allowed', async () => {
  athena.mood('answers from before');
  const reusing = engineFor({ reuseMinutes: 60 });
  const { statistics } = await run('deletions', {}, undefined, undefined, reusing);
  expect(statistics).toMatchObject({ reused: true, cost: 0 });
  expect(athena.calls[0]?.input).toMatchObject({
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 60 } },
  });
  athena.clear();
  await run('deletions');
  expect(athena.calls[0]?.input).not.toHaveProperty('ResultReuseConfiguration');
  await reusing.close();
});

test('the history tells what was asked, by name, with its values, how it ended and what it cost', async () => {
  await run('resource-timeline', { resource: 'example' });
  athena.mood('fails');
  await expect(run('deletions')).rejects.toThrow();
  athena.mood('works');
  const client = new AthenaClient({
    endpoint: athena.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const past = await createAthenaHistory(client, 'trailwatch-test-reports').list(5);
  client.destroy();
  expect(past).toHaveLength(5);
  expect(past[0]).toMatchObject({
    report: 'deletions',
    state: 'FAILED',
    cost: 0,
    reason: expect.stringMatching(/TABLE_NOT_FOUND/),
  });
  expect(past[1]).toMatchObject({
    report: 'resource-timeline',
    state: 'SUCCEEDED',
    submittedAt: '2026-03-11T08:00:00.000Z',
    bytesScanned: 123_456_789,
    parameters: expect.arrayContaining(["'example'"]),
  });
  expect(past[1]?.cost).toBeCloseTo(0.00056, 5);
  const { code, stdout, stderr } = await trailwatch(['report', 'history', '--stage', 'test', '--last', '2'], {
    env: awsEnv(),
  });
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^2026-03-11T08:00:00Z {2}deletions +failed .*TABLE_NOT_FOUND.*\n.*resource-timeline +succeeded +1\.50 s, 123 MB, \$0\.0006/,
  );
  expect(stderr).toContain('2 queries of the last 2 in trailwatch-test-reports');
});

test('--reuse takes an earlier result, and says that it did', async () => {
  athena.mood('answers from before');
  athena.hurry(true);
  const { stderr } = await trailwatch(['report', 'run', 'deletions', '--stage', 'test', '--reuse', '12h'], {
    env: awsEnv(),
  });
  expect(stderr).toMatch(/0 B scanned, \$0\.0000, reused result/);
  const { input } = athena.calls.find(({ operation }) => operation === 'StartQueryExecution') ?? { input: {} };
  expect(input).toMatchObject({
    ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes: 720 } },
  });
});

test.each(['0m', '8d', '60', 'soon'])('--reuse %s is refused', async (reuse) => {
  const { code, stderr } = await trailwatch(['report', 'run', 'deletions', '--stage', 'test', '--reuse', reuse]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('expected a time from 1m to 7d')]);
});

test('the command names the partitions first, and the bytes and cost after', async () => {
  const args = [
    'report',
    'run',
    'deletions',
    '--stage',
    'test',
    '--from',
    '2026-03',
    '--to',
    '2026-03',
    '--format',
    'csv',
  ];
  athena.hurry(true);
  const env = awsEnv();
  const { code, stdout, stderr } = await trailwatch(args, { env });
  expect(stderr).toContain('reads partitions: account all, region all, days 2026/03/01 to 2026/04/02');
  expect(stderr).toMatch(/deletions: 14 rows in .*; 123 MB scanned, \$0\.0006; /);
  expect(code).toBe(0);
  expect(stdout.split('\r\n')).toHaveLength(16);
});

test.each([
  { rule: 'a cut-off', mood: 'exceeds the cut-off' as const, code: 1, says: /cut-off stopped query/ },
  { rule: 'a query that fails', mood: 'fails' as const, code: 70, says: /TABLE_NOT_FOUND/ },
])('$rule leaves no answer, and exit code $code', async ({ mood, code, says }) => {
  athena.mood(mood);
  athena.hurry(true);
  const env = awsEnv();
  const ended = await trailwatch(['report', 'run', 'deletions', '--stage', 'test'], { env });
  expect([ended.code, ended.stdout]).toEqual([code, '']);
  expect(ended.stderr).toMatch(says);
});
