import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoSightingStore } from '../../src/aws/state-table/sighting-store.ts';
import { WindowStoreError } from '../../src/detect/correlation/window-store.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';

let table: LocalStateTable;
let client: DynamoDBClient;
beforeAll(async () => {
  table = await startLocalStateTable();
  client = new DynamoDBClient({
    endpoint: table.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await table.close();
});

const dayMs = 86_400_000;
const timespanMs = 30 * dayMs;
const start = Date.parse('2026-03-01T12:00:00Z');
/** A copy of a function has a cache of its own, and shares the table. */
const copy = () => createDynamoSightingStore({ client, table: table.name });
const at = (id: string, day: number) => ({ id, timeMs: start + day * dayMs });

test('of copies that see a value at the same time one begins its stretch', async () => {
  const key = { correlation: 'c', group: '["ann"]', value: '["eu"]' };
  const stretches = await Promise.all(
    Array.from({ length: 8 }, (_, index) => copy().sight(key, at(`e${index}`, 0), timespanMs)),
  );
  expect(new Set(stretches.map(({ by }) => by)).size).toBe(1);
});

test('what one copy noted another one knows', async () => {
  const key = { correlation: 'c', group: '["bob"]', value: '["eu"]' };
  await copy().sight(key, at('first', 0), timespanMs);
  expect(await copy().sight(key, at('second', 20), timespanMs)).toMatchObject({ by: 'first', firstMs: start });
  expect(await copy().sight(key, at('third', 49), timespanMs)).toMatchObject({ by: 'first' });
  expect(await copy().sight(key, at('much later', 81), timespanMs)).toMatchObject({ by: 'much later' });
});

test('an earlier sighting that comes late is no news, and moves the beginning', async () => {
  const key = { correlation: 'c', group: '["cid"]' };
  await copy().sight(key, at('late', 10), timespanMs);
  expect(await copy().sight(key, at('earlier', 2), timespanMs)).toMatchObject({
    by: 'late',
    firstMs: start + 2 * dayMs,
  });
  expect(await copy().sight(key, at('far earlier', -40), timespanMs)).toMatchObject({ by: '' });
});

test('a table that cannot be reached is said, so that the event comes again', async () => {
  const nowhere = new DynamoDBClient({
    endpoint: 'http://127.0.0.1:9',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const store = createDynamoSightingStore({ client: nowhere, table: table.name });
  await expect(store.sight({ correlation: 'c', group: '[]' }, at('e', 0), timespanMs)).rejects.toThrow(
    WindowStoreError,
  );
  nowhere.destroy();
});
