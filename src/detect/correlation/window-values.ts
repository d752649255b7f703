import { numberOf, type LoweredCorrelation } from '../../sigma/match.ts';
import { valueOf, valueText } from '../field-value.ts';
import type { WindowMatch } from './window-store.ts';

/**
 * WindowValue follows the number that a correlation's condition looks at while its window slides over the matches of a
 * group: `enter` and `leave` are called in order of time, `value` between them. Undefined: there is nothing to compare.
 */
export interface WindowValue {
  readonly enter: (match: WindowMatch) => void;
  readonly leave: (match: WindowMatch) => void;
  /** @param from where the window begins, in ms. */
  readonly value: (from: number) => number | undefined;
}

/** windowValueOf makes the value of a correlation's type; a new type is a row. First-seen correlations have no window. */
export function windowValueOf(correlation: LoweredCorrelation): WindowValue {
  if (correlation.type === 'first_seen') throw new Error('a first-seen correlation has no window');
  return makers[correlation.type](correlation);
}

const makers: Readonly<
  Record<Exclude<LoweredCorrelation['type'], 'first_seen'>, (correlation: LoweredCorrelation) => WindowValue>
> = {
  // An event is counted once, also when several of the rules match it.
  event_count: () => distinct(({ id }) => id, timesOf),
  value_count: (correlation) => distinct((match) => tupleOf(correlation, match)),
  temporal: () => distinct(({ rule }) => rule),
  temporal_ordered: ({ rules }) => sequence(rules),
  value_sum: (correlation) => numeric(correlation, ({ sum }) => sum),
  value_avg: (correlation) => numeric(correlation, ({ sum, count }) => sum / count),
  value_percentile: (correlation) =>
    numeric(correlation, ({ sorted }) => percentileOf(sorted, correlation.condition.percentile ?? 50)),
};

/** fieldOf reads a correlation's field of a match: an alias means another field for each rule. */
export function fieldOf({ aliases }: LoweredCorrelation, match: WindowMatch, name: string): unknown {
  const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  const field = (alias !== undefined && Object.hasOwn(alias, match.rule) ? alias[match.rule] : undefined) ?? name;
  // A firing carries the names of the group it fired for, aliases among them.
  for (const own of [field, name]) {
    if (match.group !== undefined && Object.hasOwn(match.group, own)) return match.group[own];
  }
  return valueOf(match.record.fields, field);
}

/** What no folded line exceeds: one that claims more is no syslog daemon's. */
const maxRepeat = 100_000;

/** How often the event happened: a syslog daemon folds equal lines into one, which `repeat` counts. */
function timesOf({ record, group }: WindowMatch): number {
  const { repeat } = record.fields;
  // The firing of another correlation carries its last record, and is one event.
  if (group !== undefined || typeof repeat !== 'number' || !record.source.services.includes('syslog')) return 1;
  return Number.isInteger(repeat) && repeat >= 1 ? Math.min(repeat, maxRepeat) : 1;
}

/** Counts how many different keys are in the window, each as often as it weighs; a match without a key isn't counted. */
function distinct(
  keyOf: (match: WindowMatch) => string | undefined,
  weightOf: (match: WindowMatch) => number = () => 1,
): WindowValue {
  const counts = new Map<string, number>();
  let total = 0;
  const change = (match: WindowMatch, by: number): void => {
    const key = keyOf(match);
    if (key === undefined) return;
    const before = counts.get(key) ?? 0;
    const count = before + by;
    if (count === 0) counts.delete(key);
    else counts.set(key, count);
    if (before === 0 || count === 0) total += by * weightOf(match);
  };
  return {
    enter: (match) => change(match, 1),
    leave: (match) => change(match, -1),
    value: () => total,
  };
}

/** tupleOf gives the values of the counted fields as one text; undefined when the match has none of them. */
export function tupleOf(correlation: LoweredCorrelation, match: WindowMatch): string | undefined {
  const values = (correlation.condition.fields ?? []).map((name) => fieldOf(correlation, match, name) ?? null);
  if (values.every((value) => value === null)) return undefined;
  return JSON.stringify(values.map((value) => (value === null ? null : valueText(value))));
}

