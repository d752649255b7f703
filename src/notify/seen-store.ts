/** DeliveryKey names one finding's delivery to one receiver. */
export interface DeliveryKey {
  readonly findingId: string;
  readonly receiver: string;
}

/** Lease is the short right to deliver, which only one holder has at a time. */
export interface Lease {
  readonly key: DeliveryKey;
  readonly token: string;
}

/** Claim answers who may deliver: you, nobody (it was delivered), or not now (another holder is at it). */
export type Claim =
  | { readonly kind: 'granted'; readonly lease: Lease }
  | { readonly kind: 'delivered'; readonly at: string }
  | { readonly kind: 'held'; readonly until: string };

/**
 * SeenStore remembers which finding was delivered to which receiver. A lease ends by itself, so a holder that crashed
 * delays a delivery and can't lose it; what is recorded stays recorded until it expires.
 */
export interface SeenStore {
  /** claim takes the lease, atomically, unless the finding was delivered or the lease is held. */
  readonly claim: (key: DeliveryKey, now: Date) => Promise<Claim>;
  /** record says that the delivery succeeded; it holds whether or not the lease still does. */
  readonly record: (lease: Lease, now: Date) => Promise<void>;
  /** release gives the lease back after a failed delivery, so that the next try need not wait for its end. */
  readonly release: (lease: Lease) => Promise<void>;
}

export interface SeenStoreTimes {
  /** How long a lease holds: longer than a send may take, shorter than the queue waits before it tries again. */
  readonly leaseMs: number;
  /** How long a delivery is remembered: longer than the slowest path and any replay may lag. */
  readonly rememberMs: number;
}

/** The default times: a minute and a half to deliver, 30 days to remember. */
export const seenStoreTimes: SeenStoreTimes = { leaseMs: 90_000, rememberMs: 30 * 86_400_000 };

type Entry =
  | { readonly kind: 'leased'; readonly token: string; readonly untilMs: number }
  | { readonly kind: 'delivered'; readonly atMs: number };

/** createMemorySeenStore remembers within one process: for a laptop and for tests. */
export function createMemorySeenStore({ leaseMs, rememberMs } = seenStoreTimes): SeenStore {
  const entries = new Map<string, Entry>();
  let leases = 0;

  return {
    claim: async (key, now) => {
      const entry = entries.get(textOf(key));
      const nowMs = now.getTime();
      if (entry?.kind === 'delivered' && nowMs < entry.atMs + rememberMs) {
        return { kind: 'delivered', at: new Date(entry.atMs).toISOString() };
      }
      if (entry?.kind === 'leased' && nowMs < entry.untilMs) {
        return { kind: 'held', until: new Date(entry.untilMs).toISOString() };
      }
      leases += 1;
      const token = String(leases);
      entries.set(textOf(key), { kind: 'leased', token, untilMs: nowMs + leaseMs });
      return { kind: 'granted', lease: { key, token } };
    },
    record: async ({ key }, now) => {
      entries.set(textOf(key), { kind: 'delivered', atMs: now.getTime() });
    },
    release: async ({ key, token }) => {
      const entry = entries.get(textOf(key));
      if (entry?.kind === 'leased' && entry.token === token) entries.delete(textOf(key));
    },
  };
}

function textOf({ findingId, receiver }: DeliveryKey): string {
  return JSON.stringify([findingId, receiver]);
}
