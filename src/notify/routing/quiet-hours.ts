import { isAtLeast, type Level } from '../../model/level.ts';
import type { QuietHours } from './group-policy.ts';
import { firstAt, localDayOf } from '../../time/zoned-time.ts';
import { dayMs } from '../../time/days.ts';

/** Days count from 1970-01-01, which was a Thursday. */
const weekdays = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'] as const;

/** More than a week of stretches in a row; the configuration leaves at least one day that is not quiet. */
const mostStretches = 32;

/**
 * quietUntil says from when on a finding of that level may notify; undefined when it may now. Hours and days that meet are one
 * stretch. A stretch begins and ends at the first moment at which the clock shows that time or a later one: a time in the hour
 * that the clock skips is the end of the skip, a time in the hour that it shows twice is the first of the two.
 */
export function quietUntil(quiet: QuietHours | undefined, level: Level, now: Date): Date | undefined {
  if (quiet === undefined || isAtLeast(level, quiet.except)) return undefined;
  const nowMs = now.getTime();
  let until = nowMs;
  for (let stretch = 0; stretch < mostStretches; stretch++) {
    const end = endOfQuiet(quiet, until);
    if (end === until) break;
    until = end;
  }
  return until === nowMs ? undefined : new Date(until);
}

/** The latest end of the stretches that hold that moment; the moment itself when none does. */
function endOfQuiet(quiet: QuietHours, at: number): number {
  const today = localDayOf(quiet.timezone, at);
  let end = at;
  // A night may have begun yesterday; a clock that is set back over midnight has shown tomorrow already.
  for (let day = today - 1; day <= today + 1; day++) {
    for (const [start, stop] of stretchesOf(quiet, day)) if (start <= at && stop > end) end = stop;
  }
  return end;
}

function stretchesOf({ from, to, days, timezone }: QuietHours, day: number): readonly (readonly [number, number])[] {
  const at = (onDay: number, clock: number): number => firstAt(timezone, onDay * dayMs + clock);
  const [start, stop] = [clockMs(from), clockMs(to)];
  const name = weekdays[((day % 7) + 7) % 7];
  const whole = name !== undefined && days.includes(name);
  return [
    ...(start === stop ? [] : [[at(day, start), at(stop > start ? day : day + 1, stop)] as const]),
    ...(whole ? [[at(day, 0), at(day + 1, 0)] as const] : []),
  ];
}

function clockMs(text: string): number {
  return (Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))) * 60_000;
}
