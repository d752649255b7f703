import { daysAfter } from '../../time/days.ts';
import type { ObjectSource } from './object-source.ts';
import { digestName, parseTrailKey } from './trail-layout.ts';
import type { TrailKey } from './trail-layout.ts';

export interface ListedKey {
  readonly key: string;
  readonly trail: TrailKey;
}

/** ListedChain is the keys of the digests of one chain, in order of their time. */
export interface ListedChain {
  /** The trail that writes it, the same in all of its regions: its name and home region, with the prefix and organization. */
  readonly trail: string;
  readonly keys: readonly ListedKey[];
  readonly backfill: boolean;
}

/** RegionFiles are a trail bucket's objects of one account and region, below one prefix. */
export interface RegionFiles {
  readonly account: string;
  /** Empty for what lies in the account's folder itself. */
  readonly region: string;
  /** Whose trails write here: the account's, or the organization's. Trails of one owner are expected in all of its regions. */
  readonly owner: string;
  /** The folder of its digests, with a `/` at its end. */
  readonly folder: string;
  readonly chains: readonly ListedChain[];
  /** All that is not a digest, in order of keys: log files, and what others may have left beside them. */
  readonly objects: readonly ListedKey[];
}

/** TrailListing is what lies in a trail bucket, or a copy of one. */
export interface TrailListing {
  /** Every account and region that has a folder, also one without an object of the days that were asked for. */
  readonly regions: readonly RegionFiles[];
  /** ISO 8601, UTC: the time of the oldest log file or digest that was listed; absent when there is none. */
  readonly oldest?: string;
  /** How many objects lie outside of any trail's folders. */
  readonly others: number;
}

export interface ListingFilter {
  /** yyyy-MM-dd, both included. Of the day after the last, the digests are listed that name files of the last. */
  readonly from?: string;
  readonly to?: string;
  readonly account?: string;
  readonly region?: string;
  readonly signal?: AbortSignal;
}

/** The digest that ends on the day after names the last files of a day; of a copy, the one after that has its signature. */
const digestsBeyond = 2;

/** listTrail sorts a trail bucket's keys by account, region and chain of digests. */
export async function listTrail(source: ObjectSource, filter: ListingFilter = {}): Promise<TrailListing> {
  const regions = new Map<string, OpenRegion>();
  const { from, to } = filter;
  const days = from === undefined || to === undefined ? undefined : { from, to: daysAfter(to, 1) };
  let others = 0;
  let oldest: string | undefined;
  for await (const key of source.list(days)) {
    filter.signal?.throwIfAborted();
    const trail = parseTrailKey(key);
    if (trail === undefined) {
      if (!key.endsWith('/')) others++;
      continue;
    }
    if (!isOfPlace(trail, filter)) continue;
    const region = regionOf(regions, trail);
    if (trail.name === '' || trail.name.endsWith('/')) continue;
    if (trail.time !== undefined && (oldest === undefined || trail.time < oldest)) oldest = trail.time;
    addTo(region, { key, trail }, filter);
  }
  return { regions: inOrder(regions), others, ...(oldest !== undefined && { oldest }) };
}

interface OpenRegion {
  readonly account: string;
  readonly region: string;
  readonly owner: string;
  readonly folder: string;
  readonly chains: Map<string, { readonly trail: string; readonly keys: ListedKey[]; readonly backfill: boolean }>;
  readonly beyond: Map<string, ListedKey[]>;
  readonly objects: ListedKey[];
}

function regionOf(regions: Map<string, OpenRegion>, { account, organization, prefix, region }: TrailKey): OpenRegion {
  const name = JSON.stringify([account, region, prefix, organization]);
  const known = regions.get(name);
  if (known !== undefined) return known;
  const above = organization === undefined ? '' : `${organization}/`;
  const below = region === '' ? '' : `${region}/`;
  const folder = `${prefix}AWSLogs/${above}${account}/CloudTrail-Digest/${below}`;
  const owner = `${prefix} ${organization ?? account}`;
  const fresh = { account, region, owner, folder, chains: new Map(), beyond: new Map(), objects: [] };
  regions.set(name, fresh);
  return fresh;
}

function addTo(region: OpenRegion, listed: ListedKey, { from, to }: ListingFilter): void {
  const { day } = listed.trail;
  const digest = digestName(listed.trail);
  // An object in no day's folder may be of any day.
  if (from !== undefined && day !== '' && day < from) return;
  const isBeyond = to !== undefined && day > to;
  if (digest === undefined) {
    if (!isBeyond) region.objects.push(listed);
    return;
  }
  if (isBeyond && day !== daysAfter(to, 1)) return;
  const { chain: name, trail, backfill } = digest;
  const chain = region.chains.get(name) ?? { trail, keys: [], backfill };
  region.chains.set(name, chain);
  if (!isBeyond) chain.keys.push(listed);
  else region.beyond.set(name, [...(region.beyond.get(name) ?? []), listed]);
}

function inOrder(regions: ReadonlyMap<string, OpenRegion>): readonly RegionFiles[] {
  return [...regions.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { account, region, owner, folder, chains, beyond, objects }]) => ({
      account,
      region,
      owner,
      folder,
      chains: [...chains].map(([name, { trail, keys, backfill }]) => ({
        trail,
        backfill,
        keys: [...keys.toSorted(byTime), ...(beyond.get(name) ?? []).toSorted(byTime).slice(0, digestsBeyond)],
      })),
      objects: objects.toSorted((a, b) => compare(a.key, b.key)),
    }));
}

function byTime(a: ListedKey, b: ListedKey): number {
  return compare(a.trail.time ?? '', b.trail.time ?? '') || compare(a.key, b.key);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function isOfPlace(trail: TrailKey, { account, region }: ListingFilter): boolean {
  return (
    (account === undefined || trail.account === account) &&
    (region === undefined || trail.region === region || trail.region === '')
  );
}
