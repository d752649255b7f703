import { levels } from '../../../model/level.ts';
import type { Level } from '../../../model/level.ts';

/** bySeverity sorts the most severe level first. */
export function bySeverity(a: Level, b: Level): number {
  return levels.indexOf(b) - levels.indexOf(a);
}

/** inTime sorts the earliest first: ISO 8601 in UTC sorts as text. */
export function inTime(a: { readonly time: string }, b: { readonly time: string }): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : 0;
}
