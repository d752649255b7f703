import type { ObjectSource } from '../trail/object-source.ts';
import type { ListedKey } from '../trail/trail-listing.ts';
import { ContentError, contentHash } from './content.ts';
import type { NamedBy, NamedFile } from './named-files.ts';

/** FileVerdict is what became of a file that digests name. */
export type FileVerdict =
  | { readonly kind: 'as-delivered' }
  /** It is as a digest says whose signature isn't at hand. */
  | { readonly kind: 'unsigned'; readonly digest: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'moved'; readonly to: ListedKey }
  | { readonly kind: 'changed'; readonly reason: string };

/** Checked is a file's verdict, and the digests without a signature that say something else than it. */
export interface Checked {
  readonly verdict: FileVerdict;
  readonly contradicting: readonly string[];
}

/** ByName is objects by the last part of their keys. */
export type ByName = ReadonlyMap<string, readonly ListedKey[]>;

/** byName sorts objects by the last part of their keys. */
export function byName(objects: readonly ListedKey[]): ByName {
  return Map.groupBy(objects, ({ key }) => lastPart(key));
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/**
 * checkFile compares a file with every digest that names it. A digest that vouches decides; one without a signature is compared with
 * only where no other names the file.
 * @param elsewhere log files among which a missing file may be found again.
 */
export async function checkFile(
  source: ObjectSource,
  { bucket, key, entries }: NamedFile,
  elsewhere: ByName,
): Promise<Checked> {
  const vouching = entries.filter(({ strength }) => strength === 'vouches');
  const deciding = vouching.length > 0 ? vouching : entries;
  const verdict = await verdictOf(source, { bucket, key }, deciding, elsewhere);
  const [only] = entries;
  const contradicting = entries.filter((entry) => !deciding.includes(entry) && !agrees(entry, vouching));
  return {
    verdict:
      verdict.kind === 'as-delivered' && vouching.length === 0 && only !== undefined
        ? { kind: 'unsigned', digest: only.digest }
        : verdict,
    contradicting: contradicting.map(({ digest }) => digest),
  };
}

function agrees({ file }: NamedBy, others: readonly NamedBy[]): boolean {
  return others.every((other) => other.file.hash === file.hash);
}

async function verdictOf(
  source: ObjectSource,
  { bucket, key }: Pick<NamedFile, 'bucket' | 'key'>,
  entries: readonly NamedBy[],
  elsewhere: ByName,
): Promise<FileVerdict> {
  const strange = entries.find(({ file }) => file.hashAlgorithm !== 'SHA-256');
  if (strange !== undefined) {
    const got = JSON.stringify(strange.file.hashAlgorithm);
    return { kind: 'changed', reason: `unknown hash algorithm in its digest: expected SHA-256, got ${got}` };
  }
  const hash = await hashOf(source, bucket, key);
  if (hash instanceof ContentError) return { kind: 'changed', reason: hash.message };
  if (typeof hash === 'string') {
    const wrong = entries.find(({ file }) => file.hash !== hash);
    if (wrong === undefined) return { kind: 'as-delivered' };
    return { kind: 'changed', reason: `was changed: its hash differs from the digest ${wrong.digest}` };
  }
  for (const other of elsewhere.get(lastPart(key)) ?? []) {
    const found = await hashOf(source, source.bucket ?? '', other.key);
    if (entries.every(({ file }) => file.hash === found)) return { kind: 'moved', to: other };
  }
  return { kind: 'missing' };
}

/** The content's hash; undefined when the file does not exist; a ContentError when it isn't as CloudTrail writes files. */
async function hashOf(source: ObjectSource, bucket: string, key: string): Promise<string | ContentError | undefined> {
  const object = await source.open({ bucket, key });
  if (object === undefined) return undefined;
  try {
    return await contentHash(object.body);
  } catch (error) {
    if (error instanceof ContentError) return error;
    throw error;
  }
}
