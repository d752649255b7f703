import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { crossingsOf, windowAt } from '../../../../src/detect/correlation/crossings.ts';
import { inOrder, type WindowMatch } from '../../../../src/detect/correlation/window-store.ts';
import type { LoweredCorrelation } from '../../../../src/sigma/match.ts';
import { correlationOf, matchOf, minute, noon, recordOf } from '../fixtures.ts';

type Row = readonly [atMinute: number, fields?: Readonly<Record<string, unknown>>, rule?: string, id?: string];

/** Minutes after noon at which the rows' group crosses. */
function crossingMinutes(correlation: LoweredCorrelation, rows: readonly Row[]): readonly number[] {
  const matches = rows.map(([at, fields, rule = 'login', id], index) =>
    matchOf(rule, recordOf(id ?? `e${index}`, at, fields)),
  );
  return crossingsOf(correlation, inOrder(matches)).map(({ time }) => (time - noon) / minute);
}

const at = (...minutes: readonly number[]): readonly Row[] => minutes.map((each) => [each]);
const bytes = (...rows: readonly (readonly [number, unknown])[]): readonly Row[] =>
  rows.map(([minutes, value]) => [minutes, { bytes: value }]);
const bounds = (op: 'lt' | 'lte' | 'gt' | 'gte' | 'eq' | 'neq', value: number) => [{ op, value }] as const;
const valued = (type: LoweredCorrelation['type'], op: 'gte' | 'lt' | 'gt', value: number, percentile?: number) =>
  correlationOf('c', {
    type,
    condition: { bounds: bounds(op, value), fields: ['bytes'], ...(percentile === undefined ? {} : { percentile }) },
  });

const three = correlationOf('c');
const rules = ['a', 'b', 'c'];
const temporal = correlationOf('c', { type: 'temporal', rules, condition: { bounds: [] } });
const ordered = correlationOf('c', { type: 'temporal_ordered', rules, condition: { bounds: [] } });
const steps = (...rows: readonly (readonly [number, string, string?])[]): readonly Row[] =>
  rows.map(([minutes, rule, id]) => (id === undefined ? [minutes, {}, rule] : [minutes, {}, rule, id]));

