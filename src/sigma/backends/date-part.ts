import type { DatePart } from '../expr.ts';

const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/**
 * datePartOf reads one part of a timestamp in UTC: ISO 8601 text (without a zone it is UTC already), or seconds or
 * milliseconds since 1970 as a number. Undefined for anything else.
 */
export function datePartOf(value: unknown, part: DatePart): number | undefined {
  const time = timeOf(value);
  if (time === undefined) return undefined;
  switch (part) {
    case 'minute':
      return time.getUTCMinutes();
    case 'hour':
      return time.getUTCHours();
    case 'day':
      return time.getUTCDate();
    case 'week':
      return isoWeekOf(time);
    case 'month':
      return time.getUTCMonth() + 1;
    case 'year':
      return time.getUTCFullYear();
    default:
      throw new Error(part satisfies never);
  }
}

// Seconds reach this number in the year 5138, milliseconds did in 1973.
const millisecondsFrom = 1e11;

function timeOf(value: unknown): Date | undefined {
  const milliseconds =
    typeof value === 'number' ? (Math.abs(value) < millisecondsFrom ? value * 1_000 : value) : isoTimeOf(value);
  if (milliseconds === undefined || Math.abs(milliseconds) > 8.64e15) return undefined;
  const time = new Date(milliseconds);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function isoTimeOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || value.length > 40) return undefined;
  const found = iso.exec(value);
  if (found === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => (part === undefined ? 0 : Number(part)));
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second) - offsetOf(found[7] ?? 'Z');
}

function offsetOf(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** The week that holds the year's first Thursday is week 1. */
function isoWeekOf(time: Date): number {
  const day = 86_400_000;
  const midnight = Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate());
  const thursday = midnight + (3 - ((time.getUTCDay() + 6) % 7)) * day;
  const newYear = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday - newYear) / (7 * day));
}
