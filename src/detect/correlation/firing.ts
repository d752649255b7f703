import { describe } from '../../describe/describe.ts';
import { findingId, fingerprintOf, type Evidence, type Finding } from '../../model/finding.ts';
import type { LogRecord } from '../../model/log-record.ts';
import type { LoweredCorrelation } from '../../sigma/match.ts';
import type { Crossing } from './crossings.ts';
import { valueText } from '../field-value.ts';
import { groupValues, labelsOf, ruleSummary } from '../finding.ts';
import type { GroupValues, WindowMatch } from './window-store.ts';
import { fieldOf } from './window-values.ts';
import { durationText } from '../../time/duration.ts';

/** Firing is one crossing of a correlation by one group. */
export interface Firing {
  readonly correlation: LoweredCorrelation;
  readonly group: GroupValues;
  /** Event time of the crossing, in ms. */
  readonly time: number;
  readonly value: number;
  /** What was in the window, in order of time; the last one made it fire. */
  readonly matches: readonly WindowMatch[];
  /** Of a first-seen correlation: the value that is new, as text. */
  readonly shown?: string;
}

/** A finding carries at most this many events; the evidence says how many there were. */
const maxEvents = 100;

/** groupOf gives the group of a match: a value for each group-by name, null where the match has none. */
export function groupOf(correlation: LoweredCorrelation, match: WindowMatch): GroupValues {
  const values = correlation.groupBy.map((name) => {
    const value = fieldOf(correlation, match, name);
    return [name, value === undefined || value === null ? null : valueText(value)] as const;
  });
  return Object.fromEntries(values);
}

/** groupText names a group in a store; null and '' are two groups. */
export function groupText(group: GroupValues): string {
  return JSON.stringify(Object.values(group));
}

/** firingOf reads a crossing out of the matches it was found in. */
export function firingOf(
  correlation: LoweredCorrelation,
  group: GroupValues,
  { time, value, first, end }: Crossing,
  matches: readonly WindowMatch[],
): Firing {
  return { correlation, group, time, value, matches: matches.slice(first, end) };
}

/** firingId names a firing by correlation, group and event time: the same whichever writer found it, and however often. */
function firingId({ correlation, group, time, shown }: Firing): string {
  // One event may show two groups' values, and one group two values at a time.
  const value = shown === undefined ? '' : `=${shown}`;
  return findingId(correlation.key, `${groupText(group)}@${new Date(time).toISOString()}${value}`);
}

/** matchOfFiring is a firing as a match for the correlations that refer to it. */
export function matchOfFiring(firing: Firing): WindowMatch {
  const { correlation, group, time, matches } = firing;
  const { record } = crossingMatch(matches);
  const through = recordsOf(matches).slice(-maxEvents);
  return { id: firingId(firing), time, rule: correlation.key, record, through, group };
}

/**
 * findingOfFiring makes the finding: its event is the one that crossed, `correlated` what was in the window. `titles` are
 * those of the rules, by key.
 */
export function findingOfFiring(firing: Firing, titles: ReadonlyMap<string, string>): Finding {
  const { correlation, group, time, matches } = firing;
  const crossing = crossingMatch(matches);
  const events = recordsOf(matches);
  const event = describe(crossing.record);
  const news =
    groupValues(correlation.meta, (name) =>
      Object.hasOwn(group, name) ? group[name] : fieldOf(correlation, crossing, name),
    ) ?? Object.entries(group).flatMap(([name, value]) => [name, JSON.stringify(value)]);
  return {
    id: firingId(firing),
    fingerprint: fingerprintOf(correlation.key, news),
    rule: ruleSummary(correlation),
    time: new Date(time).toISOString(),
    event,
    correlated: events.slice(-maxEvents).map((record) => describe(record)),
    evidence: evidenceOfFiring(firing, events.length, titles),
    labels: labelsOf(correlation, event),
  };
}

function evidenceOfFiring(firing: Firing, events: number, titles: ReadonlyMap<string, string>): readonly Evidence[] {
  const { correlation, group, value, matches } = firing;
  const minutes = durationText(correlation.timespanMs);
  if (firing.shown !== undefined) return evidenceOfFirst(firing, firing.shown, minutes);
  const rules = correlation.rules.map((key) => JSON.stringify(titles.get(key) ?? key));
  const shown = events > maxEvents ? `; the last ${maxEvents} of ${events} are shown` : '';
  // Of an inner firing at most so many are known.
  const orMore = matches.some(({ through = [] }) => through.length >= maxEvents) ? ' or more' : '';
  return [
    { field: correlation.type, value: String(value), wanted: `${boundsText(correlation)} within ${minutes}` },
    {
      field: 'events',
      value: `${events}${orMore}`,
      wanted: `that matched ${rules.length > 1 ? 'one of ' : ''}${rules.join(', ')}${shown}`,
    },
    ...Object.entries(group).map(([field, text]) => ({
      field,
      value: text ?? '(none)',
      wanted: `the same in all ${matches.length} matches`,
    })),
  ];
}

function evidenceOfFirst({ correlation, group }: Firing, shown: string, timespan: string): readonly Evidence[] {
  const fields = correlation.condition.fields ?? [];
  const values = JSON.parse(shown) as readonly unknown[];
  return [
    ...fields.map((field, index) => ({
      field,
      value: textOfValue(values[index]),
      wanted: `not seen in the ${timespan} before`,
    })),
    ...Object.entries(group).map(([field, text]) => ({
      field,
      value: text ?? '(none)',
      wanted: 'the one that shows it',
    })),
  ];
}

function textOfValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

const signs = { lt: '<', lte: '≤', gt: '>', gte: '≥', eq: '=', neq: '≠' } as const;

function boundsText({ type, rules, condition }: LoweredCorrelation): string {
  const what = condition.fields === undefined ? '' : ` of ${condition.fields.join(', ')}`;
  if (condition.bounds.length > 0) {
    return condition.bounds.map(({ op, value }) => `${signs[op]} ${value}`).join(' and ') + what;
  }
  if (type === 'temporal') return `all ${rules.length} rules`;
  return type === 'temporal_ordered' ? `all ${rules.length} rules in their order` : `≥ 1${what}`;
}

function crossingMatch(matches: readonly WindowMatch[]): WindowMatch {
  const last = matches.at(-1);
  if (last === undefined) throw new Error('a firing without matches');
  return last;
}

/** factOf names what a record tells of: two records of one fact are one event. */
export function factOf({ fact, id }: LogRecord): string {
  return fact ?? id;
}

/**
 * recordsOf gives the records that matches tell of, in order of time, those behind an inner correlation's firing
 * included. An event that several rules matched is there once.
 */
export function recordsOf(matches: readonly WindowMatch[]): readonly LogRecord[] {
  const records = matches.flatMap(({ record, through }) => through ?? [record]);
  const distinct = new Map(records.map((record) => [factOf(record), record]));
  return [...distinct.values()].toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
}
