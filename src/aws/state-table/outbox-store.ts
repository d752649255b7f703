import type { Due, OutboxStore } from '../../notify/delivery/state/index.ts';
import { digestOf, expiryOf, keyOf, partitionOf, partitionsOf, shardOf, type Key } from './keys.ts';
import { openTable, textOf, type StateTable } from './table.ts';

export interface DynamoOutboxOptions extends StateTable {
  readonly newToken: () => string;
  readonly now: () => Date;
}

const removedAtOnce = 25;
const mostReceivers = 1_000;

/**
 * createDynamoOutbox keeps an item an entry, by whose key what is due is read in the order of time; and one for each receiver that
 * has had an entry.
 */
export function createDynamoOutbox({ newToken, now, ...place }: DynamoOutboxOptions): OutboxStore {
  const table = openTable(place);
  const registered = new Set<string>();
  const register = async (receiver: string): Promise<void> => {
    if (registered.has(receiver)) return;
    await table.put(keyOf('dueReceiver', { receiver }), { expires: expiryOf('dueReceiver', now().getTime()) });
    registered.add(receiver);
  };

  return {
    put: async (receiver, key, atMs) => {
      // First, so that every entry has a receiver whose entries are read.
      await register(receiver);
      const due = { receiver, key, atMs, id: newToken() };
      await table.put(keyOfDue(due), { expires: expiryOf('due', atMs) });
      return due;
    },

    list: async (receiver, at, most) => {
      const range = { upTo: timeText(at.getTime() + 1), limit: most };
      const items = await table.queryAll(partitionsOf('due', { receiver }), range);
      return items
        .map(({ sk }) => dueOf(receiver, textOf(sk)))
        .sort((a, b) => a.atMs - b.atMs)
        .slice(0, most);
    },

    remove: async (entries) => {
      for (let from = 0; from < entries.length; from += removedAtOnce) {
        await Promise.all(entries.slice(from, from + removedAtOnce).map((due) => table.remove(keyOfDue(due))));
      }
    },

    receivers: async () => {
      const items = await table.queryAll([partitionOf('dueReceiver', {})], { limit: mostReceivers });
      return items.map(({ sk }) => textOf(sk));
    },
  };
}

function keyOfDue({ receiver, key, atMs, id }: Due): Key {
  return keyOf('due', { receiver, shard: shardOf('due', digestOf(key)), time: timeText(atMs), group: key, id });
}

function dueOf(receiver: string, sk: string): Due {
  const [time = '', key = '', id = ''] = sk.split('#');
  return { receiver, key, atMs: Number(time), id };
}

/** Sorts as text as it does as a number. */
function timeText(ms: number): string {
  return String(ms).padStart(15, '0');
}
