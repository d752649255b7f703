import type { Comparison, LoweredCorrelation } from '../../sigma/match.ts';
import type { WindowMatch } from './window-store.ts';
import { windowValueOf } from './window-values.ts';

/** Crossing is a time at which a correlation's condition became true for a group. */
export interface Crossing {
  /** Event time, in ms. */
  readonly time: number;
  /** What the condition compared: a count, a sum, … */
  readonly value: number;
  /** The matches in the window at that time: indexes of the first, and of the one after the last. */
  readonly first: number;
  readonly end: number;
  /** The last time, among the matches given, up to which the condition stayed true. */
  readonly until: number;
}

/**
 * crossingsOf finds when one group crossed its correlation's condition. It is a function of the set of matches alone:
 *
 * - The condition is asked at each time at which something matched, over all matches of the `timespan` before it, both
 *   ends included. Matches of one time come in together: which was first can't be known.
 * - It crosses where it is true and wasn't at the group's match time before, or where nothing matched for longer than the
 *   timespan, since the window was empty in between.
 *
 * @param matches of one group, in order of time, each once.
 * @param completeFrom event time before which matches may be missing; a crossing that depends on them is not reported.
 */
export function crossingsOf(
  correlation: LoweredCorrelation,
  matches: readonly WindowMatch[],
  completeFrom = -Infinity,
): readonly Crossing[] {
  const { timespanMs } = correlation;
  const isMet = conditionOf(correlation);
  const window = windowValueOf(correlation);
  const crossings: Crossing[] = [];
  let current: Crossing | undefined;
  let before = -Infinity;
  let first = 0;
  let end = 0;

  while (end < matches.length) {
    const time = matches[end]?.time ?? 0;
    for (let match = matches[end]; match !== undefined && match.time === time; match = matches[end]) {
      window.enter(match);
      end += 1;
    }
    for (let match = matches[first]; match !== undefined && match.time < time - timespanMs; match = matches[first]) {
      window.leave(match);
      first += 1;
    }
    const value = window.value(time - timespanMs);
    if (value === undefined || !isMet(value)) current = undefined;
    else if (current !== undefined && time - before <= timespanMs) current = { ...current, until: time };
    else current = { time, value, first, end, until: time };
    if (current !== undefined) {
      if (current.time === time) crossings.push(current);
      else crossings[crossings.length - 1] = current;
    }
    before = time;
  }
  return crossings.filter((crossing) => crossing.time - 2 * timespanMs >= completeFrom);
}

/** windowAt gives the window at a time, whether or not it is a crossing. */
export function windowAt(correlation: LoweredCorrelation, matches: readonly WindowMatch[], time: number): Crossing {
  const from = time - correlation.timespanMs;
  const after = matches.findIndex((match) => match.time > time);
  const end = after === -1 ? matches.length : after;
  const first = matches.findIndex((match) => match.time >= from);
  const window = windowValueOf(correlation);
  for (const match of matches.slice(first, end)) window.enter(match);
  return { time, value: window.value(from) ?? 0, first, end, until: time };
}

/** Without bounds, a temporal correlation wants each of its rules, and any other at least one. */
function conditionOf({ type, rules, condition }: LoweredCorrelation): (value: number) => boolean {
  const everyRule = type === 'temporal' || type === 'temporal_ordered';
  const bounds =
    condition.bounds.length > 0
      ? condition.bounds
      : [{ op: 'gte', value: everyRule ? new Set(rules).size : 1 } as const];
  return (value) => bounds.every((bound) => comparisons[bound.op](value, bound.value));
}

const comparisons: Readonly<Record<Comparison, (value: number, bound: number) => boolean>> = {
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  eq: (value, bound) => value === bound,
  neq: (value, bound) => value !== bound,
};
