import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { KinesisStreamBatchResponse, KinesisStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { kinesisEvent, sequenceNumberOf } from '../support/kinesis-event.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { lambdaEvent, queueBody, startLocalLambda, type LocalLambda } from './local-lambda.ts';

// Lambda's own part is played here: what a handler answers decides what a queue or a stream brings again.
const tries = 3;

let lambda: LocalLambda;
let sqs: SQSClient;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
});
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.clear();
});
afterAll(async () => {
  sqs.destroy();
  await lambda.close();
});

describe('a queue brings again what failed, and that alone', () => {
  test('two unreadable messages of ten end among the dead letters; the others notify once', async () => {
    const handler = await lambda.load<SQSBatchResponse>('deliver');
    const detect = await lambda.load<void>('event-bus');
    const event = lambdaEvent('event-bridge/console-sign-in') as { readonly detail: object };
    const good: string[] = [];
    for (let index = 0; index < 8; index += 1) {
      await detect({ ...event, detail: { ...event.detail, eventID: `sign-in-${index}` } });
      const entry = lambda.bus.entries.find(({ Detail }) => Detail.includes('Root user was active'));
      if (entry === undefined) throw new Error("root's sign-in raised no finding");
      const finding = JSON.parse(entry.Detail) as { readonly rule: object };
      // News of its own, of a rule of its own: otherwise they would be told together.
      const rule = { ...finding.rule, id: `rule-${index}` };
      good.push(queueBody({ ...entry, Detail: JSON.stringify({ ...finding, fingerprint: `news-${index}`, rule }) }));
      lambda.bus.clear();
    }
    const bodies = [...good.slice(0, 3), 'hello', ...good.slice(3, 6), '{}', ...good.slice(6)];
    const queue = await startQueue(bodies);

    const rounds = await queue.drain(handler);
    expect(rounds.map(({ received, failed }) => [received, failed])).toEqual([
      [10, 2],
      [2, 2],
      [2, 2],
    ]);
    expect(queue.dead().toSorted()).toEqual(['hello', '{}']);
    expect(lambda.alerts()).toHaveLength(8);
    expect(lambda.slack.posts).toHaveLength(8);
  });
});

describe('a stream goes on behind what nobody can read', () => {
  test('a record that fails is tried again with all behind it, and set aside alone; every other is read', async () => {
    const handler = await lambda.load<KinesisStreamBatchResponse>('kinesis');
    const signIn = (lambdaEvent('event-bridge/console-sign-in') as { readonly detail: object }).detail;
    const records = Array.from({ length: 10 }, (_each, index) =>
      index === 3 || index === 8 ? '{"cut' : ofTrailGroup({ ...signIn, eventID: `stream-${index}` }),
    );
    const { setAside, invocations } = await runShard(records, handler);

    expect(setAside).toEqual([4, 9]);
    expect(invocations[0]).toEqual({ from: 1, records: 10, failedAt: 4 });
    const found = lambda.bus.entries.map(({ Detail }) => (JSON.parse(Detail) as { event: { id: string } }).event.id);
    expect([...new Set(found)].toSorted()).toEqual(
      records.flatMap((_each, index) => (index === 3 || index === 8 ? [] : [`stream-${index}`])).toSorted(),
    );
  });
});

/** What a subscription of CloudTrail's log group puts into the stream. */
function ofTrailGroup(record: object): string {
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: 'aws-cloudtrail-logs-audit',
    logStream: '111122223333_CloudTrail_eu-west-1',
    subscriptionFilters: ['x'],
    logEvents: [{ id: 'e', timestamp: 1773223580000, message: JSON.stringify(record) }],
  });
}

interface LocalQueue {
  /** drain hands batches to a handler as Lambda does, until nothing comes any more. */
  readonly drain: (
    handler: (event: SQSEvent) => Promise<SQSBatchResponse>,
  ) => Promise<readonly { readonly received: number; readonly failed: number }[]>;
  readonly dead: () => readonly string[];
}

/** A real queue with a redrive policy: what was received too often goes to its dead letters. */
async function startQueue(bodies: readonly string[]): Promise<LocalQueue> {
  const region = 'eu-west-1';
  lambda.aws.createQueue('deliver-dead', { region });
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:${region}:000000000000:deliver-dead`,
    maxReceiveCount: tries,
  });
  const { queueUrl: QueueUrl } = lambda.aws.createQueue('deliver', {
    region,
    attributes: { RedrivePolicy, VisibilityTimeout: '540' },
  });
  const Entries = bodies.map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  return {
    dead: () => (lambda.aws.inspectQueue('deliver-dead')?.messages.ready ?? []).map(({ body }) => body),
    drain: async (handler) => {
      const rounds = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return rounds;
        const batch = sqsEvent(Messages.map(({ Body = '' }) => Body));
        const { batchItemFailures } = await handler(batch);
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const handles = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
        const hasFailed = (_each: unknown, index: number) => failed.has(batch.Records[index]?.messageId ?? '');
        const [again, done] = [handles.filter(hasFailed), handles.filter((each, index) => !hasFailed(each, index))];
        if (done.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: done }));
        // As time does, which nobody waits for here.
        const visible = again.map((each) => ({ ...each, VisibilityTimeout: 0 }));
        if (again.length > 0) await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: visible }));
        rounds.push({ received: Messages.length, failed: failed.size });
      }
    },
  };
}

/**
 * runShard does what the event source mapping of a stream does: it goes on behind the last record that was done, tries what failed
 * again in smaller and smaller batches, and sets a single record aside when that doesn't help.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
async function runShard(
  records: readonly string[],
  handler: (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse>,
): Promise<{
  /** By their place in the shard, from 1. */
  readonly setAside: readonly number[];
  readonly invocations: readonly { readonly from: number; readonly records: number; readonly failedAt?: number }[];
}> {
  const setAside: number[] = [];
  const invocations = [];
  for (let [at, size, tried] = [0, records.length, 0]; at < records.length;) {
    const batch = records.slice(at, at + size);
    const { batchItemFailures } = await handler(kinesisEvent(batch, at + 1));
    const failed = batchItemFailures[0]?.itemIdentifier;
    const place = batch.findIndex((_record, index) => sequenceNumberOf(at + 1 + index) === failed);
    invocations.push({ from: at + 1, records: batch.length, ...(place >= 0 && { failedAt: at + place + 1 }) });
    if (place < 0) {
      [at, size, tried] = [at + batch.length, records.length, 0];
      continue;
    }
    at += place;
    tried += 1;
    size = Math.max(1, Math.ceil((batch.length - place) / 2));
    if (batch.length === 1 && tried >= tries) {
      setAside.push(at + 1);
      [at, size, tried] = [at + 1, records.length, 0];
    }
  }
  return { setAside, invocations };
}
