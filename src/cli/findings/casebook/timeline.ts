import type { Level } from '../../../model/level.ts';

export type LevelCounts = Readonly<Record<Level, number>>;

/** Bar is one span of time, with the findings in it by level. */
export interface Bar {
  /** Milliseconds since 1970, UTC. */
  readonly start: number;
  readonly counts: LevelCounts;
}

export interface Timeline {
  readonly barMs: number;
  /** In order of time, from the first finding to the last; spans without a finding are left out. */
  readonly bars: readonly Bar[];
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const widths = [minute, 5 * minute, 15 * minute, hour, 3 * hour, 6 * hour, day, 7 * day, 28 * day, 364 * day];

export function noCounts(): Record<Level, number> {
  return { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
}

/**
 * createTimeline counts findings over time in at most `maxBars` bars between the first and the last: bars start a minute
 * wide and widen as the time they have to cover grows, so that an hour and ten years both fit.
 */
export function createTimeline(maxBars: number): { add(time: string, level: Level): void; read(): Timeline } {
  let counts = new Map<number, Record<Level, number>>();
  let width = 0;
  let first = Infinity;
  let last = -Infinity;

  const barMs = (): number => widths[width] ?? day;
  const fits = (): boolean => Math.floor(last / barMs()) - Math.floor(first / barMs()) < maxBars;
  const bar = (at: number): Record<Level, number> => {
    const start = Math.floor(at / barMs()) * barMs();
    const known = counts.get(start);
    if (known !== undefined) return known;
    const fresh = noCounts();
    counts.set(start, fresh);
    return fresh;
  };
  const widen = (): void => {
    while (!fits() && width < widths.length - 1) width++;
    const narrow = counts;
    counts = new Map();
    for (const [start, levels] of narrow) {
      const wide = bar(start);
      for (const level of Object.keys(levels) as Level[]) wide[level] += levels[level];
    }
  };

  return {
    add(time, level) {
      const at = Date.parse(time);
      if (Number.isNaN(at)) return;
      first = Math.min(first, at);
      last = Math.max(last, at);
      if (!fits()) widen();
      bar(at)[level]++;
    },
    read: () => ({
      barMs: barMs(),
      bars: [...counts].map(([start, levels]) => ({ start, counts: levels })).sort((a, b) => a.start - b.start),
    }),
  };
}
