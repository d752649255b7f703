import { closedCircuit, type CircuitStore } from '../../notify/delivery/state/index.ts';
import { expiryOf, keyOf } from './keys.ts';
import { numberOf, openTable, unchangedSince, type StateTable } from './table.ts';

/** createDynamoCircuits keeps an item a receiver, written when something changes. */
export function createDynamoCircuits({ now, ...place }: StateTable & { readonly now: () => Date }): CircuitStore {
  const table = openTable(place);
  return {
    read: async (receiver) => {
      const item = await table.get(keyOf('circuit', { receiver }));
      if (item === undefined) return closedCircuit;
      const { failures, openUntil, version } = item;
      return { failures: numberOf(failures), openUntilMs: numberOf(openUntil), version: numberOf(version) };
    },
    replace: async (receiver, { version }, { failures, openUntilMs }) => {
      const expires = expiryOf('circuit', now().getTime());
      const attributes = { failures, openUntil: openUntilMs, version: version + 1, expires };
      return table.put(keyOf('circuit', { receiver }), attributes, unchangedSince(version));
    },
  };
}
