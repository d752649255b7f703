import type { DuckDBConnection } from '@duckdb/node-api';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { readParquet } from './local-store.ts';
import { sqlLiteral } from '../../text/sql-literal.ts';

/** Compaction is the replacement of several files by one. It is recorded before it begins, so that it can be completed after a crash. */
interface Compaction {
  readonly made: string;
  readonly of: readonly string[];
}

const journal = 'compaction.json';

/** Row groups small enough that a query for an hour or a few columns reads little. */
export const parquetOptions = '(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)';

/** compact merges the files in each folder of a table into one file, sorted by time. */
export async function compact(
  connection: DuckDBConnection,
  { name, id, time }: { readonly name: string; readonly id: string; readonly time: string },
  folder: string,
  staging: string,
): Promise<void> {
  const places = new Map<string, string[]>();
  for (const file of await parquetBelow(join(folder, name))) {
    const place = dirname(file);
    places.set(place, [...(places.get(place) ?? []), file]);
  }
  for (const [place, files] of places) {
    if (files.length < 2) continue;
    const fresh = join(staging, `${randomUUID()}.parquet`);
    // Partition columns come from the folders' names and must not get into the file.
    const rows = readParquet(`[${files.map(sqlLiteral).join(', ')}]`).replace(
      'hive_partitioning = true',
      'hive_partitioning = false',
    );
    await connection.run(
      `COPY (SELECT * FROM ${rows} ORDER BY ${time}, ${id}) TO ${sqlLiteral(fresh)} ${parquetOptions}`,
    );
    const made = join(place, `${randomUUID()}.parquet`);
    const plan: Compaction = { made, of: files };
    await writeFile(join(folder, journal), JSON.stringify(plan));
    await rename(fresh, made);
    for (const file of files) await rm(file);
    await rm(join(folder, journal));
  }
}

/** finishCompaction completes a compaction after a crash: it removes the old files if the new one exists. */
export async function finishCompaction(folder: string): Promise<void> {
  const path = join(folder, journal);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  const plan = planOf(text);
  const done = plan !== undefined && (await stat(plan.made).catch(() => undefined)) !== undefined;
  if (done) for (const file of plan.of) await rm(file, { force: true });
  await rm(path);
}

function planOf(text: string): Compaction | undefined {
  try {
    return JSON.parse(text) as Compaction;
  } catch {
    // Cut off while it was written: no file was replaced yet.
    return undefined;
  }
}

/** parquetBelow lists the Parquet files below a folder; none when the folder does not exist. */
export async function parquetBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.parquet'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
