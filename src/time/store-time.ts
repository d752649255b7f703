import { epochTime, isoTime } from './iso-time.ts';
import { firstAt, isTimezone } from './zoned-time.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Longer than any time that a store writes, with the longest zone's name. */
const maxChars = 80;

/**
 * storeTime reads a time as stores and consoles spell it, and gives it back in UTC with milliseconds; undefined for anything
 * else: ISO 8601, seconds to nanoseconds since 1970 (as a number or as text), Athena's `2026-03-11 05:33:01.000 UTC` and
 * `… Europe/Berlin`, CloudTrail's console `March 11, 2026, 05:33:01 (UTC+00:00)`, Kibana's `Mar 11, 2026 @ 05:33:01.000`,
 * Unix's `Wed Mar 11 05:33:01 UTC 2026`, web servers' `11/Mar/2026:05:33:01 +0000`. A time without a zone is taken as UTC.
 */
export function storeTime(value: unknown): string | undefined {
  if (typeof value === 'number') return epochTime(value);
  if (typeof value !== 'string' || value.length > maxChars) return undefined;
  return isoTime(value) ?? (/^\d{9,19}(?:\.\d{1,9})?$/.test(value) ? epochTime(Number(value)) : spelledTime(value));
}

function spelledTime(text: string): string | undefined {
  const iso = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?(\S{1,40})$/.exec(text);
  if (iso !== null) return inZone(iso[1] ?? '', iso[2] ?? '');
  const named =
    /^([A-Za-z]{3,9})\.? (\d{1,2}), (\d{4})(?:,| @| at)? (\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?: (\S{1,40}))?$/.exec(
      text,
    );
  if (named !== null) {
    const [, month = '', day = '', year = '', clock = '', zone = 'UTC'] = named;
    return inZone(`${dayOf(year, month, day)}T${clock}`, zone);
  }
  const web = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text);
  if (web !== null) {
    const [, day = '', month = '', year = '', clock = '', zone = ''] = web;
    return inZone(`${dayOf(year, month, day)}T${clock}`, zone);
  }
  const unix = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (\S{1,40}) (\d{4})$/.exec(text);
  if (unix === null) return undefined;
  const [, month = '', day = '', clock = '', zone = '', year = ''] = unix;
  return inZone(`${dayOf(year, month, day)}T${clock}`, zone);
}

function dayOf(year: string, month: string, day: string): string {
  const number = months.indexOf(month.slice(0, 3).toLowerCase()) + 1;
  return `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** `UTC`, `(UTC+02:00)`, `+0200`, or a name of the time zone database. */
function inZone(local: string, zone: string): string | undefined {
  const bare = zone.replace(/^\((.*)\)$/, '$1');
  const offset = /^(?:UTC|GMT)?(Z|[+-]\d\d(?::?\d\d)?)?$/.exec(bare);
  if (offset !== null) return isoTime(`${local}${offset[1] ?? ''}`);
  const at = isoTime(local);
  // Abbreviations such as EST and IST name several zones: what they mean can't be known.
  if (at === undefined || !bare.includes('/') || !isTimezone(bare)) return undefined;
  return new Date(firstAt(bare, Date.parse(at))).toISOString();
}
