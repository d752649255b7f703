import { largestFirst, type Tally, type TallyKind, type TallyStore } from '../../notify/delivery/state/index.ts';
import { expiryOf, itemKinds, keyOf, partitionsOf } from './keys.ts';
import { numberOf, openTable, textOf, type StateTable } from './table.ts';
import { dayOf } from '../../time/days.ts';

export interface DynamoTalliesOptions extends StateTable {
  /** Gives a number from 0 up to, not including, 1: which shard is written. */
  readonly random: () => number;
}

const maxNameChars = 300;

/**
 * createDynamoTallies keeps an item for each kind and name of a day, in several partitions: in a burst every copy of the function
 * counts the same names.
 */
export function createDynamoTallies({ random, ...place }: DynamoTalliesOptions): TallyStore {
  const table = openTable(place);
  return {
    add: async (at, entries) => {
      const day = dayOf(at);
      const shard = Math.floor(random() * itemKinds.tally.shards);
      const expires = expiryOf('tally', at.getTime());
      await Promise.all(
        entries.map(({ kind, name, by }) =>
          table.update(keyOf('tally', { day, shard, kind, name: name.slice(0, maxNameChars) }), {
            change: 'SET expires = :expires ADD #count :by',
            values: { by, expires },
          }),
        ),
      );
    },
    of: async (day) => {
      const sums = new Map<string, number>();
      for (const { sk, count } of await table.queryAll(partitionsOf('tally', { day }), { consistent: false })) {
        sums.set(textOf(sk), (sums.get(textOf(sk)) ?? 0) + numberOf(count));
      }
      return largestFirst([...sums].map(([sk, count]) => tallyOf(sk, count)));
    },
  };
}

function tallyOf(sk: string, count: number): Tally {
  const end = sk.indexOf('#');
  return { kind: sk.slice(0, end) as TallyKind, name: sk.slice(end + 1), count };
}
