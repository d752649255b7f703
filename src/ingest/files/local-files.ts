import { open } from 'node:fs/promises';
import type { Ingested } from '../../model/log-record.ts';
import { skipped } from '../ingested.ts';
import type { Opener } from '../ingested.ts';
import type { ReadLimits } from './limits.ts';
import { readGiven } from '../containers/read-given.ts';
import { reasonToSkip } from '../files/trail-file-name.ts';
import { walk } from './walk.ts';
import type { FoundFile } from './walk.ts';

/** GivenSource is a file that isn't on disk, e.g. an object of a bucket. */
export interface GivenSource {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** ISO 8601: when it was written. */
  readonly time: string;
  /** Whether a person named this file, rather than a folder above it. */
  readonly given: boolean;
  /** Its bytes, once. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  /** Begins to fetch it. */
  readonly ahead: (stop?: AbortSignal) => void;
}

/** ReadPathsOptions are what reading files takes from outside. */
export interface ReadPathsOptions {
  /** What the path `-` reads. */
  readonly stdin: AsyncIterable<Uint8Array>;
  /** ISO 8601: dates what standard input doesn't date itself. Files are dated by their own time. */
  readonly now: string;
  /** Called after each chunk read. */
  readonly onProgress?: (progress: Progress) => void;
  readonly limits?: Partial<ReadLimits>;
  /** Files that aren't on disk. They are read after those of the paths. */
  readonly sources?: readonly GivenSource[];
  /** Stops fetching. */
  readonly stop?: AbortSignal;
  /** Knows how the logs of some paths are to be read. */
  readonly opener?: Opener;
}

/** Progress says how far the reading is. Bytes are those on disk; standard input has no total. */
export interface Progress {
  readonly path: string;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly totalFiles: number;
}

/** FileSummary counts files, not records: `read + skipped + failed` is all that were found. */
export interface FileSummary {
  /** Files with at least one record, or with an empty list of records. */
  readonly read: number;
  /** Files that aren't logs: digests, images, texts without a log line. */
  readonly skipped: number;
  /** Files of which nothing could be read. */
  readonly failed: number;
  /** Bytes read from disk. */
  readonly bytes: number;
  /** Records with bytes that aren't UTF-8; they were replaced by U+FFFD. */
  readonly invalidText: number;
  readonly skippedFiles: readonly { readonly path: string; readonly reason: string }[];
}

/** LocalFiles gives the content of the files, once, and a summary that is complete at the end of the content. */
export interface LocalFiles {
  readonly ingested: AsyncIterable<Ingested>;
  /** The same in batches, which is faster. Read either, not both. */
  readonly batches: AsyncIterable<readonly Ingested[]>;
  readonly totalFiles: number;
  readonly totalBytes: number;
  summary(): FileSummary;
}

type Counts = { -readonly [Key in keyof FileSummary]: FileSummary[Key] } & {
  skippedFiles: { path: string; reason: string }[];
};

/** How many skipped files the summary names; all are counted. */
const namedSkipped = 1000;

/**
 * readPaths reads files, folders with all below them, and `-` for standard input. Throws NoSuchPathError before it reads anything
 * when a path doesn't exist. Everything else that can't be read is a failure in its place, and the rest goes on.
 */
export async function readPaths(paths: readonly string[], options: ReadPathsOptions): Promise<LocalFiles> {
  const { files: local, notes } = await walk(paths);
  const files: readonly ReadableFile[] = [...local, ...(options.sources ?? [])];
  const counts: Counts = { read: 0, skipped: 0, failed: 0, bytes: 0, invalidText: 0, skippedFiles: [] };
  const totalBytes = files.reduce((sum, file) => sum + file.size, 0);

  const batches = async function* (): AsyncIterable<readonly Ingested[]> {
    for (const note of notes) count(counts, [note]);
    if (notes.length > 0) yield notes;
    for (const [place, file] of files.entries()) {
      for (const next of files.slice(place, place + aheadFiles)) if ('ahead' in next) next.ahead(options.stop);
      const seen = { record: false, failure: false, skipped: undefined as string | undefined };
      const progress = (bytes: number) => {
        counts.bytes += bytes;
        options.onProgress?.({
          path: file.path,
          bytes: counts.bytes,
          totalBytes,
          files: counts.read + counts.skipped + counts.failed,
          totalFiles: files.length,
        });
      };
      for await (const batch of readFile(file, options, progress, () => counts.invalidText++)) {
        for (const item of batch) {
          if (item.kind === 'record') seen.record = true;
          else if (item.kind === 'failure') seen.failure = true;
          else seen.skipped ??= item.reason;
        }
        yield batch;
      }
      if (seen.failure && !seen.record) counts.failed++;
      else if (seen.skipped !== undefined && !seen.record) countSkipped(counts, file.path, seen.skipped);
      else counts.read++;
    }
  };

  return {
    batches: { [Symbol.asyncIterator]: () => batches()[Symbol.asyncIterator]() },
    ingested: { [Symbol.asyncIterator]: () => flatten(batches())[Symbol.asyncIterator]() },
    totalFiles: files.length,
    totalBytes,
    summary: () => ({ ...counts, skippedFiles: [...counts.skippedFiles] }),
  };
}

type ReadableFile = FoundFile | GivenSource;

/** How many objects of a bucket are fetched at a time, so that reading doesn't wait for the network. */
const aheadFiles = 6;

async function* readFile(
  file: ReadableFile,
  options: ReadPathsOptions,
  onBytes: (bytes: number) => void,
  onInvalidText: () => void,
): AsyncIterable<readonly Ingested[]> {
  const { path } = file;
  const reason = reasonToSkip(path);
  if (reason !== undefined) {
    yield [skipped({ path, index: 0 }, reason)];
    return;
  }
  const { opener } = options;
  const how = (time: string, onlyLogs: boolean) => ({
    ...options.limits,
    time,
    onlyLogs,
    trustNames: true,
    onInvalidText,
    ...(opener && { opener }),
  });
  if ('bytes' in file) {
    yield* readGiven(counted(file.bytes(), onBytes), path, how(file.time, !file.given));
  } else if (file.kind === 'stdin') {
    yield* readGiven(counted(options.stdin, onBytes), path, how(options.now, false));
  } else {
    const bytes = counted(readChunks(file.name, file.size), onBytes);
    yield* readGiven(bytes, path, how(file.time, file.kind === 'found'), { file: file.name });
  }
}

/** A file's bytes. Throws what the system says when it can't be opened or read; `readGiven` names it as a failure. */
async function* readChunks(name: Buffer | string, size: number): AsyncIterable<Buffer> {
  const handle = await open(name, 'r');
  try {
    const chunkBytes = size > 0 && size < 256 * 1024 ? size + 1 : 256 * 1024;
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  for await (const chunk of source) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* flatten(batches: AsyncIterable<readonly Ingested[]>): AsyncIterable<Ingested> {
  for await (const batch of batches) yield* batch;
}

/** A path that the walk could not read, or that isn't a file, counts as a file. */
function count(counts: Counts, notes: readonly Ingested[]): void {
  for (const note of notes) {
    if (note.kind === 'skipped') countSkipped(counts, note.origin.path, note.reason);
    else counts.failed++;
  }
}

function countSkipped(counts: Counts, path: string, reason: string): void {
  counts.skipped++;
  if (counts.skippedFiles.length < namedSkipped) counts.skippedFiles.push({ path, reason });
}
