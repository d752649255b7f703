import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createDynamoSeenStore } from '../../src/aws/state-table/seen-store.ts';
import { createMemorySeenStore } from '../../src/notify/delivery/state/seen-store.ts';
import type { DeliveryKey, Lease, SeenStore } from '../../src/notify/delivery/state/seen-store.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';
import { local } from './notification.ts';

const times = { leaseMs: 60_000, rememberMs: 3_600_000 };
const start = Date.parse('2026-03-14T12:00:00Z');
const at = (ms: number): Date => new Date(start + ms);

let table: LocalStateTable;
let client: DynamoDBClient;
let keys = 0;

beforeAll(async () => {
  table = await startLocalStateTable();
  client = new DynamoDBClient({ endpoint: table.url, ...local });
});

afterAll(async () => {
  client.destroy();
  await table.close();
});

const stores: readonly (readonly [string, () => SeenStore])[] = [
  ['memory', () => createMemorySeenStore(times)],
  ['DynamoDB', () => createDynamoSeenStore({ client, table: table.name, newToken: randomUUID, ...times })],
];

describe.each(stores)('the seen store in %s', (_name, create) => {
  const key = (): DeliveryKey => ({ findingId: `finding-${(keys += 1)}`, receiver: 'mail' });

  test('grants a delivery to one holder, and makes the next one wait', async () => {
    const [store, it] = [create(), key()];
    expect(await store.claim(it, at(0))).toMatchObject({ kind: 'granted', lease: { key: it } });
    expect(await store.claim(it, at(1000))).toEqual({ kind: 'held', until: at(60_000).toISOString() });
  });

  test('remembers a delivery, and when it was', async () => {
    const [store, it] = [create(), key()];
    await store.record(await leased(store, it, 0), at(500));
    expect(await store.claim(it, at(1000))).toEqual({ kind: 'delivered', at: at(500).toISOString() });
  });

  test('keeps receivers apart', async () => {
    const [store, it] = [create(), key()];
    await store.record(await leased(store, it, 0), at(0));
    expect(await store.claim({ ...it, receiver: 'chat' }, at(0))).toMatchObject({ kind: 'granted' });
  });

  test('a holder that crashed delays a delivery, and loses none', async () => {
    const [store, it] = [create(), key()];
    await leased(store, it, 0);
    expect(await store.claim(it, at(59_999))).toMatchObject({ kind: 'held' });
    expect(await store.claim(it, at(60_000))).toMatchObject({ kind: 'granted' });
  });

  test('a lease that is given back can be had at once', async () => {
    const [store, it] = [create(), key()];
    await store.release(await leased(store, it, 0));
    expect(await store.claim(it, at(1))).toMatchObject({ kind: 'granted' });
  });

  test('who lost the lease can’t give back another’s', async () => {
    const [store, it] = [create(), key()];
    const late = await leased(store, it, 0);
    await leased(store, it, 60_000);
    await store.release(late);
    expect(await store.claim(it, at(60_001))).toMatchObject({ kind: 'held' });
  });

  test('giving back does not forget what was delivered', async () => {
    const [store, it] = [create(), key()];
    const lease = await leased(store, it, 0);
    await store.record(lease, at(0));
    await store.release(lease);
    expect(await store.claim(it, at(1))).toMatchObject({ kind: 'delivered' });
  });

  test('who lost the lease but did deliver may say so', async () => {
    const [store, it] = [create(), key()];
    const late = await leased(store, it, 0);
    await leased(store, it, 60_000);
    await store.record(late, at(60_001));
    expect(await store.claim(it, at(60_002))).toMatchObject({ kind: 'delivered' });
  });

  test('forgets by the clock, though the table deletes later', async () => {
    const [store, it] = [create(), key()];
    await store.record(await leased(store, it, 0), at(0));
    expect(await store.claim(it, at(times.rememberMs - 1000))).toMatchObject({ kind: 'delivered' });
    expect(await store.claim(it, at(times.rememberMs))).toMatchObject({ kind: 'granted' });
  });

  test('of twenty that claim at the same time, one may deliver', async () => {
    const [store, it] = [create(), key()];
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claim(it, at(0))));
    expect(claims.filter(({ kind }) => kind === 'granted')).toHaveLength(1);
    expect(claims.filter(({ kind }) => kind === 'held')).toHaveLength(19);
  });

  test('what was parked can be claimed again, with its group, and recorded by who claimed it', async () => {
    const [store, it] = [create(), key()];
    await store.record(await leased(store, it, 0), at(0), 'group-1');
    expect(await store.claim(it, at(1))).toMatchObject({ kind: 'delivered', group: 'group-1' });
    await store.park(it, 'group-1', at(2));
    expect(await store.find(it, at(3))).toBeUndefined();
    const lease = await leased(store, it, 3);
    expect(lease).toMatchObject({ parked: 'group-1' });
    expect(await store.claim(it, at(4))).toMatchObject({ kind: 'held' });
    await store.record(lease, at(5), 'group-1');
    expect(await store.claim(it, at(6))).toMatchObject({ kind: 'delivered' });
    expect(await store.find(it, at(6))).toBe(at(5).toISOString());
  });

  test('what is parked meanwhile is not recorded by who accepted it before: it is to be claimed again', async () => {
    const [store, it] = [create(), key()];
    const lease = await leased(store, it, 0);
    await store.park(it, 'group-2', at(1));
    await store.record(lease, at(2), 'group-2');
    expect(await store.claim(it, at(3))).toMatchObject({ kind: 'granted', lease: { parked: 'group-2' } });
  });

  test('a claim that is given back, or ends, keeps what was parked', async () => {
    const [store, it] = [create(), key()];
    await store.park(it, 'group-3', at(0));
    await store.release(await leased(store, it, 1));
    expect(await leased(store, it, 2)).toMatchObject({ parked: 'group-3' });
    expect(await leased(store, it, 60_002)).toMatchObject({ parked: 'group-3', again: true });
  });

  test('says when an earlier holder never ended', async () => {
    const [store, it] = [create(), key()];
    expect(await leased(store, it, 0)).not.toHaveProperty('again');
    expect(await leased(store, it, 60_000)).toMatchObject({ again: true });
  });
});

