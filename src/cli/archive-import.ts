import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LocalStoreError, openStoreWriter } from '../archive/store-writer.ts';
import type { StoredTable, StoreWriter } from '../archive/store-writer.ts';
import { createOpener } from '../ingest/open.ts';
import { readPaths } from '../ingest/local-files.ts';
import { walk } from '../ingest/walk.ts';
import type { FoundFile } from '../ingest/walk.ts';
import { bodyOf, columnsSql } from '../report/duckdb/table.ts';
import type { Table } from '../report/duckdb/table.ts';
import { exitCode, UsageError } from './exit.ts';
import { createFailureList, failureLines } from './failure-list.ts';
import { projectPath } from './options.ts';
import { showProgress } from './progress.ts';
import type { Progress } from './read-input.ts';
import { reasonOf } from './reason.ts';
import { archiveRows } from './report/archive-rows.ts';
import type { ArchiveTally } from './report/archive-rows.ts';
import type { Surroundings } from './terminal.ts';
import { bytes, count, duration, plural } from './text.ts';

/** ImportOptions are the flags of `trailwatch archive import`. */
export interface ImportOptions {
  readonly store: string;
}

const names = ['cloudtrail', 'host_auth'] as const;

/** importArchive adds files to a local store, says what became of them and returns the exit code. */
export async function importArchive(
  paths: readonly string[],
  { store }: ImportOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { out, err, now, stop } = surroundings;
  const startedAt = now().getTime();
  const files = await filesOf(paths);
  const writer = await openStoreWriter(store, { tables: await Promise.all(names.map(storedTable)) }).catch(
    (error: unknown) => {
      const reason = error instanceof LocalStoreError ? error.message : `${store}: ${reasonOf(error)}`;
      throw new UsageError(`--store ${reason}`, undefined, error);
    },
  );
  try {
    const fresh = files.filter((file) => !writer.ledger.has({ ...file, path: resolve(file.path) }));
    const size = fresh.reduce((sum, file) => sum + file.size, 0);
    const progress: Progress = { totalFiles: fresh.length, totalBytes: size, files: 0, bytes: 0, outside: 0 };
    const endProgress = showProgress(err, progress, startedAt, now);
    const tally: ArchiveTally = { records: 0, others: 0, failed: 0 };
    const failures = createFailureList();
    try {
      for (const file of fresh) {
        if (stop.aborted) break;
        await importFile(file, writer, { tally, failures, progress }, surroundings);
      }
    } finally {
      endProgress();
    }
    const { added, repeated } = await writer.finish();
    const left = failureLines(failures, 20).map((line) => `  ${line}\n`);
    await out.write(
      [
        `${store}: ${plural(added, 'event')} added${repeated > 0 ? `, ${count(repeated)} were there already` : ''}` +
          `${tally.others > 0 ? `, ${plural(tally.others, 'record')} of other kinds left out` : ''}\n`,
        `${plural(progress.files, 'file')} (${bytes(progress.bytes)}) read in ${duration(now().getTime() - startedAt)}` +
          `${files.length > fresh.length ? `, ${plural(files.length - fresh.length, 'file')} known and skipped` : ''}\n`,
        ...(left.length === 0
          ? []
          : ['Not whole; what could be read is in, the next import reads these files again:\n', ...left]),
        ...(stop.aborted ? ['Stopped before the end: import once more, it goes on from here.\n'] : []),
      ].join(''),
    );
    return left.length > 0 ? exitCode.someUnread : exitCode.done;
  } finally {
    await writer.close();
  }
}

interface Work {
  readonly tally: ArchiveTally;
  readonly failures: ReturnType<typeof createFailureList>;
  readonly progress: Progress;
}

async function importFile(
  file: FoundFile,
  writer: StoreWriter,
  { tally, failures, progress }: Work,
  { stdin, now, stop }: Surroundings,
): Promise<void> {
  const before = progress.bytes;
  let incomplete: string | undefined;
  const read = await readPaths([file.path], {
    stdin,
    opener: createOpener(),
    now: now().toISOString(),
    onProgress: (reached) => {
      progress.bytes = before + reached.bytes;
    },
  });
  const rows = archiveRows(read.ingested, new Set(names), tally, (failure) => {
    incomplete ??= failure.reason;
    failures.add(failure);
  });
  for await (const batch of rows) {
    for (const row of batch) writer.add(row);
    // The rows of a file that was not read to its end are in, the file is not: the next import reads it whole.
    if (stop.aborted) return;
  }
  progress.files++;
  const { size, time } = file;
  await writer.endFile({ path: resolve(file.path), size, time, ...(incomplete !== undefined && { incomplete }) });
}

async function filesOf(paths: readonly string[]): Promise<readonly FoundFile[]> {
  const odd = paths.find((path) => path === '-' || path.startsWith('s3://'));
  if (odd !== undefined) {
    const hint = odd === '-' ? 'Write it to a file first.' : `Copy it first: aws s3 sync ${odd} trail/`;
    throw new UsageError(`${odd}: only files and folders are imported`, hint);
  }
  try {
    return (await walk(paths)).files;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), undefined, error);
  }
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
