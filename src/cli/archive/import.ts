import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LocalStoreError, openStoreWriter } from '../../archive/store/store-writer.ts';
import type { StoredTable, StoreWriter } from '../../archive/store/store-writer.ts';
import { createOpener } from '../../ingest/open.ts';
import { readPaths } from '../../ingest/files/local-files.ts';
import type { GivenSource } from '../../ingest/files/local-files.ts';
import { reasonToSkip } from '../../ingest/files/trail-file-name.ts';
import { walk } from '../../ingest/files/walk.ts';
import { bodyOf, columnsSql } from '../../report/duckdb/table.ts';
import type { Table } from '../../report/duckdb/table.ts';
import { differingText } from '../report/differing-text.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import { createFailureList, failureLines } from '../shell/failure-list.ts';
import type { FailureList } from '../shell/failure-list.ts';
import { projectPath } from '../shell/options.ts';
import { showProgress } from '../shell/progress.ts';
import type { Progress } from '../shell/read-input.ts';
import { reasonOf } from '../shell/write-error.ts';
import { archiveRows } from './rows.ts';
import type { ArchiveTally } from './rows.ts';
import type { SourceFile } from './source-file.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { parseTimeRange } from '../shell/time-range.ts';
import { bytes, count, duration, plural } from '../../text/amounts.ts';

/** ImportOptions are the flags of `trailwatch archive import`. */
export interface ImportOptions {
  readonly store: string;
  /** Of a bucket, only the folders of these days are read. */
  readonly from?: string;
  readonly to?: string;
}

/** Imported is what became of the files. */
export interface Imported {
  readonly files: number;
  readonly bytes: number;
  /** Files that the store held already. */
  readonly known: number;
  readonly added: number;
  readonly repeated: number;
  /** Event ids of added records that differ from another record of their id. */
  readonly differing: readonly string[];
  /** Records of other kinds. */
  readonly others: number;
  readonly failures: FailureList;
}

const names = ['cloudtrail', 'host_auth'] as const;

/** importArchive adds files to a local store, says what became of them and returns the exit code. */
export async function importArchive(
  paths: readonly string[],
  options: ImportOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { out, now, stop } = surroundings;
  const { store } = options;
  const startedAt = now().getTime();
  const {
    files,
    known,
    added,
    repeated,
    differing,
    others,
    failures,
    bytes: read,
  } = await importInto(paths, options, surroundings);
  const left = failureLines(failures, 20).map((line) => `  ${line}\n`);
  await out.write(
    [
      `${store}: ${plural(added, 'event')} added${repeated > 0 ? `, ${count(repeated)} already in the store` : ''}` +
        `${others > 0 ? `, ${plural(others, 'record')} of other kinds not imported` : ''}\n`,
      `${plural(files, 'file')} (${bytes(read)}) read in ${duration(now().getTime() - startedAt)}` +
        `${known > 0 ? `, ${plural(known, 'file')} unchanged and skipped` : ''}\n`,
      ...(differing.length === 0 ? [] : [`${differingText(differing)}\n`]),
      ...(left.length === 0
        ? []
        : [
            'Incomplete files (their readable records were added; the next import reads these files again):\n',
            ...left,
          ]),
      ...(stop.aborted ? ['Stopped before the end. Run the import again to continue.\n'] : []),
    ].join(''),
  );
  return left.length > 0 ? exitCode.someUnread : exitCode.done;
}

/** importInto adds files, folders and buckets (`s3://bucket/prefix`) to a local store. A stop signal ends it early, with a consistent store. */
export async function importInto(
  paths: readonly string[],
  options: ImportOptions,
  surroundings: Surroundings,
): Promise<Imported> {
  const { err, now, stop } = surroundings;
  const { store } = options;
  const startedAt = now().getTime();
  const files = await filesOf(paths, options, surroundings);
  const writer = await openStoreWriter(store, { tables: await Promise.all(names.map(storedTable)) }).catch(
    (error: unknown) => {
      const reason = error instanceof LocalStoreError ? error.message : `${store}: ${reasonOf(error)}`;
      throw new UsageError(`--store ${reason}`, undefined, error);
    },
  );
  try {
    const fresh = files.filter((file) => !writer.ledger.has(file));
    // Until they are read to the end: a report over the store names them after a crash or Ctrl-C.
    await writer.ledger.add(fresh.map(({ path, size, time }) => ({ path, size, time, incomplete: unread })));
    const size = fresh.reduce((sum, file) => sum + file.size, 0);
    const progress: Progress = {
      totalFiles: fresh.length,
      totalBytes: size,
      files: 0,
      bytes: 0,
      outside: 0,
      unknown: 0,
    };
    const endProgress = showProgress(err, progress, startedAt, now);
    const tally: ArchiveTally = { records: 0, others: 0 };
    const failures = createFailureList();
    try {
      for (const file of opened(fresh, stop)) {
        if (stop.aborted) break;
        await importFile(file, writer, { tally, failures, progress }, surroundings);
      }
    } finally {
      endProgress();
    }
    const { added, repeated, differing } = await writer.finish();
    return {
      files: progress.files,
      bytes: progress.bytes,
      known: files.length - fresh.length,
      added,
      repeated,
      differing,
      others: tally.others,
      failures,
    };
  } finally {
    await writer.close();
  }
}

