import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { readPaths } from '../../ingest/files/local-files.ts';
import type { Opener } from '../../ingest/ingested.ts';
import type { FileSummary, GivenSource, LocalFiles } from '../../ingest/files/local-files.ts';
import type { Ingested, LogRecord } from '../../model/log-record.ts';
import type { TimeRange } from './time-range.ts';

/** Input is what the given paths hold, ready to be read once. */
export interface Input {
  readonly missing: readonly string[];
  readonly progress: Progress;
  readonly records: AsyncIterable<Ingested>;
  /** Complete once the records have been read. */
  summary(): FileSummary;
}

/** Progress is how far the reading is: changed while reading. */
export interface Progress {
  readonly totalFiles: number;
  /** Bytes on disk; 0 when there is only standard input, which has no end to measure against. */
  readonly totalBytes: number;
  files: number;
  bytes: number;
  /** Records of no known format. */
  unknown: number;
  /** Records that were left out because they lie outside the asked-for range of time. */
  outside: number;
}

export interface InputOptions {
  readonly stdin: Readable;
  readonly opener: Opener;
  readonly now: Date;
  readonly range: TimeRange;
  readonly stop: AbortSignal;
}

/** openInput looks at the paths. Those that don't exist are named in `missing`; the others are read all the same. */
export async function openInput(paths: readonly string[], options: InputOptions): Promise<Input> {
  const { stdin, opener, now, range, stop } = options;
  const buckets = paths.filter((path) => path.startsWith('s3://'));
  const local = paths.filter((path) => !path.startsWith('s3://'));
  const there = await Promise.all(local.map(exists));
  const progress: Progress = { totalFiles: 0, totalBytes: 0, files: 0, bytes: 0, outside: 0, unknown: 0 };
  const files = await readPaths(
    local.filter((_path, index) => there[index]),
    {
      stdin,
      opener,
      now: now.toISOString(),
      sources: await sourcesOf(buckets, options),
      stop,
      onProgress: (reached) => {
        progress.files = reached.files;
        progress.bytes = reached.bytes;
      },
    },
  );
  const { totalFiles, totalBytes } = files;
  Object.assign(progress, { totalFiles, totalBytes });
  return {
    missing: local.filter((_path, index) => !there[index]),
    progress,
    records: withinRange(files, range, progress, stop),
    summary: () => files.summary(),
  };
}

/** Of a trail in a bucket, only the folders of the range's days are read. */
async function sourcesOf(
  buckets: readonly string[],
  { now, range, stop }: InputOptions,
): Promise<readonly GivenSource[]> {
  if (buckets.length === 0) return [];
  // The SDK is loaded when there is a bucket to read.
  const { bucketFiles } = await import('./bucket-files.ts');
  const sources: GivenSource[] = [];
  for (const path of buckets) sources.push(...(await bucketFiles(path, range, { now, stop })));
  return sources;
}

async function exists(path: string): Promise<boolean> {
  if (path === '-') return true;
  try {
    await stat(path);
    return true;
  } catch (error) {
    // What is there and can't be looked at is for the reader to name.
    const { code } = error as { readonly code?: unknown };
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

async function* withinRange(
  files: LocalFiles,
  { from, to }: TimeRange,
  progress: Progress,
  stop: AbortSignal,
): AsyncGenerator<Ingested> {
  // Times are ISO 8601 in UTC with milliseconds, so their order is the text's order.
  const within = (time: string): boolean => (from === undefined || time >= from) && (to === undefined || time <= to);
  for await (const batch of untilStopped(files.batches, stop)) {
    for (const ingested of batch) {
      if (ingested.kind === 'record' && !within(ingested.record.time)) progress.outside++;
      else {
        if (ingested.kind === 'record' && isUnknown(ingested.record)) progress.unknown++;
        yield ingested;
      }
      if (stop.aborted) return;
    }
  }
}

/** Ends at once when stopped, also while a read is under way that may never end: standard input, a pipe, a dead disk. */
async function* untilStopped<Item>(items: AsyncIterable<Item>, stop: AbortSignal): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  while (!stop.aborted) {
    const next = await new Promise<IteratorResult<Item> | undefined>((resolve, reject) => {
      const stopped = (): void => resolve(undefined);
      stop.addEventListener('abort', stopped, { once: true });
      iterator
        .next()
        .then(resolve, reject)
        .finally(() => stop.removeEventListener('abort', stopped));
    });
    if (next === undefined || next.done === true) return;
    yield next.value;
  }
}

/** JSON or a line that no format knows, read as it is. */
function isUnknown({ source: { product, services } }: LogRecord): boolean {
  return product === 'unknown' && (services[0] === 'json' || services[0] === 'plain');
}
