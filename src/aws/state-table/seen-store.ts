import { seenStoreTimes } from '../../notify/delivery/state/index.ts';
import type { Claim, DeliveryKey, Lease, SeenStore, SeenStoreTimes } from '../../notify/delivery/state/index.ts';
import { expiryOf, keyOf, type Key } from './keys.ts';
import { numberOf, openTable, textOf, type Item, type StateTable } from './table.ts';

export interface DynamoSeenStoreOptions extends StateTable, Partial<SeenStoreTimes> {
  /** Gives each lease a name of its own. */
  readonly newToken: () => string;
}

/**
 * createDynamoSeenStore keeps one item for each finding and receiver: first a lease (`lease`, `leaseUntil`), then the
 * delivery (`deliveredAt`, and its `group`), and `parked` for a group among the dead letters. Every change is one conditional
 * write, so of two functions that claim at the same time one waits. The partition is the finding's, so that a burst of findings
 * spreads over the table.
 */
export function createDynamoSeenStore(options: DynamoSeenStoreOptions): SeenStore {
  const { newToken, leaseMs, rememberMs } = { ...seenStoreTimes, ...options };
  const table = openTable(options);
  const expires = (from: Date): number => expiryOf('seen', from.getTime(), rememberMs);

  return {
    claim: async (key, now) => {
      const nowMs = now.getTime();
      const token = newToken();
      // A second round only when the item went between the refused write and the look at it.
      for (let round = 1; ; round += 1) {
        const before = await table.update(keyOfDelivery(key), {
          change: 'SET #lease = :token, leaseUntil = :until, expires = :expires REMOVE deliveredAt, #group',
          // The time to live deletes late, so what has expired counts as gone by the clock. What was delivered has no
          // lease that could end; what was parked has none, and may be claimed.
          when: 'attribute_not_exists(pk) OR expires <= :seconds OR leaseUntil <= :now OR (attribute_exists(parked) AND attribute_not_exists(#lease))',
          values: {
            token,
            until: nowMs + leaseMs,
            expires: expires(now),
            now: nowMs,
            seconds: Math.floor(nowMs / 1_000),
          },
          returns: 'ALL_OLD',
        });
        if (before !== undefined) {
          const again = before['lease'] !== undefined;
          return { kind: 'granted', lease: { key, token, ...(again && { again }), ...parkedOf(before) } };
        }
        const item = await table.get(keyOfDelivery(key));
        if (item?.['lease'] === token) return { kind: 'granted', lease: ownLease(key, token, item) };
        if (item !== undefined) return claimOf(item);
        if (round === 2) return { kind: 'held', until: new Date(nowMs + leaseMs).toISOString() };
      }
    },

    // It was delivered, whichever lease holds by now; only what was parked since is still to be claimed.
    record: async ({ key, token = '' }, now, group) => {
      const delivered = { deliveredAt: now.toISOString(), group, expires: expires(now) };
      const when = 'attribute_not_exists(parked) OR #lease = :token';
      await table.put(keyOfDelivery(key), delivered, { when, values: { token } });
    },

    release: async ({ key, token, parked }) => {
      // Refused when the lease ended and another holds it by now, or the delivery is recorded.
      const mine = { when: '#lease = :token', values: { token } };
      if (parked === undefined) await table.remove(keyOfDelivery(key), mine);
      else await table.update(keyOfDelivery(key), { ...mine, change: 'REMOVE #lease, leaseUntil' });
    },

    park: async (key, group, now) => {
      await table.put(keyOfDelivery(key), { parked: group, expires: expires(now) });
    },

    find: async (key, now) => {
      const item = await table.get(keyOfDelivery(key));
      if (item === undefined || numberOf(item['expires']) <= now.getTime() / 1_000) return undefined;
      return item['deliveredAt'] === undefined ? undefined : textOf(item['deliveredAt']);
    },
  };
}

function keyOfDelivery({ findingId, receiver }: DeliveryKey): Key {
  return keyOf('seen', { finding: findingId, receiver });
}

function parkedOf({ parked }: Item): { readonly parked?: string } {
  return parked === undefined ? {} : { parked: textOf(parked) };
}

/** The lease is ours: the answer got lost, and the SDK asked once more. What was there before can't be told any more. */
function ownLease(key: DeliveryKey, token: string, item: Item): Lease {
  return { key, token, again: true, ...parkedOf(item) };
}

function claimOf({ deliveredAt, group, leaseUntil }: Item): Claim {
  if (deliveredAt !== undefined) {
    return { kind: 'delivered', at: textOf(deliveredAt), ...(group !== undefined && { group: textOf(group) }) };
  }
  return { kind: 'held', until: new Date(numberOf(leaseUntil)).toISOString() };
}
