import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSBatchResponse } from 'aws-lambda';
import type { Finding } from '../../src/model/finding.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { autoScaling, callRecord, changeRecord } from '../unit/detect/instance-story/instance-records.ts';
import { queueBody, startLocalLambda, type LocalLambda } from './local-lambda.ts';

const bucket = 'example-audit-trail';

let lambda: LocalLambda;
let s3: S3Client;
let bus: (event: unknown) => Promise<void>;
let logs: (event: unknown) => Promise<void>;
let files: (event: unknown) => Promise<SQSBatchResponse>;
let deliver: (event: unknown) => Promise<SQSBatchResponse>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  lambda.aws.createBucket(bucket);
  s3 = new S3Client({});
  bus = await lambda.load<void>('event-bus');
  logs = await lambda.load<void>('logs-subscription');
  files = await lambda.load<SQSBatchResponse>('trail-file');
  deliver = await lambda.load<SQSBatchResponse>('deliver');
});
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.clear();
  lambda.aws.reset();
  lambda.slack.posts.splice(0);
});
afterAll(async () => {
  s3.destroy();
  await lambda.close();
});

// Each test has an instance of its own, since all share one table.
let instances = 0;
const freshInstance = (): string => `i-${(instances += 1).toString(16).padStart(17, 'e')}`;

const stopped = (instance: string): unknown => changeRecord('stopped', 30, `stopped-${instance}`, instance).fields;
const stopCall = (instance: string, fields: object = {}): Record<string, unknown> =>
  callRecord('StopInstances', 0, { eventID: `stop-${instance}`, sessionCredentialFromConsole: 'true', ...fields }, [
    instance,
  ]).fields;

/** The ways by which a call comes, latest last. */
const ways = {
  EventBridge: (call) =>
    bus({
      version: '0',
      id: `envelope-${String(call['eventID'])}`,
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.ec2',
      account: '111122223333',
      time: '2026-03-01T12:00:20Z',
      region: 'eu-west-1',
      resources: [],
      detail: call,
    }),
  'a log group': (call) =>
    logs({
      awslogs: {
        data: gzipSync(
          JSON.stringify({
            messageType: 'DATA_MESSAGE',
            owner: '111122223333',
            logGroup: '/aws/cloudtrail',
            logStream: 'stream-1',
            subscriptionFilters: ['trailwatch-dev'],
            logEvents: [{ id: '1', timestamp: 1772366400000, message: JSON.stringify(call) }],
          }),
        ).toString('base64'),
      },
    }),
  'a trail file': async (call) => {
    const key = `AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/01/111122223333_CloudTrail_eu-west-1_20260301T1205Z_${String(call['eventID'])}.json.gz`;
    lambda.aws.createBucket(bucket);
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: gzipSync(JSON.stringify({ Records: [call] })) }),
    );
    const notification = {
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'eu-west-1',
          eventName: 'ObjectCreated:Put',
          s3: { bucket: { name: bucket }, object: { key, size: 1 } },
        },
      ],
    };
    expect(await files(sqsEvent([JSON.stringify(notification)]))).toEqual({ batchItemFailures: [] });
  },
} satisfies Record<string, (call: Record<string, unknown>) => Promise<void>>;

/** What the findings bus got since it was last asked, about changes of state. */
function published(): readonly Finding[] {
  const findings = lambda.bus.entries.map(({ Detail }) => JSON.parse(Detail) as Finding);
  return findings.filter(({ rule }) => rule.title === 'Instance stopped or terminated');
}

/** Takes everything on the findings bus to the receivers, as the queue behind it does. */
async function deliverAll(order: 'as they came' | 'the last one first' = 'as they came'): Promise<void> {
  const entries = lambda.bus.entries.filter(({ Detail }) =>
    Detail.includes('"title":"Instance stopped or terminated"'),
  );
  const queued = order === 'as they came' ? entries : entries.toReversed();
  for (const entry of queued) expect(await deliver(sqsEvent([queueBody(entry)]))).toEqual({ batchItemFailures: [] });
}

const subjects = (): readonly string[] => lambda.alerts().map(({ Subject }) => Subject);

