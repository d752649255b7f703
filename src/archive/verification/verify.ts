import { dayOf, daysFrom } from '../../time/days.ts';
import type { ObjectSource } from '../trail/object-source.ts';
import { listTrail } from '../trail/trail-listing.ts';
import type { TrailListing } from '../trail/trail-listing.ts';
import { checkDigests, digestsThere, type CheckedRegion, type DigestOptions } from './check-digests.ts';
import { checkFiles } from './check-files.ts';
import { findGaps, type Expectation } from './gaps.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Verification } from './verdict.ts';

/** VerifyOptions select what to verify. Days are yyyy-MM-dd, both ends included. */
export interface VerifyOptions extends DigestOptions {
  readonly from?: string;
  /** Whether digests must cover the days from the first to the last, in every region that has a folder. */
  readonly wholePeriod?: boolean;
  readonly account?: string;
  readonly region?: string;
  /** ISO 8601: a chain that ends before this time has a gap. Absent for a copy, which may be of any age. */
  readonly expectedUntil?: string;
}

/** verifyTrail checks that the log files of a trail are unchanged since CloudTrail delivered them, and that none is missing or added. */
export async function verifyTrail(source: ObjectSource, options: VerifyOptions = {}): Promise<Verification> {
  const listing = await listTrail(source, options);
  const ledger = createLedger();
  const regions: CheckedRegion[] = [];
  for (const files of listing.regions) regions.push(await checkDigests(source, files, options, ledger));
  for (const { files, at, key, reason } of findGaps(regions.map(digestsThere), expectationOf(options))) {
    const { account, region } = files;
    ledger.problem({ account, region, day: dayOf(at) }, { kind: 'gap', key, reason });
  }
  const hasDigests = regions.some(({ chains }) => chains.some(({ chain }) => chain.digests.length > 0));
  for (const region of regions) await checkFiles(source, region, { listing, hasDigests, options, ledger });
  addEmptyDays(listing, options, ledger);
  return { source: source.name, ...ledger.result(), others: listing.others };
}

function expectationOf({ from, to, wholePeriod, expectedUntil }: VerifyOptions): Expectation {
  return {
    ...(wholePeriod === true && to !== undefined && { period: { ...(from !== undefined && { from }), to } }),
    ...(expectedUntil !== undefined && { until: expectedUntil }),
  };
}

/** Days without anything are shown where they were asked for. */
function addEmptyDays({ regions }: TrailListing, { from, to, wholePeriod }: VerifyOptions, ledger: Ledger): void {
  if (wholePeriod !== true || from === undefined || to === undefined) return;
  for (const { account, region } of regions) {
    if (region !== '') for (const day of daysFrom(from, to)) ledger.day({ account, region, day });
  }
}
