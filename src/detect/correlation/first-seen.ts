import { dayMs } from '../../time/days.ts';
import type { LoweredCorrelation } from '../../sigma/match.ts';
import { groupOf, groupText, type Firing } from './firing.ts';
import { tupleOf } from './window-values.ts';
import type { GroupValues, WindowMatch } from './window-store.ts';

/**
 * First-seen correlations are ours, beside Sigma's seven: a value that a group had not shown in the timespan before. Sightings of
 * a value of a group, none further from the next than the timespan, are one stretch; the sighting that begins a stretch is news
 * once the group itself has been known for the learning time. A match without the value, or without a value to group by, is not looked at.
 */
export interface Sighting {
  readonly id: string;
  /** Event time, in ms since 1970. */
  readonly timeMs: number;
}

/** SightingKey names what was sighted: a value of a group, or the group itself. */
export interface SightingKey {
  readonly correlation: string;
  readonly group: string;
  readonly value?: string;
}

/** Stretch is what is known of the sightings that one belongs to. */
export interface Stretch {
  /** Event time of the earliest, in ms. */
  readonly firstMs: number;
  /** The id of the sighting that began the stretch as it was then known; empty for one that is older than all that is remembered. */
  readonly by: string;
}

/** SightingStore remembers sightings, for the timespan after the last. It throws WindowStoreError when it cannot be reached. */
export interface SightingStore {
  readonly sight: (key: SightingKey, sighting: Sighting, timespanMs: number) => Promise<Stretch>;
}

/** The learning time of a rule that names none, in ms. */
const defaultLearningMs = 7 * dayMs;

/** Sighted is a match with what it shows. */
interface Sighted {
  readonly match: WindowMatch;
  readonly group: GroupValues;
  readonly value: string;
}

/** sightedOf gives what a match shows of a first-seen correlation's field; undefined when there is nothing to look at. */
function sightedOf(correlation: LoweredCorrelation, match: WindowMatch): Sighted | undefined {
  const value = tupleOf(correlation, match);
  if (value === undefined) return undefined;
  const group = groupOf(correlation, match);
  return Object.values(group).includes(null) ? undefined : { match, group, value };
}

/** isLearned says whether a group that was first seen at `firstMs` has been known for long enough. Without learning, all are. */
function isLearned({ learningMs = defaultLearningMs }: LoweredCorrelation, firstMs: number, timeMs: number): boolean {
  return learningMs === 0 || (timeMs - firstMs >= learningMs && timeMs > firstMs);
}

/** firingOfFirst makes the firing of a sighting that is news. */
function firingOfFirst(correlation: LoweredCorrelation, { match, group, value }: Sighted): Firing {
  return { correlation, group, time: match.time, value: 1, matches: [match], shown: value };
}

/**
 * sightAll notes what matches show and gives the firings. What came in order of time gives what `createFirstSeenFold` gives. In
 * any other order each stretch is news once at most: a sighting that is later told to have happened earlier begins nothing anew.
 * The sighting that made news makes it again when it is delivered again.
 */
export async function sightAll(
  store: SightingStore,
  correlation: LoweredCorrelation,
  matches: readonly WindowMatch[],
): Promise<readonly Firing[]> {
  const { key, timespanMs } = correlation;
  const inTime = matches.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  const byGroup = Map.groupBy(
    inTime.flatMap((match) => sightedOf(correlation, match) ?? []),
    ({ group }) => groupText(group),
  );
  // Groups do not bear on each other; within one, the order of time decides.
  const firings = [...byGroup].map(async ([group, sighted]) => {
    const news: Firing[] = [];
    for (const each of sighted) {
      const sighting = { id: each.match.id, timeMs: each.match.time };
      const known = await store.sight({ correlation: key, group }, sighting, timespanMs);
      const stretch = await store.sight({ correlation: key, group, value: each.value }, sighting, timespanMs);
      if (stretch.by === sighting.id && isLearned(correlation, known.firstMs, sighting.timeMs)) {
        news.push(firingOfFirst(correlation, each));
      }
    }
    return news;
  });
  return (await Promise.all(firings)).flat().toSorted((a, b) => a.time - b.time);
}

