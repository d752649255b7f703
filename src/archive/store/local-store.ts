import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlLiteral } from '../../text/sql-literal.ts';

/**
 * A local store is a folder of Parquet files, made by `trailwatch archive import`:
 *
 *     store.json                                          what it is, and which version of this layout
 *     imported.ndjson                                     which files were imported, a line each
 *     cloudtrail/day=2026-03-11/account=111122223333/*.parquet
 *     host_auth/day=2026-03-11/*.parquet
 *
 * Columns are those of `schemas/tables/<table>.json`; a record stands there once, on the day it happened, in order of time.
 */
export const storeFormat = { format: 'trailwatch local store', version: 1 } as const;

export const storeFile = 'store.json';

/** Which files were imported. */
export const ledgerFile = 'imported.ndjson';

/** isLocalStore tells a local store from a folder of logs. */
export async function isLocalStore(folder: string): Promise<boolean> {
  const found = await stat(join(folder, storeFile)).catch(() => undefined);
  return found?.isFile() === true;
}

/** storeGlob matches the Parquet files of a table. The store's own folder is taken as it is, also when it has a `*` in its name. */
function storeGlob(folder: string, table: string): string {
  return `${join(folder, table).replaceAll(/[*?[\]]/g, '[$&]')}/**/*.parquet`;
}

/**
 * storeQuery selects a table of a store as it is in Athena, in DuckDB's SQL. There must be a file for the glob: an empty table has
 * none.
 */
export function storeQuery(folder: string, table: string): string {
  return `SELECT * REPLACE (replace(day, '-', '/') AS day) FROM ${readParquet(sqlLiteral(storeGlob(folder, table)))}`;
}

/** readParquet reads files of a store; the folders' names are texts, whatever they look like. */
export function readParquet(files: string): string {
  return `read_parquet(${files}, hive_partitioning = true, hive_types_autocast = false, union_by_name = true)`;
}
