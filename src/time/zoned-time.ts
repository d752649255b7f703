import { dayMs } from './days.ts';

/** Times on a clock are counted like UTC here: milliseconds since 1970-01-01 00:00 on that clock. */
interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** UTC day → what is added to UTC at its start. Asking Intl takes microseconds, and days are asked for over and over. */
  readonly offsets: Map<number, number>;
  /** Local day → the moment near it at which the offset changes. */
  readonly changes: Map<number, number>;
}

const zones = new Map<string, Zone>();

/** More days than deliveries ask for at a time, and few enough to keep. */
const mostDays = 100;

/** isTimezone is true of an IANA name that this Node knows: `Europe/Berlin`. */
export function isTimezone(name: string): boolean {
  // Intl takes offsets too, which know no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** localDayOf gives the day that a calendar in the zone shows at a moment, counted from 1970-01-01. */
export function localDayOf(timezone: string, at: number): number {
  const zone = zoneOf(timezone);
  const day = Math.floor(at / dayMs);
  const [start, end] = [offsetOfDay(zone, day), offsetOfDay(zone, day + 1)];
  return Math.floor((at + (start === end ? start : offsetAt(zone, at))) / dayMs);
}

/** firstAt gives the first moment at which the clock in the zone shows a time or a later one. */
export function firstAt(timezone: string, local: number): number {
  const zone = zoneOf(timezone);
  const day = Math.floor(local / dayMs);
  // No zone is a day away from UTC, so that the moment lies between these two.
  const [before, after] = [offsetOfDay(zone, day - 1), offsetOfDay(zone, day + 2)];
  if (before === after) return local - before;
  const change = changeNear(zone, day);
  if (local - before < change) return local - before;
  return Math.max(change, local - after);
}

function zoneOf(timezone: string): Zone {
  const known = zones.get(timezone);
  if (known !== undefined) return known;
  const zone = { format: formatOf(timezone), offsets: new Map<number, number>(), changes: new Map<number, number>() };
  zones.set(timezone, zone);
  return zone;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit';
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  });
}

function offsetOfDay(zone: Zone, day: number): number {
  return remembered(zone.offsets, day, () => offsetAt(zone, day * dayMs));
}

/** The moment between the days around that one at which the offset changes, to the second. */
function changeNear(zone: Zone, day: number): number {
  return remembered(zone.changes, day, () => {
    let [low, high] = [((day - 1) * dayMs) / 1000, ((day + 2) * dayMs) / 1000];
    const before = offsetOfDay(zone, day - 1);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(zone, middle * 1000) === before) low = middle;
      else high = middle;
    }
    return high * 1000;
  });
}

function offsetAt({ format }: Zone, at: number): number {
  // 11/21/2026, 06:28:27
  const [month = 0, day, year = 0, hour, minute, second] = format.format(at).split(/\D+/).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

function remembered(of: Map<number, number>, day: number, make: () => number): number {
  const known = of.get(day);
  if (known !== undefined) return known;
  if (of.size >= mostDays) of.clear();
  const made = make();
  of.set(day, made);
  return made;
}
