import type { DuckDBConnection } from '@duckdb/node-api';
import { canonicalJson } from './repeats.ts';

/** StoredRows says where the rows of a table are: gathered in DuckDB, and in the store's files. */
export interface StoredRows {
  /** DuckDB's table of gathered rows, by id. */
  readonly raw: string;
  /** SQL that makes the store's columns from rows of `raw`. */
  readonly columns: string;
  /** SQL that adds `day` to the rows of `raw`. */
  readonly day: string;
  /** The store's column with the id. */
  readonly id: string;
  readonly partitions: readonly string[];
  /** SQL that reads the store's files. */
  readonly stored: string;
}

/**
 * dropStored deletes the gathered rows that the store already has, the same in every column, and returns the ids of those that differ
 * from the store's row of their id.
 */
export async function dropStored(connection: DuckDBConnection, rows: StoredRows): Promise<readonly string[]> {
  const { raw, columns, day, id, partitions, stored } = rows;
  const without = `* EXCLUDE (${partitions.join(', ')})`;
  const gathered = `SELECT *, rowid AS gathered, ${day} AS day FROM ${raw} WHERE id IN (SELECT ${id} FROM ${stored})`;
  const known = new Map<string, Set<string>>();
  for await (const row of jsonRows(
    connection,
    `SELECT ${without} FROM ${stored} WHERE ${id} IN (SELECT id FROM ${raw})`,
  )) {
    const name = String(row[id]);
    known.set(name, (known.get(name) ?? new Set()).add(contentOf(row)));
  }
  if (known.size === 0) return [];
  const repeated: string[] = [];
  const differing = new Set<string>();
  for await (const { gathered: place, ...row } of jsonRows(
    connection,
    `SELECT ${without} FROM (SELECT gathered, ${columns} FROM (${gathered}))`,
  )) {
    const name = String(row[id]);
    if (known.get(name)?.has(contentOf(row)) === true) repeated.push(String(Number(place)));
    else differing.add(name);
  }
  for (let at = 0; at < repeated.length; at += deletedAtOnce) {
    await connection.run(`DELETE FROM ${raw} WHERE rowid IN (${repeated.slice(at, at + deletedAtOnce).join(', ')})`);
  }
  return [...differing];
}

const deletedAtOnce = 1000;

/** A column without a value is the same as one that an older file does not have. */
function contentOf(row: Readonly<Record<string, unknown>>): string {
  return canonicalJson(JSON.stringify(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))));
}

async function* jsonRows(connection: DuckDBConnection, sql: string): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const result = await connection.stream(`SELECT CAST(to_json(one) AS VARCHAR) FROM (${sql}) AS one`);
  for await (const batch of result.yieldRowsJs()) {
    for (const [text] of batch as unknown as readonly (readonly [string])[])
      yield JSON.parse(text) as Record<string, unknown>;
  }
}
