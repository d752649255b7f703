import { besideOf } from '../trail/folder-source.ts';
import type { ObjectSource } from '../trail/object-source.ts';
import { parseTrailKey } from '../trail/trail-layout.ts';
import type { FoundDigest } from './digest-chain.ts';
import type { DigestedFile } from './digest.ts';

/**
 * Strength is what a digest is worth. A digest vouches for files when its signature is valid, or when there are no keys to check
 * any. One whose signature isn't at hand (the last of a copy) can only be compared with: its files aren't proven. One with an
 * invalid signature is worth nothing.
 */
export type Strength = 'vouches' | 'unsigned';

/** NamedFile is a log file with all digests that name it. */
export interface NamedFile {
  readonly key: string;
  readonly bucket: string;
  /** yyyy-MM-dd of its folder. */
  readonly day: string;
  /** The key from `AWSLogs/` on. */
  readonly path: string;
  readonly entries: readonly NamedBy[];
}

export interface NamedBy {
  readonly file: DigestedFile;
  /** The key of the digest. */
  readonly digest: string;
  readonly strength: Strength;
}

/** namedFiles collects the files of digests: each once, with every digest that names it. */
export function namedFiles(
  digests: readonly { readonly found: FoundDigest; readonly strength: Strength }[],
  source: ObjectSource,
): readonly NamedFile[] {
  const files = new Map<string, { key: string; bucket: string; day: string; path: string; entries: NamedBy[] }>();
  for (const { found, strength } of digests) {
    for (const file of found.digest.files) {
      const trail = parseTrailKey(file.key);
      const path = trail?.path ?? file.key;
      const key = source.bucket === undefined ? besideOf(found.key, file.key) : file.key;
      const known = files.get(path) ?? { key, bucket: file.bucket, day: trail?.day ?? '', path, entries: [] };
      files.set(path, known);
      known.entries.push({ file, digest: found.key, strength });
    }
  }
  return [...files.values()];
}
