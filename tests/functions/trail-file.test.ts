import { readdirSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { archiveFile, lambdaEvent, startLocalLambda, type LocalLambda } from './local-lambda.ts';

const bucket = 'example-platform-audit-trail';
const trailKey =
  'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/12/111122223333_CloudTrail_eu-west-1_20260312T0905Z_Bad0000000000000.json.gz';
const none: SQSBatchResponse = { batchItemFailures: [] };
const rootSignIn = (lambdaEvent('event-bridge/console-sign-in') as { detail: object }).detail;

let lambda: LocalLambda;
let s3: S3Client;
let handler: (event: unknown) => Promise<SQSBatchResponse>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  process.env['TRAILWATCH_TRAIL_FOLDER'] = 'audit logs:2026';
  lambda.aws.createBucket(bucket);
  s3 = new S3Client({});
  const files = readdirSync(path.resolve(import.meta.dirname, '../../events/archive'), {
    recursive: true,
    encoding: 'utf8',
  });
  for (const key of files.filter((file) => /\.json(\.gz)?$/.test(file))) await put(key, archiveFile(key));
  handler = await lambda.load<SQSBatchResponse>('trail-file');
}, 30_000);
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.refuse('nothing');
  lambda.bus.clear();
});
afterAll(async () => {
  s3.destroy();
  await lambda.close();
});

describe('trail files', () => {
  test.each([
    { wrapping: 'an S3 notification', event: 's3-notification', objects: 1 },
    { wrapping: 'an S3 notification in SNS, of a compressed file', event: 'sns-wrapped', objects: 1 },
    { wrapping: 'S3 by EventBridge', event: 'event-bridge-object-created', objects: 1 },
  ])('are read when announced by $wrapping', async ({ event, objects }) => {
    expect(await handler(lambdaEvent(`s3-sqs/${event}`))).toEqual(none);
    const counts = countsOf();
    expect(counts).toMatchObject({ service: 'trail-file', stage: 'dev', ObjectsRead: objects });
    expect(total(counts['RecordsRead'])).toBeGreaterThan(0);
    expect(total(counts['RecordsRead'])).toBe(total(counts['RecordsMatched']) + total(counts['RecordsUnmatched']));
    expect(total(counts['RecordsFailed'])).toBe(0);
  });

  test('a key is decoded: space, plus, colon and letters beyond ASCII', async () => {
    const key =
      'audit logs:2026/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/11/111122223333_CloudTrail_eu-west-1_20260311T0905Z_kéy one+two0000.json.gz';
    await put(key, gzipSync(JSON.stringify({ Records: [rootSignIn] })));
    expect(await handler(lambdaEvent('s3-sqs/encoded-key'))).toEqual(none);
    expect(pathsOfFindings()).toContain(`s3://${bucket}/${key}`);
  });

  test.each([
    { rule: "S3's test event names no object", event: 'test-event' },
    { rule: 'a digest file holds no records', event: 'digest-key' },
  ])('$rule', async ({ event }) => {
    expect(await handler(lambdaEvent(`s3-sqs/${event}`))).toEqual(none);
    expect(lambda.bus.entries).toEqual([]);
    expect(countsOf()['ObjectsRead']).toBeUndefined();
  });

  test('several files in one message are all read, digest or not', async () => {
    const event = lambdaEvent('s3-sqs/several') as SQSEvent;
    const response = await handler(event);
    expect(response).toEqual(none);
    expect(total(countsOf()['ObjectsRead'])).toBeGreaterThan(1);
  });

  test('a file is read in bounded memory, and its findings are published as they come', async () => {
    const records = Array.from({ length: 250 }, (_, index) => ({ ...rootSignIn, eventID: `event-${index}` }));
    await put(keyed('big'), JSON.stringify({ Records: records }));
    expect(await handler(announce([keyed('big')]))).toEqual(none);
    expect(
      new Set(lambda.bus.entries.map(({ Detail }) => (JSON.parse(Detail) as { id: string }).id)).size,
    ).toBeGreaterThanOrEqual(250);
  });
});