describe('a correlation crosses', () => {
  test.each<[string, LoweredCorrelation, readonly Row[], readonly number[]]>([
    ['when its count is reached', three, at(0, 1, 2), [2]],
    ['not below its count', three, at(0, 1), []],
    ['with both ends of the window included', three, at(0, 5, 10), [10]],
    ['not when the first is just outside the window', three, at(0, 5, 10.01), []],
    ['once while the condition stays true', three, at(0, 1, 2, 3, 4, 5, 6), [2]],
    ['once over a steady stream that is longer than the window', three, at(0, 4, 8, 12, 16, 20, 24), [8]],
    ['again after it fell below', three, at(0, 1, 2, 30, 31, 32), [2, 32]],
    [
      'again after the window was empty, though the next value is enough at once',
      valued('value_sum', 'gte', 5),
      bytes([0, 7], [60, 7]),
      [0, 60],
    ],
    [
      'not again right after, while the window still holds',
      valued('value_sum', 'gte', 5),
      bytes([0, 7], [5, 7], [15, 1]),
      [0],
    ],
    ['in whatever order matches come', three, at(2, 0, 1), [2]],
    ['once for events of the same second', three, at(1, 1, 1, 1, 1), [1]],
    [
      'counting an event once that several rules matched',
      correlationOf('c', { rules: ['a', 'b'] }),
      steps([0, 'a', 'x'], [0, 'b', 'x'], [1, 'a', 'y']),
      [],
    ],
    [
      'where all of several bounds hold',
      correlationOf('c', { condition: { bounds: [...bounds('gte', 2), ...bounds('lt', 4)] } }),
      at(0, 1, 2, 3, 20),
      [1],
    ],
    [
      'upward again where a count comes down into its range',
      correlationOf('c', { condition: { bounds: [...bounds('gte', 2), ...bounds('lt', 4)] } }),
      at(0, 1, 2, 3, 11.5),
      [1, 11.5],
    ],
    ['at an exact count', correlationOf('c', { condition: { bounds: bounds('eq', 2) } }), at(0, 1, 2), [1]],
    ['at any count but one', correlationOf('c', { condition: { bounds: bounds('neq', 1) } }), at(0, 1), [1]],
    ['above a count', correlationOf('c', { condition: { bounds: bounds('gt', 2) } }), at(0, 1, 2), [2]],
    ['below a count', correlationOf('c', { condition: { bounds: bounds('lt', 2) } }), at(0, 1, 20), [0, 20]],
    ['up to a count', correlationOf('c', { condition: { bounds: bounds('lte', 1) } }), at(0, 1), [0]],
  ])('%s', (_name, correlation, rows, expected) => {
    expect(crossingMinutes(correlation, rows)).toEqual(expected);
  });

  const countUsers = correlationOf('c', {
    type: 'value_count',
    condition: { bounds: bounds('gte', 2), fields: ['user'] },
  });
  const pairs = correlationOf('c', {
    type: 'value_count',
    condition: { bounds: bounds('gte', 2), fields: ['user', 'ip'] },
  });
  test.each<[string, LoweredCorrelation, readonly Row[], readonly number[]]>([
    [
      'on different values',
      countUsers,
      [
        [0, { user: 'ann' }],
        [1, { user: 'ann' }],
        [2, { user: 'bob' }],
      ],
      [2],
    ],
    [
      'not on missing values',
      countUsers,
      [
        [0, { user: 'ann' }],
        [1, {}],
        [2, { user: null }],
      ],
      [],
    ],
    [
      'on values that left and came back',
      countUsers,
      [
        [0, { user: 'ann' }],
        [15, { user: 'bob' }],
        [20, { user: 'ann' }],
      ],
      [20],
    ],
    [
      'on different combinations of several fields',
      pairs,
      [
        [0, { user: 'ann', ip: '::1' }],
        [1, { user: 'ann' }],
      ],
      [1],
    ],
    ['on a sum', valued('value_sum', 'gte', 10), bytes([0, 4], [1, '5'], [2, 1]), [2]],
    ['on a sum of what is still in the window', valued('value_sum', 'gte', 10), bytes([0, 9], [11, 9]), []],
    [
      'on a sum of fractions that is exact once others have left',
      valued('value_sum', 'gte', 0.3),
      bytes([0, 0.1], [1, 1e16], [11.5, 0.3], [30, 0.2]),
      [1, 11.5],
    ],
    ['on numbers only', valued('value_sum', 'gte', 1), bytes([0, 'many'], [1, ''], [2, null], [3, true]), []],
    ['on an average', valued('value_avg', 'gt', 5), bytes([0, 2], [1, 6], [2, 20]), [2]],
    ['not on an average of nothing', valued('value_avg', 'lt', 5), bytes([0, 'x']), []],
    ['on the median', valued('value_percentile', 'gte', 5, 50), bytes([0, 1], [1, 2], [2, 5], [3, 9], [4, 9]), [4]],
    ['on a percentile between two values', valued('value_percentile', 'gte', 9.5, 95), bytes([0, 0], [1, 10]), [1]],
    [
      'on a sum of events that several rules matched, each once',
      valued('value_sum', 'gte', 8),
      [
        [0, { bytes: 4 }, 'a', 'x'],
        [0, { bytes: 4 }, 'b', 'x'],
      ],
      [],
    ],
  ])('%s', (_name, correlation, rows, expected) => {
    expect(crossingMinutes(correlation, rows)).toEqual(expected);
  });

  test.each<[string, LoweredCorrelation, readonly Row[], readonly number[]]>([
    ['when all rules matched, in any order', temporal, steps([0, 'c'], [1, 'a'], [2, 'b']), [2]],
    ['not when one is missing', temporal, steps([0, 'a'], [1, 'a'], [2, 'b']), []],
    ['not when one is too old', temporal, steps([0, 'a'], [1, 'b'], [11, 'c']), []],
    [
      'when some of the rules are enough',
      { ...temporal, condition: { bounds: bounds('gte', 2) } },
      steps([0, 'a'], [1, 'b']),
      [1],
    ],
    ['when all rules matched in their order', ordered, steps([0, 'a'], [1, 'b'], [2, 'c']), [2]],
    ['not when they matched in another order', ordered, steps([0, 'c'], [1, 'b'], [2, 'a']), []],
    ['with others between them', ordered, steps([0, 'a'], [1, 'c'], [2, 'b'], [3, 'a'], [4, 'c']), [4]],
    ['with the beginning that fits in the window', ordered, steps([0, 'a'], [5, 'a'], [9, 'b'], [14, 'c']), [14]],
    ['not with a beginning that left the window', ordered, steps([0, 'a'], [5, 'b'], [11, 'c']), []],
    [
      'in one second, since nobody knows which was first',
      ordered,
      steps([0, 'c', '1'], [0, 'b', '2'], [0, 'a', '3']),
      [0],
    ],
    ['not by one event that is all the steps', ordered, steps([0, 'a', 'x'], [0, 'b', 'x'], [0, 'c', 'x']), []],
    [
      'by one event and another of the same second',
      { ...ordered, rules: ['a', 'b'] },
      steps([0, 'a', 'x'], [0, 'b', 'x'], [0, 'a', 'y']),
      [0],
    ],
    [
      'again after the sequence left the window',
      { ...ordered, rules: ['a', 'b'] },
      steps([0, 'a'], [1, 'b'], [30, 'a'], [31, 'b']),
      [1, 31],
    ],
  ])('%s', (_name, correlation, rows, expected) => {
    expect(crossingMinutes(correlation, rows)).toEqual(expected);
  });
});

