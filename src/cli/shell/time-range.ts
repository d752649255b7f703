import { UsageError } from './exit.ts';
import { dayMs, isDay, startOf } from '../../time/days.ts';
import { durationOf } from '../../time/duration.ts';

/** TimeRange is ISO 8601 in UTC with milliseconds; both ends belong to it. */
export interface TimeRange {
  readonly from?: string;
  readonly to?: string;
}

/** parseTimeRange reads `--from` and `--to`: a day, a time in ISO 8601 (UTC when it names no zone), or `36h` / `7d` before now. */
export function parseTimeRange(from: string | undefined, to: string | undefined, now: Date): TimeRange {
  const range: { from?: string; to?: string } = {};
  if (from !== undefined) range.from = parseTime('--from', from, now).start;
  if (to !== undefined) range.to = parseTime('--to', to, now).end;
  if (range.from !== undefined && range.to !== undefined && range.from > range.to) {
    throw new UsageError(`--from ${from} is after --to ${to}`);
  }
  return range;
}

/** parseMoment reads an option that names one moment, as the begin of a time range is written. */
export function parseMoment(option: string, text: string, now: Date): Date {
  return new Date(parseTime(option, text, now).start);
}

function parseTime(option: string, text: string, now: Date): { start: string; end: string } {
  const ago = durationOf(text);
  if (ago !== undefined) return instant(now.getTime() - ago);
  if (isDay(text)) return { start: iso(startOf(text)), end: iso(startOf(text) + dayMs - 1) };
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/i.test(text)) {
    const zoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`;
    const ms = Date.parse(zoned.replace(' ', 'T'));
    if (!Number.isNaN(ms)) return instant(ms);
  }
  throw new UsageError(
    `${option} ${text}: expected a day, a time, or a duration`,
    'Examples: 2026-07-10, 2026-07-10T09:30, 2026-07-10T09:30:00+02:00, or a duration before now: 90m, 36h, 7d, 2w.',
  );
}

function instant(ms: number): { start: string; end: string } {
  return { start: iso(ms), end: iso(ms) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
