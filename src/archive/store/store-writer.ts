import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { compact, finishCompaction, parquetBelow, parquetOptions } from './store-compaction.ts';
import { noteDiffering } from './differing.ts';
import { openLedger } from './store-ledger.ts';
import type { ImportedFile, StoreLedger } from './store-ledger.ts';
import { lockStore } from './store-lock.ts';
import { dropRepeats, identityOf } from './repeats.ts';
import { dropStored } from './stored-rows.ts';
import { isLocalStore, ledgerFile, readParquet, storeFile, storeFormat } from './local-store.ts';
import { sqlLiteral } from '../../text/sql-literal.ts';

/** LocalStoreError says why a store can't be used. */
export class LocalStoreError extends Error {
  override readonly name = 'LocalStoreError';
}

/** StoredTable is a table of a store, and the SQL that makes its rows in DuckDB. */
export interface StoredTable {
  readonly name: string;
  /** The column with the unique id of a row. */
  readonly id: string;
  /** The column that rows are sorted by. */
  readonly time: string;
  /** The partition columns. */
  readonly partitions: readonly string[];
  /** SQL that reads columns and partitions from a row of id, time, account, region and body. */
  readonly columns: string;
  /** The record's fields as the JSON text that the SQL reads. */
  readonly bodyOf: (fields: Readonly<Record<string, unknown>>) => string;
}

