import type { LoweredCorrelation } from '../../sigma/match.ts';
import { createOverflowLog, findingsOf, groupsOf, usersOf, windowMatchOf, type Correlator } from './correlator.ts';
import { crossingsOf } from './crossings.ts';
import { createFirstSeenFold } from './first-seen.ts';
import { firingOf, matchOfFiring, type Firing } from './firing.ts';
import type { RuleSet } from '../rule-set.ts';
import { inOrder, type GroupValues, type WindowMatch } from './window-store.ts';

export interface BatchLimits {
  /** Matches held of one group: the earliest ones, whatever the order they come in. */
  readonly perGroup: number;
  /** Matches held of one correlation, of all groups together. */
  readonly perCorrelation: number;
}

/** The default limits keep a correlation's matches within some hundred megabytes. */
const batchLimits: BatchLimits = { perGroup: 50_000, perCorrelation: 200_000 };

export interface BatchCorrelator extends Correlator {
  /** firings gives what fired over everything added so far, in order of correlation, then time. */
  readonly firings: () => readonly Firing[];
}

/**
 * createBatchCorrelator correlates a whole batch at its end: its findings are a function of the set of matches, so that
 * neither the order nor the repetition of records changes any. For files, where everything is there to be read.
 */
export function createBatchCorrelator(ruleSet: RuleSet, limits = batchLimits): BatchCorrelator {
  const { users, order } = usersOf(ruleSet);
  const held = new Map<LoweredCorrelation, WindowMatch[]>();
  const folds = new Map(
    order
      .filter(({ type }) => type === 'first_seen')
      .map((correlation) => [correlation, createFirstSeenFold(correlation, limits.perCorrelation)]),
  );
  const overflow = createOverflowLog();

  const earliest = (
    correlation: LoweredCorrelation,
    group: GroupValues,
    matches: readonly WindowMatch[],
    limit: number,
  ) => {
    const sorted = inOrder(matches);
    if (sorted.length <= limit) return sorted;
    overflow.note({ correlation: correlation.key, group, held: limit });
    return sorted.slice(0, limit);
  };
  const hold = (correlation: LoweredCorrelation, match: WindowMatch): void => {
    const fold = folds.get(correlation);
    if (fold !== undefined) {
      fold.add(match);
      return;
    }
    const list = held.get(correlation);
    if (list === undefined) held.set(correlation, [match]);
    // Twice the limit before it is sorted and cut, so that cutting costs little a match.
    else if (list.push(match) > 2 * limits.perCorrelation) {
      held.set(correlation, earliest(correlation, {}, list, limits.perCorrelation));
    }
  };

  const firings = (): readonly Firing[] => {
    const all: Firing[] = [];
    const inner = new Map<LoweredCorrelation, WindowMatch[]>();
    const hand = (correlation: LoweredCorrelation, own: readonly Firing[]): void => {
      all.push(...own);
      for (const user of users.get(correlation.key) ?? []) {
        inner.set(user, [...(inner.get(user) ?? []), ...own.map(matchOfFiring)]);
      }
    };
    for (const correlation of order) {
      const fold = folds.get(correlation);
      if (fold !== undefined) {
        for (const match of inner.get(correlation) ?? []) fold.add(match);
        const most = fold.overflow();
        if (most !== undefined) overflow.note({ correlation: correlation.key, group: {}, held: most });
        hand(correlation, fold.firings());
        continue;
      }
      const matches = [...(held.get(correlation) ?? []), ...(inner.get(correlation) ?? [])];
      const kept = earliest(correlation, {}, matches, limits.perCorrelation);
      const own = [...groupsOf(correlation, kept).values()].flatMap((each) => {
        const ofGroup = earliest(correlation, each.group, each.matches, limits.perGroup);
        return crossingsOf(correlation, ofGroup).map((crossing) =>
          firingOf(correlation, each.group, crossing, ofGroup),
        );
      });
      hand(
        correlation,
        own.sort((a, b) => a.time - b.time),
      );
    }
    return all;
  };

  return {
    wants: ({ rule }) => users.has(rule.key),
    add: async (matches) => {
      for (const match of matches) {
        for (const user of users.get(match.rule.key) ?? []) hold(user, windowMatchOf(match));
      }
      return [];
    },
    end: async () => findingsOf(firings(), ruleSet),
    firings,
    overflow: overflow.all,
  };
}
