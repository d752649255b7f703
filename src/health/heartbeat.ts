import type { Source } from './source.ts';
import { dayMs, dayOf } from '../time/days.ts';

/** Heartbeat is when records of a source came, and how long it used to be quiet in between. Times are ms since 1970. */
export interface Heartbeat {
  readonly source: Source;
  /** When its records came first, and last. */
  readonly first: number;
  readonly last: number;
  /** How often it was noted that they came. */
  readonly times: number;
  /** The longest time without any, of each of the last days that had one: `2026-03-11` → ms. */
  readonly longest: Readonly<Record<string, number>>;
  /** The end (`last`) of which its silence was told. */
  readonly notified?: number;
}

/** HeartbeatStore remembers heartbeats. */
export interface HeartbeatStore {
  /**
   * note says that records of a source came. A note soon after another one changes nothing.
   * @throws {HealthStateError} when it could not be written; the next note makes up for it.
   */
  readonly note: (source: Source, at: Date) => Promise<void>;
  /** all gives every source that was heard of in the last weeks. */
  readonly all: () => Promise<readonly Heartbeat[]>;
  /** tell remembers that a source's silence was told; records that came since make it void. */
  readonly markNotified: (heartbeat: Heartbeat) => Promise<void>;
}

/** HealthStateError says that what Trailwatch knows of its own health could not be read or written; trying again can help. */
export class HealthStateError extends Error {
  override readonly name = 'HealthStateError';
}

/** How long after a note the next one is worth a write. */
export const noteEveryMs = 5 * 60_000;

/** Longer than a source can be quiet before it is no source any more. */
export const rememberMs = 35 * dayMs;

/** A fortnight has two weekends. */
const daysKept = 14;

/**
 * beat lays what came at a time over what is known; undefined when it is known well enough. A silence that was told is none
 * of the times that it is usually quiet: else whoever stops a log for a day would make the next, longer one go unseen.
 */
export function beat(known: Heartbeat | undefined, source: Source, at: number): Heartbeat | undefined {
  if (known === undefined) return { source, first: at, last: at, times: 1, longest: {} };
  const gap = at - known.last;
  if (gap < noteEveryMs) return undefined;
  const { notified: _over, ...rest } = known;
  const longest = known.notified === known.last ? known.longest : withGap(known.longest, dayOf(at), gap);
  return { ...rest, last: at, times: known.times + 1, longest };
}

function withGap(longest: Heartbeat['longest'], day: string, gap: number): Heartbeat['longest'] {
  const days = Object.entries({ ...longest, [day]: Math.max(gap, longest[day] ?? 0) });
  return Object.fromEntries(days.toSorted(([a], [b]) => (a < b ? -1 : 1)).slice(-daysKept));
}