test('a crossing that depends on matches which may be missing is not reported', () => {
  const matches = [0, 1, 2, 40, 41, 42].map((each) => matchOf('login', recordOf(`e${each}`, each)));
  const times = (completeFrom: number) =>
    crossingsOf(three, matches, completeFrom).map(({ time }) => (time - noon) / minute);
  expect(times(noon)).toEqual([42]);
  expect(times(-Infinity)).toEqual([2, 42]);
});

test('a crossing says how long the condition stayed true and what was in its window', () => {
  const matches = [0, 1, 2, 3, 40].map((each) => matchOf('login', recordOf(`e${each}`, each)));
  expect(crossingsOf(three, matches)).toEqual([
    { time: noon + 2 * minute, value: 3, first: 0, end: 3, until: noon + 3 * minute },
  ]);
  expect(windowAt(three, matches, noon + 3 * minute)).toMatchObject({ value: 4, first: 0, end: 4 });
});

/** What the docstring of crossingsOf says, without a window that slides. */
function plainCrossings(correlation: LoweredCorrelation, matches: readonly WindowMatch[]): readonly number[] {
  const times = [...new Set(matches.map(({ time }) => time))].sort((a, b) => a - b);
  const isTrue = (time: number): boolean => {
    const inWindow = matches.filter((match) => match.time >= time - correlation.timespanMs && match.time <= time);
    const value = plainValue(correlation, inWindow);
    return (
      value !== undefined &&
      correlation.condition.bounds.every((bound) => (bound.op === 'gte' ? value >= bound.value : value <= bound.value))
    );
  };
  return times.filter((time, index) => {
    const before = times[index - 1];
    return isTrue(time) && (before === undefined || time - before > correlation.timespanMs || !isTrue(before));
  });
}

function plainValue({ type, rules: names }: LoweredCorrelation, matches: readonly WindowMatch[]): number | undefined {
  const events = [...new Map(matches.map((match) => [match.id, match])).values()];
  const numbers = events.map(({ record }) => record.fields['bytes']).filter((value) => typeof value === 'number');
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (type) {
    case 'event_count':
      return events.length;
    case 'value_count':
      return new Set(numbers).size;
    case 'temporal':
      return new Set(matches.map(({ rule }) => rule)).size;
    case 'value_sum':
      return numbers.length === 0 ? undefined : sum;
    case 'value_avg':
      return numbers.length === 0 ? undefined : sum / numbers.length;
    case 'temporal_ordered':
      return longestPrefix(names, matches, undefined, -Infinity);
    case 'value_percentile':
    case 'first_seen':
      return undefined;
    default:
      throw new Error(type satisfies never);
  }
}

/** Tries every way to take the steps. */
function longestPrefix(
  names: readonly string[],
  matches: readonly WindowMatch[],
  last: string | undefined,
  after: number,
): number {
  const [name, ...others] = names;
  const nexts = matches.filter(({ rule, time, id }) => rule === name && time >= after && id !== last);
  return nexts.reduce((longest, next) => Math.max(longest, 1 + longestPrefix(others, matches, next.id, next.time)), 0);
}

const randomMatches = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 40 }),
      rule: fc.constantFrom('a', 'b', 'c'),
      id: fc.integer({ min: 0, max: 12 }),
      bytes: fc.constantFrom(undefined, 1, 2, 5),
    }),
    { maxLength: 14 },
  )
  .map((rows) => {
    // An event has one time and one set of fields, however many rules match it.
    const events = new Map(
      rows.map(({ id, at: minutes, bytes: value }) => [id, recordOf(`e${id}`, minutes, { bytes: value })]),
    );
    return inOrder(rows.flatMap(({ rule, id }) => matchOf(rule, events.get(id) ?? recordOf('none', 0))));
  });

test.each(['event_count', 'value_count', 'temporal', 'temporal_ordered', 'value_sum', 'value_avg'] as const)(
  '%s crosses where its definition says',
  (type) => {
    fc.assert(
      fc.property(
        randomMatches,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom('gte', 'lte'),
        (matches, value, op) => {
          const correlation = correlationOf('c', {
            type,
            rules,
            condition: { bounds: [{ op, value }], fields: ['bytes'] },
          });
          expect(crossingsOf(correlation, matches).map(({ time }) => time)).toEqual(
            plainCrossings(correlation, matches),
          );
        },
      ),
      { numRuns: 300 },
    );
  },
);

test.each([
  ['as often as a syslog daemon folded it', 'syslog', 2, [1]],
  ['once where the source is no syslog, whatever it says of itself', 'json', 100, []],
  ['once where the number makes no sense', 'syslog', -7, []],
] as const)('an event counts %s', (_name, service, repeat, minutes) => {
  const folded = (id: string, atMinute: number, fields: Readonly<Record<string, unknown>>) =>
    matchOf('login', { ...recordOf(id, atMinute, fields), source: { product: 'linux', services: [service] } });
  const matches = [folded('a', 0, {}), folded('b', 1, { repeat })];
  expect(crossingsOf(correlationOf('c'), matches).map(({ time }) => (time - noon) / minute)).toEqual(minutes);
});
