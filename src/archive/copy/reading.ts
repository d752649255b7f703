import { folderAfter, rangesOf } from './copy-days.ts';
import type { DayRange } from './copy-days.ts';
import { eventDaySql } from './copy-sql.ts';
import { copyTable, rawTable } from './copy-table.ts';
import type { CopyColumn } from './copy-table.ts';

/** Reading says which table is read for which days. */
export type Reading =
  | { readonly kind: 'raw'; readonly reason: string }
  /** The copy for the covered days, the trail's own files for all others. */
  | { readonly kind: 'copy'; readonly covered: readonly DayRange[]; readonly whole: boolean; readonly reason: string };

/** With more ranges, a query over the copy would have too many parts. */
const mostRanges = 12;

/**
 * readingOf chooses tables for a period of days (yyyy/MM/dd, both included): the copy for the days that it covers, the trail's files for
 * the others. The choice includes days outside the period, since a report may look back.
 */
export function readingOf(period: DayRange, covered: readonly string[]): Reading {
  const inside = covered.filter((day) => day >= period.from && day <= period.to);
  if (inside.length === 0) return { kind: 'raw', reason: 'the columnar copy covers no day of the period' };
  const ranges = rangesOf(covered);
  if (ranges.length > mostRanges) {
    return { kind: 'raw', reason: `the columnar copy has too many gaps (${ranges.length - 1})` };
  }
  const whole = ranges.some(({ from, to }) => from <= period.from && period.to <= to);
  const days = rangesOf(inside).map(({ from, to }) => (from === to ? from : `${from} to ${to}`));
  const reason = whole
    ? 'the columnar copy covers the period'
    : `the columnar copy covers ${days.join(', ')}; the trail's files are read for the other days`;
  return { kind: 'copy', covered: ranges, whole, reason };
}

/**
 * readingSql replaces the trail's table in a query's FROM. Each event comes from one of the two: from the copy when its day is covered,
 * from the trail's files otherwise.
 */
export function readingSql({ covered }: Extract<Reading, { kind: 'copy' }>, columns: readonly CopyColumn[]): string {
  const names = columns.map(({ name }) => name).join(', ');
  const open = gapsOf(covered);
  return [
    '(',
    `  SELECT ${names} FROM ${copyTable}`,
    `  WHERE ${either(covered.map((range) => within('day', range)))}`,
    '  UNION ALL',
    `  SELECT ${names} FROM ${rawTable}`,
    // The folders of days that are not covered and the one after each, where their last events are.
    `  WHERE ${either(open.map(({ from, to }) => within('day', { from, to: to === lastDay ? to : folderAfter(to) })))}`,
    `    AND ${either(open.map((range) => within(eventDaySql, range)))}`,
    `) AS ${rawTable}`,
  ].join('\n');
}

const firstDay = '0001/01/01';
const lastDay = '9999/12/31';

/** The days before, between and after the ranges. */
function gapsOf(ranges: readonly DayRange[]): readonly DayRange[] {
  const gaps: DayRange[] = [];
  let from = firstDay;
  for (const range of ranges) {
    if (from < range.from) gaps.push({ from, to: folderAfter(range.from, -1) });
    from = folderAfter(range.to);
  }
  return [...gaps, { from, to: lastDay }];
}

function within(expression: string, { from, to }: DayRange): string {
  return `${expression} BETWEEN '${from}' AND '${to}'`;
}

function either(conditions: readonly string[]): string {
  return conditions.length === 1 ? (conditions[0] ?? '') : `(${conditions.join(' OR ')})`;
}