test('an item has the keys and the expiry that the table is deployed with', async () => {
  const store = createDynamoSeenStore({ client, table: table.name, newToken: () => 'token', ...times });
  const it = { findingId: 'shape', receiver: 'mail' };
  const read = async (): Promise<unknown> =>
    (
      await client.send(
        new GetItemCommand({ TableName: table.name, Key: { pk: { S: 'seen#shape' }, sk: { S: 'mail' } } }),
      )
    ).Item;
  const expires = { N: String((start + times.rememberMs) / 1000) };

  const lease = await leased(store, it, 0);
  expect(await read()).toEqual({
    pk: { S: 'seen#shape' },
    sk: { S: 'mail' },
    lease: { S: 'token' },
    leaseUntil: { N: String(start + times.leaseMs) },
    expires,
  });
  await store.record(lease, at(0));
  expect(await read()).toEqual({
    pk: { S: 'seen#shape' },
    sk: { S: 'mail' },
    deliveredAt: { S: at(0).toISOString() },
    expires,
  });
});

test('a table that is missing is an error, not a grant', async () => {
  const store = createDynamoSeenStore({ client, table: 'no-such-table', newToken: randomUUID });
  await expect(store.claim({ findingId: 'a', receiver: 'b' }, at(0))).rejects.toMatchObject({
    name: 'StateTableError',
    message: expect.stringContaining('no-such-table: ResourceNotFoundException'),
  });
});

async function leased(store: SeenStore, key: DeliveryKey, ms: number): Promise<Lease> {
  const claim = await store.claim(key, at(ms));
  if (claim.kind !== 'granted') throw new Error(`not granted: ${claim.kind}`);
  return claim.lease;
}

test('a claim whose answer got lost is granted when the client asks once more', async () => {
  // What the SDK does by itself: the same request again, which finds its own first one done.
  const twice = (async (command: UpdateItemCommand) => {
    if (command instanceof UpdateItemCommand) await client.send(command);
    return client.send(command);
  }) as DynamoDBClient['send'];
  const store = createDynamoSeenStore({ client: { send: twice }, table: table.name, newToken: randomUUID, ...times });
  const key = { findingId: 'answer-lost', receiver: 'mail' };
  expect(await store.claim(key, at(0))).toMatchObject({ kind: 'granted', lease: { key, again: true } });
  expect(await store.claim(key, at(1))).toMatchObject({ kind: 'held' });
});
