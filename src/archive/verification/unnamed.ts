import { isLogFile } from '../trail/trail-layout.ts';
import type { ListedKey } from '../trail/trail-listing.ts';
import { covers, type Stretch } from './periods.ts';

/**
 * A file's name has the time at which CloudTrail created it, but its digest is that of its delivery, up to a quarter of an hour later:
 * it may be in the digest of the next hour, or in none if validation was turned on in between.
 */
export const deliveryLagMs = 15 * 60_000;

/** Unnamed is an object that no digest vouches for: `added`, with the reason, or in a time of which nothing is known. */
export interface Unnamed {
  readonly key: string;
  readonly added?: string;
}

/** judgeUnnamed says what becomes of an object in a trail's folders that no digest names. */
export function judgeUnnamed(
  { key, trail }: ListedKey,
  { stretches, hasDigests }: { readonly stretches: readonly Stretch[]; readonly hasDigests: boolean },
): Unnamed {
  if (!isLogFile(trail)) {
    // CloudTrail may not have written it; without any digest, the whole folder may have been made by another tool.
    return hasDigests
      ? { key, added: 'is not named by any digest, and CloudTrail gives no file such a name' }
      : { key };
  }
  const at = trail.time === undefined ? Number.NaN : Date.parse(trail.time);
  // Digests name the files of the folder CloudTrail; of the others, such as Insights, nothing is known.
  if (trail.folder !== 'CloudTrail' || !covers(stretches, { from: at, to: at + deliveryLagMs })) return { key };
  return {
    key,
    added: 'is not in any digest of its time: another party added it, or a trail without validation wrote it',
  };
}
