import type { CopiedFolder } from './copy-ledger.ts';
import { daysAfter, folderOf, startOf } from '../../time/days.ts';
import { hourMs } from '../../time/duration.ts';

/** DayRange is a range of days, yyyy/MM/dd, both included. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** ScopeOf gives what the trail's table covers on a day, yyyy/MM/dd: a hash of its accounts and regions. */
export type ScopeOf = (day: string) => string;

/** folderAfter gives the folder of the day that is `days` after a folder's day (before it when negative). */
export function folderAfter(folder: string, days = 1): string {
  return folderOf(daysAfter(folder.replaceAll('/', '-'), days));
}

/** daysIn lists the days of a range. */
export function daysIn({ from, to }: DayRange): readonly string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = folderAfter(day)) days.push(day);
  return days;
}

/**
 * foldersToCopy are the days whose deliveries are not in the copy yet, oldest first. A day that was copied so soon after its end that
 * a file may have arrived later is copied once more. A copy for other accounts or regions than those of the trail's table does not count.
 */
export function foldersToCopy(
  range: DayRange,
  folders: readonly CopiedFolder[],
  scopeOf: ScopeOf,
  now: Date,
): readonly string[] {
  const known = new Map(
    folders.filter(({ day, scope }) => scope === scopeOf(day)).map((folder) => [folder.day, folder]),
  );
  return daysIn(range).filter((day) => {
    const folder = known.get(day);
    return folder === undefined || !folder.whole || (isEarly(folder) && isSettled(day, now));
  });
}

/** A file's name has the time at which CloudTrail began it; the file may arrive a quarter of an hour later. 36 hours are more than enough. */
const settledMs = 36 * hourMs;

function isSettled(day: string, now: Date): boolean {
  return now.getTime() >= endOf(day) + settledMs;
}

function isEarly({ day, copiedAt }: CopiedFolder): boolean {
  return Date.parse(copiedAt) < endOf(day) + settledMs;
}

function endOf(day: string): number {
  return startOf(folderAfter(day).replaceAll('/', '-'));
}

/**
 * coveredDays are the days whose events are all in the copy: it has the deliveries of the day and of the day after, when the last
 * events of a day are delivered.
 */
export function coveredDays(folders: readonly CopiedFolder[], scopeOf: ScopeOf): readonly string[] {
  const whole = new Set(folders.filter((one) => one.whole && one.scope === scopeOf(one.day)).map(({ day }) => day));
  return [...whole].filter((day) => whole.has(folderAfter(day))).toSorted();
}

/** rangesOf joins consecutive days. */
export function rangesOf(days: readonly string[]): readonly DayRange[] {
  const ranges: { from: string; to: string }[] = [];
  for (const day of days.toSorted()) {
    const last = ranges.at(-1);
    if (last !== undefined && (folderAfter(last.to) === day || last.to === day)) last.to = day;
    else ranges.push({ from: day, to: day });
  }
  return ranges;
}
