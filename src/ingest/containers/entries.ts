import type { Ingested } from '../../model/log-record.ts';
import { reasonToSkip } from '../files/trail-file-name.ts';
import { failure, skipped } from '../ingested.ts';
import type { Contained } from './container.ts';
import { ReadError } from '../files/read-error.ts';

/** A year of a large organization's trail has fewer files. */
const maxEntries = 1_000_000;

/** Entry is one file within an archive. */
export interface Entry {
  readonly name: string;
  /** ISO 8601: when it was last written, where the archive says so. */
  readonly time?: string;
  /** Why it isn't read; undefined for a file. */
  readonly left?: string;
  readonly bytes: () => Promise<AsyncIterable<Uint8Array>> | AsyncIterable<Uint8Array>;
}

/**
 * readEntries reads the files of an archive one after the other, as if they lay in a folder of its name. Nothing is written
 * anywhere; all of them together may unpack to what one gzip stream may.
 */
export async function* readEntries(
  entries: AsyncIterable<Entry>,
  { path, limits, options, read }: Contained,
): AsyncIterable<readonly Ingested[]> {
  let count = 0;
  let unpacked = 0;
  const counted = async function* (bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of bytes) {
      unpacked += chunk.length;
      if (unpacked > limits.unpackedBytes) {
        throw new ReadError(`the archive unpacks to more than ${limits.unpackedBytes} bytes (a bomb?)`);
      }
      yield chunk;
    }
  };
  for await (const entry of entries) {
    if (++count > maxEntries) throw new ReadError(`an archive of more than ${maxEntries} entries`);
    const here = `${path}/${shownName(entry.name)}`;
    const origin = { path: here, index: 0 };
    const reason = entry.left ?? reasonToSkip(here);
    if (reason !== undefined) yield [skipped(origin, reason)];
    else if (isUnsafe(entry.name)) yield [failure(origin, 'an entry whose name leads out of the archive')];
    else {
      const { time = options.time } = entry;
      yield* read(counted(await entry.bytes()), here, {
        ...options,
        onlyLogs: true,
        trustNames: true,
        ...(time !== undefined && { time }),
      });
    }
    // A bomb is one failure, not one for each of its entries.
    if (unpacked > limits.unpackedBytes) return;
  }
  if (count === 0) yield [failure({ path, index: 0 }, 'an archive without a file')];
}

/** Nothing is unpacked to disk, but no honest program writes a name that leads out of the archive. */
function isUnsafe(name: string): boolean {
  return name.startsWith('/') || name.includes('\\') || /^[A-Za-z]:/.test(name) || name.split('/').includes('..');
}

function shownName(name: string): string {
  return name.length > 1_000 ? `${name.slice(0, 1_000)}…` : name;
}
