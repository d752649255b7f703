/** A day in milliseconds. UTC has no other days: leap seconds are not counted. */
export const dayMs = 86_400_000;

const daysIn = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** hasDay is true of a day that the calendar has; month counts from 1. */
export function hasDay(year: number, month: number, day: number): boolean {
  if (!(month >= 1 && month <= 12 && day >= 1)) return false;
  const leap = month === 2 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0);
  return day <= (daysIn[month - 1] ?? 0) + (leap ? 1 : 0);
}

/** isDay is true of a day that the calendar has, written as 2026-12-31. */
export function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)?.map(Number) ?? [];
  return year !== undefined && hasDay(year, month ?? 0, day ?? 0);
}

/** dayOf names the day of a moment (UTC) as 2026-12-31. */
export function dayOf(at: Date | number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** startOf gives the first moment of a day, written as 2026-12-31, in milliseconds since 1970 (UTC). */
export function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** daysAfter gives the day so many days after one, before it when negative. */
export function daysAfter(day: string, days: number): string {
  return dayOf(startOf(day) + days * dayMs);
}

/** daysFrom lists the days of a range, both ends included. */
export function daysFrom(first: string, last: string): readonly string[] {
  const days: string[] = [];
  for (let day = first; day <= last; day = daysAfter(day, 1)) days.push(day);
  return days;
}

/** folderOf names the folder of a day as CloudTrail names it: 2026/12/31. */
export function folderOf(day: string): string {
  return day.replaceAll('-', '/');
}

/** isOver is true once a last day has ended, in UTC; `never` is never over. */
export function isOver(lastDay: string, now: Date): boolean {
  return lastDay !== 'never' && now.getTime() >= startOf(lastDay) + dayMs;
}
