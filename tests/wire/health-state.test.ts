import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoArrivalLog } from '../../src/aws/state-table/arrival-log.ts';
import { createDynamoCanaryLog } from '../../src/aws/state-table/canary-log.ts';
import { createDynamoNotifiedOnce } from '../../src/aws/state-table/notified-once.ts';
import { createDynamoTrialLog } from '../../src/aws/state-table/trial-log.ts';
import type { ArrivalLog } from '../../src/health/arrivals.ts';
import type { CanaryLog } from '../../src/health/canary.ts';
import type { NotifiedOnce } from '../../src/health/notified-once.ts';
import type { TrialLog } from '../../src/health/trial-log.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';
import {
  createMemoryArrivalLog,
  createMemoryCanaryLog,
  createMemoryNotifiedOnce,
  createMemoryTrialLog,
} from '../support/memory-health-stores.ts';

let local: LocalStateTable;
let client: DynamoDBClient;
let gone: DynamoDBClient;

beforeAll(async () => {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  local = await startLocalStateTable();
  client = new DynamoDBClient({ endpoint: local.url, region: 'eu-central-1', credentials });
  gone = new DynamoDBClient({ endpoint: 'http://127.0.0.1:1', region: 'eu-central-1', credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  gone.destroy();
  await local.close();
});

const place = () => ({ client, table: local.name });
const noon = new Date('2026-03-11T12:00:00.000Z');
const later = new Date('2026-03-11T12:05:00.000Z');
let names = 0;
const fresh = (): string => `${(names += 1)}`.padStart(32, 'a');

describe.each<[string, () => ArrivalLog]>([
  ['memory', createMemoryArrivalLog],
  ['DynamoDB', () => createDynamoArrivalLog(place())],
])('arrivals in %s', (_name, create) => {
  test('the first path stays the first, and each path counts once', async () => {
    const [log, finding] = [create(), fresh()];
    expect(await log.add(finding, 'event-bus', noon)).toEqual({ path: 'event-bus', at: noon });
    expect(await log.add(finding, 'event-bus', later)).toBeUndefined();
    expect(await log.add(finding, 's3', later)).toEqual({ path: 'event-bus', at: noon });
    expect(await log.add(finding, 's3', later)).toBeUndefined();
    expect(await log.add(finding, 'logs', later)).toEqual({ path: 'event-bus', at: noon });
  });

  test('of copies at the same time one is first', async () => {
    const [log, finding] = [create(), fresh()];
    const firsts = await Promise.all(Array.from({ length: 8 }, () => log.add(finding, 's3', noon)));
    expect(firsts.filter((one) => one !== undefined)).toHaveLength(1);
  });
});

describe.each<[string, () => CanaryLog]>([
  ['memory', createMemoryCanaryLog],
  ['DynamoDB', () => createDynamoCanaryLog(place())],
])('canaries in %s', (_name, create) => {
  test('one comes back once, and says when it flew', async () => {
    const [log, canary] = [create(), fresh()];
    await log.sent(canary, noon);
    await log.sent(canary, later);
    expect(await log.returned(canary, later)).toEqual({ kind: 'returned', sent: noon });
    expect(await log.returned(canary, later)).toEqual({ kind: 'again' });
  });

  test.each(['made-up', '', 'x'.repeat(5_000), 'canary#1'])(
    'one that nobody sent is unknown: %.20s',
    async (canary) => {
      expect(await create().returned(canary, later)).toEqual({ kind: 'unknown' });
    },
  );
});

describe.each<[string, () => TrialLog]>([
  ['memory', createMemoryTrialLog],
  ['DynamoDB', () => createDynamoTrialLog(place())],
])('trials in %s', (_name, create) => {
  test('count findings and to whom they would have gone, with a few examples', async () => {
    const [log, trial] = [create(), fresh()];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        log.note(
          {
            trial,
            finding: index.toString(16).padStart(2, '0').padEnd(32, '0'),
            receivers: index % 4 === 0 ? [] : index % 2 === 0 ? ['sns', 'slack'] : ['slack'],
            title: `finding ${index}`,
          },
          noon,
        ),
      ),
    );
    const counted = await log.of(trial);
    expect(counted).toMatchObject({ findings: 40, receivers: { none: 10, sns: 10, slack: 30 } });
    expect(counted.examples).toHaveLength(5);
    expect(await log.of('another')).toEqual({ findings: 0, receivers: {}, examples: [] });
  });
});

describe.each<[string, () => NotifiedOnce]>([
  ['memory', createMemoryNotifiedOnce],
  ['DynamoDB', () => createDynamoNotifiedOnce(place())],
])('marks in %s', (_name, create) => {
  test('a notification is remembered, under any name', async () => {
    const [notifiedOnce, what] = [create(), `trial-ended "x"#${fresh()}`];
    expect(await notifiedOnce.has(what)).toBe(false);
    await notifiedOnce.set(what, noon);
    await notifiedOnce.set(what, later);
    expect(await notifiedOnce.has(what)).toBe(true);
    expect(await notifiedOnce.has(`${what}2`)).toBe(false);
  });
});

test('a table that is down gives an error that names the failed step', async () => {
  const away = { client: gone, table: 'away' };
  await expect(createDynamoArrivalLog(away).add('f', 's3', noon)).rejects.toThrow(/the path .*: state table away: /);
  await expect(createDynamoCanaryLog(away).returned('c', noon)).rejects.toThrow(/the return of a canary/);
  await expect(createDynamoNotifiedOnce(away).has('x')).rejects.toThrow(/whether x was notified/);
  await expect(createDynamoTrialLog(away).of('t')).rejects.toThrow(/the count of trial t/);
});
