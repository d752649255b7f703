/** A day in milliseconds. UTC has no other days: leap seconds are not counted. */
export const dayMs = 86_400_000;

/** isDay tells a day that is in the calendar, written as 2026-12-31. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** isOver tells whether a last day has ended, in UTC; `never` is never over. */
export function isOver(lastDay: string, now: Date): boolean {
  return lastDay !== 'never' && now.getTime() >= Date.parse(`${lastDay}T00:00:00Z`) + dayMs;
}
