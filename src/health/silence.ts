import { matchesGlob } from '../model/glob.ts';
import { dayMs } from '../time/days.ts';
import { durationWords, hourMs } from '../time/duration.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { Source } from './source.ts';

/** SilenceSettings says how long a source may be quiet. The first row that fits a source decides. */
export interface SilenceSettings {
  /** Patterns that the row applies to; an absent one fits everything. */
  readonly source?: readonly string[];
  readonly path?: readonly Source['path'][];
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  /** Milliseconds; `learned` from the quiet times so far; `off` for any length. */
  readonly quiet: number | 'learned' | 'off';
}

/** Silence says whether a source is silent, with the reason. */
export type Silence =
  | { readonly kind: 'heard' | 'unknown'; readonly why: string }
  | {
      readonly kind: 'silent';
      readonly why: string;
      /** Milliseconds: how long the source has been quiet, and how long it may be. */
      readonly quietMs: number;
      readonly allowedMs: number;
    };

/** How much must be known of a source: a week has a weekend, and a few notes do not show a habit. */
const learnedAfterMs = 7 * dayMs;
const learnedAfterTimes = 50;
/** How many times its longest quiet time a source may be quiet. */
const generosity = 3;
const leastMs = hourMs;
/** A source with longer quiet times has no rhythm to learn from. */
const mostMs = 14 * dayMs;

/** silenceOf decides whether a source has been quiet for too long. */
export function silenceOf(heartbeat: Heartbeat, settings: readonly SilenceSettings[], now: Date): Silence {
  const quiet = settings.find((row) => fits(row, heartbeat.source))?.quiet ?? 'learned';
  if (quiet === 'off') return { kind: 'unknown', why: 'the configuration lets it be silent' };
  const allowed = quiet === 'learned' ? learnedOf(heartbeat) : { ms: quiet, why: 'as the configuration says' };
  if (typeof allowed === 'string') return { kind: 'unknown', why: allowed };
  const quietMs = now.getTime() - heartbeat.last;
  if (quietMs <= allowed.ms) return { kind: 'heard', why: `quiet for less than ${durationWords(allowed.ms)}` };
  return {
    kind: 'silent',
    why: `quiet for more than ${durationWords(allowed.ms)}, ${allowed.why}`,
    quietMs,
    allowedMs: allowed.ms,
  };
}

function learnedOf({ first, last, longest, times }: Heartbeat): { readonly ms: number; readonly why: string } | string {
  if (times < learnedAfterTimes || last - first < learnedAfterMs) return 'not known for long enough to say';
  const usual = Math.max(0, ...Object.values(longest));
  const ms = Math.max(leastMs, generosity * usual);
  if (ms > mostMs) return `used to be quiet for up to ${durationWords(usual)}: too long to learn from`;
  return { ms, why: `where ${durationWords(usual)} was the longest in its last days` };
}

function fits({ account, path, region, source: names }: SilenceSettings, source: Source): boolean {
  return (
    (path === undefined || path.includes(source.path)) &&
    (
      [
        [names, source.name],
        [account, source.account],
        [region, source.region],
      ] as const
    ).every(([patterns, value]) => patterns === undefined || patterns.some((pattern) => matchesGlob(pattern, value)))
  );
}
