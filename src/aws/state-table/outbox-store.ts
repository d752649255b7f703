import { createHash } from 'node:crypto';
import { DeleteItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Due, OutboxStore } from '../../notify/delivery/state/outbox-store.ts';
import { expiresAt, type Item, type StateTable } from './table.ts';

export interface DynamoOutboxOptions extends StateTable {
  readonly newToken: () => string;
  readonly now: () => Date;
}

const shards = 4;
const aDay = 86_400_000;
/** What nobody has looked at for so long has no group any more. */
const keepMs = 30 * aDay;
const removedAtOnce = 25;

/**
 * createDynamoOutbox keeps an item an entry, `due#<receiver>#<shard>` / `<time>#<group>#<id>`, so that what is due is read in the order
 * of time; and `due#receivers` / `<receiver>` for each receiver that has had one.
 */
export function createDynamoOutbox({ client, table, newToken, now }: DynamoOutboxOptions): OutboxStore {
  const registered = new Set<string>();
  const register = async (receiver: string): Promise<void> => {
    if (registered.has(receiver)) return;
    const expires = expiresAt(now().getTime() + 3 * keepMs);
    const Item = { pk: { S: 'due#receivers' }, sk: { S: receiver }, expires };
    await client.send(new PutItemCommand({ TableName: table, Item }));
    registered.add(receiver);
  };
  const read = async (pk: string, before: string, most: number): Promise<readonly Item[]> => {
    const items: Item[] = [];
    let start: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk < :before',
          ExpressionAttributeValues: { ':pk': { S: pk }, ':before': { S: before } },
          ConsistentRead: true,
          Limit: most - items.length,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined && items.length < most);
    return items;
  };

  return {
    put: async (receiver, key, atMs) => {
      // First, so that there is no entry that nobody looks for.
      await register(receiver);
      const due = { receiver, key, atMs, id: newToken() };
      const Item = { ...keyOf(due), expires: expiresAt(atMs + keepMs) };
      await client.send(new PutItemCommand({ TableName: table, Item }));
      return due;
    },

    list: async (receiver, at, most) => {
      const before = timeText(at.getTime() + 1);
      const all = await Promise.all(
        Array.from({ length: shards }, (_, shard) => read(`due#${receiver}#${shard}`, before, most)),
      );
      return all
        .flat()
        .map(({ sk }) => dueOf(receiver, sk?.S ?? ''))
        .sort((a, b) => a.atMs - b.atMs)
        .slice(0, most);
    },

    remove: async (entries) => {
      for (let from = 0; from < entries.length; from += removedAtOnce) {
        const some = entries.slice(from, from + removedAtOnce);
        await Promise.all(some.map((due) => client.send(new DeleteItemCommand({ TableName: table, Key: keyOf(due) }))));
      }
    },

    receivers: async () => (await read('due#receivers', '\u{10ffff}', 1_000)).map(({ sk }) => sk?.S ?? ''),
  };
}

function keyOf({ receiver, key, atMs, id }: Due): Item {
  const shard = (createHash('sha256').update(key).digest()[0] ?? 0) % shards;
  return { pk: { S: `due#${receiver}#${shard}` }, sk: { S: `${timeText(atMs)}#${key}#${id}` } };
}

function dueOf(receiver: string, sk: string): Due {
  const [time = '', key = '', id = ''] = sk.split('#');
  return { receiver, key, atMs: Number(time), id };
}

/** Sorts as text as it does as a number. */
function timeText(ms: number): string {
  return String(ms).padStart(15, '0');
}
