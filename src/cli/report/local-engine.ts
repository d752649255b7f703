import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isLocalStore, ledgerFile } from '../../archive/store/local-store.ts';
import { readDiffering } from '../../archive/store/differing.ts';
import { openLedger } from '../../archive/store/store-ledger.ts';
import { createOpener } from '../../ingest/open.ts';
import type { TableChoice } from '../../report/stage/choose-table.ts';
import { createDuckDbEngine } from '../../report/duckdb/duckdb-engine.ts';
import type { Table, TableRow } from '../../report/duckdb/table.ts';
import type { QueryEngine } from '../../report/run/query-engine.ts';
import { ReportError } from '../../report/definition/report-error.ts';
import type { TableName } from '../../report/definition/report.ts';
import type { PreparedReport } from '../../report/run/run-report.ts';
import { detectFiles, prepareDetection } from '../findings/detect-files.ts';
import { UsageError } from '../shell/exit.ts';
import { createFailureList } from '../shell/failure-list.ts';
import type { FailureList } from '../shell/failure-list.ts';
import { showProgress } from '../shell/progress.ts';
import { projectPath } from '../shell/options.ts';
import { openInput } from '../shell/read-input.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { archiveRows, findingRow } from '../archive/rows.ts';
import type { ArchiveTally } from '../archive/rows.ts';

/** LocalArchive is a folder's records in DuckDB, ready for any number of reports. */
export interface LocalArchive {
  readonly engine: QueryEngine;
  readonly tally: Readonly<ArchiveTally>;
  /** What could not be read, now or when the store was filled: the answer may lack what it holds. */
  readonly failures: FailureList;
  /** Event ids whose records differ: all of these records are in the tables. */
  readonly differing: readonly string[];
  /** Whether it is a local store, whose records nobody counted here. */
  readonly stored: boolean;
  /** Where it was read from, for whoever asks what proves its files. */
  readonly paths: readonly string[];
  /** Chooses the table that a report reads, where there are several. */
  readonly choose?: (prepared: PreparedReport) => Promise<TableChoice>;
  readonly close: () => Promise<void>;
}

/** openLocalArchive reads files and folders once, as `scan` does, into the tables that the reports read. */
export async function openLocalArchive(
  paths: readonly string[],
  reads: ReadonlySet<TableName>,
  surroundings: Surroundings,
): Promise<LocalArchive> {
  const { err, now, stdin, stop } = surroundings;
  const store = await storeIn(paths, surroundings.cwd);
  if (store !== undefined && reads.has('findings')) {
    throw new UsageError(
      'a local store has no findings: rules need the log files',
      'Give the folder of the log files as --archive.',
    );
  }
  // Reports choose their period themselves: reading cuts nothing off, so that one archive answers them all.
  const input = await openInput(store === undefined ? paths : [], {
    stdin,
    opener: createOpener(),
    now: now(),
    range: {},
    stop,
  });
  const [missing] = input.missing;
  if (missing !== undefined) throw new UsageError(`--archive ${missing}: file or folder not found`);
  const tables = await Promise.all([...reads].map(readTable));
  const temporaryFolder = await mkdtemp(join(tmpdir(), 'trailwatch-'));
  const removeFolder = (): Promise<void> => rm(temporaryFolder, { recursive: true, force: true });
  const failures = createFailureList();
  if (store !== undefined) {
    for (const { path, incomplete = '' } of (await openLedger(join(store, ledgerFile))).incomplete()) {
      failures.add({ origin: { path, index: 0 }, reason: incomplete });
    }
  }
  const tally: ArchiveTally = { records: 0, others: 0 };
  const endProgress = showProgress(err, input.progress, now().getTime(), now);
  try {
    const rows = async function* (): AsyncIterable<readonly TableRow[]> {
      yield* archiveRows(input.records, reads, tally, (failure) => failures.add(failure));
      endProgress();
      if (reads.has('findings')) yield await detectedIn(paths, surroundings);
    };
    const engine = await createDuckDbEngine(rows(), {
      temporaryFolder,
      tables,
      ...(store !== undefined && { store }),
    });
    const close = async (): Promise<void> => {
      await engine.close();
      await removeFolder();
    };
    if (stop.aborted) {
      await close();
      throw new ReportError('cancelled', 'stopped before the archive was read');
    }
    const differing =
      store === undefined
        ? (engine.repeats.get('cloudtrail')?.differing ?? [])
        : await readDiffering(store, 'cloudtrail');
    return { engine, tally, failures, differing, close, paths, stored: store !== undefined };
  } catch (error) {
    await removeFolder();
    throw error;
  } finally {
    endProgress();
  }
}

/** The local store that was given, alone: it and loose files can hold the same records. */
async function storeIn(paths: readonly string[], cwd: string): Promise<string | undefined> {
  const [first] = paths;
  if (first === undefined || !(await isLocalStore(resolve(cwd, first)))) return undefined;
  if (paths.length > 1)
    throw new UsageError(`--archive ${first}: a local store cannot be combined with other archives`);
  return resolve(cwd, first);
}

/** detectedIn is what the rules find in the same files: the pipeline's `findings` table, made on the spot. */
export async function detectedIn(paths: readonly string[], surroundings: Surroundings): Promise<readonly TableRow[]> {
  const rows = new Map<string, TableRow>();
  const prepared = await prepareDetection(paths, {}, surroundings);
  await detectFiles(prepared, {}, surroundings, (finding) => {
    if (!rows.has(finding.id)) rows.set(finding.id, findingRow(finding));
  });
  return [...rows.values()];
}

async function readTable(name: TableName): Promise<Table> {
  return JSON.parse(await readFile(projectPath(`schemas/tables/${name}.json`), 'utf8')) as Table;
}
