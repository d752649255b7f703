import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Identity says when two records of a table are the same: by their `id` alone, which is made of their content; or by all of their
 * fields, when somebody else gave the id.
 */
export type Identity = 'id' | 'fields';

/** identityOf is the identity of a table's records: CloudTrail's event ids are CloudTrail's, or a forger's. */
export function identityOf(table: string): Identity {
  return table === 'cloudtrail' ? 'fields' : 'id';
}

/** Repeats says what became of records that share an id. */
export interface Repeats {
  /** Records that were dropped, because another record is the same in every field. */
  readonly same: number;
  /** Ids whose records differ: all of these records are kept. Sorted. */
  readonly differing: readonly string[];
}

/**
 * dropRepeats deletes rows of a table of id and body (JSON text) that repeat another row. The same fields in another order are the same
 * record. Of equal rows one stays, whichever file it came from.
 */
export async function dropRepeats(connection: DuckDBConnection, table: string, identity: Identity): Promise<Repeats> {
  const before = await countOf(connection, table);
  const [[ids = 0n] = []] = await rowsOf(connection, `SELECT count(DISTINCT id) FROM ${table}`);
  if (Number(ids) === before) return { same: 0, differing: [] };
  const same = identity === 'id' ? 'id' : 'id, body, time, account, region';
  await connection.run(`DELETE FROM ${table} WHERE rowid NOT IN (SELECT min(rowid) FROM ${table} GROUP BY ${same})`);
  const differing = identity === 'id' ? [] : await dropReordered(connection, table);
  return { same: before - (await countOf(connection, table)), differing };
}

/** Rows of one id whose texts differ: those that hold the same fields go, the others are named. */
async function dropReordered(connection: DuckDBConnection, table: string): Promise<readonly string[]> {
  const several = `SELECT id FROM ${table} GROUP BY id HAVING count(*) > 1`;
  const result = await connection.stream(
    `SELECT id, rowid, body FROM ${table} WHERE id IN (${several}) ORDER BY id, body`,
  );
  const dropped: bigint[] = [];
  const differing: string[] = [];
  let current: string | undefined;
  let bodies = new Set<string>();
  const end = (): void => {
    if (current !== undefined && bodies.size > 1) differing.push(current);
    bodies = new Set();
  };
  for await (const batch of result.yieldRowsJs()) {
    for (const [id, rowid, body] of batch as unknown as readonly (readonly [string, bigint, string])[]) {
      if (id !== current) end();
      current = id;
      const content = canonicalJson(body);
      if (bodies.has(content)) dropped.push(rowid);
      bodies.add(content);
    }
  }
  end();
  for (let at = 0; at < dropped.length; at += deletedAtOnce) {
    await connection.run(`DELETE FROM ${table} WHERE rowid IN (${dropped.slice(at, at + deletedAtOnce).join(', ')})`);
  }
  return differing;
}

const deletedAtOnce = 1000;

/**
 * canonicalJson writes JSON with its keys in order, also in text that is JSON itself, as columns of a table hold it. Any other text stays
 * as it is.
 */
export function canonicalJson(text: string): string {
  return JSON.stringify(ordered(text, 0));
}

// Text in text in text: deeper than any record nests it.
const deepest = 64;

function ordered(value: unknown, depth: number): unknown {
  if (depth > deepest) return value;
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? orderedText(value, depth) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => ordered(item, depth + 1));
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => [key, ordered(inner, depth + 1)]);
}

function orderedText(text: string, depth: number): unknown {
  try {
    return ordered(JSON.parse(text), depth + 1);
  } catch {
    return text;
  }
}

async function countOf(connection: DuckDBConnection, table: string): Promise<number> {
  const [[count = 0n] = []] = await rowsOf(connection, `SELECT count(*) FROM ${table}`);
  return Number(count);
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.run(sql)).getRowsJS();
}
