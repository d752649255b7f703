import type { ObjectSource } from '../trail/object-source.ts';
import type { ListedKey } from '../trail/trail-listing.ts';
import { ContentError, readContent } from './content.ts';
import type { FoundDigest } from './digest-chain.ts';
import { parseDigest } from './digest.ts';
import { eachOf } from './each-of.ts';
import type { Ledger } from './ledger.ts';

/** LoadedDigests are the digests of one chain. */
export interface LoadedDigests {
  readonly found: readonly FoundDigest[];
  /** Trail paths of digests that exist but can't be read. */
  readonly unreadable: ReadonlySet<string>;
  /** The times at which backfill digests were written: they are signed with the key of that time. */
  readonly generated: readonly string[];
}

export interface ReadOptions {
  /** How many objects are read at once. */
  readonly parallel?: number;
  readonly onProgress?: (progress: { readonly digests: number; readonly files: number }) => void;
  readonly signal?: AbortSignal;
}

/** loadDigests reads digests; those that can't be read, and those that aren't digests, are written into the ledger. */
export async function loadDigests(
  source: ObjectSource,
  keys: readonly ListedKey[],
  { parallel = 8, onProgress, signal }: ReadOptions,
  ledger: Ledger,
): Promise<LoadedDigests> {
  const found: FoundDigest[] = [];
  const unreadable = new Set<string>();
  const generated: string[] = [];
  await eachOf(keys, parallel, signal, async ({ key, trail }) => {
    try {
      const object = await source.open({ bucket: source.bucket ?? '', key });
      if (object === undefined) throw new ContentError('was deleted after the files were listed');
      const digest = parseDigest(await readContent(object.body));
      const signature = object.metadata?.['signature'];
      const made = object.metadata?.['backfill-generation-timestamp'];
      if (made !== undefined && !Number.isNaN(Date.parse(made))) generated.push(new Date(made).toISOString());
      found.push({
        key,
        ...(source.bucket !== undefined && { bucket: source.bucket }),
        digest,
        ...(signature !== undefined && { signature }),
        keepsSignature: object.metadata !== undefined,
      });
    } catch (error) {
      unreadable.add(trail.path);
      if (error instanceof ContentError)
        ledger.problem(trail, { kind: 'digest-unreadable', key, reason: error.message });
      else ledger.unread(trail, key, error);
    }
    onProgress?.(ledger.count('digests'));
  });
  return { found, unreadable, generated };
}
