import { dayMs, startOf } from '../../time/days.ts';
import { hourMs } from '../../time/duration.ts';
import type { RegionFiles } from '../trail/trail-listing.ts';
import type { FoundDigest } from './digest-chain.ts';
import { joined, type Stretch } from './periods.ts';

/** RegionDigests are the hourly digests of an account and region that count as there, chain by chain. */
export interface RegionDigests {
  readonly files: RegionFiles;
  readonly chains: readonly {
    readonly trail: string;
    readonly digests: readonly FoundDigest[];
    /** Whether some of its digests are invalid or can't be read, which is reported of each. */
    readonly invalid: boolean;
  }[];
}

export interface Gap {
  readonly files: RegionFiles;
  /** Milliseconds since 1970: where the gap begins. */
  readonly at: number;
  readonly key: string;
  readonly reason: string;
}

export interface Expectation {
  /** Days, yyyy-MM-dd, both included: digests should cover them from the beginning to the end. */
  readonly period?: { readonly from?: string; readonly to: string };
  /** ISO 8601: digests should have been delivered until then, as in a bucket that CloudTrail writes to. Absent for a copy. */
  readonly until?: string;
}

/**
 * findGaps finds the time at the ends of chains, and the whole regions, for which there are no digests although there should be: the
 * period says so, the time of day does, or the same trail's chain in another region, which begins earlier or goes on.
 */
export function findGaps(regions: readonly RegionDigests[], expectation: Expectation): readonly Gap[] {
  const spans = spansOf(regions);
  // Of a bucket without any digest, another sentence is said than of each region.
  if (spans.size === 0 && expectation.period === undefined) return [];
  return regions.filter(({ files }) => files.region !== '').flatMap((region) => gapsOf(region, spans, expectation));
}

interface Span extends Stretch {
  readonly owner: string;
}

/** From when to when each trail has digests, in any region. */
function spansOf(regions: readonly RegionDigests[]): ReadonlyMap<string, Span> {
  const spans = new Map<string, Span>();
  for (const { files, chains } of regions) {
    for (const { trail, digests } of chains) {
      for (const { digest } of digests) {
        const [from, to] = [Date.parse(digest.start), Date.parse(digest.end)];
        const known = spans.get(trail) ?? { from, to };
        const { owner } = files;
        spans.set(trail, { owner, from: Math.min(known.from, from), to: Math.max(known.to, to) });
      }
    }
  }
  return spans;
}

function gapsOf(
  region: RegionDigests,
  spans: ReadonlyMap<string, Span>,
  { period, until }: Expectation,
): readonly Gap[] {
  const { files, chains } = region;
  const untilMs = until === undefined ? Infinity : Date.parse(until);
  const begin = period?.from === undefined ? undefined : startOf(period.from);
  const end = period === undefined ? undefined : Math.min(startOf(period.to) + dayMs, untilMs);
  const digests = chains.flatMap((chain) => chain.digests);
  const first = digests.toSorted((a, b) => compare(a.digest.start, b.digest.start))[0];
  const last = digests.toSorted((a, b) => compare(b.digest.end, a.digest.end))[0];
  if (first === undefined || last === undefined) return wholeRegion(region, spans, { begin, end });

  const own = chains.flatMap(({ trail }) => spans.get(trail) ?? []);
  const others = { from: Math.min(...own.map(({ from }) => from)), to: Math.max(...own.map(({ to }) => to)) };
  const [startMs, endMs] = [Date.parse(first.digest.start), Date.parse(last.digest.end)];
  const gaps: Gap[] = [];
  const isContinued = first.digest.previous !== undefined;
  // Where CloudTrail says that a chain begins, no digest is missing in the hour before.
  const isLate =
    begin === undefined
      ? isContinued && startMs - others.from >= hourMs
      : startMs - begin >= (isContinued ? 1 : hourMs);
  if (isLate) {
    const why = begin === undefined ? 'other regions have digests from' : 'the range begins at';
    const cause = isContinued ? 'the digests before it were deleted or have expired' : 'validation or logging was off';
    gaps.push({
      files,
      at: begin ?? others.from,
      key: first.key,
      reason: `is the first digest, although ${why} ${iso(begin ?? others.from)}: ${cause}`,
    });
  }
  gaps.push(...holes(region));
  if (end !== undefined ? endMs < end : until === undefined && others.to - endMs >= hourMs) {
    const why = end === undefined ? 'other regions have digests until' : 'the range goes on until';
    gaps.push({
      files,
      at: endMs,
      key: last.key,
      reason: `is the last digest, although ${why} ${iso(end ?? others.to)}: ${endOf(last)}`,
    });
  }
  // Without a period, each trail that writes to a bucket should go on.
  if (end === undefined && until !== undefined) gaps.push(...endedChains(region, untilMs));
  return gaps;
}

function wholeRegion(
  { files, chains }: RegionDigests,
  spans: ReadonlyMap<string, Span>,
  { begin, end }: { readonly begin: number | undefined; readonly end: number | undefined },
): readonly Gap[] {
  if (chains.some(({ invalid }) => invalid)) return [];
  const all = [...spans.values()].filter(({ owner }) => owner === files.owner);
  const from = begin ?? Math.min(...all.map((span) => span.from));
  const to = end ?? Math.max(...all.map((span) => span.to));
  if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to) return [];
  const others = all.length > 0 ? ', although other regions have' : '';
  const missing = files.chains.length > 0 ? 'digests with a valid signature' : 'digests';
  return [
    {
      files,
      at: from,
      key: files.folder,
      reason: `has no ${missing} from ${iso(from)} to ${iso(to)}${others}: logging or validation was off, or they were deleted`,
    },
  ];
}

/** Between chains: where one trail's digests end and another's begin. Inside of a chain, its links tell. */
function holes({ files, chains }: RegionDigests): readonly Gap[] {
  const stretches = joined(chains.flatMap(({ digests }) => digests.map(({ digest }) => digest)));
  return stretches.slice(1).flatMap(({ from }, index) => {
    const before = stretches[index]?.to ?? from;
    const isInside = chains.some(
      ({ digests }) =>
        digests.some(({ digest }) => Date.parse(digest.end) <= before) &&
        digests.some(({ digest }) => Date.parse(digest.start) >= from),
    );
    if (isInside) return [];
    const next = chains.flatMap(({ digests }) => digests).find(({ digest }) => Date.parse(digest.start) === from);
    const reason = `begins a chain: no digest covers the time from ${iso(before)} to ${iso(from)}`;
    return [{ files, at: before, key: next?.key ?? files.folder, reason }];
  });
}

function endedChains({ files, chains }: RegionDigests, untilMs: number): readonly Gap[] {
  return chains.flatMap(({ digests }) => {
    const last = digests.toSorted((a, b) => compare(b.digest.end, a.digest.end))[0];
    if (last === undefined || Date.parse(last.digest.end) >= untilMs) return [];
    const reason = `is the last digest, although CloudTrail delivers one each hour: ${endOf(last)}`;
    return [{ files, at: Date.parse(last.digest.end), key: last.key, reason }];
  });
}

function endOf({ digest }: FoundDigest): string {
  return `logging or validation was turned off, or the files after ${digest.end} were deleted`;
}

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
