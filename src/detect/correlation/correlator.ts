import type { Finding } from '../../model/finding.ts';
import type { LoweredCorrelation } from '../../sigma/match.ts';
import { crossingsOf, windowAt, type Crossing } from './crossings.ts';
import type { RuleMatch } from '../detector.ts';
import { factOf, findingOfFiring, firingOf, groupOf, groupText, matchOfFiring, type Firing } from './firing.ts';
import { sightAll, type SightingStore } from './first-seen.ts';
import type { RuleSet } from '../rule-set.ts';
import { derivingStore } from './deriving-store.ts';
import {
  WindowStoreError,
  type FiringMark,
  type GroupValues,
  type Window,
  type WindowKey,
  type WindowMatch,
  type WindowStore,
} from './window-store.ts';

/** Overflow names a group of which not every match could be held, and so not every firing be found. */
export interface Overflow {
  readonly correlation: string;
  readonly group: GroupValues;
  /** How many matches were held of it. */
  readonly held: number;
}

/** Correlator turns matches into the findings of correlations. */
export interface Correlator {
  /** wants says whether any correlation uses a match's rule. */
  readonly wants: (match: RuleMatch) => boolean;
  /**
   * add takes matches, in any order, and returns the findings that can be told by now.
   * @throws {WindowStoreError} when matches could not be stored or read.
   */
  readonly add: (matches: readonly RuleMatch[]) => Promise<readonly Finding[]>;
  /** end says that nothing more comes and returns the findings that had to wait for that. */
  readonly end: () => Promise<readonly Finding[]>;
  /** overflow gives the groups that were too large to be held whole so far. */
  readonly overflow: () => readonly Overflow[];
}

/** How often a firing is tried again when other writers mark firings of the same group at the same time. */
const maxTries = 10;
/** A group's firings are remembered up to this many; with more, only the ids tell old ones. */
const maxFired = 200;
const maxIds = 100;

/**
 * createCorrelator correlates a stream: each call of `add` stores its matches and judges what is known of their groups,
 * other writers' matches included. What it guarantees, over all writers of one store:
 *
 * - Matches that come in order of time, repeated or not, give the findings of `createBatchCorrelator`, by id.
 * - In any other order, each stretch of time through which the condition of the whole stream stays true gives one finding.
 *   Its id is that of the crossing as it was known when it fired: a match that comes later but happened earlier may move
 *   the crossing, and does not raise the same news again. Two stretches that had fired and that such a match joins have
 *   given two. A condition that more matches can make false (`lt`, `lte`, `eq`, `neq`, an average, a percentile) is judged
 *   on what is known, so it may fire on less than the whole.
 * - Writers at the same time lose nothing and fire once. A match that made a finding gives the same finding, by id, when
 *   it is delivered again: a crash between firing and delivery loses nothing.
 */
export function createCorrelator(ruleSet: RuleSet, windows: WindowStore, sightings: SightingStore): Correlator {
  const store = derivingStore(windows, ruleSet);
  const { users, order } = usersOf(ruleSet);
  const overflow = createOverflowLog();

  return {
    wants: ({ rule }) => users.has(rule.key),
    add: async (matches) => {
      const firings: Firing[] = [];
      const waiting = new Map<LoweredCorrelation, WindowMatch[]>();
      const hand = (match: WindowMatch): void => {
        for (const user of users.get(match.rule) ?? []) push(waiting, user, match);
      };
      for (const match of matches) hand(windowMatchOf(match));
      // A correlation comes after those it refers to, so their firings are there when its turn comes.
      for (const correlation of order) {
        const own = waiting.get(correlation) ?? [];
        if (correlation.type === 'first_seen') {
          for (const firing of await sightAll(sightings, correlation, own)) {
            firings.push(firing);
            hand(matchOfFiring(firing));
          }
          continue;
        }
        for (const { group, matches: cluster } of clustersOf(correlation, own)) {
          for (const firing of await judge(store, correlation, group, cluster, overflow.note)) {
            firings.push(firing);
            hand(matchOfFiring(firing));
          }
        }
      }
      return findingsOf(firings, ruleSet);
    },
    end: async () => [],
    overflow: overflow.all,
  };
}

interface Cluster {
  readonly group: GroupValues;
  readonly matches: readonly WindowMatch[];
}

/** Splits matches by group, and where they lie so far apart that none can bear on another. */
function clustersOf(correlation: LoweredCorrelation, matches: readonly WindowMatch[]): readonly Cluster[] {
  const clusters: Cluster[] = [];
  for (const { group, matches: ofGroup } of groupsOf(correlation, matches).values()) {
    let cluster: WindowMatch[] = [];
    for (const match of ofGroup.toSorted((a, b) => a.time - b.time)) {
      const last = cluster.at(-1);
      if (last !== undefined && match.time - last.time > 2 * correlation.timespanMs) {
        clusters.push({ group, matches: cluster });
        cluster = [];
      }
      cluster.push(match);
    }
    clusters.push({ group, matches: cluster });
  }
  return clusters;
}

