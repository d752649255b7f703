import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createDynamoHeartbeatStore } from '../../src/aws/state-table/heartbeat-store.ts';
import { createDynamoTallies } from '../../src/aws/state-table/tally-store.ts';
import type { Finding } from '../../src/model/finding.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { lambdaEvent, region, startLocalLambda, type LocalLambda } from './local-lambda.ts';

const hour = 3_600_000;
const day = 24 * hour;

let lambda: LocalLambda;
let watch: (event: unknown) => Promise<unknown>;
let eventBus: (event: unknown) => Promise<unknown>;
let table: { readonly client: DynamoDBClient; readonly table: string };
let output: CapturedOutput;

beforeAll(async () => {
  const { default: configuration } = await import('#compiled-config');
  // Whatever the time is while this runs, the digest is due.
  const digest = { at: '00:00', timezone: 'UTC' };
  jest.unstable_mockModule('#compiled-config', () => ({ default: { ...configuration, digest } }));
  lambda = await startLocalLambda();
  table = { client: new DynamoDBClient({}), table: lambda.environment['TRAILWATCH_STATE_TABLE'] ?? '' };
  [watch, eventBus] = await Promise.all([lambda.load('watch'), lambda.load('event-bus')]);
}, 30_000);
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.clear();
  lambda.bus.refuse('nothing');
});
afterAll(async () => {
  table.client.destroy();
  await lambda.close();
});

let rounds = 0;
const round = (): Readonly<Record<string, unknown>> =>
  ({
    version: '0',
    id: `53dc4d37-cffa-4f76-80c9-${String((rounds += 1)).padStart(12, '0')}`,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '111122223333',
    time: new Date().toISOString(),
    region,
    resources: ['arn:aws:events:eu-west-1:111122223333:rule/trailwatch-dev-watch'],
    detail: {},
  }) as const;

const canaries = () => lambda.bus.entries.filter(({ Source }) => Source === 'trailwatch.canary');
const findings = (): readonly Finding[] =>
  lambda.bus.entries
    .filter(({ EventBusName }) => EventBusName === 'trailwatch-dev-findings')
    .map(({ Detail }) => JSON.parse(Detail) as Finding);
const titles = () => findings().map(({ rule }) => rule.title);

/** What the rule for canaries hands to the event-bus function. */
const delivered = (over: object = {}): object => ({
  version: '0',
  id: 'b6b5b3cc-0f0e-4c0d-9b7a-2d5f5f0f7d11',
  'detail-type': canaries()[0]?.DetailType,
  source: canaries()[0]?.Source,
  account: '111122223333',
  time: '2026-03-11T09:00:01Z',
  region,
  resources: [],
  detail: JSON.parse(canaries()[0]?.Detail ?? '{}') as unknown,
  ...over,
});

test('the digest of the day before is sent, once', async () => {
  const yesterday = new Date(Date.now() - day);
  await createDynamoTallies({ ...table, random: () => 0 }).add(yesterday, [{ kind: 'told', name: 'sns', by: 3 }]);
  await watch(round());
  await watch(round());
  expect(findings().map(({ event, rule }) => [rule.title, event.summary])).toEqual([
    ['Daily digest', [{ title: 'Notified', lines: ['sns: 3 alerts'] }]],
  ]);
});

describe('the canary', () => {
  test('flies on the default bus in each round, named by it, and is noted', async () => {
    const event = round();
    await watch(event);
    expect(canaries()).toEqual([
      {
        EventBusName: 'default',
        Source: 'trailwatch.canary',
        DetailType: 'Trailwatch Canary',
        Detail: JSON.stringify({ canary: event.id, stage: 'dev' }),
      },
    ]);
    const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.table }));
    expect(Items.map(({ pk }) => pk?.S)).toContain(`canary#${String(event.id)}`);
  });

  test('becomes one finding, by whichever event it comes, which names it', async () => {
    const event = round();
    await watch(event);
    const first = delivered();
    await eventBus(first);
    await eventBus({ ...first, id: '00000000-0000-4000-8000-000000000002' });
    expect(titles()).toEqual(['Canary', 'Canary']);
    expect(new Set(findings().map(({ id }) => id)).size).toBe(1);
    expect(findings()[0]?.event).toMatchObject({
      source: { product: 'trailwatch', services: ['canary'] },
      targets: [{ kind: 'canary', id: event.id }],
    });
    expect(output.text()).not.toContain('OwnIgnored');
  });

  test('that the bus does not take fails the round, after everything else was done', async () => {
    lambda.bus.refuse('the first entry for good');
    await createDynamoHeartbeatStore(table).note(
      { path: 'logs', name: '/quiet/canary', account: '', region: '' },
      new Date(Date.now() - day),
    );
    await expect(watch(round())).rejects.toThrow(/canary: .* is not on the bus: InvalidArgument/);
  });
});

describe('silence', () => {
  test('a source that never rested, and now does, alerts once', async () => {
    const store = createDynamoHeartbeatStore(table);
    const source = { path: 's3', name: 'example-trail', account: '111122223333', region: 'eu-west-1' } as const;
    // Ten days with records every two hours, and then a day without any.
    for (let hours = 264; hours >= 24; hours -= 2) await store.note(source, new Date(Date.now() - hours * hour));
    await watch(round());
    expect(titles()).toEqual(['CloudTrail fell silent']);
    expect(findings()[0]).toMatchObject({
      rule: { level: 'high' },
      event: { account: '111122223333', region: 'eu-west-1', outcome: { kind: 'failure', code: 'silent' } },
    });
    lambda.bus.clear();
    await watch(round());
    expect(titles()).toEqual([]);
  });

  test('detecting functions note where records came from, and how often is bounded', async () => {
    await eventBus(lambdaEvent('event-bridge/console-sign-in'));
    await eventBus(lambdaEvent('event-bridge/console-sign-in'));
    const heartbeats = await createDynamoHeartbeatStore(table).all();
    const mine = heartbeats.filter(({ source }) => source.path === 'event-bus');
    expect(mine.map(({ source, times }) => ({ ...source, times }))).toEqual([
      { path: 'event-bus', name: 'cloudtrail', account: '444455556666', region: 'us-east-1', times: 1 },
    ]);
  });
});

test('what is no event of a schedule is refused', async () => {
  await expect(watch({})).rejects.toThrow(/expected the event of an EventBridge schedule/);
});
