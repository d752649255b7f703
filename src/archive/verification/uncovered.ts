import type { ListedKey } from '../trail/trail-listing.ts';

/** Period is the time range of a digest: it names every log file that was delivered in it. */
export interface Period {
  /** ISO 8601, UTC, to the second. */
  readonly start: string;
  readonly end: string;
}

/**
 * A file's name has the time at which CloudTrail created it, but its digest is that of its delivery, up to a quarter of an hour later:
 * it may be in the digest of the next hour, or in none if validation was turned on in between.
 */
const slackMs = 15 * 60_000;

/**
 * uncoveredFiles finds the log files that are in no digest. A file from a time that digests cover without a gap was `added`; for
 * files from before, after or between, nothing is known. This applies to the hourly files of the folder `CloudTrail` only.
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

/** Joins consecutive periods. */
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
