import { hasDay } from './days.ts';

/**
 * isoTime reads an ISO 8601 time and gives it back in UTC with milliseconds; undefined when it isn't one. A time
 * without a zone is taken as UTC. Days that don't exist are refused, which `Date.parse` wouldn't do.
 */
export function isoTime(text: string): string | undefined {
  // CloudTrail writes exactly `2023-07-10T12:11:15Z`: worth its own path, since every record passes here.
  const utcSeconds = text.length === 20 && text.charCodeAt(19) === 0x5a;
  if (text.length < 16 || text.length > 40) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const marks = text.charAt(4) === '-' && text.charAt(7) === '-' && text.charAt(13) === ':';
  const between = text.charAt(10);
  if (!marks || (between !== 'T' && between !== ' ' && between !== 't')) return undefined;
  if (year < 0 || !(hour >= 0 && hour < 24 && minute >= 0 && minute < 60) || !hasDay(year, month, day))
    return undefined;
  let at = 16;
  let second = 0;
  if (text.charAt(at) === ':') {
    second = digits(text, at + 1, 2);
    // 60 is a leap second, which JavaScript's time doesn't have: it counts as the last second before.
    if (!(second >= 0 && second <= 60)) return undefined;
    at += 3;
    if (second === 60) return shifted(text, at, [year, month, day, hour, minute, 59]);
  }
  if (utcSeconds) return `${text.slice(0, 10)}T${text.slice(11, 19)}.000Z`;
  return shifted(text, at, [year, month, day, hour, minute, second]);
}

/** epochTime reads seconds, milliseconds, microseconds or nanoseconds since 1970 by their size. */
export function epochTime(value: number): string | undefined {
  if (!Number.isFinite(value) || value < 1e8) return undefined;
  let ms = value < 1e11 ? value * 1000 : value;
  while (ms >= 1e14) ms /= 1000;
  return new Date(Math.floor(ms)).toISOString();
}

const timeFields = [
  'eventTime',
  '@timestamp',
  'timestamp',
  'Timestamp',
  'time',
  'Time',
  'ts',
  'datetime',
  'date',
  'created_at',
];

/** timeOf looks for a time under the names that logs commonly give it. */
export function timeOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of timeFields) {
    const value = fields[name];
    const time =
      typeof value === 'string'
        ? (isoTime(value) ?? numericTime(value))
        : typeof value === 'number'
          ? epochTime(value)
          : undefined;
    if (time !== undefined) return time;
  }
  return undefined;
}

/** utcTime makes a time of its parts (month from 1), or undefined for a day or hour that doesn't exist. */
export function utcTime(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms = 0,
): string | undefined {
  if (
    !hasDay(year, month, day) ||
    !(hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60)
  ) {
    return undefined;
  }
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(hour, minute, Math.min(second, 59), ms);
  return time.toISOString();
}

/** Reads the fraction and the zone that follow the seconds. */
function shifted(
  text: string,
  from: number,
  parts: readonly [number, number, number, number, number, number],
): string | undefined {
  let at = from;
  let ms = 0;
  if (text.charAt(at) === '.' || text.charAt(at) === ',') {
    const start = ++at;
    while (isDigit(text.charCodeAt(at))) at++;
    if (at === start || at - start > 9) return undefined;
    ms = Math.floor(Number(`0.${text.slice(start, at)}`) * 1000 + 1e-6);
  }
  const [year, month, day, hour, minute, second] = parts;
  const local = utcTime(year, month, day, hour, minute, second, ms);
  const zone = text.slice(at);
  if (local === undefined || zone === '' || zone === 'Z' || zone === 'z') return local;
  const sign = zone.startsWith('+') ? 1 : zone.startsWith('-') ? -1 : 0;
  const hours = digits(zone, 1, 2);
  const colon = zone.charAt(3) === ':' ? 1 : 0;
  const minutes = zone.length === 3 ? 0 : digits(zone, 3 + colon, 2);
  const whole = zone.length === 3 || zone.length === 5 + colon;
  if (sign === 0 || !whole || !(hours >= 0 && hours <= 14 && minutes >= 0 && minutes < 60)) return undefined;
  const moved = new Date(Date.parse(local) - sign * (hours * 60 + minutes) * 60_000).toISOString();
  // Years beyond four digits are written with a sign and would no longer sort as text.
  return moved.length === local.length ? moved : undefined;
}

function numericTime(text: string): string | undefined {
  return text.length <= 20 && /^\d+(?:\.\d+)?$/.test(text) ? epochTime(Number(text)) : undefined;
}

/** The number that `count` digits spell, or -1. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - 0x30;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
