import { monthOf } from './months.ts';
import { zoneOf } from './zones.ts';

/** DateParts is what the words of a date say so far. */
export interface DateParts {
  weekday?: true;
  year?: number;
  /** From 1. */
  month?: number;
  day?: number;
  /** The other reading of `03/11`: the month where `day` is, and the day where `month` is. */
  swapped?: { readonly month: number; readonly day: number };
  hour?: number;
  minute?: number;
  second?: number;
  ms?: number;
  /** Minutes east of UTC. */
  zone?: number;
  doubt?: string;
}

/** DateWord is one kind of word that dates are written with. `take` says whether the word fits what stood before it. */
interface DateWord {
  /** Sticky: it is tried where the word before ended. */
  readonly pattern: RegExp;
  readonly take: (found: RegExpExecArray, parts: DateParts) => boolean;
}

/** Words that begin with a letter. */
const names: readonly DateWord[] = [
  {
    pattern: /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:[a-z]{3,6})?,?(?= )/y,
    // Only the first word is a weekday: what comes behind may be a host of that name.
    take: (_found, parts) => Object.keys(parts).length === 0 && (parts.weekday = true),
  },
  {
    pattern: /([A-Z][a-z]{2})(?:[a-z]{1,6})?\.?(?= )/y,
    take: ([, name = ''], parts) => {
      const month = monthOf(name);
      if (month === 0 || parts.month !== undefined) return false;
      parts.month = month;
      return true;
    },
  },
  { pattern: /([A-Z]{1,4})(?=[ :\])]|$)/y, take: ([, name = ''], parts) => takeZone(name, parts) },
];

/** Words that begin with a digit or a sign. */
const numbers: readonly DateWord[] = [
  {
    pattern: /(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ([AP]M)(?![A-Za-z]))?(?![\d:])/y,
    take: ([, hour, minute, second, fraction = '', half], parts) => {
      // Only a whole date may leave out the seconds: `Mar 11 05:33` begins a sentence as well.
      if (parts.hour !== undefined || (second === undefined && parts.year === undefined)) return false;
      parts.hour = half === undefined ? Number(hour) : (Number(hour) % 12) + (half === 'PM' ? 12 : 0);
      parts.minute = Number(minute);
      parts.second = Number(second ?? 0);
      parts.ms = Math.floor(Number(`0.${fraction}0`) * 1000 + 1e-6);
      return true;
    },
  },
  {
    // 2026-03-11, 2026/03/11, 2026.03.11
    pattern: /(\d{4})([-/.])(\d\d)\2(\d\d)(?!\d)/y,
    take: ([, year, , month, day], parts) => takeDate(parts, Number(year), Number(month), Number(day)),
  },
  {
    // 11/Mar/2026, 11-Mar-2026
    pattern: /(\d{1,2})([-/])([A-Z][a-z]{2})\2(\d{4})(?!\d)/y,
    take: ([, day, , name = '', year], parts) => takeDate(parts, Number(year), monthOf(name), Number(day)),
  },
  {
    // 03/11/2026, 03/11/26, 11.03.2026
    pattern: /(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d\d)(?!\d)/y,
    take: ([, first, mark, second, year = ''], parts) =>
      takeNumbers(parts, Number(first), Number(second), Number(year) + (year.length === 2 ? 2000 : 0), mark === '/'),
  },
  {
    pattern: /([+-])(\d\d):?(\d\d)?(?=[ :\])]|$)/y,
    take: ([, sign, hours, minutes = '0'], parts) => {
      if (parts.hour === undefined || parts.zone !== undefined || Number(hours) > 14) return false;
      parts.zone = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
      return true;
    },
  },
  {
    pattern: /((?:19|20)\d\d)(?=[ :\])]|$)/y,
    take: ([, year], parts) => parts.year === undefined && (parts.year = Number(year)) > 0,
  },
  {
    pattern: /(\d{1,2})(?=,? )/y,
    take: ([, day], parts) => parts.day === undefined && (parts.day = Number(day)) > 0,
  },
];

/** Weekday, month, day, year, time, its half of the day, and zone are seven; a date holds no more. */
const maxWords = 7;

/**
 * readDateWords reads a date and a time of day word by word, in whatever order a program puts them: `Mar 11 05:33:00`, `Wed
 * 2026-03-11 05:33:00 UTC`, `11 Mar 2026 05:33:00 +0100`. Undefined when a word of either is missing. It takes a constant time.
 */
export function readDateWords(
  text: string,
  from: number,
): { readonly parts: DateParts; readonly end: number } | undefined {
  const parts: DateParts = {};
  let end = from;
  let at = from;
  for (let words = 0; words < maxWords; words++) {
    const taken = takeWord(text, at, parts);
    if (taken === -1) break;
    end = taken;
    at = nextWord(text, end, parts);
    if (at === -1) break;
  }
  const { month, day, hour } = parts;
  return month === undefined || day === undefined || hour === undefined ? undefined : { parts, end };
}

function takeWord(text: string, at: number, parts: DateParts): number {
  const words = text.charCodeAt(at) >= 0x41 ? names : numbers;
  for (const { pattern, take } of words) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null && take(found, parts)) return at + found[0].length;
  }
  return -1;
}

/** Where the next word begins: behind one or two blanks, behind the mark between a date and its time, or right there for a zone. */
function nextWord(text: string, at: number, parts: DateParts): number {
  const mark = text.charAt(at);
  if (parts.hour === undefined) {
    // 2026-03-11T05:33:00, 2026-03-11_05:33:00, 11/Mar/2026:05:33:00
    if (mark === 'T' || mark === 't' || mark === '_' || mark === ':') return at + 1;
    if (mark === ',' && text.charAt(at + 1) === ' ') return at + 2;
  } else if (mark === '+' || mark === '-' || mark === 'Z') return at;
  if (mark !== ' ') return -1;
  return text.charAt(at + 1) === ' ' ? at + 2 : at + 1;
}

function takeDate(parts: DateParts, year: number, month: number, day: number): boolean {
  if (parts.day !== undefined || parts.month !== undefined || parts.year !== undefined || month === 0) return false;
  Object.assign(parts, { year, month, day });
  return true;
}

/** `03/11/2026` is March 11 in the United States and 3 November elsewhere; with dots or dashes the day comes first everywhere. */
function takeNumbers(parts: DateParts, first: number, second: number, year: number, slashes: boolean): boolean {
  if (!slashes || first > 12) return takeDate(parts, year, second, first);
  if (!takeDate(parts, year, first, second)) return false;
  if (second <= 12 && first !== second) parts.swapped = { month: second, day: first };
  return true;
}

function takeZone(name: string, parts: DateParts): boolean {
  const zone = parts.hour === undefined || parts.zone !== undefined ? undefined : zoneOf(name);
  if (zone === undefined) return false;
  parts.zone = zone.minutes;
  if (zone.doubt !== undefined) parts.doubt = zone.doubt;
  return true;
}
