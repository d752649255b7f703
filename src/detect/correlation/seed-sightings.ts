import type { LoweredCorrelation } from '../../sigma/match.ts';
import type { FirstSeenFold, HeldSightings, SightingStore } from './first-seen.ts';

/** Seeded counts what the history of a first-seen correlation gave to a store. */
export interface Seeded {
  readonly groups: number;
  readonly values: number;
  /** Groups and values last seen longer ago than the timespan: nothing is remembered of them. */
  readonly expired: number;
}

/** How many groups are noted at the same time. */
const atOnce = 16;

/**
 * seedSightings notes in a store what history shows of a first-seen correlation, and raises nothing. Noting it again changes
 * nothing, and what the store knew already stays: a stretch only becomes longer.
 */
export async function seedSightings(
  store: SightingStore,
  { key, timespanMs }: LoweredCorrelation,
  fold: FirstSeenFold,
  nowMs: number,
): Promise<Seeded> {
  const seeded = { groups: 0, values: 0, expired: 0 };
  const note = async (held: HeldSightings): Promise<void> => {
    if (held.lastMs + timespanMs < nowMs) {
      seeded.expired += 1;
      return;
    }
    const { group, value, firstMs, lastMs } = held;
    const name = { correlation: key, group, ...(value !== undefined && { value }) };
    // From the last backwards, in steps that a store knows to be one stretch, also where it saw the last of it itself. Without
    // an id, so that no event that comes again is taken for the one that made news.
    for (let timeMs = lastMs; timeMs > firstMs; timeMs -= timespanMs) {
      await store.sight(name, { id: '', timeMs }, timespanMs);
    }
    await store.sight(name, { id: '', timeMs: firstMs }, timespanMs);
    seeded[value === undefined ? 'groups' : 'values'] += 1;
  };
  let batch: HeldSightings[] = [];
  for (const held of fold.held()) {
    batch.push(held);
    if (batch.length < atOnce) continue;
    await Promise.all(batch.map(note));
    batch = [];
  }
  await Promise.all(batch.map(note));
  return seeded;
}
