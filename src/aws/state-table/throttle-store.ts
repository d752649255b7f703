import type { ThrottleStore } from '../../notify/delivery/state/index.ts';
import { expiryOf, keyOf } from './keys.ts';
import { namesOf, numberOf, openTable, type StateTable } from './table.ts';

/**
 * createDynamoThrottle keeps an item a scope, with the set of groups that have a place until its end; it is written when a group
 * opens, and no more once it is full.
 */
export function createDynamoThrottle(place: StateTable): ThrottleStore {
  const table = openTable(place);
  return {
    take: async (scope, group, { most, forMs }, now) => {
      const key = keyOf('throttle', { scope });
      const nowMs = now.getTime();
      const until = nowMs + forMs;
      const groups = new Set([group]);
      for (;;) {
        const taken = await table.update(key, {
          change: 'ADD #groups :groups',
          when: '#until > :now AND (contains(#groups, :group) OR size(#groups) < :most)',
          values: { groups, group, most, now: nowMs },
        });
        if (taken !== undefined) return { kind: 'taken' };
        const begun = await table.put(
          key,
          { groups, until, expires: expiryOf('throttle', until) },
          { when: 'attribute_not_exists(pk) OR #until <= :now', values: { now: nowMs } },
        );
        if (begun) return { kind: 'taken' };
        // Another invocation began it, or it is full.
        const item = await table.get(key);
        const others = namesOf(item?.['groups']);
        if (others.size >= most && !others.has(group)) return { kind: 'full', untilMs: numberOf(item?.['until']) };
      }
    },
  };
}