/** StoredRow is a record on its way into a table. */
export interface StoredRow {
  readonly table: string;
  readonly id: string;
  readonly time: string;
  readonly account: string;
  readonly region: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** StoreWriter adds records to a store, some files at a time. */
export interface StoreWriter {
  readonly ledger: StoreLedger;
  add(row: StoredRow): void;
  /** endFile marks a file's rows as complete; the rows are written once there are enough. */
  endFile(file: ImportedFile): Promise<void>;
  /** finish writes the remaining rows and sorts each day. */
  finish(): Promise<StoreTally>;
  close(): Promise<void>;
}

export interface StoreTally {
  /** New rows. */
  readonly added: number;
  /** Rows that the store already had, or that occurred twice, the same in every field. */
  readonly repeated: number;
  /** Ids of added rows that differ from another row of the id: both are in the store. */
  readonly differing: readonly string[];
}

export interface WriterOptions {
  readonly tables: readonly StoredTable[];
  /** As DuckDB writes it. */
  readonly memoryLimit?: string;
  /** How many bytes of records are collected before they are written. */
  readonly chunkBytes?: number;
}

/**
 * openStoreWriter opens or creates a store. It first undoes the unfinished work of a crash: rows are in the store once their Parquet
 * file is renamed into place, and files count as imported once all their rows are.
 * @throws {LocalStoreError} when the folder is not a store, or another import holds the lock.
 */
export async function openStoreWriter(
  folder: string,
  { tables, memoryLimit = '768MB', chunkBytes = 32 * 1024 * 1024 }: WriterOptions,
): Promise<StoreWriter> {
  await prepareFolder(folder);
  const unlock = await lockStore(folder).catch((cause: unknown) => {
    throw new LocalStoreError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const staging = join(folder, '.staging');
  try {
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging);
    await finishCompaction(folder);
    const ledger = await openLedger(join(folder, ledgerFile));
    const engine = await startEngine(staging, memoryLimit);
    const writer = createWriter({ folder, staging, tables, chunkBytes, ledger, connection: engine.connection });
    await writer.start();
    return {
      ...writer,
      ledger,
      async close() {
        engine.close();
        await rm(staging, { recursive: true, force: true });
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, storeFile);
  if (!(await isLocalStore(folder))) {
    await writeFile(path, `${JSON.stringify(storeFormat)}\n`);
    return;
  }
  const found = await readFile(path, 'utf8');
  const { format, version } = (parse(found) ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format !== storeFormat.format || version !== storeFormat.version) {
    throw new LocalStoreError(
      `${path}: this version of Trailwatch cannot write to this store; import into another folder`,
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Engine {
  readonly connection: DuckDBConnection;
  close(): void;
}

async function startEngine(staging: string, memoryLimit: string): Promise<Engine> {
  // The library loads a native module of 50 MB, so it is loaded only for imports.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(join(staging, 'work.duckdb'), {
    memory_limit: memoryLimit,
    temp_directory: join(staging, 'spill'),
    preserve_insertion_order: 'false',
    threads: '2',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  return {
    connection,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

interface WriterParts {
  readonly folder: string;
  readonly staging: string;
  readonly tables: readonly StoredTable[];
  readonly chunkBytes: number;
  readonly ledger: StoreLedger;
  readonly connection: DuckDBConnection;
}

interface Gathering {
  readonly table: StoredTable;
  appender: DuckDBAppender;
  rows: number;
}

function createWriter({ folder, staging, tables, chunkBytes, ledger, connection }: WriterParts) {
  const gathering = new Map<string, Gathering>();
  let files: ImportedFile[] = [];
  let bytes = 0;
  let added = 0;
  let repeated = 0;
  const differing = new Set<string>();

  const begin = async (table: StoredTable): Promise<void> => {
    const raw = `${table.name}_raw`;
    await connection.run(
      `CREATE OR REPLACE TABLE ${raw} (id VARCHAR, time VARCHAR, account VARCHAR, region VARCHAR, body VARCHAR)`,
    );
    gathering.set(table.name, { table, appender: await connection.createAppender(raw), rows: 0 });
  };

  const flush = async (): Promise<void> => {
    for (const { table, appender, rows } of gathering.values()) {
      appender.closeSync();
      const fresh = rows === 0 ? noRows : await writeRows(connection, table, folder, staging);
      added += fresh.written;
      repeated += rows - fresh.written;
      fresh.differing.forEach((id) => differing.add(id));
      await begin(table);
    }
    // Only now: after a crash before this line, these files are read again, and no row is added twice.
    await ledger.add(files);
    files = [];
    bytes = 0;
  };

  return {
    async start(): Promise<void> {
      for (const table of tables) await begin(table);
    },
    add({ table: name, id, time, account, region, fields }: StoredRow): void {
      const target = gathering.get(name);
      if (target === undefined) return;
      const body = target.table.bodyOf(fields);
      for (const value of [id, time, account, region, body]) target.appender.appendVarchar(value.toWellFormed());
      target.appender.endRow();
      target.rows++;
      bytes += body.length;
    },
    async endFile(file: ImportedFile): Promise<void> {
      files.push(file);
      if (bytes >= chunkBytes) await flush();
    },
    async finish(): Promise<StoreTally> {
      await flush();
      for (const table of tables) await compact(connection, table, folder, staging);
      return { added, repeated, differing: [...differing].toSorted() };
    },
  };
}

interface Written {
  readonly written: number;
  readonly differing: readonly string[];
}

const noRows: Written = { written: 0, differing: [] };

/** writeRows writes the rows that the store doesn't have yet, and returns their number. */
async function writeRows(
  connection: DuckDBConnection,
  table: StoredTable,
  folder: string,
  staging: string,
): Promise<Written> {
  const { name, id, partitions, columns } = table;
  const raw = `${name}_raw`;
  const differing = new Set((await dropRepeats(connection, raw, identityOf(name))).differing);
  const days = await column(connection, `SELECT DISTINCT ${dayOf} FROM ${raw}`);
  const present: string[] = [];
  for (const day of days) present.push(...(await parquetBelow(join(folder, name, `day=${day}`))));
  if (present.length > 0) {
    const stored = readParquet(`[${present.map(sqlLiteral).join(', ')}]`);
    if (identityOf(name) === 'id') {
      await connection.run(`DELETE FROM ${raw} WHERE id IN (SELECT ${id} FROM ${stored})`);
    } else {
      const rows = { raw, columns, day: dayOf, id, partitions, stored };
      (await dropStored(connection, rows)).forEach((one) => differing.add(one));
    }
  }
  const [count = '0'] = await column(connection, `SELECT count(*) FROM ${raw}`);
  if (count === '0') return noRows;
  // Before the rows: after a crash, they are the same as the store's.
  if (differing.size > 0) await noteDiffering(folder, name, [...differing]);
  // A folder at a time: each open file takes memory.
  for (const place of await placesIn(connection, table)) {
    const fresh = join(staging, `${randomUUID()}.parquet`);
    const wanted = Object.entries(place).map(([part, value]) => `${part} = ${sqlLiteral(value)}`);
    const rows = `SELECT *, ${dayOf} AS day FROM ${raw}`;
    await connection.run(
      `COPY (SELECT * EXCLUDE (${partitions.join(', ')}) FROM
        (SELECT ${columns} FROM (SELECT * FROM (${rows}) WHERE ${wanted.join(' AND ')} ORDER BY time, id)))
       TO ${sqlLiteral(fresh)} ${parquetOptions}`,
    );
    const parts = Object.entries(place).map(([part, value]) => `${part}=${encodeURIComponent(value)}`);
    const target = join(folder, name, ...parts);
    await mkdir(target, { recursive: true });
    await rename(fresh, join(target, `${randomUUID()}.parquet`));
  }
  return { written: Number(count), differing: [...differing] };
}

const dayOf = "strftime(CAST(time AS TIMESTAMPTZ), '%Y-%m-%d')";

/** The folders of the collected rows: each partition's value by its name. */
async function placesIn(
  connection: DuckDBConnection,
  { name, partitions }: StoredTable,
): Promise<readonly Readonly<Record<string, string>>[]> {
  const sql = `SELECT DISTINCT ${partitions.join(', ')} FROM (SELECT *, ${dayOf} AS day FROM ${name}_raw)`;
  const rows = await (await connection.run(sql)).getRowsJS();
  return rows.map((row) => Object.fromEntries(partitions.map((part, index) => [part, textOf(row[index])])));
}

async function column(connection: DuckDBConnection, sql: string): Promise<readonly string[]> {
  const rows = await (await connection.run(sql)).getRowsJS();
  return rows.map(([value]) => textOf(value));
}

/** These queries return texts and counts only. */
function textOf(value: unknown): string {
  return typeof value === 'bigint' || typeof value === 'string' ? value.toString() : '';
}
