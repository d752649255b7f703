import type { SQSBatchResponse } from 'aws-lambda';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createDynamoTallies } from '../../src/aws/state-table/tally-store.ts';
import { createDynamoTrialLog } from '../../src/aws/state-table/trial-log.ts';
import type { Finding } from '../../src/model/finding.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import type { PutEntry } from '../support/local-event-bridge.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { lambdaEvent, queueBody, region, startLocalLambda, type LocalLambda } from './local-lambda.ts';

let lambda: LocalLambda;
let watch: (event: unknown) => Promise<unknown>;
let eventBus: (event: unknown) => Promise<unknown>;
let deliver: (event: unknown) => Promise<SQSBatchResponse>;
let table: { readonly client: DynamoDBClient; readonly table: string };
let output: CapturedOutput;

beforeAll(async () => {
  const { default: configuration } = await import('#compiled-config');
  const trials = { 'new-rules': { name: 'new-rules', rules: ['Instance stopped*'], until: '2999-12-31' } };
  jest.unstable_mockModule('#compiled-config', () => ({ default: { ...configuration, digest: 'off', trials } }));
  lambda = await startLocalLambda();
  table = { client: new DynamoDBClient({}), table: lambda.environment['TRAILWATCH_STATE_TABLE'] ?? '' };
  [watch, eventBus, deliver] = await Promise.all([
    lambda.load('watch'),
    lambda.load('event-bus'),
    lambda.load<SQSBatchResponse>('deliver'),
  ]);
}, 30_000);
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
  table.client.destroy();
  await lambda.close();
});

const today = (): string => new Date().toISOString().slice(0, 10);
const counts = (): Readonly<Record<string, unknown>> =>
  Object.assign({}, ...output.lines().filter((line) => '_aws' in line)) as Record<string, unknown>;
const findings = (): readonly PutEntry[] => lambda.bus.entries.filter(({ Source }) => Source === 'trailwatch');
const schedule = (id: string): object => ({
  id,
  source: 'aws.events',
  'detail-type': 'Scheduled Event',
  time: new Date().toISOString(),
});
const canaryEvent = (canary: string): object => ({
  version: '0',
  id: `event-of-${canary}`,
  source: 'trailwatch.canary',
  'detail-type': 'Trailwatch Canary',
  account: '111122223333',
  region,
  time: new Date().toISOString(),
  resources: [],
  detail: { canary, stage: 'dev' },
});

describe('a canary', () => {
  test('comes back through the whole pipeline, is timed, and bothers nobody', async () => {
    await watch(schedule('canary-one'));
    await eventBus(canaryEvent('canary-one'));
    expect(await deliver(sqsEvent(findings().map(queueBody)))).toEqual({ batchItemFailures: [] });
    expect(counts()['CanaryLatency']).toBeGreaterThanOrEqual(0);
    expect(counts()['CanaryLatency']).toBeLessThan(60_000);
    expect(counts()).not.toHaveProperty('EventToAlert');
    expect([lambda.alerts(), lambda.slack.posts]).toEqual([[], []]);
    const tallies = await createDynamoTallies({ ...table, random: () => 0 }).of(today());
    expect(tallies.map(({ name }) => name)).not.toContain('canary');
  });

  test('that comes twice counts once', async () => {
    await watch(schedule('canary-two'));
    await eventBus(canaryEvent('canary-two'));
    const bodies = findings().map(queueBody);
    await deliver(sqsEvent(bodies));
    output.restore();
    output = captureOutput();
    await deliver(sqsEvent(bodies));
    expect(counts()).not.toHaveProperty('CanaryLatency');
    expect(counts()).not.toHaveProperty('CanariesForged');
  });

  test('from elsewhere keeps no alarm quiet, and notifies nobody either', async () => {
    await eventBus(canaryEvent('made-up'));
    expect(await deliver(sqsEvent(findings().map(queueBody)))).toEqual({ batchItemFailures: [] });
    expect(counts()).toMatchObject({ CanariesForged: 1 });
    expect(counts()).not.toHaveProperty('CanaryLatency');
    expect([lambda.alerts(), lambda.slack.posts]).toEqual([[], []]);
  });
});

describe('by which path a finding came', () => {
  const signIn = lambdaEvent('event-bridge/console-sign-in') as { readonly detail: object };
  const found = async (eventID: string): Promise<PutEntry> => {
    await eventBus({ ...signIn, detail: { ...signIn.detail, eventID } });
    const entry = findings().find(({ Detail }) => Detail.includes('Root user was active'));
    if (entry === undefined) throw new Error('nothing was found');
    return entry;
  };
  const byTrail = (entry: PutEntry): string => {
    const finding = JSON.parse(entry.Detail) as Finding;
    const origin = { path: 's3://example-trail/AWSLogs/x.json.gz', index: 0 };
    return queueBody({ ...entry, Detail: JSON.stringify({ ...finding, event: { ...finding.event, origin } }) });
  };

  test('what the bus brought first, the trail confirms', async () => {
    const entry = await found('confirmed');
    await deliver(sqsEvent([queueBody(entry)]));
    await deliver(sqsEvent([byTrail(entry)]));
    expect(counts()).toMatchObject({ ConfirmedByTrail: 1 });
    expect(counts()).not.toHaveProperty('MissedByFastPaths');
    expect(lambda.alerts()).toHaveLength(1);
  });

  test('what only the trail brought was missed: counted, timed, logged and in the digest', async () => {
    const entry = await found('missed');
    await deliver(sqsEvent([byTrail(entry)]));
    expect(counts()).toMatchObject({ MissedByFastPaths: 1, MissedLateness: expect.any(Number) });
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ message: 'the fast paths missed what the trail has', afterMs: expect.any(Number) }),
    );
    const tallies = await createDynamoTallies({ ...table, random: () => 0 }).of(today());
    expect(tallies).toContainEqual({ kind: 'missed-by-fast-paths', name: '444455556666, us-east-1', count: 1 });
  });
});

test('what a trial keeps back is counted with to whom it would have gone', async () => {
  const state = lambdaEvent('event-bridge/ec2-state-change') as { readonly detail: object };
  await eventBus({ ...state, id: 'on-trial', detail: { ...state.detail, state: 'stopped' } });
  const entries = findings().filter(({ Detail }) => Detail.includes('Instance stopped or terminated'));
  expect(entries.length).toBeGreaterThan(0);
  await deliver(sqsEvent(entries.map(queueBody)));
  expect(lambda.alerts()).toEqual([]);
  const counted = await createDynamoTrialLog(table).of('new-rules');
  expect(counted).toMatchObject({
    findings: entries.length,
    receivers: { sns: entries.length, slack: entries.length },
  });
  expect(counted.examples[0]).toContain('Instance stopped or terminated');
});
