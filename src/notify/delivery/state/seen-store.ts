import { dayMs } from '../../../time/days.ts';

/** DeliveryKey names the delivery of one finding to one receiver. */
export interface DeliveryKey {
  readonly findingId: string;
  readonly receiver: string;
}

/** Lease is the right to accept a finding, for a short time and for one holder. */
export interface Lease {
  readonly key: DeliveryKey;
  readonly token: string;
  /** Set when an earlier holder left the lease without a record: the work may be done, in whole or in part. */
  readonly again?: true;
  /** The group that the finding ended with among the dead letters. */
  readonly parked?: string;
}

/** Claim is the answer to a claim: granted, delivered before, or held by another. */
export type Claim =
  | { readonly kind: 'granted'; readonly lease: Lease }
  /** `group` is the group of the finding. */
  | { readonly kind: 'delivered'; readonly at: string; readonly group?: string }
  | { readonly kind: 'held'; readonly until: string };

/**
 * SeenStore remembers which finding was accepted for which receiver: from then on its group answers for it. A lease ends by
 * itself, so a holder that crashes delays a delivery and cannot lose it; a record stays until it expires.
 */
export interface SeenStore {
  /** claim takes the lease, atomically, unless the finding was delivered or the lease is held. */
  readonly claim: (key: DeliveryKey, now: Date) => Promise<Claim>;
  /**
   * record notes that the finding is accepted, and in which group. It works also after the lease has ended, but not after the
   * finding was parked: then the finding must be claimed again.
   */
  readonly record: (
    lease: Pick<Lease, 'key'> & { readonly token?: string },
    now: Date,
    group?: string,
  ) => Promise<void>;
  /** release gives back a lease under which nothing was done, so that the next attempt need not wait for its end. */
  readonly release: (lease: Lease) => Promise<void>;
  /** park makes a finding that ended among the dead letters claimable again; the claim then names its group. */
  readonly park: (key: DeliveryKey, group: string, now: Date) => Promise<void>;
  /** find gives when a finding was accepted (ISO 8601, UTC); undefined when it was not. */
  readonly find: (key: DeliveryKey, now: Date) => Promise<string | undefined>;
}

export interface SeenStoreTimes {
  /** Milliseconds that a lease holds: longer than a send may take, shorter than the queue waits before it tries again. */
  readonly leaseMs: number;
  /** Milliseconds that a delivery is remembered: longer than the slowest path and any replay may lag. */
  readonly rememberMs: number;
}

/** The default times: a minute and a half to deliver, 30 days to remember. */
export const seenStoreTimes: SeenStoreTimes = { leaseMs: 90_000, rememberMs: 30 * dayMs };

type Entry =
  | { readonly kind: 'leased'; readonly token: string; readonly untilMs: number; readonly parked?: string | undefined }
  | { readonly kind: 'delivered'; readonly atMs: number; readonly group?: string | undefined }
  | { readonly kind: 'parked'; readonly parked: string };

/** createMemorySeenStore remembers within one process: for a laptop and for tests. */
export function createMemorySeenStore({ leaseMs, rememberMs } = seenStoreTimes): SeenStore {
  // By receiver, then by finding: the ids are there anyway, and a text of both would be one more for each.
  const receivers = new Map<string, Map<string, Entry>>();
  let leases = 0;

  const entryOf = ({ receiver, findingId }: DeliveryKey): Entry | undefined => receivers.get(receiver)?.get(findingId);
  const set = ({ receiver, findingId }: DeliveryKey, entry: Entry): void => {
    const entries = receivers.get(receiver) ?? new Map<string, Entry>();
    receivers.set(receiver, entries.set(findingId, entry));
  };

  return {
    claim: async (key, now) => {
      const entry = entryOf(key);
      const nowMs = now.getTime();
      if (entry?.kind === 'delivered' && nowMs < entry.atMs + rememberMs) {
        const { group } = entry;
        return { kind: 'delivered', at: new Date(entry.atMs).toISOString(), ...(group !== undefined && { group }) };
      }
      if (entry?.kind === 'leased' && nowMs < entry.untilMs) {
        return { kind: 'held', until: new Date(entry.untilMs).toISOString() };
      }
      leases += 1;
      const token = String(leases);
      const parked = entry?.kind === 'delivered' ? undefined : entry?.parked;
      set(key, { kind: 'leased', token, untilMs: nowMs + leaseMs, parked });
      const again = entry?.kind === 'leased';
      const lease = { key, token, ...(again && { again }), ...(parked !== undefined && { parked }) };
      return { kind: 'granted', lease };
    },
    record: async ({ key, token }, now, group) => {
      const entry = entryOf(key);
      if (
        entry?.kind === 'parked' ||
        (entry?.kind === 'leased' && entry.parked !== undefined && entry.token !== token)
      ) {
        return;
      }
      set(key, { kind: 'delivered', atMs: now.getTime(), group });
    },
    release: async ({ key, token, parked }) => {
      const entry = entryOf(key);
      if (entry?.kind !== 'leased' || entry.token !== token) return;
      if (parked === undefined) receivers.get(key.receiver)?.delete(key.findingId);
      else set(key, { kind: 'parked', parked });
    },
    park: async (key, group) => set(key, { kind: 'parked', parked: group }),
    find: async (key, now) => {
      const entry = entryOf(key);
      if (entry?.kind !== 'delivered' || now.getTime() >= entry.atMs + rememberMs) return undefined;
      return new Date(entry.atMs).toISOString();
    },
  };
}
