import type { LoweredCorrelation } from '../sigma/expr.ts';
import { createOverflowLog, findingsOf, groupsOf, usersOf, windowMatchOf, type Correlator } from './correlator.ts';
import { crossingsOf } from './crossings.ts';
import { firingOf, matchOfFiring, type Firing } from './firing.ts';
import type { RuleSet } from './rule-set.ts';
import { inOrder, type WindowMatch } from './window-store.ts';

export interface BatchLimits {
  /** Matches held of one group: the earliest ones, whatever the order they come in. */
  readonly perGroup: number;
  /** Matches held of one correlation, of all groups together. */
  readonly perCorrelation: number;
}

/** The default limits keep a correlation's matches within some hundred megabytes. */
export const batchLimits: BatchLimits = { perGroup: 50_000, perCorrelation: 200_000 };

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
  const overflow = createOverflowLog();

  const firings = (): readonly Firing[] => {
    const all: Firing[] = [];
    const pending = new Map(order.map((correlation) => [correlation, [...(held.get(correlation) ?? [])]]));
    for (const correlation of order) {
      const own: Firing[] = [];
      for (const { group, matches } of groupsOf(correlation, pending.get(correlation) ?? []).values()) {
        const sorted = inOrder(matches);
        const kept = sorted.slice(0, limits.perGroup);
        if (kept.length < sorted.length) overflow.note({ correlation: correlation.key, group, held: kept.length });
        for (const crossing of crossingsOf(correlation, kept)) own.push(firingOf(correlation, group, crossing, kept));
      }
      own.sort((a, b) => a.time - b.time);
      all.push(...own);
      for (const firing of own) {
        for (const user of users.get(correlation.key) ?? []) pending.get(user)?.push(matchOfFiring(firing));
      }
    }
    return all;
  };

  return {
    wants: ({ rule }) => users.has(rule.key),
    add: async (matches) => {
      for (const match of matches) {
        for (const user of users.get(match.rule.key) ?? []) {
          const list = held.get(user) ?? [];
          held.set(user, list);
          list.push(windowMatchOf(match));
          if (list.length > 2 * limits.perCorrelation) {
            const kept = inOrder(list);
            if (kept.length > limits.perCorrelation) {
              overflow.note({ correlation: user.key, group: {}, held: limits.perCorrelation });
              kept.length = limits.perCorrelation;
            }
            held.set(user, kept);
          }
        }
      }
      return [];
    },
    end: async () => findingsOf(ruleSet, firings()),
    firings,
    overflow: overflow.all,
  };
}