interface HeldStretch {
  first: Sighted;
  lastMs: number;
}

/** HeldSightings is a stretch of sightings of a group, or of one of its values. */
export interface HeldSightings {
  readonly group: string;
  readonly value?: string;
  /** Event time of the first and the last, in ms. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** FirstSeenFold takes matches in any order, any number of times, and gives firings that are a function of the set of them. */
export interface FirstSeenFold {
  readonly add: (match: WindowMatch) => void;
  readonly firings: () => readonly Firing[];
  /** held gives the last stretch of each group and of each of its values. */
  readonly held: () => Iterable<HeldSightings>;
  /** How many values are held, when there were more: what they show is then not judged. */
  readonly overflow: () => number | undefined;
}

/** createFirstSeenFold holds the first match of each stretch, and no more than `most` values of all groups. */
export function createFirstSeenFold(correlation: LoweredCorrelation, most: number): FirstSeenFold {
  const { timespanMs } = correlation;
  const groups = new Map<string, { own: HeldStretch[]; values: Map<string, HeldStretch[]> }>();
  let held = 0;
  let overflowed = false;

  return {
    add: (match) => {
      const sighted = sightedOf(correlation, match);
      if (sighted === undefined) return;
      const text = groupText(sighted.group);
      const known = groups.get(text);
      const stretches = known?.values.get(sighted.value);
      if (stretches === undefined) {
        if (held >= most) {
          overflowed = true;
          return;
        }
        held += 1;
      }
      const group = known ?? { own: [], values: new Map<string, HeldStretch[]>() };
      if (known === undefined) groups.set(text, group);
      group.own = joined(group.own, sighted, timespanMs);
      group.values.set(sighted.value, joined(stretches ?? [], sighted, timespanMs));
    },
    firings: () => {
      const firings: Firing[] = [];
      for (const { own, values } of groups.values()) {
        for (const { first } of [...values.values()].flat()) {
          const around = own.find(
            (each) => each.first.match.time <= first.match.time && first.match.time <= each.lastMs,
          );
          if (around !== undefined && isLearned(correlation, around.first.match.time, first.match.time)) {
            firings.push(firingOfFirst(correlation, first));
          }
        }
      }
      return firings.toSorted((a, b) => a.time - b.time || (a.shown ?? '').localeCompare(b.shown ?? ''));
    },
    *held() {
      for (const [group, { own, values }] of groups) {
        yield { group, ...lastOf(own) };
        for (const [value, stretches] of values) yield { group, value, ...lastOf(stretches) };
      }
    },
    overflow: () => (overflowed ? most : undefined),
  };
}

function lastOf(stretches: readonly HeldStretch[]): { readonly firstMs: number; readonly lastMs: number } {
  const last = stretches.reduce((a, b) => (b.lastMs > a.lastMs ? b : a));
  return { firstMs: last.first.match.time, lastMs: last.lastMs };
}

/** Puts a sighting to the stretches within the timespan of it, which it may join to one. */
function joined(stretches: HeldStretch[], sighted: Sighted, timespanMs: number): HeldStretch[] {
  const { time } = sighted.match;
  const [only] = stretches;
  // Mostly there is one stretch, and the sighting lies in it.
  if (
    stretches.length === 1 &&
    only !== undefined &&
    time > only.first.match.time &&
    time <= only.lastMs + timespanMs
  ) {
    if (time > only.lastMs) only.lastMs = time;
    return stretches;
  }
  const near = (each: HeldStretch): boolean =>
    time >= each.first.match.time - timespanMs && time <= each.lastMs + timespanMs;
  let one: HeldStretch = { first: sighted, lastMs: time };
  for (const each of stretches.filter(near)) {
    const { match } = one.first;
    const earlier = each.first.match.time - match.time || (each.first.match.id < match.id ? -1 : 1);
    one = { first: earlier < 0 ? each.first : one.first, lastMs: Math.max(one.lastMs, each.lastMs) };
  }
  return [...stretches.filter((each) => !near(each)), one];
}
