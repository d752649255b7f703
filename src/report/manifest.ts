import { createHash } from 'node:crypto';

/** ManifestEntry proves one file of an evidence pack. */
export interface ManifestEntry {
  /** Relative to the manifest. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Manifest goes with an evidence pack, so that anybody can tell later that nothing in it was changed. */
export interface Manifest {
  readonly schema: 'trailwatch/manifest/1';
  readonly producer: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly files: readonly ManifestEntry[];
}

/** manifestOf names files and their contents. */
export function manifestOf(
  files: readonly { readonly path: string; readonly text: string }[],
  producer: string,
  createdAt: string,
): Manifest {
  return {
    schema: 'trailwatch/manifest/1',
    producer,
    createdAt,
    files: files.map(({ path, text }) => {
      const bytes = Buffer.from(text, 'utf8');
      return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    }),
  };
}
