import { createHash } from 'node:crypto';
import { GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createMemberRoll, type GroupMember } from '../../notify/delivery/group-members.ts';
import { groupStoreTimes, initialGroupState } from '../../notify/delivery/state/group-store.ts';
import type { Generation, GroupState, GroupStore, GroupStoreTimes } from '../../notify/delivery/state/group-store.ts';
import { packGroup, unpackGroup } from './packed-group.ts';
import { expiresAt, numberOf, unlessRefused, type Item, type StateTable } from './table.ts';

export interface DynamoGroupStoreOptions extends StateTable, Partial<GroupStoreTimes> {
  /** Gives each lease a name of its own. */
  readonly newToken: () => string;
}

/** A group's members lie in so many partitions, each of which takes some 1,000 writes a second. */
const memberShards = 8;

/**
 * createDynamoGroupStore keeps of a group `group#<key>` / `first` (what never changes, packed) and `state` (what was told, and the
 * lease), of a base `group#<base>` / `open` (its last generation), and of each member `member#<key>#<shard>` / `<finding>`. A burst of
 * one news writes members only, which lie apart; the other items are written when a group opens and when it is told.
 *
 * Every write is one item's and conditional where two could race. Reads are consistent: whoever has found a due entry sees what was
 * written before it.
 */
export function createDynamoGroupStore(options: DynamoGroupStoreOptions): GroupStore {
  const { client, table, newToken, leaseMs, keepMs } = { ...groupStoreTimes, ...options };

  const get = async (pk: string, sk: string): Promise<Item | undefined> => {
    const Key = { pk: { S: pk }, sk: { S: sk } };
    return (await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item;
  };
  const latest = async (base: string): Promise<Generation | undefined> => {
    const item = await get(`group#${base}`, 'open');
    return item === undefined ? undefined : generationOf(item);
  };
  const stateKey = (key: string): Item => ({ pk: { S: `group#${key}` }, sk: { S: 'state' } });

  return {
    latest,

    open: async (base, group, now) => {
      const { key, openedMs, closesMs, lead } = group;
      const expires = expiresAt(closesMs + keepMs);
      const first = { pk: { S: `group#${key}` }, sk: { S: 'first' }, group: { B: packGroup(group) }, expires };
      await client.send(new PutItemCommand({ TableName: table, Item: first }));
      const generation = { key, openedMs, closesMs, lead };
      if (base === undefined) return generation;
      for (;;) {
        const opened = await unlessRefused(
          client.send(
            new PutItemCommand({
              TableName: table,
              Item: {
                pk: { S: `group#${base}` },
                sk: { S: 'open' },
                key: { S: key },
                opened: { N: String(openedMs) },
                closes: { N: String(closesMs) },
                lead: { S: lead },
                expires,
              },
              ConditionExpression: 'attribute_not_exists(pk) OR closes <= :now',
              ExpressionAttributeValues: { ':now': { N: String(now.getTime()) } },
            }),
          ),
        );
        if (opened !== undefined) return generation;
        const other = await latest(base);
        if (other !== undefined) return other;
      }
    },

    join: async ({ key, closesMs }, member) => {
      await client.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            ...memberKey(key, member.id),
            id: { S: member.id },
            fingerprint: { S: member.fingerprint },
            line: { S: JSON.stringify(member.line) },
            expires: expiresAt(closesMs + keepMs),
          },
        }),
      );
    },

    has: async ({ key }, member) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: table, Key: memberKey(key, member), ConsistentRead: true }),
      );
      return Item !== undefined;
    },

    find: async (key) => {
      const packed = (await get(`group#${key}`, 'first'))?.['group']?.B;
      return packed === undefined ? undefined : unpackGroup(packed);
    },

    members: async (key) => {
      const roll = createMemberRoll();
      const readShard = async (shard: number): Promise<void> => {
        let start: Item | undefined;
        do {
          const page = await client.send(
            new QueryCommand({
              TableName: table,
              KeyConditionExpression: 'pk = :pk',
              ExpressionAttributeValues: { ':pk': { S: `member#${key}#${shard}` } },
              ConsistentRead: true,
              ...(start && { ExclusiveStartKey: start }),
            }),
          );
          for (const item of page.Items ?? []) roll.add(memberOfItem(item));
          start = page.LastEvaluatedKey;
        } while (start !== undefined);
      };
      await Promise.all(Array.from({ length: memberShards }, (_, shard) => readShard(shard)));
      return roll.read();
    },

    state: async (key) => stateOf((await get(`group#${key}`, 'state')) ?? {}),

    lease: async ({ key, closesMs }, now) => {
      const token = newToken();
      const taken = await unlessRefused(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(key),
            UpdateExpression: 'SET #lease = :token, leaseUntil = :until, expires = :expires',
            ConditionExpression: 'attribute_not_exists(#lease) OR leaseUntil <= :now',
            ExpressionAttributeNames: { '#lease': 'lease' },
            ExpressionAttributeValues: {
              ':token': { S: token },
              ':until': { N: String(now.getTime() + leaseMs) },
              ':now': { N: String(now.getTime()) },
              ':expires': expiresAt(Math.max(closesMs, now.getTime()) + keepMs),
            },
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      if (taken === undefined) return undefined;
      const item = taken.Attributes ?? {};
      return { key, token, state: stateOf(item), revivals: numberOf(item['revivals']) };
    },

    record: async ({ key }, { token, revivals }, state) => {
      const { sets, removes, values } = writtenState(state);
      const held = { TableName: table, Key: stateKey(key), ExpressionAttributeNames: { '#lease': 'lease' } };
      const recorded = await unlessRefused(
        client.send(
          new UpdateItemCommand({
            ...held,
            UpdateExpression: `SET ${sets.join(', ')} REMOVE ${['#lease', 'leaseUntil', ...removes].join(', ')}`,
            ConditionExpression:
              revivals === 0
                ? '#lease = :token AND attribute_not_exists(revivals)'
                : '#lease = :token AND revivals = :revivals',
            ExpressionAttributeValues: {
              ...values,
              ':token': { S: token },
              ...(revivals > 0 && { ':revivals': { N: String(revivals) } }),
            },
          }),
        ),
      );
      if (recorded !== undefined) return true;
      // Another holds the lease by now, or somebody revived the group: what was told was told all the same.
      await unlessRefused(
        client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: stateKey(key),
            UpdateExpression: 'SET told = :told, settled = :settled',
            ConditionExpression: 'attribute_not_exists(told) OR told < :told',
            ExpressionAttributeValues: {
              ':told': { N: String(state.notified) },
              ':settled': { N: String(state.settled) },
            },
          }),
        ),
      );
      await unlessRefused(
        client.send(
          new UpdateItemCommand({
            ...held,
            UpdateExpression: 'REMOVE #lease, leaseUntil',
            ConditionExpression: '#lease = :token',
            ExpressionAttributeValues: { ':token': { S: token } },
          }),
        ),
      );
      return false;
    },

    revive: async ({ key, closesMs }) => {
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: stateKey(key),
          UpdateExpression:
            'SET settled = if_not_exists(told, :none), failures = :none, expires = :expires REMOVE failingSince, notBefore ADD revivals :one',
          ExpressionAttributeValues: {
            ':none': { N: '0' },
            ':one': { N: '1' },
            ':expires': expiresAt(closesMs + keepMs),
          },
        }),
      );
    },
  };
}