interface Link {
  /** Where the chain began: the later, the better. */
  readonly start: number;
  readonly lastId: string;
}

/**
 * How many of the rules, from the first, matched in their order. Times may be equal, since CloudTrail's are whole
 * seconds and nobody can tell which was first; one event is never two steps in a row.
 */
function sequence(rules: readonly string[]): WindowValue {
  // For each step the latest beginning of a chain that got so far, and the latest one that ends in another event.
  const chains: (readonly Link[])[] = rules.map(() => []);
  let pending: WindowMatch[] = [];

  const step = (position: number, { id, time }: WindowMatch): void => {
    const before = position === 0 ? { start: time } : chains[position - 1]?.find(({ lastId }) => lastId !== id);
    if (before === undefined) return;
    const links = [...(chains[position] ?? []), { start: before.start, lastId: id }].sort((a, b) => b.start - a.start);
    const best = links[0];
    const other = links.find(({ lastId }) => lastId !== best?.lastId);
    chains[position] = [best, other].filter((link) => link !== undefined);
  };
  // Matches of one time are taken step by step of the sequence, whatever the order they came in.
  const settle = (): void => {
    const together = pending;
    pending = [];
    rules.forEach((rule, position) => {
      for (const match of together) if (match.rule === rule) step(position, match);
    });
  };

  return {
    enter: (match) => {
      pending.push(match);
    },
    leave: () => undefined,
    value: (from) => {
      settle();
      let reached = 0;
      chains.forEach(([best], position) => {
        if (best !== undefined && best.start >= from && reached === position) reached = position + 1;
      });
      return reached;
    },
  };
}

interface Numbers {
  readonly count: number;
  readonly sum: number;
  /** In ascending order. */
  readonly sorted: readonly number[];
}

/** Whole numbers up to here can be added and taken away a hundred thousand times without losing a digit. */
const maxExact = 2 ** 36;

/** Folds the numbers in the window; an event counts once, values that aren't numbers don't. */
function numeric(correlation: LoweredCorrelation, fold: (numbers: Numbers) => number): WindowValue {
  const events = new Map<string, { matches: number; readonly numbers: readonly number[] }>();
  const sorted: number[] = [];
  let exactSum = 0;
  let inexact = 0;
  const count = (value: number, by: 1 | -1): void => {
    sorted.splice(lowerBound(sorted, value), by === 1 ? 0 : 1, ...(by === 1 ? [value] : []));
    if (Number.isInteger(value) && Math.abs(value) <= maxExact) exactSum += by * value;
    else inexact += by;
  };
  // Fractions are added up anew each time: taking them away again would leave the errors of adding them behind.
  const sum = (): number => (inexact === 0 ? exactSum : sumOf(sorted));

  return {
    enter: (match) => {
      const known = events.get(match.id);
      if (known !== undefined) {
        known.matches += 1;
        return;
      }
      const fields = correlation.condition.fields ?? [];
      const numbers = fields.flatMap((name) => numberOf(fieldOf(correlation, match, name)) ?? []);
      events.set(match.id, { matches: 1, numbers });
      for (const value of numbers) count(value, 1);
    },
    leave: ({ id }) => {
      const known = events.get(id);
      if (known === undefined) return;
      known.matches -= 1;
      if (known.matches > 0) return;
      events.delete(id);
      for (const value of known.numbers) count(value, -1);
    },
    value: () => (sorted.length === 0 ? undefined : fold({ count: sorted.length, sum: sum(), sorted })),
  };
}

function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** The value below which `percentile` percent lie, between neighbours in a straight line. */
function percentileOf(sorted: readonly number[], percentile: number): number {
  const rank = (Math.min(Math.max(percentile, 0), 100) / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] ?? 0;
  const above = sorted[Math.ceil(rank)] ?? below;
  return below + (above - below) * (rank - Math.floor(rank));
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
