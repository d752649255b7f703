import { dayOf } from '../../time/days.ts';
import { besideOf } from '../trail/folder-source.ts';
import type { ObjectSource } from '../trail/object-source.ts';
import { parseTrailKey } from '../trail/trail-layout.ts';
import type { TrailListing } from '../trail/trail-listing.ts';
import { strengthOf, vouchingDigests, type CheckedChain, type CheckedRegion } from './check-digests.ts';
import { byName, checkFile } from './check-file.ts';
import { eachOf } from './each-of.ts';
import type { Ledger } from './ledger.ts';
import type { ReadOptions } from './load-digests.ts';
import { namedFiles, type NamedFile } from './named-files.ts';
import { joined } from './periods.ts';
import { deliveryLagMs, judgeUnnamed } from './unnamed.ts';

export interface FileContext {
  readonly listing: TrailListing;
  readonly hasDigests: boolean;
  readonly options: ReadOptions & { readonly from?: string; readonly to?: string };
  readonly ledger: Ledger;
}

/** checkFiles compares every file that digests name, and judges every other object beside them. */
export async function checkFiles(source: ObjectSource, region: CheckedRegion, context: FileContext): Promise<void> {
  const { files, chains } = region;
  const place = { account: files.account, region: files.region };
  const { hasDigests, options, ledger } = context;
  const digests = chains.flatMap((checked) =>
    checked.chain.digests.flatMap((found) => {
      const strength = strengthOf(checked, found);
      return strength === undefined ? [] : [{ found, strength }];
    }),
  );
  const stretches = joined(vouchingDigests(region).map(({ digest }) => digest));
  if (chains.some(({ keyed }) => keyed)) ledger.proven(place, stretches);
  const mayHaveExpired = expiry(source, region, context.listing);
  const elsewhere = byName(files.objects);
  const listed = new Set(files.objects.map(({ trail }) => trail.path));
  const judged = new Set<string>();
  const named = namedFiles(digests, source).filter(({ day }) => isWithin(day, options));
  await eachOf(named, options.parallel ?? 8, options.signal, async (file) => {
    const at = { ...place, day: file.day };
    try {
      const { verdict, contradicting } = await checkFile(source, file, elsewhere);
      for (const key of contradicting) {
        const note = `has another hash for ${file.key} than a digest with a valid signature: it has none here, and doesn't count`;
        ledger.note({ key, note });
      }
      // What only a digest without a signature names is as if no digest did: it is judged with the others.
      if (verdict.kind !== 'unsigned') judged.add(file.path);
      else if (!listed.has(file.path)) ledger.day(at).uncovered++;
      if (verdict.kind === 'as-delivered') ledger.day(at).files++;
      if (verdict.kind === 'changed')
        ledger.problem(at, { kind: 'file-changed', key: file.key, reason: verdict.reason });
      if (verdict.kind === 'moved') {
        judged.add(verdict.to.trail.path);
        const reason = `was moved, unchanged, to ${verdict.to.key}`;
        ledger.problem(at, { kind: 'file-moved', key: file.key, reason });
      }
      if (verdict.kind === 'missing') {
        if (await mayHaveExpired(file)) {
          ledger.note({
            key: file.key,
            note: 'is older than everything that is left: it has expired or was deleted, and the two look the same',
          });
        } else ledger.problem(at, { kind: 'file-missing', key: file.key, reason: 'is missing' });
      }
    } catch (error) {
      judged.add(file.path);
      ledger.unread(at, file.key, error);
    }
    options.onProgress?.(ledger.count('files'));
  });
  for (const object of files.objects) {
    if (judged.has(object.trail.path)) continue;
    const { key, added } = judgeUnnamed(object, { stretches, hasDigests });
    const at = { ...place, day: object.trail.day };
    if (added === undefined) ledger.day(at).uncovered++;
    else ledger.problem(at, { kind: 'file-added', key, reason: added });
  }
}

/**
 * A bucket's life cycle deletes whole days (UTC) of all regions at once. A file that the first digest names may have gone so, when it
 * is older than all that is left, and the digests before are gone too.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
 */
function expiry(
  source: ObjectSource,
  { chains }: CheckedRegion,
  { oldest }: TrailListing,
): (file: NamedFile) => Promise<boolean> {
  let earlier: Promise<boolean> | undefined;
  return async ({ day, key }) => {
    const time = parseTrailKey(key)?.time;
    if (time === undefined || oldest === undefined) return false;
    const isOlder = time < oldest || day < dayOf(Date.parse(oldest) + deliveryLagMs);
    return isOlder && (earlier ??= endsInThePast(source, chains));
  };
}

/** Whether chains continue before their first digest, with one that is gone: not only outside of the days that were listed. */
async function endsInThePast(source: ObjectSource, chains: readonly CheckedChain[]): Promise<boolean> {
  for (const { chain, listed } of chains) {
    const [first] = chain.digests;
    if (listed.backfill || first === undefined) continue;
    const { previous } = first.digest;
    if (previous === undefined) return false;
    const key = source.bucket === undefined ? besideOf(first.key, previous.key) : previous.key;
    const object = await source.open({ bucket: previous.bucket, key });
    if (object === undefined) continue;
    // Read to its end, so that the connection is free again.
    const chunks = object.body[Symbol.asyncIterator]();
    while ((await chunks.next()).done !== true);
    return false;
  }
  return true;
}

function isWithin(day: string, { from, to }: FileContext['options']): boolean {
  return (from === undefined || day >= from) && (to === undefined || day <= to);
}
