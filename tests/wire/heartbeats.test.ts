import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createDynamoHeartbeatStore } from '../../src/aws/state-table/heartbeat-store.ts';
import { HealthStateError, type HeartbeatStore } from '../../src/health/heartbeat.ts';
import type { Source } from '../../src/health/source.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';
import { createMemoryHeartbeatStore } from '../support/memory-health-stores.ts';

let table: LocalStateTable;
let client: DynamoDBClient;

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

beforeAll(async () => {
  table = await startLocalStateTable();
  client = new DynamoDBClient({ endpoint: table.url, region: 'eu-central-1', credentials });
});
afterAll(async () => {
  client.destroy();
  await table.close();
});

const minute = 60_000;
const noon = Date.parse('2026-03-11T12:00:00Z');
const at = (minutes: number): Date => new Date(noon + minutes * minute);
let sources = 0;
const freshSource = (name = `/hosts/auth-${(sources += 1)}`): Source => ({
  path: 'logs',
  name,
  account: '111122223333',
  region: 'eu-west-1',
});

const stores: readonly (readonly [string, () => HeartbeatStore])[] = [
  ['memory', createMemoryHeartbeatStore],
  ['DynamoDB', () => createDynamoHeartbeatStore({ client, table: table.name })],
];

describe.each(stores)('heartbeats in %s', (_name, create) => {
  const heartbeatOf = async (store: HeartbeatStore, source: Source) =>
    (await store.all()).find((one) => one.source.name === source.name);

  test('a source is known from its first note on, and each later one shows how long it was quiet', async () => {
    const [store, source] = [create(), freshSource()];
    for (const minutes of [0, 5, 25, 31]) await store.note(source, at(minutes));
    expect(await heartbeatOf(store, source)).toEqual({
      source,
      first: noon,
      last: noon + 31 * minute,
      times: 4,
      longest: { '2026-03-11': 20 * minute },
    });
  });

  test('a note within five minutes of another changes nothing', async () => {
    const [store, source] = [create(), freshSource()];
    for (const minutes of [0, 1, 4]) await store.note(source, at(minutes));
    expect(await heartbeatOf(store, source)).toMatchObject({ last: noon, times: 1 });
  });

  test('notes of several copies of a function at once are one', async () => {
    const [store, source] = [create(), freshSource()];
    await store.note(source, at(0));
    await Promise.all(Array.from({ length: 5 }, () => store.note(source, at(10))));
    expect(await heartbeatOf(store, source)).toMatchObject({ last: noon + 10 * minute, times: 2 });
  });

  test('a notified silence is over with the next records, and does not count as usual', async () => {
    const [store, source] = [create(), freshSource()];
    await store.note(source, at(0));
    await store.note(source, at(10));
    const silent = await heartbeatOf(store, source);
    if (silent === undefined) throw new Error('no heartbeat');
    await store.markNotified(silent);
    expect(await heartbeatOf(store, source)).toMatchObject({ notified: noon + 10 * minute });
    await store.note(source, at(600));
    const back = await heartbeatOf(store, source);
    expect(back).not.toHaveProperty('notified');
    expect(back).toMatchObject({ last: noon + 600 * minute, longest: { '2026-03-11': 10 * minute } });
  });

  test('a silence is not marked for a source that came back meanwhile', async () => {
    const [store, source] = [create(), freshSource()];
    await store.note(source, at(0));
    const silent = await heartbeatOf(store, source);
    if (silent === undefined) throw new Error('no heartbeat');
    await store.note(source, at(100));
    await store.markNotified(silent);
    expect(await heartbeatOf(store, source)).not.toHaveProperty('notified');
  });

  test.each([
    ['quotes and brackets', '/hosts/"],["x'],
    ['a key of its own making', 'heartbeat#0#last'],
    ['a thousand characters', 'x'.repeat(1_000)],
    ['no characters at all', ''],
    ['a name of JavaScript', '__proto__'],
  ])('a source may be named with %s', async (_what, name) => {
    const [store, source] = [create(), freshSource(name)];
    await store.note(source, at(0));
    expect((await heartbeatOf(store, source))?.source).toEqual(source);
  });
});

test('many sources lie in several partitions, and all are found', async () => {
  const store = createDynamoHeartbeatStore({ client, table: table.name });
  const names = Array.from({ length: 40 }, (_, index) => `/many/${index}`);
  await Promise.all(names.map((name) => store.note(freshSource(name), at(0))));
  expect((await store.all()).map(({ source }) => source.name)).toEqual(expect.arrayContaining(names));
  const { Items = [] } = await client.send(new ScanCommand({ TableName: table.name }));
  expect(new Set(Items.map((item) => item['pk']?.S)).size).toBeGreaterThan(4);
  expect(Items.every((item) => Number(item['expires']?.N) > noon / 1_000 + 30 * 86_400)).toBe(true);
});

test('a table that is down gives an error worth another try', async () => {
  const gone = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-central-1',
    credentials,
    maxAttempts: 1,
  });
  const store = createDynamoHeartbeatStore({ client: gone, table: table.name });
  await expect(store.note(freshSource(), at(0))).rejects.toThrow(HealthStateError);
  await expect(store.all()).rejects.toThrow(/heartbeats could not be read: state table/);
  gone.destroy();
});