function generationOf(item: Item): Generation {
  return {
    key: item['key']?.S ?? '',
    openedMs: numberOf(item['opened']),
    closesMs: numberOf(item['closes']),
    lead: item['lead']?.S ?? '',
  };
}

// Ids may be of any length; a sort key may not.
function memberKey(key: string, id: string): Item {
  const digest = createHash('sha256').update(id).digest();
  return {
    pk: { S: `member#${key}#${(digest[0] ?? 0) % memberShards}` },
    sk: { S: digest.toString('hex', 0, 16) },
  };
}

function memberOfItem(item: Item): GroupMember {
  return {
    id: item['id']?.S ?? '',
    fingerprint: item['fingerprint']?.S ?? '',
    line: JSON.parse(item['line']?.S ?? '{}') as GroupMember['line'],
  };
}

// The attributes `told` and `toldAt` are what code calls `notified` and `notifiedMs`: tables in use have them.
function stateOf(item: Item): GroupState {
  const { failingSince, notBefore, toldAt, receipt } = item;
  return {
    ...initialGroupState,
    notified: numberOf(item['told']),
    settled: numberOf(item['settled']),
    failures: numberOf(item['failures']),
    closed: item['closed']?.BOOL ?? false,
    ...(failingSince && { failingSinceMs: numberOf(failingSince) }),
    ...(notBefore && { notBeforeMs: numberOf(notBefore) }),
    ...(toldAt && { notifiedMs: numberOf(toldAt) }),
    ...(receipt?.S !== undefined && { receipt: JSON.parse(receipt.S) as Record<string, string> }),
  };
}

function writtenState(state: GroupState): {
  readonly sets: readonly string[];
  readonly removes: readonly string[];
  readonly values: Record<string, AttributeValue>;
} {
  const time = (ms: number | undefined): AttributeValue | undefined =>
    ms === undefined ? undefined : { N: String(ms) };
  const attributes: Readonly<Record<string, AttributeValue | undefined>> = {
    told: { N: String(state.notified) },
    settled: { N: String(state.settled) },
    failures: { N: String(state.failures) },
    closed: { BOOL: state.closed },
    failingSince: time(state.failingSinceMs),
    notBefore: time(state.notBeforeMs),
    toldAt: time(state.notifiedMs),
    receipt: state.receipt && { S: JSON.stringify(state.receipt) },
  };
  const present = Object.entries(attributes).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  return {
    sets: present.map(([name]) => `${name} = :${name}`),
    removes: Object.keys(attributes).filter((name) => attributes[name] === undefined),
    values: Object.fromEntries(present.map(([name, value]) => [`:${name}`, value])),
  };
}
