import type { DuckDBAppender, DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import { join } from 'node:path';
import { storeQuery } from '../../archive/store/local-store.ts';
import { parquetBelow } from '../../archive/store/store-compaction.ts';
import type { ParameterValue } from '../definition/parameter.ts';
import type { Answer, Cell, Query, QueryEngine } from '../run/query-engine.ts';
import { ReportError } from '../definition/report-error.ts';
import { dropRepeats, identityOf } from '../../archive/store/repeats.ts';
import type { Repeats } from '../../archive/store/repeats.ts';
import { bodyOf, tableSql } from './table.ts';
import type { Table, TableRow } from './table.ts';
import { trinoMacros } from './trino-macros.ts';
import { sqlLiteral } from '../../text/sql-literal.ts';

/** DuckDbOptions limit DuckDB's use of the machine. */
export interface DuckDbOptions {
  /** A folder for data that doesn't fit in memory; the caller removes it. */
  readonly temporaryFolder: string;
  readonly tables: readonly Table[];
  /** A local store (`trailwatch archive import`): its tables are read in place; other tables are filled with rows. */
  readonly store?: string;
  /** As DuckDB writes it: `1GB`. */
  readonly memoryLimit?: string;
}

/** DuckDbEngine is a QueryEngine, and what became of the rows that shared an id, by table. */
export interface DuckDbEngine extends QueryEngine {
  readonly repeats: ReadonlyMap<string, Repeats>;
}

const progressEveryMs = 100;
const flushEvery = 20_000;

/**
 * createDuckDbEngine fills DuckDB with rows and runs queries over them, in Athena's dialect. Its data stays in memory and the
 * temporary folder; queries can neither read files nor load extensions.
 */
export async function createDuckDbEngine(
  rows: AsyncIterable<readonly TableRow[]>,
  { temporaryFolder, tables, store, memoryLimit = '1GB' }: DuckDbOptions,
): Promise<DuckDbEngine> {
  // The library loads a native module of 50 MB, so it is loaded only for reports.
  const { DuckDBInstance, version } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    temp_directory: temporaryFolder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const close = async (): Promise<void> => {
    connection.closeSync();
    instance.closeSync();
  };
  let repeats: ReadonlyMap<string, Repeats>;
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const stored = store === undefined ? [] : await viewStore(connection, store, tables);
    repeats = await fill(
      connection,
      rows,
      tables.filter((table) => !stored.includes(table)),
    );
    for (const macro of trinoMacros) await connection.run(macro);
    if (store !== undefined) await connection.run(`SET allowed_directories = [${sqlLiteral(store)}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name: `DuckDB ${version().replace(/^v/, '')}`,
    query: (query, options) => ask(connection, query, options),
    repeats,
    close,
  };
}

/** Creates a view for each table that has rows in the store, and returns these tables. */
async function viewStore(
  connection: DuckDBConnection,
  store: string,
  tables: readonly Table[],
): Promise<readonly Table[]> {
  const stored: Table[] = [];
  for (const table of tables) {
    if ((await parquetBelow(join(store, table.name))).length === 0) continue;
    await connection.run(`CREATE VIEW ${table.name} AS ${storeQuery(store, table.name)}`);
    stored.push(table);
  }
  return stored;
}

async function fill(
  connection: DuckDBConnection,
  rows: AsyncIterable<readonly TableRow[]>,
  tables: readonly Table[],
): Promise<ReadonlyMap<string, Repeats>> {
  const filling = new Map<string, { readonly table: Table; readonly appender: DuckDBAppender }>();
  for (const table of tables) {
    const raw = `${table.name}_raw`;
    await connection.run(
      `CREATE TABLE ${raw} (id VARCHAR, time VARCHAR, account VARCHAR, region VARCHAR, body VARCHAR)`,
    );
    filling.set(table.name, { table, appender: await connection.createAppender(raw) });
  }
  let waiting = 0;
  for await (const batch of rows) {
    for (const row of batch) {
      const target = filling.get(row.table);
      if (target !== undefined) append(target.appender, target.table, row);
    }
    waiting += batch.length;
    if (waiting < flushEvery) continue;
    for (const { appender } of filling.values()) appender.flushSync();
    waiting = 0;
  }
  const repeats = new Map<string, Repeats>();
  for (const { table, appender } of filling.values()) {
    appender.closeSync();
    repeats.set(table.name, await dropRepeats(connection, `${table.name}_raw`, identityOf(table.name)));
    await connection.run(tableSql(table));
    await connection.run(`DROP TABLE ${table.name}_raw`);
  }
  return repeats;
}

function append(appender: DuckDBAppender, table: Table, { id, time, account, region, fields }: TableRow): void {
  for (const value of [id, time, account, region, bodyOf(table, fields)]) {
    // DuckDB refuses half a surrogate pair.
    appender.appendVarchar(value.toWellFormed());
  }
  appender.endRow();
}

async function ask(
  connection: DuckDBConnection,
  { sql, values }: Query,
  { signal, onProgress }: Parameters<QueryEngine['query']>[1],
): Promise<Answer> {
  if (signal.aborted) throw new ReportError('cancelled', 'stopped before the query began');
  const stop = (): void => connection.interrupt();
  signal.addEventListener('abort', stop);
  const timer = setInterval(() => {
    const { percentage } = connection.progress;
    onProgress?.({ state: 'RUNNING', ...(percentage >= 0 && { part: percentage / 100 }) });
  }, progressEveryMs);
  timer.unref();
  try {
    const result = await connection.stream(sql.text, values.map(bindable));
    return { columns: result.columnNames(), batches: batchesOf(result, signal), statistics: () => ({}) };
  } catch (cause) {
    throw faultOf(cause, signal);
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  }
}

async function* batchesOf(result: DuckDBResult, signal: AbortSignal): AsyncIterable<readonly (readonly Cell[])[]> {
  try {
    for await (const batch of result.yieldRowsJs()) {
      if (signal.aborted) throw new Error('stopped');
      yield batch.map((row) => row.map(cellOf));
    }
  } catch (cause) {
    throw faultOf(cause, signal);
  }
}

function faultOf(cause: unknown, signal: AbortSignal): ReportError {
  if (cause instanceof ReportError) return cause;
  if (signal.aborted) return new ReportError('cancelled', 'stopped before the answer was complete', { cause });
  const [message = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  return new ReportError('engine', `DuckDB: ${message.replace(/^Error: /, '')}`, { cause });
}

function bindable({ value }: ParameterValue): string | number | boolean {
  return value;
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}