const unread = 'not read to the end: the import was stopped';

/** How many objects of a bucket are requested ahead, so that reading does not wait for the network. */
const aheadFiles = 6;

function* opened(files: readonly SourceFile[], stop: AbortSignal): Generator<SourceFile> {
  for (const [index, file] of files.entries()) {
    for (const next of files.slice(index, index + aheadFiles)) next.ahead?.(stop);
    yield file;
  }
}

interface Work {
  readonly tally: ArchiveTally;
  readonly failures: FailureList;
  readonly progress: Progress;
}

async function importFile(
  file: SourceFile,
  writer: StoreWriter,
  { tally, failures, progress }: Work,
  { stop }: Surroundings,
): Promise<void> {
  const before = progress.bytes;
  let incomplete: string | undefined;
  const ingested = await file.read((reached) => {
    progress.bytes = before + reached;
  });
  const rows = archiveRows(ingested, new Set(names), tally, (failure) => {
    incomplete ??= failure.reason;
    failures.add(failure);
  });
  for await (const batch of rows) {
    for (const row of batch) writer.add(row);
    // The rows so far are in the store, but the file does not count as imported: the next import reads it again.
    if (stop.aborted) return;
  }
  progress.files++;
  const { path, size, time } = file;
  await writer.endFile({ path, size, time, ...(incomplete !== undefined && { incomplete }) });
}

async function filesOf(
  paths: readonly string[],
  { from, to }: ImportOptions,
  surroundings: Surroundings,
): Promise<readonly SourceFile[]> {
  if (paths.includes('-'))
    throw new UsageError(
      '-: standard input cannot be imported; expected files, folders or s3://bucket/prefix',
      'Write the input to a file first.',
    );
  const buckets = paths.filter((path) => path.startsWith('s3://'));
  const folders = paths.filter((path) => !path.startsWith('s3://'));
  if (buckets.length === 0 && (from !== undefined || to !== undefined)) {
    throw new UsageError('--from and --to apply to s3:// paths only', 'Files and folders are always imported whole.');
  }
  const local = folders.length === 0 ? [] : await localFiles(folders, surroundings);
  if (buckets.length === 0) return local;
  const { bucketFiles } = await import('../shell/bucket-files.ts');
  const { now, stop } = surroundings;
  const range = parseTimeRange(from, to, now());
  const remote: SourceFile[] = [];
  for (const path of buckets) {
    for (const source of await bucketFiles(path, range, { now: now(), stop })) {
      if (reasonToSkip(source.path) === undefined) remote.push(ofBucket(source, surroundings));
    }
  }
  if (remote.length === 0 && local.length === 0) {
    throw new UsageError(`${buckets.join(', ')}: no log files found`, 'Check the prefix and the range of days.');
  }
  return [...local, ...remote];
}

function ofBucket(source: GivenSource, { stdin, now }: Surroundings): SourceFile {
  const { path, size, time, ahead } = source;
  return {
    path,
    size,
    time,
    ahead,
    async read(onBytes) {
      const { ingested } = await readPaths([], {
        stdin,
        opener: createOpener(),
        now: now().toISOString(),
        sources: [source],
        onProgress: (reached) => onBytes(reached.bytes),
      });
      return ingested;
    },
  };
}

async function localFiles(paths: readonly string[], { stdin, now }: Surroundings): Promise<readonly SourceFile[]> {
  const { files } = await walk(paths).catch((error: unknown) => {
    throw new UsageError(error instanceof Error ? error.message : String(error), undefined, error);
  });
  return files.map(({ path, size, time }) => ({
    path: resolve(path),
    size,
    time,
    async read(onBytes) {
      const { ingested } = await readPaths([path], {
        stdin,
        opener: createOpener(),
        now: now().toISOString(),
        onProgress: (reached) => onBytes(reached.bytes),
      });
      return ingested;
    },
  }));
}

async function storedTable(name: (typeof names)[number]): Promise<StoredTable> {
  const table = JSON.parse(await readFile(projectPath(`schemas/tables/${name}.json`), 'utf8')) as Table;
  const trail = name === 'cloudtrail';
  return {
    name,
    id: trail ? 'eventid' : 'id',
    time: trail ? 'eventtime' : 'time',
    partitions: trail ? ['day', 'account'] : ['day'],
    columns: columnsSql(table),
    bodyOf: (fields) => bodyOf(table, fields),
  };
}
