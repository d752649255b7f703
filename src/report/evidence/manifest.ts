import * as v from 'valibot';

/** ManifestEntry has the size and hash of one file of an evidence pack. */
export interface ManifestEntry {
  /** Relative to the manifest. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Manifest lists the files of an evidence pack with their hashes, so that a later change can be detected. */
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

/** parseManifest reads a manifest's text; undefined when it is not a manifest. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const checked = v.safeParse(manifestSchema, JSON.parse(text));
    return checked.success ? checked.output : undefined;
  } catch {
    return undefined;
  }
}

/** isManifestOfSorts tells a manifest that is damaged, or was edited, from a file of another kind. */
export function isManifestOfSorts(text: string): boolean {
  return text.includes('trailwatch/manifest/');
}

/** checkEntry describes the difference of a pack's file from its entry; undefined when there is none. */
export function checkEntry(entry: ManifestEntry, found: Omit<ManifestEntry, 'path'> | undefined): string | undefined {
  if (found === undefined) return 'is missing';
  if (found.sha256 === entry.sha256) return undefined;
  return found.bytes === entry.bytes ? 'was changed' : `was changed: expected ${entry.bytes} bytes, got ${found.bytes}`;
}
