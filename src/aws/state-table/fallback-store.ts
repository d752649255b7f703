import type { FallbackStore } from '../../notify/delivery/state/index.ts';
import { expiryOf, keyOf } from './keys.ts';
import { namesOf, openTable, type StateTable } from './table.ts';

/** createDynamoFallbacks keeps an item a finding, with the receivers that did not take it. */
export function createDynamoFallbacks(place: StateTable): FallbackStore {
  const table = openTable(place);
  return {
    fail: async (findingId, receiver, now) => {
      const item = await table.update(keyOf('failed', { finding: findingId }), {
        change: 'SET expires = :expires ADD receivers :one',
        values: { one: new Set([receiver]), expires: expiryOf('failed', now.getTime()) },
        returns: 'ALL_NEW',
      });
      return namesOf(item?.['receivers']);
    },
  };
}
