import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlLiteral } from '../../text/sql-literal.ts';

/**
 * A local store is a folder of Parquet files, made by `trailwatch archive import`:
 *
 *     store.json                                          the layout's name and version
 *     imported.ndjson                                     the imported files, a line each
 *     differing.ndjson                                    ids of records that differ from another record of their id
 *     cloudtrail/day=2026-03-11/account=111122223333/*.parquet
 *     host_auth/day=2026-03-11/*.parquet
 *
 * Columns are those of `schemas/tables/<table>.json`; each record is in the store once, on the day of its event, in order of time.
 */
export const storeFormat = { format: 'trailwatch local store', version: 1 } as const;

export const storeFile = 'store.json';

/** The list of imported files. */
export const ledgerFile = 'imported.ndjson';

/** The list of ids whose records differ: all of these records are in the store. */
export const differingFile = 'differing.ndjson';

/** isLocalStore says whether a folder is a local store. */
export async function isLocalStore(folder: string): Promise<boolean> {
  const found = await stat(join(folder, storeFile)).catch(() => undefined);
  return found?.isFile() === true;
}

/** storeGlob matches the Parquet files of a table. A `*` in the name of the store's folder is taken literally. */
function storeGlob(folder: string, table: string): string {
  return `${join(folder, table).replaceAll(/[*?[\]]/g, '[$&]')}/**/*.parquet`;
}

/**
 * storeQuery selects a table of a store, with the columns that Athena's table has. The table must have a Parquet file.
 */
export function storeQuery(folder: string, table: string): string {
  return `SELECT * REPLACE (replace(day, '-', '/') AS day) FROM ${readParquet(sqlLiteral(storeGlob(folder, table)))}`;
}

/** readParquet reads files of a store; partition values are always text. */
export function readParquet(files: string): string {
  return `read_parquet(${files}, hive_partitioning = true, hive_types_autocast = false, union_by_name = true)`;
}