describe('who stopped an instance', () => {
  test.each(Object.keys(ways) as (keyof typeof ways)[])(
    'is sent after the alert, once and briefly, when the call comes later by %s',
    async (way) => {
      const instance = freshInstance();
      await bus(stopped(instance));
      await deliverAll();
      expect(subjects()).toEqual([
        `[INFORMATIONAL] Instance stopped or terminated: instance ${instance} in 111122223333`,
      ]);
      expect(lambda.alerts()[0]?.Message).toContain('unknown (no call seen yet)');

      await ways[way](stopCall(instance));
      const [told, completion] = published();
      expect(completion).toMatchObject({
        id: told?.id,
        completes: `stop-${instance}`,
        event: {
          actor: { name: 'ana' },
          sourceAddress: '203.0.113.10',
          cause: { action: 'StopInstances', via: 'console' },
          category: { before: 'stopping' },
        },
      });
      const logged = output.lines().filter((line) => line['message'] === 'finding' && line['finding'] === told?.id);
      expect(logged.map((line) => line['completes'])).toEqual([undefined, true]);
      await deliverAll();
      await deliverAll();
      const [alert, followUp, ...more] = lambda.alerts();
      expect(more).toEqual([]);
      expect(followUp?.Subject).toMatch(/^\[INFORMATIONAL\] Now known: stopped by ana > instance i-e/);
      expect(followUp?.Message).toContain('by call   ec2:StopInstances in the console, 2026-03-01 12:00:00 UTC');
      expect(followUp?.Message.length).toBeLessThan(600);
      expect(alert?.Message.length).toBeGreaterThan(1000);
      expect(lambda.slack.posts).toHaveLength(2);
      expect(lambda.slack.posts[1]).toContain('Now known: stopped by ana');
      expect(lambda.slack.posts[1]?.length).toBeLessThan(1500);
    },
  );

  test('is in the alert when the call came first, and nothing follows when it comes by the other ways too', async () => {
    const instance = freshInstance();
    await ways.EventBridge(stopCall(instance));
    await bus(stopped(instance));
    await ways['a log group'](stopCall(instance));
    await ways['a trail file'](stopCall(instance));
    await bus(stopped(instance));
    await deliverAll();
    expect(subjects()).toHaveLength(1);
    expect(subjects()[0]).toMatch(/^\[INFORMATIONAL\] Instance stopped or terminated: ana > instance i-e/);
    expect(lambda.slack.posts).toHaveLength(1);
  });

  test('is sent once, by however many ways the call comes after the alert', async () => {
    const instance = freshInstance();
    await bus(stopped(instance));
    await deliverAll();
    for (const way of Object.values(ways)) await way(stopCall(instance));
    await deliverAll();
    expect(subjects()).toHaveLength(2);
    expect(lambda.slack.posts).toHaveLength(2);
  });

  test('is in the alert when what completes it overtakes it in the queue', async () => {
    const instance = freshInstance();
    await bus(stopped(instance));
    await ways['a trail file'](stopCall(instance));
    await deliverAll('the last one first');
    expect(subjects()).toEqual([expect.stringMatching(/Instance stopped or terminated: ana > /)]);
    expect(lambda.slack.posts).toHaveLength(1);
  });

  test.each([
    ['that failed', { errorCode: 'Client.UnauthorizedOperation' }],
    ['that was a dry run', { errorCode: 'Client.DryRunOperation' }],
  ])('stays unknown after a call %s', async (_which, fields) => {
    const instance = freshInstance();
    await bus(stopped(instance));
    await ways['a trail file'](stopCall(instance, fields));
    expect(published().map(({ event }) => event.actor.name)).toEqual(['unknown']);
  });

  test('is a service, when Auto Scaling ended it', async () => {
    const instance = freshInstance();
    await ways.EventBridge(
      callRecord('TerminateInstances', 0, { ...autoScaling, eventID: `end-${instance}` }, [instance]).fields,
    );
    await bus(changeRecord('terminated', 40, `terminated-${instance}`, instance).fields);
    expect(published().at(-1)).toMatchObject({
      event: { actor: { name: 'AWSServiceRoleForAutoScaling/AutoScaling' }, cause: { via: 'service' } },
      labels: { via: 'service' },
    });
  });
});
