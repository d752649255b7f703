import { isoTime } from '../../time/iso-time.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** monthOf counts the months from 1 by the English names that logs use; 0 is none of them. */
export function monthOf(name: string): number {
  return months.indexOf(name) + 1;
}

/** offsetTime reads a local time with its distance from UTC, `+0200`; without one it is taken as UTC. */
export function offsetTime(local: string, zone = ''): string | undefined {
  return isoTime(local + zone);
}

/** LeadingTime is the time at the beginning of a line, and where what follows it begins. */
export interface LeadingTime {
  readonly time: string;
  readonly end: number;
}

/** Applications begin a line in one of these ways. A new one is a row. */
const leaders: readonly ((line: string) => LeadingTime | undefined)[] = [wordTime, slashTime, dottedTime, weekdayTime];

/** leadingTime reads the time at a line's beginning, also in brackets. Those without a zone are taken as UTC. */
export function leadingTime(line: string): LeadingTime | undefined {
  const bracket = line.startsWith('[') ? 1 : 0;
  const text = line.slice(bracket, bracket + 64);
  for (const leader of leaders) {
    const found = leader(text);
    if (found !== undefined) {
      const closed = bracket === 1 && line.charAt(bracket + found.end) === ']' ? 1 : 0;
      return { time: found.time, end: bracket + found.end + closed };
    }
  }
  return undefined;
}

/** `2025-10-10T13:55:36Z`, `2025-10-10 13:55:36,123`. */
function wordTime(text: string): LeadingTime | undefined {
  if (!/^\d{4}-/.test(text)) return undefined;
  const [first = '', second = ''] = text.split(/[ \]]/, 2);
  const one = isoTime(trimmed(first));
  if (one !== undefined) return { time: one, end: trimmed(first).length };
  const two = trimmed(`${first} ${second}`);
  const time = isoTime(two);
  return time === undefined ? undefined : { time, end: two.length };
}

/** `2025/10/10 13:55:36`, as nginx and Go write it. */
function slashTime(text: string): LeadingTime | undefined {
  const found = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,9})?)/.exec(text);
  if (found === null) return undefined;
  const time = isoTime(`${found[1]}-${found[2]}-${found[3]}T${found[4]}`);
  return time === undefined ? undefined : { time, end: found[0].length };
}

/** `2019.12.11, 20:47:14.0285 UTC`. */
function dottedTime(text: string): LeadingTime | undefined {
  const found = /^(\d{4})\.(\d\d)\.(\d\d),? (\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(?: UTC| GMT|Z)?/.exec(text);
  if (found === null) return undefined;
  const time = isoTime(`${found[1]}-${found[2]}-${found[3]}T${found[4]}`);
  return time === undefined ? undefined : { time, end: found[0].length };
}

/** `Sat Mar 01 10:00:00.123456 2025`, as C's asctime and Apache's error log write it. */
function weekdayTime(text: string): LeadingTime | undefined {
  const found =
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d(?:\.\d{1,9})?) (\d{4})/.exec(
      text,
    );
  if (found === null) return undefined;
  const [whole, month = '', day = '', clock, year] = found;
  const time = isoTime(`${year}-${String(monthOf(month)).padStart(2, '0')}-${day.padStart(2, '0')}T${clock}`);
  return time === undefined ? undefined : { time, end: whole.length };
}

/** Without the comma or colon that a writer puts behind the time. */
function trimmed(word: string): string {
  return /[,:;]$/.test(word) ? word.slice(0, -1) : word;
}
