import type { ListedKey } from '../trail/trail-listing.ts';

/** Period is a time for which a digest names every log file that was delivered. */
export interface Period {
  /** ISO 8601, UTC, to the second. */
  readonly start: string;
  readonly end: string;
}

/**
 * A file's name says when CloudTrail made it, its digest goes by when it was delivered: up to a quarter of an hour later, so
 * that it may be named by the digest of the next hour, or of no hour when validation was turned on in between.
 */
const slackMs = 15 * 60_000;

/**
 * uncoveredFiles finds the log files that no digest names. A file from inside a time that digests cover without a break was
 * `added`; of one from before, after or between nothing can be said. Only hourly trail files are judged so.
 */
export function uncoveredFiles(
  files: readonly ListedKey[],
  named: ReadonlySet<string>,
  periods: readonly Period[],
): readonly { readonly key: string; readonly added: boolean }[] {
  const stretches = joined(periods);
  return files
    .filter(({ trail }) => !named.has(trail.path))
    .map(({ key, trail }) => {
      const time = trail.time === undefined ? Number.NaN : Date.parse(trail.time);
      const inside = stretches.some(({ from, to }) => time >= from && time <= to - slackMs);
      return { key, added: inside && trail.folder === 'CloudTrail' };
    });
}

/** Periods that follow each other are one stretch. */
function joined(periods: readonly Period[]): readonly { readonly from: number; readonly to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  for (const { start, end } of periods.toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
    const [from, to] = [Date.parse(start), Date.parse(end)];
    const last = stretches.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else stretches.push({ from, to });
  }
  return stretches;
}