describe('other layouts of a bucket', () => {
  const decoded = (name: string, more: object = {}) =>
    JSON.stringify({ ...(lambdaEvent(`cloudwatch-logs/${name}.decoded`) as object), ...more });
  const firehoseKey = '2026/03/11/08/audit-to-s3-1-2026-03-11-08-05-12-0f3b9c1e-7a52-4d7e-9b1c-5e2f8a6d4c30';
  const organisationKey = `o-a1b2c3d4e5/${trailKey.slice('AWSLogs/'.length)}`;

  // A path that no row of the configuration names: hosts speak there, and nobody as AWS.
  test.each([
    {
      layout: 'Firehose: CloudWatch Logs payloads, each a gzip member of its own',
      key: firehoseKey,
      content: Buffer.concat(['cloudtrail', 'auth-log', 'control-message'].map((name) => gzipSync(decoded(name)))),
      findings: ['SSH login as root'],
      read: 8,
    },
    {
      layout: 'Firehose: the same, packed once more by Firehose itself',
      key: `${firehoseKey}.gz`,
      content: gzipSync(Buffer.concat(['cloudtrail', 'auth-log'].map((name) => gzipSync(decoded(name))))),
      findings: ['SSH login as root'],
      read: 8,
    },
    {
      layout: 'Firehose: the same, unpacked, without newlines between',
      key: firehoseKey,
      content: decoded('cloudtrail') + decoded('control-message') + decoded('auth-log'),
      findings: ['SSH login as root'],
      read: 8,
    },
    {
      layout: 'Firehose: lines of a host log',
      key: firehoseKey,
      content: gzipSync('Mar 11 09:08:37 h sshd[1]: Accepted password for root from 198.51.100.23 port 1 ssh2\n'),
      findings: ['SSH login as root'],
      read: 1,
    },
    {
      layout: "an organisation's trail",
      key: `AWSLogs/${organisationKey}`,
      content: gzipSync(JSON.stringify({ Records: [rootSignIn] })),
      findings: ['Root user was active'],
      read: 1,
    },
    {
      layout: "an organisation's trail, with a prefix",
      key: `audit logs:2026/AWSLogs/${organisationKey}`,
      content: gzipSync(JSON.stringify({ Records: [rootSignIn] })),
      findings: ['Root user was active'],
      read: 1,
    },
  ])('$layout', async ({ key, content, findings, read }) => {
    await put(key, content);
    expect(await handler(announce([key]))).toEqual(none);
    expect(titlesOfFindings()).toEqual(expect.arrayContaining(findings));
    if (!key.includes('AWSLogs/')) expect(titlesOfFindings()).not.toContain('Administrator policy attached');
    expect([total(countsOf()['RecordsRead']), total(countsOf()['RecordsFailed'])]).toEqual([read, 0]);
  });

  const forged = JSON.stringify({ Records: [rootSignIn] });
  test.each([
    { what: 'a trail file below another prefix', key: 'uploads/forged.json', content: forged },
    { what: 'the record alone', key: 'uploads/forged.jsonl', content: JSON.stringify(rootSignIn) },
    { what: 'an event of EventBridge', key: 'x.json', content: JSON.stringify(lambdaEvent('event-bridge/api-call')) },
    {
      what: "a payload of CloudTrail's log group",
      key: 'firehose/2026/03/11/08/x-1',
      content: decoded('cloudtrail'),
    },
    { what: 'the record within an answer', key: 'x.json', content: JSON.stringify({ events: [{ message: forged }] }) },
    { what: "a file at the top by another folder's name", key: 'AWSLogs2/x.json', content: forged },
    { what: 'another file in AWSLogs/', key: 'AWSLogs/111122223333/elasticloadbalancing/x.json', content: forged },
  ])('$what is no CloudTrail record: whoever may write there could have written it', async ({ key, content }) => {
    await put(key, content);
    expect(await handler(announce([key]))).toEqual(none);
    expect(lambda.bus.entries).toEqual([]);
    expect(total(countsOf()['RecordsFailed'])).toBe(0);
  });

  test("a file of CloudTrail's name below another prefix is not read, and its message ends among the dead letters", async () => {
    const key = `uploads/${trailKey}`;
    await put(key, gzipSync(forged));
    expect(await handler(announce([key]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(lambda.bus.entries).toEqual([]);
    expect(output.text()).toContain('set the parameter trailPrefix');
  });

  test.each([
    {
      file: "AWS Config's snapshot, by its name",
      key: 'AWSLogs/111122223333/Config/eu-west-1/2026/3/11/ConfigSnapshot/111122223333_Config_eu-west-1_ConfigSnapshot_20260311T060000Z_4f1d.json.gz',
    },
    { file: "AWS Config's history, by what it holds", key: 'config/history.json.gz' },
  ])('$file: skipped with its reason', async ({ key }) => {
    const item = { resourceType: 'AWS::S3::Bucket', configurationItemCaptureTime: '2026-03-11T06:00:00.000Z' };
    await put(key, gzipSync(JSON.stringify({ fileVersion: '1.0', configurationItems: [item] })));
    expect(await handler(announce([key]))).toEqual(none);
    expect(countsOf()).toMatchObject({ ObjectsSkipped: 1 });
    expect(countsOf()['ObjectsRead']).toBeUndefined();
  });

  test("an object of Trailwatch's own bucket is ignored and counted", async () => {
    const event = JSON.stringify(announce([keyed('good')])).replaceAll(bucket, 'trailwatch-dev-reports-1x2y');
    expect(await handler(JSON.parse(event))).toEqual(none);
    expect(countsOf()).toMatchObject({ OwnIgnored: 1 });
  });
});

describe('a batch loses nothing', () => {
  test('a message whose object is missing comes again, the others do not', async () => {
    await put(keyed('good'), JSON.stringify({ Records: [rootSignIn] }));
    const response = await handler(announce([keyed('good')], [keyed('missing')], [keyed('good')]));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-2' }] });
    expect(output.text()).toContain(`s3://${bucket}/${keyed('missing')}: NoSuchKey`);
    expect(countsOf()).toMatchObject({ MessagesFailed: 1 });
    expect(pathsOfFindings()).toContain(`s3://${bucket}/${keyed('good')}`);
  });

  test.each([
    { rule: 'a body that is no notification', body: '{"hello":"world"}' },
    { rule: 'a body that is no JSON', body: 'hello' },
  ])('$rule comes again and ends among the dead letters', async ({ body }) => {
    expect(await handler(sqsEvent([body]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
  });

  test.each([
    { rule: 'a truncated gzip', content: gzipSync('x'.repeat(100)).subarray(0, 30) },
    { rule: 'something that is no log', content: Buffer.from([0, 1, 2, 3, 0xff, 0xfe]) },
    { rule: 'a text that is no log', content: gzipSync('Dear all, this is a letter.\n') },
  ])('$rule by the name of a trail file comes again', async ({ content }) => {
    await put(trailKey, content);
    expect(await handler(announce([trailKey]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(output.lines()).toContainEqual(expect.objectContaining({ level: 'ERROR', messageId: 'message-1' }));
  });

  test.each([
    { rule: 'an image', key: 'logo.png', content: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 0]) },
    { rule: 'a letter', key: 'README.txt', content: 'Dear all, this is a letter.\n' },
  ])('$rule beside the trail is left alone', async ({ key, content }) => {
    await put(key, content);
    expect(await handler(announce([key]))).toEqual(none);
    expect(countsOf()).toMatchObject({ ObjectsSkipped: 1 });
  });

  test('a finding that the bus refuses for good hides none of those after it, and the message comes again', async () => {
    lambda.bus.refuse('the first entry for good');
    const records = Array.from({ length: 250 }, (_, index) => ({ ...rootSignIn, eventID: `refused-${index}` }));
    await put(keyed('refused'), JSON.stringify({ Records: records }));
    const response = await handler(announce([keyed('refused')]));
    expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
    expect(lambda.bus.entries.some(({ Detail }) => Detail.includes('refused-249'))).toBe(true);
    expect(output.text()).toContain('not this one');
  });

  test('when the bus refuses, the message comes again', async () => {
    lambda.bus.refuse('everything');
    await put(keyed('good'), JSON.stringify({ Records: [rootSignIn] }));
    expect(await handler(announce([keyed('good')]))).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-1' }] });
  });
});

/** A key as CloudTrail makes them. */
function keyed(name: string): string {
  return `AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/12/111122223333_CloudTrail_eu-west-1_20260312T0905Z_${name}.json`;
}

async function put(key: string, body: string | Uint8Array): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}

/** One message for each list of keys. */
function announce(...messages: readonly (readonly string[])[]): SQSEvent {
  return sqsEvent(
    messages.map((keys) =>
      JSON.stringify({
        Records: keys.map((key) => ({
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'eu-west-1',
          eventTime: '2026-03-11T10:10:00.000Z',
          eventName: 'ObjectCreated:Put',
          s3: { s3SchemaVersion: '1.0', bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` }, object: { key } },
        })),
      }),
    ),
  );
}

function pathsOfFindings(): readonly string[] {
  return lambda.bus.entries.map(
    ({ Detail }) => (JSON.parse(Detail) as { event: { origin: { path: string } } }).event.origin.path,
  );
}

function titlesOfFindings(): readonly string[] {
  return lambda.bus.entries.map(({ Detail }) => (JSON.parse(Detail) as { rule: { title: string } }).rule.title);
}

function countsOf(): Readonly<Record<string, unknown>> {
  return output.lines().findLast((line) => '_aws' in line && !('Findings' in line)) ?? {};
}

/** The embedded format keeps a list when a metric was counted several times. */
function total(value: unknown): number {
  return [value ?? 0].flat().reduce<number>((sum, one) => sum + Number(one), 0);
}
