import type { InhibitionStore } from '../../notify/delivery/state/index.ts';
import { expiryOf, keyOf } from './keys.ts';
import { numberOf, openTable, type StateTable } from './table.ts';

/** createDynamoInhibitions keeps an item a key, with its end. */
export function createDynamoInhibitions(place: StateTable): InhibitionStore {
  const table = openTable(place);
  return {
    start: async (key, untilMs) => {
      await table.update(keyOf('inhibition', { key }), {
        change: 'SET #until = :until, expires = :expires',
        when: 'attribute_not_exists(#until) OR #until < :until',
        values: { until: untilMs, expires: expiryOf('inhibition', untilMs) },
      });
    },
    active: async (keys, now) => {
      const items = await Promise.all(keys.map((key) => table.get(keyOf('inhibition', { key }))));
      return new Set(keys.filter((_key, index) => now.getTime() < numberOf(items[index]?.['until'])));
    },
  };
}
