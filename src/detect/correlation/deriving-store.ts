import { isDerived, type LoweredCorrelation } from '../../sigma/match.ts';
import type { RuleSet } from '../rule-set.ts';
import type { WindowStore } from './window-store.ts';

/**
 * derivingStore gives the records that come back from a store their derived fields again: a store keeps what a record
 * says, not what is computed from it. Without a correlation that asks for derived fields it is the store itself.
 */
export function derivingStore(store: WindowStore, { correlations, derive }: RuleSet): WindowStore {
  if (!correlations.some(asksForDerived)) return store;
  return {
    ...store,
    add: async (key, matches, span) => {
      const window = await store.add(key, matches, span);
      const again = window.matches.map((match) => ({
        ...match,
        record: { ...match.record, fields: derive(match.record.fields) },
      }));
      return { ...window, matches: again };
    },
  };
}

function asksForDerived({ groupBy, condition, aliases }: LoweredCorrelation): boolean {
  const aliased = Object.values(aliases).flatMap((fields) => Object.values(fields));
  return [...groupBy, ...(condition.fields ?? []), ...aliased].some(isDerived);
}
