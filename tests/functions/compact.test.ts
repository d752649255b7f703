import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { folderAfter } from '../../src/archive/copy/copy-days.ts';
import { cloudTrailRecord } from '../cli/cloudtrail-record.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { lambdaContext } from '../support/lambda-context.ts';
import { startLocalCopy } from '../support/local-copy.ts';
import type { LocalCopy } from '../support/local-copy.ts';
import { startLocalLambda, type LocalLambda } from './local-lambda.ts';
import { dayOf, folderOf } from '../../src/time/days.ts';

const before = { ...process.env };
const variables = {
  TRAILWATCH_WORK_GROUP: 'trailwatch-dev-reports',
  TRAILWATCH_DATABASE: 'trailwatch_dev',
  TRAILWATCH_ARCHIVE_DAYS: '30',
};
const yesterday = folderAfter(folderOf(dayOf(new Date())), -1);
const dashed = (day: string): string => day.replaceAll('/', '-');
const scheduled = {
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  time: new Date().toISOString(),
};

let lambda: LocalLambda;
let local: LocalCopy;
let handler: (event: unknown) => Promise<unknown>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  const delivered = (id: string, daysAgo: number, late = 0) => ({
    folder: dashed(folderAfter(yesterday, -daysAgo)),
    account: '111122223333',
    record: cloudTrailRecord({
      eventID: id,
      eventTime: `${dashed(folderAfter(yesterday, -daysAgo - late))}T10:00:00Z`,
    }),
  });
  local = await startLocalCopy([delivered('a', 1), delivered('a', 1), delivered('b', 0), delivered('c', 0, 60)]);
  local.athena.mood('works at once');
  Object.assign(process.env, variables, {
    AWS_ENDPOINT_URL_ATHENA: local.athena.url,
    AWS_ENDPOINT_URL_GLUE: local.glueUrl,
  });
  const { handler: exported } = await import('../../functions/compact.ts');
  handler = (event) => exported(event, lambdaContext('trailwatch-dev-compact', 900_000));
}, 30_000);
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => output.restore());
afterAll(async () => {
  await Promise.all([lambda.close(), local.close()]);
  for (const name of [...Object.keys(variables), 'AWS_ENDPOINT_URL_ATHENA', 'AWS_ENDPOINT_URL_GLUE']) {
    if (before[name] === undefined) delete process.env[name];
  }
});

const rows = () => local.ask('SELECT eventid, day FROM cloudtrail_columnar ORDER BY eventid');
const merges = () => local.statements.filter((text) => text.startsWith('MERGE'));

describe('the daily copy', () => {
  test('a failed statement fails the invocation, so that its dead letters ring', async () => {
    local.fail(/^MERGE/, 'HIVE_BAD_DATA: malformed JSON in a trail file');
    await expect(handler(scheduled)).rejects.toThrow(/HIVE_BAD_DATA/);
    expect(await rows()).toEqual([]);
  });

  test('holds the last days, each event once, and nothing older than is kept', async () => {
    await handler(scheduled);
    expect(await rows()).toEqual([
      ['a', folderAfter(yesterday, -1)],
      ['b', yesterday],
    ]);
    // The event of sixty days ago came, and went by what the stage keeps.
    expect(local.statements).toContain(
      `DELETE FROM cloudtrail_columnar WHERE day < '${folderAfter(folderOf(dayOf(new Date())), -30)}'`,
    );
    expect(output.text()).toContain('"DaysCopied"');
  });

  test('called again, it reads nothing', async () => {
    const statements = local.statements.length;
    await handler(scheduled);
    expect(local.statements).toHaveLength(statements);
    expect(merges().length).toBeGreaterThan(0);
  });
});
