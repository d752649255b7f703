import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { startLocalFirehose } from '../support/local-firehose.ts';
import type { LocalFirehose } from '../support/local-firehose.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { lambdaEvent, queueBody, startLocalLambda, type LocalLambda } from './local-lambda.ts';

let lambda: LocalLambda;
let firehose: LocalFirehose;
let detect: (event: unknown) => Promise<unknown>;
let deliver: (event: unknown) => Promise<unknown>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  firehose = await startLocalFirehose();
  process.env['AWS_ENDPOINT_URL_FIREHOSE'] = firehose.url;
  process.env['TRAILWATCH_DELIVERIES_STREAM'] = 'trailwatch-dev-deliveries';
  detect = await lambda.load('event-bus');
  deliver = await lambda.load('deliver');
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
  delete process.env['TRAILWATCH_DELIVERIES_STREAM'];
  await Promise.all([lambda.close(), firehose.close()]);
});

const rows = () =>
  firehose.taken
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, string>>);

async function deliverOne(event: string): Promise<unknown> {
  await detect(lambdaEvent(event));
  return deliver(sqsEvent(lambda.bus.entries.map(queueBody)));
}

describe('the table of deliveries', () => {
  test("a row for the acceptance of a finding into a group, and one for the group's notification", async () => {
    await deliverOne('event-bridge/api-call');
    const accepted = rows().filter(({ kind }) => kind === 'accepted');
    const told = rows().filter(({ kind }) => kind === 'told');
    expect(accepted.length).toBeGreaterThan(0);
    for (const { receiver, group_key: key, noted = '', finding } of accepted) {
      const match = told.find((one) => one['receiver'] === receiver && one['group_key'] === key);
      expect(match).toMatchObject({ finding, news: 'first', findings: 1 });
      expect((match?.['noted'] ?? '') >= noted).toBe(true);
    }
  });

  test('rows that cannot be written are logged and counted, and repeat no delivery', async () => {
    firehose.refuse('AccessDeniedException');
    expect(await deliverOne('event-bridge/console-sign-in')).toEqual({ batchItemFailures: [] });
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ message: 'rows of the table deliveries could not be written' }),
    );
    expect(output.text()).toContain('"DeliveriesUnrecorded"');
  });
});
