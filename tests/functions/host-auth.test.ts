import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { startLocalFirehose } from '../support/local-firehose.ts';
import type { LocalFirehose } from '../support/local-firehose.ts';
import { lambdaEvent, startLocalLambda, type LocalLambda } from './local-lambda.ts';

let lambda: LocalLambda;
let firehose: LocalFirehose;
let handler: (event: unknown) => Promise<unknown>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  firehose = await startLocalFirehose();
  process.env['AWS_ENDPOINT_URL_FIREHOSE'] = firehose.url;
  process.env['TRAILWATCH_HOST_AUTH_STREAM'] = 'trailwatch-dev-host-auth';
  handler = await lambda.load('logs-subscription');
}, 30_000);
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  firehose.clear();
  lambda.bus.clear();
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL_FIREHOSE'];
  delete process.env['TRAILWATCH_HOST_AUTH_STREAM'];
  await Promise.all([lambda.close(), firehose.close()]);
});

const rows = () =>
  firehose.taken
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, string>>);

describe('the table of host logs', () => {
  test('gets each line of authentication, with what the reports ask for', async () => {
    await handler(lambdaEvent('cloudwatch-logs/auth-log'));
    expect(rows()).toContainEqual(
      expect.objectContaining({
        program: 'sshd',
        activity: 'authentication',
        outcome: 'success',
        username: 'root',
        src_ip: expect.stringMatching(/^[\d.]+$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      }),
    );
    expect(new Set(rows().map(({ id }) => id)).size).toBe(rows().length);
    expect(output.lines()).toContainEqual(expect.objectContaining({ HostAuthRecords: rows().length }));
  });

  test('gets nothing of CloudTrail', async () => {
    await handler(lambdaEvent('cloudwatch-logs/cloudtrail'));
    expect(firehose.calls).toEqual([]);
  });

  test('lines that can not be kept fail the invocation, after the findings were published: both come again', async () => {
    firehose.refuse('AccessDeniedException');
    await expect(handler(lambdaEvent('cloudwatch-logs/auth-log'))).rejects.toThrow(/AccessDeniedException/);
    expect(lambda.bus.entries.length).toBeGreaterThan(0);
    await handler(lambdaEvent('cloudwatch-logs/auth-log'));
    expect(rows().length).toBeGreaterThan(0);
  });
});
