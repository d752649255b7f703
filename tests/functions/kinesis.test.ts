import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { KinesisStreamBatchResponse, KinesisStreamEvent } from 'aws-lambda';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { aggregated, kinesisEvent, sealed, sequenceNumberOf } from '../support/kinesis-event.ts';
import { lambdaEvent, startLocalLambda, type LocalLambda } from './local-lambda.ts';

const none: KinesisStreamBatchResponse = { batchItemFailures: [] };

let lambda: LocalLambda;
let handler: (event: unknown) => Promise<KinesisStreamBatchResponse>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  handler = await lambda.load<KinesisStreamBatchResponse>('kinesis');
});
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.refuse('nothing');
  lambda.bus.clear();
});
afterAll(() => lambda.close());

describe('what comes by the stream becomes findings, each record counted', () => {
  test.each([
    {
      what: 'CloudWatch Logs of two accounts, and a control message',
      event: 'two-accounts',
      read: 8,
      findings: ['Administrator policy attached', 'SSH login as root'],
    },
    {
      what: 'records, a line and gzipped logs, aggregated by the producer library',
      event: 'aggregated',
      read: 9,
      findings: ['SSH login as root'],
    },
    {
      what: 'JSON without newlines, lines of text, one JSON record',
      event: 'plain',
      read: 9,
      findings: ['SSH login as root'],
    },
  ])('$what', async ({ event, read, findings }) => {
    expect(await handler(lambdaEvent(`kinesis/${event}`))).toEqual(none);
    expect(titles()).toEqual(expect.arrayContaining(findings));
    expect(total('RecordsRead')).toBe(read);
    expect(total('RecordsFailed')).toBe(0);
  });

  test('a CloudTrail record that a producer put there by itself is its own text: the stream is not set to carry any', async () => {
    await handler(lambdaEvent('kinesis/plain'));
    expect(titles()).not.toContain('Administrator policy attached');
    expect(total('RecordsRefused')).toBeGreaterThan(0);
  });

  test('each finding belongs to the account whose log it was', async () => {
    await handler(lambdaEvent('kinesis/two-accounts'));
    expect(found().filter(({ rule }) => rule.title === 'SSH login as root')).toMatchObject([
      { event: { account: '444455556666', origin: { path: '/hosts/auth:worker-7', index: 2 } } },
    ]);
    expect(found().filter(({ rule }) => rule.title === 'Administrator policy attached')).toMatchObject([
      { event: { account: '111122223333' } },
    ]);
  });

  test('a record without a log group says by its place which one it was', async () => {
    await handler(lambdaEvent('kinesis/aggregated'));
    const paths = found().map(({ event }) => event.origin.path);
    expect(paths).toContain(`kinesis:trailwatch-dev-logs/shardId-000000000006:${sequenceNumberOf(1)}.3`);
  });
});

