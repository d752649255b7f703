import { hourMs } from '../../time/duration.ts';
import type { ObjectSource } from '../trail/object-source.ts';
import { parseTrailKey } from '../trail/trail-layout.ts';
import type { ListedChain, RegionFiles } from '../trail/trail-listing.ts';
import { checkChain } from './digest-chain.ts';
import type { Chain, FoundDigest } from './digest-chain.ts';
import type { PublicKey } from './digest.ts';
import type { RegionDigests } from './gaps.ts';
import type { Ledger } from './ledger.ts';
import { loadDigests, type ReadOptions } from './load-digests.ts';
import type { Strength } from './named-files.ts';

/** KeySource finds the public keys for a region's digests of a time range; undefined when it has no keys at all. */
export type KeySource = (region: string, from: string, to: string) => Promise<readonly PublicKey[] | undefined>;

export interface DigestOptions extends ReadOptions {
  readonly keys?: KeySource;
  /** The last day, yyyy-MM-dd: digests after it are read for what they say of it. */
  readonly to?: string;
}

/** CheckedChain is a chain of digests with what its check found. */
export interface CheckedChain {
  readonly listed: ListedChain;
  readonly chain: Chain;
  /** Whether there are public keys to check signatures with. */
  readonly keyed: boolean;
  /** How many of its digests could not be read, or aren't digests. */
  readonly unreadable: number;
}

/** CheckedRegion is the chains of an account and region. */
export interface CheckedRegion {
  readonly files: RegionFiles;
  readonly chains: readonly CheckedChain[];
}

/** checkDigests reads the digests of an account and region, and checks each chain. */
export async function checkDigests(
  source: ObjectSource,
  files: RegionFiles,
  options: DigestOptions,
  ledger: Ledger,
): Promise<CheckedRegion> {
  const { account, region } = files;
  const chains: CheckedChain[] = [];
  for (const listed of files.chains) {
    const { backfill, keys } = listed;
    const { found, unreadable, generated } = await loadDigests(source, keys, options, ledger);
    const times = found.flatMap(({ digest }) => [digest.start, digest.end]).concat(generated);
    const [from, to] = [times.toSorted()[0], times.toSorted().at(-1)];
    const publicKeys = from === undefined || to === undefined ? undefined : await options.keys?.(region, from, to);
    const chain = checkChain({ found, unreadable, backfill, ...(publicKeys !== undefined && { keys: publicKeys }) });
    const isBeyond = (key: string): boolean => options.to !== undefined && dayIn(key) > options.to;
    for (const problem of chain.problems) {
      // Of the digests after the last day, only what they say of it counts.
      if (!isBeyond(problem.key)) ledger.problem({ account, region, day: dayIn(problem.key) }, problem);
    }
    for (const note of chain.notes) if (!isBeyond(note.key)) ledger.note(note);
    for (const { key, digest } of chain.digests) {
      if (isBeyond(key)) continue;
      const tally = ledger.day({ account, region, day: dayIn(key) });
      tally.digests++;
      if (chain.signed.has(key)) tally.signed++;
      if (digest.files.length === 0) tally.quiet++;
      if (backfill) continue;
      if (tally.start === undefined || digest.start < tally.start) tally.start = digest.start;
      if (tally.end === undefined || digest.end > tally.end) tally.end = digest.end;
    }
    chains.push({ listed, chain, keyed: publicKeys !== undefined, unreadable: unreadable.size });
  }
  return { files, chains };
}

/** strengthOf says what a digest is worth; undefined when it is worth nothing. */
export function strengthOf({ chain, keyed }: CheckedChain, { key }: FoundDigest): Strength | undefined {
  if (chain.invalid.has(key)) return undefined;
  return !keyed || chain.signed.has(key) ? 'vouches' : 'unsigned';
}

/** vouchingDigests are the hourly digests that vouch for their time. */
export function vouchingDigests({ chains }: CheckedRegion): readonly FoundDigest[] {
  return chains
    .filter(({ listed }) => !listed.backfill)
    .flatMap((checked) => checked.chain.digests.filter((found) => strengthOf(checked, found) === 'vouches'));
}

/** Digests last an hour, give or take. */
const longestDigestMs = 2 * hourMs;

/**
 * digestsThere are the digests that count as there: those that vouch; the last of a copy's chain, whose signature is in the next
 * digest, when it follows one that vouches; and those with an invalid signature, which are problems by themselves.
 */
export function digestsThere({ files, chains }: CheckedRegion): RegionDigests {
  return {
    files,
    chains: chains
      .filter(({ listed }) => !listed.backfill)
      .map((checked) => {
        const { digests } = checked.chain;
        const [before, last] = digests.slice(-2);
        return {
          trail: checked.listed.trail,
          digests: digests.filter((found) => {
            const strength = strengthOf(checked, found);
            if (strength === 'vouches') return true;
            // What anybody may have written covers no more than a digest does.
            const ms = Date.parse(found.digest.end) - Date.parse(found.digest.start);
            const isNext = found === last && before !== undefined && strengthOf(checked, before) === 'vouches';
            return ms <= longestDigestMs && (strength === undefined || isNext);
          }),
          invalid: checked.chain.invalid.size > 0 || checked.unreadable > 0,
        };
      }),
  };
}

function dayIn(key: string): string {
  return parseTrailKey(key)?.day ?? '';
}
