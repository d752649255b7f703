import type { ObjectSource } from './object-source.ts';
import { digestName, isLogFile, parseTrailKey } from './trail-layout.ts';
import type { TrailKey } from './trail-layout.ts';

export interface ListedKey {
  readonly key: string;
  readonly trail: TrailKey;
}

/** RegionFiles are a trail bucket's objects of one account and region, below one prefix. */
export interface RegionFiles {
  readonly account: string;
  readonly region: string;
  readonly chains: readonly { readonly keys: readonly ListedKey[]; readonly backfill: boolean }[];
  /** Log files, in order of their keys. */
  readonly files: readonly ListedKey[];
}

export interface ListingFilter {
  /** yyyy-MM-dd, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly account?: string;
  readonly region?: string;
  readonly signal?: AbortSignal;
}

/** listTrail sorts a trail bucket's keys by account, region and chain of digests. It ignores other objects. */
export async function listTrail(source: ObjectSource, filter: ListingFilter = {}): Promise<readonly RegionFiles[]> {
  const regions = new Map<string, OpenRegion>();
  const { from, to } = filter;
  for await (const key of source.list(from === undefined || to === undefined ? undefined : { from, to })) {
    filter.signal?.throwIfAborted();
    const trail = parseTrailKey(key);
    if (trail === undefined || !isWanted(trail, filter)) continue;
    const digest = digestName(trail);
    if (digest === undefined && !isLogFile(trail)) continue;
    const name = JSON.stringify([trail.account, trail.region, trail.prefix, trail.organization]);
    const region = regions.get(name) ?? openRegion();
    regions.set(name, region);
    if (digest === undefined) {
      region.files.push({ key, trail });
      continue;
    }
    const chain = region.chains.get(digest.chain) ?? [];
    region.chains.set(digest.chain, chain);
    chain.push({ key, trail });
    if (digest.backfill) region.backfill.add(digest.chain);
  }
  return [...regions.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { chains, backfill, files }]) => {
      const [account, region] = JSON.parse(name) as [string, string];
      return {
        account,
        region,
        chains: [...chains].map(([chain, keys]) => ({ keys, backfill: backfill.has(chain) })),
        files: files.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      };
    });
}

interface OpenRegion {
  readonly chains: Map<string, ListedKey[]>;
  readonly backfill: Set<string>;
  readonly files: ListedKey[];
}

function openRegion(): OpenRegion {
  return { chains: new Map(), backfill: new Set(), files: [] };
}

function isWanted(trail: TrailKey, { from, to, account, region }: ListingFilter): boolean {
  if (account !== undefined && trail.account !== account) return false;
  if (region !== undefined && trail.region !== region) return false;
  return (from === undefined || trail.day >= from) && (to === undefined || trail.day <= to);
}
