import { Readable } from 'node:stream';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { runCommandLine } from '../../src/cli/main.ts';
import type { Output } from '../../src/cli/shell/terminal.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import type { PutEntry } from '../support/local-event-bridge.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { lambdaEvent, queueBody, region, startLocalLambda, type LocalLambda } from './local-lambda.ts';

const deadLetters = 'trailwatch-dev-deliver-dead-letters';
let lambda: LocalLambda;
let sqs: SQSClient;
let deliver: (event: unknown) => Promise<SQSBatchResponse>;
let eventBus: (event: unknown) => Promise<unknown>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  lambda.aws.createQueue('trailwatch-dev-deliver', { region });
  process.env['TRAILWATCH_DELIVER_DEAD_LETTERS'] = lambda.aws.createQueue(deadLetters, { region }).queueUrl;
  sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  [deliver, eventBus] = await Promise.all([lambda.load<SQSBatchResponse>('deliver'), lambda.load('event-bus')]);
}, 30_000);
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.clear();
  lambda.slack.status = 200;
  lambda.slack.posts.splice(0);
});
afterAll(async () => {
  sqs.destroy();
  await lambda.close();
});

async function found(eventID: string): Promise<PutEntry> {
  const signIn = lambdaEvent('event-bridge/console-sign-in') as { readonly detail: { readonly userIdentity: object } };
  // A user of its own each time, so that none joins the news of another.
  const detail = {
    ...signIn.detail,
    eventID,
    userIdentity: { ...signIn.detail.userIdentity, accountId: eventID.padEnd(12, '1') },
    recipientAccountId: eventID.padEnd(12, '1'),
  };
  await eventBus({ ...signIn, detail });
  const entry = lambda.bus.entries.find(({ Detail }) => Detail.includes('Root user was active'));
  if (entry === undefined) throw new Error('nothing was found');
  return entry;
}

async function replay(): Promise<{ readonly code: number; readonly stdout: string }> {
  let stdout = '';
  const outputTo = (write: Output['write']): Output => ({
    colors: pc.createColors(false),
    interactive: false,
    width: 100,
    write,
  });
  const code = await runCommandLine(['replay', '--stage', 'dev', '--region', region, '--dead-letters'], {
    out: outputTo(async (text) => void (stdout += text)),
    err: outputTo(async () => {}),
    stdin: Readable.from([]),
    cwd: process.cwd(),
    now: () => new Date(Date.now() + 1_000),
    stop: new AbortController().signal,
  });
  return { code, stdout };
}

/** deliverQueued hands to the function what waits in its queue, as Lambda does. */
async function deliverQueued(): Promise<number> {
  const QueueUrl = lambda.aws.inspectQueue('trailwatch-dev-deliver')?.url;
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(await deliver(sqsEvent(Messages.map(({ Body = '' }) => Body)))).toEqual({ batchItemFailures: [] });
  for (const { ReceiptHandle } of Messages) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return Messages.length;
}

const waiting = (queue: string): number => lambda.aws.inspectQueue(queue)?.messages.ready.length ?? -1;

test('a dead letter reaches the receiver that did not take it, and nobody else a second time', async () => {
  const entry = await found('100000000001');
  lambda.slack.status = 404;
  await deliver(sqsEvent([queueBody(entry)]));
  const alerts = lambda.alerts().length;
  expect([alerts, waiting(deadLetters)]).toEqual([1, 1]);

  lambda.slack.status = 200;
  lambda.slack.posts.splice(0);
  const { code, stdout } = await replay();
  expect(code).toBe(0);
  expect(stdout).toContain('1  slack: misconfigured');
  expect(stdout).toContain('deliver: 1 sent');
  expect([waiting(deadLetters), await deliverQueued()]).toEqual([0, 1]);
  expect(lambda.slack.posts).toHaveLength(1);
  expect(lambda.alerts()).toHaveLength(alerts);
});

test('a replay of the archive notifies nobody twice', async () => {
  const entry = await found('100000000002');
  // A replayed event is the same one with the name of the replay.
  const replayed = JSON.stringify({
    ...(JSON.parse(queueBody(entry)) as object),
    'replay-name': 'trailwatch-dev-20260311',
  });
  const before = lambda.alerts().length;
  await deliver(sqsEvent([queueBody(entry)]));
  const told = [lambda.alerts().length, lambda.slack.posts.length];
  expect(told).toEqual([before + 1, 1]);
  await deliver(sqsEvent([replayed, replayed]));
  expect([lambda.alerts().length, lambda.slack.posts.length]).toEqual(told);
});