describe('what fails comes again, and only with what is behind it', () => {
  test('a bad record is named, and does not hold up the alerts behind it', async () => {
    expect(await handler(lambdaEvent('kinesis/one-bad'))).toEqual(failing(2));
    expect(titles()).toEqual(expect.arrayContaining(['Administrator policy attached', 'SSH login as root']));
    expect(total('MessagesFailed')).toBe(1);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', record: `shardId-000000000006:${sequenceNumberOf(2)}` }),
    );
  });

  test('of several bad records the first is named: Lambda goes on from there', async () => {
    const { Records } = lambdaEvent('kinesis/one-bad') as KinesisStreamEvent;
    const [good, bad] = Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64'));
    expect(await handler(kinesisEvent([good ?? '', bad ?? '', bad ?? '', good ?? '', bad ?? '']))).toEqual(failing(2));
  });

  test('findings that cannot be published fail their record, and the rest is not tried', async () => {
    lambda.bus.refuse('everything');
    const quiet =
      '{"eventVersion":"1.11","eventID":"q","eventTime":"2026-03-11T06:00:00Z","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}';
    const loud = gzipSync(
      JSON.stringify(
        subscription(['Mar 11 09:08:37 h sshd[1]: Accepted password for root from 198.51.100.23 port 1 ssh2']),
      ),
    );
    expect(await handler(kinesisEvent([quiet, loud, quiet, loud]))).toEqual(failing(2));
    expect(total('RecordsRead')).toBe(1);

    lambda.bus.refuse('nothing');
    expect(await handler(kinesisEvent([loud, quiet, loud], 2))).toEqual(none);
    expect(titles()).toContain('SSH login as root');
  });

  test.each([
    {
      rule: 'a checksum that is wrong',
      data: Buffer.concat([aggregated(['a line']).subarray(0, -1), Buffer.from('x')]),
    },
    { rule: 'an aggregate that is no protobuf', data: sealed(Buffer.from([0x1a, 0xff, 0xff, 0xff])) },
    { rule: 'binary noise', data: Buffer.from(Array.from({ length: 256 }, (_, at) => (at * 7) % 256)) },
    { rule: 'nothing at all', data: '' },
    { rule: 'gzip of noise', data: gzipSync(Buffer.from([0, 1, 2, 3, 4, 5])) },
  ])('$rule is a record that failed', async ({ data }) => {
    expect(await handler(kinesisEvent([data]))).toEqual(failing(1));
    expect(total('RecordsFailed')).toBe(1);
  });

  test('one bad part of an aggregate is counted and named; its neighbours are read', async () => {
    const { Records } = lambdaEvent('kinesis/plain') as KinesisStreamEvent;
    const good = Buffer.from(Records[2]?.kinesis.data ?? '', 'base64');
    expect(await handler(kinesisEvent([aggregated([good, '{"cut', good])]))).toEqual(none);
    expect([total('RecordsRead'), total('RecordsFailed')]).toEqual([3, 1]);
  });

  test.each([
    { rule: 'an event of another kind', event: { hello: 'world' } },
    { rule: 'a record without a sequence number', event: { Records: [{ kinesis: { data: '' } }] } },
  ])('$rule fails the invocation', async ({ event }) => {
    await expect(handler(event)).rejects.toThrow();
  });
});

test("logs of Trailwatch's own functions are ignored and counted, and raise nothing", async () => {
  const own = {
    ...subscription(['Mar 11 09:08:37 h sshd[1]: Accepted password for root from 198.51.100.23 port 1 ssh2']),
    logGroup: '/aws/lambda/trailwatch-dev-deliver',
  };
  expect(await handler(kinesisEvent([gzipSync(JSON.stringify(own))]))).toEqual(none);
  expect(titles()).toEqual([]);
  expect([total('OwnIgnored'), total('RecordsRead')]).toEqual([1, 0]);
});

function failing(nth: number): KinesisStreamBatchResponse {
  return { batchItemFailures: [{ itemIdentifier: sequenceNumberOf(nth) }] };
}

function subscription(messages: readonly string[]): object {
  return {
    messageType: 'DATA_MESSAGE',
    owner: '444455556666',
    logGroup: '/hosts/auth',
    logStream: 'h',
    subscriptionFilters: ['x'],
    logEvents: messages.map((message, index) => ({ id: `own-${index}`, timestamp: 1773220117000, message })),
  };
}

interface FoundFinding {
  readonly rule: { readonly title: string };
  readonly event: { readonly account?: string; readonly origin: { readonly path: string } };
}

function found(): readonly FoundFinding[] {
  return lambda.bus.entries.map(({ Detail }) => JSON.parse(Detail) as FoundFinding);
}

function titles(): readonly string[] {
  return found().map(({ rule }) => rule.title);
}

/** A metric counted several times in one invocation is a list of its values. */
function total(metric: string): number {
  const values = output.lines().flatMap((line) => [line[metric] ?? []].flat());
  return values.reduce<number>((sum, value) => sum + Number(value), 0);
}
