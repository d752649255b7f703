import { epochTime, isoTime, utcTime } from '../../../time/iso-time.ts';
import { readDateWords } from './date-words.ts';
import type { DateParts } from './date-words.ts';
import { zoneOf } from './zones.ts';
import { dayMs } from '../../../time/days.ts';

/** Stamp is when a line says that it was written. */
export interface Stamp {
  /** ISO 8601, UTC; absent when the line leaves out the year, and nothing says which it was. */
  readonly time?: string;
  /** Where what follows it begins. */
  readonly end: number;
  /** Seconds since the host started: all that `[   12.345678]` says. */
  readonly uptime?: number;
  /** Nobody but a syslog leaves out the year. */
  readonly yearless?: true;
  /** Why the time may be wrong. */
  readonly doubt?: string;
}

/**
 * stampAt reads the stamp of a syslog line: a date in words or numbers, seconds since 1970 (also as TAI64N), or seconds since the
 * start. `referenceTime` is when the line was written at the latest: a year that is left out is the latest in which the line isn't
 * more than a day after it.
 */
export function stampAt(text: string, at: number, referenceTime: string | undefined): Stamp | undefined {
  const first = text.charCodeAt(at);
  if (first === 0x5b) return uptimeAt(text, at);
  if (first === 0x40) return taiAt(text, at);
  return dateAt(text, at, referenceTime) ?? (first <= 0x39 ? epochAt(text, at) : undefined);
}

/** dateAt reads a calendar date with its time of day, in any of the ways in which logs write it. */
export function dateAt(text: string, at: number, referenceTime: string | undefined): Stamp | undefined {
  return isoAt(text, at) ?? wordsAt(text, at, referenceTime);
}

/** A date and time as most programs write it: `2026-03-11T05:33:00.123456+01:00`, `2026-03-11 05:33:00,123`. */
function isoAt(text: string, at: number): Stamp | undefined {
  if (text.charCodeAt(at + 4) !== 0x2d) return undefined;
  // A comma, colon or bracket that stands behind the time isn't of it.
  isoWord.lastIndex = at;
  const word = isoWord.exec(text)?.[0] ?? '';
  const time = word === '' || goesOn(text, at + word.length) ? undefined : isoTime(word);
  return time === undefined ? undefined : { time, end: at + word.length };
}

const isoWord = /\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)?/y;
/** What goes on with the time: more digits, or a zone behind a blank. Then the date is read word by word, or refused. */
const next = /[\w+]|:\d| (?:[+-]\d|([A-Z]{1,4})[ \])])/y;

function goesOn(text: string, at: number): boolean {
  next.lastIndex = at;
  const found = next.exec(text);
  if (found === null) return false;
  const [, name] = found;
  return name === undefined || name === 'AM' || name === 'PM' || zoneOf(name) !== undefined;
}

function wordsAt(text: string, at: number, referenceTime: string | undefined): Stamp | undefined {
  const words = readDateWords(text, at);
  if (words === undefined) return undefined;
  const { parts, end } = words;
  const yearless = parts.year === undefined ? ({ yearless: true } as const) : {};
  const { time, doubt } = timeOf(parts, referenceTime);
  // A time that doesn't exist (Feb 30, 25:00) is refused; a missing reference only leaves the year open.
  if (time === undefined && (parts.year !== undefined || timeIn(parts, leapYear) === undefined)) return undefined;
  return { end, ...yearless, ...(time !== undefined && { time }), ...(doubt !== undefined && { doubt }) };
}

const leapYear = 2024;

