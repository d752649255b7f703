import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startLocalCopy } from '../support/local-copy.ts';
import type { LocalCopy } from '../support/local-copy.ts';
import { startLocalStateTable } from '../support/local-state-table.ts';
import type { LocalStateTable } from '../support/local-state-table.ts';
import { cloudTrailRecord } from './cloudtrail-record.ts';
import { commandLine } from './trailwatch.ts';

const names = ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'ATHENA', 'GLUE', 'DYNAMODB'].map((name) =>
  name.startsWith('AWS') ? name : `AWS_ENDPOINT_URL_${name}`,
);
const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
let state: LocalStateTable;
let local: LocalCopy;

// The command's clock stands at 2026-03-12.
const deliveries = ['08', '09', '10', '11'].map((day) => ({
  folder: `2026-03-${day}`,
  account: '111122223333',
  record: cloudTrailRecord({ eventID: `e${day}`, eventTime: `2026-03-${day}T10:00:00Z` }),
}));

beforeEach(async () => {
  state = await startLocalStateTable();
  local = await startLocalCopy(deliveries);
  local.athena.mood('works at once');
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_ATHENA: local.athena.url,
    AWS_ENDPOINT_URL_GLUE: local.glueUrl,
    AWS_ENDPOINT_URL_DYNAMODB: state.url,
  });
});
afterEach(async () => {
  await Promise.all([local.close(), state.close()]);
});
afterAll(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const compact = (...args: readonly string[]) => commandLine(['archive', 'compact', '--stage', 'dev', ...args]);

describe('trailwatch archive compact', () => {
  test('copies days that are over, says what it read and for how much, and goes on where it was', async () => {
    const dry = await compact('--from', '2026-03-08', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stdout: '2026/03/08\n2026/03/09\n2026/03/10\n2026/03/11\n' });
    expect(local.statements).toEqual([]);

    const first = await compact('--from', '2026-03-08', '--to', '2026-03-09');
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /table created at s3:\/\/trailwatch-dev-archive\/cloudtrail_columnar\/\S+\/\n2026\/03\/08 {2}1 event of 1 account\n2026\/03\/09/,
      ),
      stderr: expect.stringMatching(/2 days copied; [\d.]+ [MG]B scanned, \$\d\.\d{4}/),
    });
    // Today is not over, whatever was asked for.
    expect((await compact('--from', '2026-03-08', '--to', '2026-03-31', '--dry-run')).stdout).toBe(
      '2026/03/10\n2026/03/11\n',
    );
    expect((await compact('--from', '2026-03-08')).stdout).toMatch(/^2026\/03\/10 .*\n2026\/03\/11 .*\n$/);
    expect(await local.ask('SELECT COUNT(*), COUNT(DISTINCT eventid) FROM cloudtrail_columnar')).toEqual([[4, 4]]);
  });

  test('what Athena refuses is told, and nothing counts as copied', async () => {
    local.fail(/^MERGE/, 'Query exhausted resources at this scale factor');
    const ended = await compact('--from', '2026-03-10');
    expect(ended).toMatchObject({ code: 70, stderr: expect.stringContaining('Query exhausted resources') });
    expect((await compact('--from', '2026-03-10', '--dry-run')).stdout).toBe('2026/03/10\n2026/03/11\n');
  });

  test.each([
    ['days that are not over', ['--from', '2026-03-12'], 'no complete day'],
    ['a stage that is no name', ['--stage', 'Prod!'], 'expected lower-case letters'],
    ['a date that is none', ['--from', 'soon'], 'expected a day, a time, or a duration'],
  ])('refuses %s', async (_what, args, says) => {
    expect(await compact(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
  });

  test('a stage that is not there is told as such', async () => {
    const ended = await commandLine(['archive', 'compact', '--stage', 'other']);
    expect(ended).toMatchObject({
      code: 70,
      stderr: expect.stringMatching(/state table trailwatch-other-state: ResourceNotFoundException/),
    });
  });
});
