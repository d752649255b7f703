import { ReportError } from './report-error.ts';
import { dayMs, folderOf, isDay, startOf } from '../../time/days.ts';
import { durationOf } from '../../time/duration.ts';

/** Period is a report's time range: from an instant (included) to another (excluded). */
export interface Period {
  /** ISO 8601, UTC, to the second: `2026-01-01T00:00:00Z`, as CloudTrail writes event times. */
  readonly from: string;
  readonly to: string;
}

const forms =
  'Expected a day (2026-03-11), a month (2026-03), a quarter (2026-Q1), a year (2026), a span back from now (90d, 12w, 36h), today, yesterday, or "last quarter" (this or last; week, month, quarter, year).';

/** allTime is the period without limits. */
export const allTime: Period = { from: '0001-01-01T00:00:00Z', to: '9999-12-31T00:00:00Z' };

/** A time at which every year of four digits has begun: for checks of a period that will be read later. */
export const laterThanAnyPeriod = new Date('9999-12-31T00:00:00Z');

/**
 * readPeriod reads a named period, or its two ends: `from` counts from the beginning of its date, `to` up to the end of its date.
 * @throws {ReportError} when a text is not a date, or the ends are in the wrong order.
 */
export function readPeriod(
  asked: { readonly period?: string | undefined; readonly from?: string | undefined; readonly to?: string | undefined },
  now: Date,
): Period {
  const { period, from, to } = asked;
  if (period !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw new ReportError('usage', '--period and --from or --to exclude each other');
    }
    const span = readSpan('period', period, now);
    if (span.start >= now.getTime()) throw new ReportError('usage', `--period ${period} is in the future`);
    // A span back from now ends now, to the second.
    return periodOf(span.start, span.end);
  }
  const start = from === undefined ? undefined : readSpan('from', from, now).start;
  const end = to === undefined ? undefined : readSpan('to', to, now).end;
  if (start !== undefined && end !== undefined && start >= end) {
    throw new ReportError('usage', `--from ${from} must be before --to ${to}`);
  }
  if (start !== undefined && end === undefined && start >= now.getTime()) {
    throw new ReportError('usage', `--from ${from} is in the future`);
  }
  return {
    from: start === undefined ? allTime.from : instant(start),
    to: end === undefined ? (start === undefined ? allTime.to : instant(now.getTime() + 999)) : instant(end),
  };
}

/** partitionDays are the first and last day partition, `2026/03/11`, that can contain a period's events. */
export function partitionDays({ from, to }: Period): { readonly first: string; readonly last: string } {
  const day = (iso: string): string => folderOf(iso.slice(0, 10));
  // A file is in the partition of its delivery, which may be the day after its events.
  const last = to >= '9999' ? to : new Date(Date.parse(to) + dayMs).toISOString();
  return { first: day(from), last: day(last) };
}

const earliestMs = Date.parse(allTime.from);

interface Span {
  readonly start: number;
  readonly end: number;
}

function readSpan(what: string, text: string, now: Date): Span {
  const written = text.trim().toLowerCase();
  if (durationOf(written) === 0) {
    throw new ReportError('usage', `--${what} ${JSON.stringify(text)}: expected a span longer than zero`);
  }
  const span = spanOf(written, now);
  if (span === undefined)
    throw new ReportError('usage', `--${what} ${JSON.stringify(text)}: not a period or date`, { hint: forms });
  return span;
}

function spanOf(text: string, now: Date): Span | undefined {
  const ago = durationOf(text);
  if (ago !== undefined) return { start: Math.max(earliestMs, now.getTime() - ago), end: now.getTime() + 999 };
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  if (text === 'today') return { start: today, end: today + dayMs };
  if (text === 'yesterday') return { start: today - dayMs, end: today };
  const words = /^(this|last) (week|month|quarter|year)$/.exec(text);
  if (words !== null) return calendarSpan(words[2] as CalendarUnit, words[1] === 'last' ? -1 : 0, today);
  const date = /^(\d{4})(?:-(?:q([1-4])|(\d\d)(?:-(\d\d))?))?$/.exec(text);
  if (date !== null) {
    const [, year, quarter, month] = date.map(Number);
    if (date[2] !== undefined) return months(year!, (quarter! - 1) * 3, 3);
    if (date[3] === undefined) return months(year!, 0, 12);
    if (month! < 1 || month! > 12) return undefined;
    if (date[4] === undefined) return months(year!, month! - 1, 1);
    return isDay(text) ? { start: startOf(text), end: startOf(text) + dayMs } : undefined;
  }
  if (/^\d{4}-\d\d-\d\d[t ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:z|[+-]\d\d:\d\d)?$/.test(text)) {
    const zoned = /(?:z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}z`;
    const at = Date.parse(zoned.replace(' ', 'T').toUpperCase());
    return Number.isNaN(at) ? undefined : { start: at, end: at };
  }
  return undefined;
}

type CalendarUnit = 'week' | 'month' | 'quarter' | 'year';

function calendarSpan(unit: CalendarUnit, offset: number, today: number): Span {
  const date = new Date(today);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  switch (unit) {
    case 'week': {
      // ISO 8601 weeks begin on Monday.
      const start = today - ((date.getUTCDay() + 6) % 7) * dayMs + offset * 7 * dayMs;
      return { start, end: start + 7 * dayMs };
    }
    case 'month':
      return months(year, month + offset, 1);
    case 'quarter':
      return months(year, (Math.floor(month / 3) + offset) * 3, 3);
    case 'year':
      return months(year + offset, 0, 12);
    default:
      throw new Error(unit satisfies never);
  }
}

function months(year: number, first: number, count: number): Span {
  return { start: Date.UTC(year, first), end: Date.UTC(year, first + count) };
}

function periodOf(start: number, end: number): Period {
  return { from: instant(start), to: instant(end) };
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
