import { hourMs } from '../../time/duration.ts';
import type { Sighting, SightingKey, SightingStore, Stretch } from './first-seen.ts';

/** RememberedStretch is a stretch as a store holds it. */
export interface RememberedStretch extends Stretch {
  /** Event time of the last sighting that was noted, in ms; real ones may be up to `staleMs` later. */
  readonly lastMs: number;
}

/** staleMs is how far a noted last sighting may lag behind the real one: who is seen each minute is noted once a day at most. */
export function staleMs(timespanMs: number): number {
  return Math.min(24 * hourMs, Math.floor(timespanMs / 8));
}

/**
 * continued says what a sighting does to a stretch: nothing, another first or last time, or it begins the next one. What is
 * older than a whole timespan before the stretch is no news any more.
 */
export function continued(
  known: RememberedStretch | undefined,
  { id, timeMs }: Sighting,
  timespanMs: number,
): RememberedStretch | 'too old' {
  if (known === undefined || timeMs > known.lastMs + timespanMs + staleMs(timespanMs)) {
    return { firstMs: timeMs, lastMs: timeMs, by: id };
  }
  if (timeMs < known.firstMs - timespanMs) return 'too old';
  if (timeMs < known.firstMs) return { ...known, firstMs: timeMs };
  return timeMs > known.lastMs + staleMs(timespanMs) ? { ...known, lastMs: timeMs } : known;
}

/**
 * createSightingCache keeps what a store said in the memory of one copy of a function, so that a group that shows the same day
 * after day costs a read and a write a day. It forgets what was used least lately beyond `most` keys.
 */
export function createSightingCache(
  store: { readonly sight: (...of: Parameters<SightingStore['sight']>) => Promise<RememberedStretch> },
  most = 20_000,
): SightingStore {
  const known = new Map<string, RememberedStretch>();
  return {
    sight: async (key, sighting, timespanMs) => {
      const name = nameOf(key);
      const cached = known.get(name);
      // Only what would change nothing is answered from memory: for the rest another writer may know more.
      if (cached !== undefined && continued(cached, sighting, timespanMs) === cached) {
        known.delete(name);
        known.set(name, cached);
        return cached;
      }
      const stretch = await store.sight(key, sighting, timespanMs);
      known.delete(name);
      known.set(name, stretch);
      const [oldest] = known.keys();
      if (known.size > most && oldest !== undefined) known.delete(oldest);
      return stretch;
    },
  };
}

function nameOf({ correlation, group, value }: SightingKey): string {
  return JSON.stringify([correlation, group, value]);
}
