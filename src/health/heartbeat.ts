import type { Source } from './source.ts';
import { dayMs, dayOf } from '../time/days.ts';

/** Heartbeat is when records of a source came, and how long it used to be quiet between them. Times are ms since 1970. */
export interface Heartbeat {
  readonly source: Source;
  /** When its records came first, and last. */
  readonly first: number;
  readonly last: number;
  /** How often an arrival was noted. */
  readonly times: number;
  /** The longest time without records on each of the last days with records: `2026-03-11` → ms. */
  readonly longest: Readonly<Record<string, number>>;
  /** The `last` of the silence that was notified. */
  readonly notified?: number;
}

/** HeartbeatStore remembers heartbeats. */
export interface HeartbeatStore {
  /**
   * note says that records of a source came. A note soon after another one changes nothing.
   * @throws {HealthStateError} when it could not be written; the next note makes up for it.
   */
  readonly note: (source: Source, at: Date) => Promise<void>;
  /** all gives every source of the last weeks. */
  readonly all: () => Promise<readonly Heartbeat[]>;
  /** markNotified notes that a source's silence was notified; it changes nothing when records have come since. */
  readonly markNotified: (heartbeat: Heartbeat) => Promise<void>;
}

/** HealthStateError says that facts about Trailwatch's own health could not be read or written; trying again can help. */
export class HealthStateError extends Error {
  override readonly name = 'HealthStateError';
}

/** How long after a note the next one is worth a write. */
export const noteEveryMs = 5 * 60_000;

/** Milliseconds after which a quiet source is forgotten. */
export const rememberMs = 35 * dayMs;

/** A fortnight has two weekends. */
const daysKept = 14;

/**
 * beat adds an arrival to a heartbeat; undefined when the heartbeat is recent enough. A silence that was notified does not count
 * as usual: otherwise an attacker who stops a log for a day could hide the next, longer silence.
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