/** Stores a cluster's matches, and marks and returns what fires because of them. */
async function judge(
  store: WindowStore,
  correlation: LoweredCorrelation,
  group: GroupValues,
  cluster: readonly WindowMatch[],
  noteOverflow: (overflow: Overflow) => void,
): Promise<readonly Firing[]> {
  const { timespanMs } = correlation;
  const key: WindowKey = { correlation: correlation.key, group: groupText(group) };
  const earliest = cluster[0]?.time ?? 0;
  const latest = cluster.at(-1)?.time ?? 0;
  // A match bears on the windows of the timespan after it, and those on whether the next time is a crossing; to know
  // them takes the two timespans before.
  const span = { from: earliest - 2 * timespanMs, to: latest + 2 * timespanMs };
  const ids = new Set(cluster.map(({ id }) => id));

  for (let tries = 0; tries < maxTries; tries += 1) {
    const window = await store.add(key, tries === 0 ? cluster : [], span);
    if (window.completeFrom > span.from) {
      noteOverflow({ correlation: correlation.key, group, held: window.matches.length });
    }
    const crossings = crossingsOf(correlation, window.matches, window.completeFrom).filter(
      ({ time }) => time >= earliest,
    );
    const { fired, firing } = decide(correlation, crossings, window, ids);
    if (fired === window.fired || (await store.mark(key, fired, window.version))) {
      return firing.map((crossing) => firingOf(correlation, group, crossing, window.matches));
    }
  }
  throw new WindowStoreError(
    `${correlation.key}: its firings for one group were changed ${maxTries} times while one was being marked; try again`,
  );
}

interface Decision {
  /** The group's firings afterwards: the very same list when nothing changed. */
  readonly fired: readonly FiringMark[];
  readonly firing: readonly Crossing[];
}

/** Decides which crossings are news, and which known ones are to be told again because their match came again. */
function decide(
  correlation: LoweredCorrelation,
  crossings: readonly Crossing[],
  { matches, fired }: Window,
  ids: ReadonlySet<string>,
): Decision {
  const added: FiringMark[] = [];
  const firing: Crossing[] = [];
  for (const { time, by } of fired) {
    if (by.some((id) => ids.has(id))) firing.push(windowAt(correlation, matches, time));
  }
  for (const crossing of crossings) {
    const marks = fired.filter(({ time }) => time >= crossing.time && time <= crossing.until);
    if (marks.some(({ time }) => time === crossing.time)) continue;
    const [mark] = marks;
    if (mark === undefined) {
      const contributing = matches.slice(crossing.first, crossing.end).filter(({ id }) => ids.has(id));
      added.push({ time: crossing.time, by: contributing.slice(-maxIds).map(({ id }) => id) });
      firing.push(crossing);
    } else {
      // A late match moved the crossing: it is known at its new time from now on, and no news.
      added.push({ time: crossing.time, by: [], of: mark.of ?? mark.time });
    }
  }
  if (added.length === 0) return { fired, firing };
  return { fired: [...fired, ...added].sort((a, b) => a.time - b.time).slice(-maxFired), firing };
}

/** usersOf says which correlations use a rule or a correlation, by key, and gives the correlations in order of dependence. */
export function usersOf({ correlations }: RuleSet): {
  readonly users: ReadonlyMap<string, readonly LoweredCorrelation[]>;
  readonly order: readonly LoweredCorrelation[];
} {
  const users = new Map<string, LoweredCorrelation[]>();
  for (const correlation of correlations) for (const rule of new Set(correlation.rules)) push(users, rule, correlation);
  return { users, order: correlations };
}

/** windowMatchOf is a rule's match as correlations see it: what several records tell of counts once. */
export function windowMatchOf({ rule, record }: RuleMatch): WindowMatch {
  return { id: factOf(record), time: Date.parse(record.time), rule: rule.key, record };
}

/** groupsOf sorts matches into the groups of a correlation, in the order the groups come up. */
export function groupsOf(
  correlation: LoweredCorrelation,
  matches: readonly WindowMatch[],
): ReadonlyMap<string, { readonly group: GroupValues; readonly matches: WindowMatch[] }> {
  const groups = new Map<string, { readonly group: GroupValues; readonly matches: WindowMatch[] }>();
  for (const match of matches) {
    const group = groupOf(correlation, match);
    const text = groupText(group);
    const known = groups.get(text);
    if (known === undefined) groups.set(text, { group, matches: [match] });
    else known.matches.push(match);
  }
  return groups;
}

/** findingsOf makes findings of firings in order of time; a correlation that only serves another one raises none. */
export function findingsOf(firings: readonly Firing[], { detections, correlations }: RuleSet): readonly Finding[] {
  const generating = firings.filter(({ correlation }) => correlation.generate);
  if (generating.length === 0) return [];
  const titles = new Map([...detections, ...correlations].map(({ key, meta }) => [key, meta.title]));
  return generating
    .map((firing) => findingOfFiring(firing, titles))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.id < b.id ? -1 : 1));
}

/** createOverflowLog keeps the last word on each group that was too large. */
export function createOverflowLog(): {
  readonly note: (overflow: Overflow) => void;
  readonly all: () => readonly Overflow[];
} {
  const groups = new Map<string, Overflow>();
  return {
    note: (overflow) => groups.set(JSON.stringify([overflow.correlation, groupText(overflow.group)]), overflow),
    all: () => [...groups.values()],
  };
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