function timeOf(parts: DateParts, referenceTime: string | undefined): Pick<Stamp, 'time' | 'doubt'> {
  const { year, swapped } = parts;
  const doubt = parts.doubt === undefined ? {} : { doubt: parts.doubt };
  if (year === undefined) return { ...timed(inLikelyYear(parts, referenceTime)), ...doubt };
  const time = timeIn(parts, year);
  if (swapped === undefined || referenceTime === undefined) return { ...timed(time), ...doubt };
  const other = timeIn({ ...parts, ...swapped }, year);
  const latest = new Date(Date.parse(referenceTime) + dayMs).toISOString();
  if (time !== undefined && time > latest && other !== undefined && other <= latest) return { time: other, ...doubt };
  return { ...timed(time), ...doubt };
}

function timed(time: string | undefined): Pick<Stamp, 'time'> {
  return time === undefined ? {} : { time };
}

function timeIn(parts: DateParts, year: number): string | undefined {
  const { month = 0, day = 0, hour = 0, minute = 0, second = 0, ms, zone = 0 } = parts;
  const local = utcTime(year, month, day, hour, minute, second, ms);
  if (local === undefined || zone === 0) return local;
  const moved = new Date(Date.parse(local) - zone * 60_000).toISOString();
  // Years beyond four digits are written with a sign and would no longer sort as text.
  return moved.length === local.length ? moved : undefined;
}

function inLikelyYear(parts: DateParts, referenceTime: string | undefined): string | undefined {
  if (referenceTime === undefined) return undefined;
  const latest = Date.parse(referenceTime) + dayMs;
  const year = new Date(latest).getUTCFullYear();
  // February 29 may lie up to eight years back (1904, 1896).
  for (let back = 0; back <= 8; back++) {
    const time = timeIn(parts, year - back);
    if (time !== undefined && Date.parse(time) <= latest) return time;
  }
  return undefined;
}

/** `1773207180.123456`, also without a fraction. */
function epochAt(text: string, at: number): Stamp | undefined {
  epochWord.lastIndex = at;
  const found = epochWord.exec(text);
  const time = found === null ? undefined : epochTime(Number(found[0]));
  return found === null || time === undefined ? undefined : { time, end: at + found[0].length };
}

const epochWord = /\d{10}(?:\.\d{1,9}|\d{3}|\d{6})?(?=[ :])/y;

/** `@400000005f3e…`, as daemontools, runit and s6 write it: seconds and nanoseconds in hex. https://cr.yp.to/libtai/tai64.html */
function taiAt(text: string, at: number): Stamp | undefined {
  taiWord.lastIndex = at;
  const found = taiWord.exec(text);
  if (found === null) return undefined;
  // TAI was 10 s ahead of UTC in 1970; the leap seconds since are counted as these programs count them: not at all.
  const time = epochTime(Number.parseInt(found[1] ?? '', 16) - 10);
  return time === undefined ? undefined : { time, end: at + found[0].length };
}

const taiWord = /@4000000([\da-f]{9})[\da-f]{8}(?= )/y;

/** `[   12.345678]` and, with the time since the line before, `[   12.345678 <    0.000012>]`. */
function uptimeAt(text: string, at: number): Stamp | undefined {
  uptimeWord.lastIndex = at;
  const found = uptimeWord.exec(text);
  return found === null ? undefined : { uptime: Number(found[1]), end: at + found[0].length };
}

const uptimeWord = /\[ {0,11}(\d{1,11}\.\d{3,9})(?: {0,2}< {0,11}\d{1,11}\.\d{3,9} {0,2}>)? ?\](?= )/y;

/** LeadingTime is the time at the beginning of a line, and where what follows it begins. */
export interface LeadingTime {
  readonly time: string;
  readonly end: number;
}

/** leadingTime reads the whole date at a line's beginning, also in brackets. Those without a zone are taken as UTC. */
export function leadingTime(line: string): LeadingTime | undefined {
  const bracket = line.startsWith('[') ? 1 : 0;
  const found = dateAt(line, bracket, undefined);
  if (found?.time === undefined) return undefined;
  const closed = bracket === 1 && line.charAt(found.end) === ']' ? 1 : 0;
  return { time: found.time, end: found.end + closed };
}
