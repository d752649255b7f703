import { createHash } from 'node:crypto';
import * as v from 'valibot';

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

/** manifestOf names the files of a pack. */
export function manifestOf(files: readonly ManifestEntry[], producer: string, createdAt: string): Manifest {
  return { schema: 'trailwatch/manifest/1', producer, createdAt, files };
}

const manifestSchema = v.object({
  schema: v.literal('trailwatch/manifest/1'),
  producer: v.string(),
  createdAt: v.string(),
  files: v.array(
    v.object({
      // A pack's files lie beside its manifest: a path that leads elsewhere is none of it.
      path: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{0,100}$/)),
      bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
});

/** parseManifest reads a manifest's text; undefined when it is none. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const checked = v.safeParse(manifestSchema, JSON.parse(text));
    return checked.success ? checked.output : undefined;
  } catch {
    return undefined;
  }
}

/** checkEntry says what is wrong with one file of a pack, for a person; undefined when it is as it was written. */
export function checkEntry({ bytes, sha256 }: ManifestEntry, content: Uint8Array | undefined): string | undefined {
  if (content === undefined) return 'is missing';
  if (createHash('sha256').update(content).digest('hex') === sha256) return undefined;
  return content.length === bytes ? 'was changed' : `was changed: ${content.length} bytes, not ${bytes}`;
}
