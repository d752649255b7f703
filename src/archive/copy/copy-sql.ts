import { createHash } from 'node:crypto';
import { copyTable, hashColumn, isPlace, rawTable } from './copy-table.ts';
import type { CopyColumn } from './copy-table.ts';

/** Chunk is the work of one statement: the events of some accounts on some days. */
export interface Chunk {
  readonly accounts: readonly string[];
  /** yyyy/MM/dd, of the events. */
  readonly days: readonly string[];
}

/**
 * The day of an event; for a record without a valid time, the day of its delivery. Every statement uses this one expression, because
 * an event must belong to the same day in all of them.
 */
export const eventDaySql =
  "(CASE WHEN regexp_like(eventtime, '^[0-9]{4}-[0-9]{2}-[0-9]{2}T') THEN replace(substr(eventtime, 1, 10), '-', '/') ELSE day END)";

// Every event has had an id since 2013. Other fields identify a record without one, so that it is neither lost nor doubled.
const eventIdSql =
  "COALESCE(NULLIF(eventid, ''), concat('none ', COALESCE(requestid, ''), ' ', COALESCE(eventtime, ''), ' ', COALESCE(eventname, '')))";

/** hashVersion names the columns that a record's hash is over: with other columns, the same record has another hash. */
export function hashVersion(columns: readonly CopyColumn[]): string {
  const hashed = columns.filter((column) => !isPlace(column)).map(({ name, type }) => [name, type]);
  return createHash('sha256').update(JSON.stringify(hashed)).digest('hex').slice(0, 8);
}

/** A hash over the columns of a record: the same for a record that was delivered twice, another for one that differs. */
function recordHashSql(columns: readonly CopyColumn[]): string {
  const texts = columns
    .filter((column) => !isPlace(column))
    .map(({ name, type }) => {
      const text = type === 'string' ? name : `json_format(CAST(${name} AS JSON))`;
      // A missing value is not an empty one.
      return `COALESCE(${text}, chr(0))`;
    });
  return `concat('${hashVersion(columns)} ', to_hex(sha256(to_utf8(concat_ws(chr(31), ${texts.join(', ')})))))`;
}

/** surveySql counts what was delivered on a day, by account and day of the event: records, and those that differ from each other. */
export function surveySql(folder: string, accounts: readonly string[], columns: readonly CopyColumn[]): string {
  const fields = [
    'account',
    `${eventDaySql} AS event_day`,
    `${eventIdSql} AS event_id`,
    `${recordHashSql(columns)} AS ${hashColumn.name}`,
  ];
  return [
    `SELECT account, event_day, COUNT(*) AS records, COUNT(DISTINCT concat(event_id, ' ', ${hashColumn.name})) AS events`,
    `FROM (SELECT ${fields.join(', ')} FROM ${rawTable} WHERE ${delivered(folder, accounts)}) AS delivered`,
    'GROUP BY account, event_day',
    'ORDER BY account, event_day',
  ].join('\n');
}

/**
 * mergeSql adds the deliveries of a day to the copy, without those that it has. It is one transaction: a failed query leaves nothing,
 * two at a time exclude each other, and a repeat changes nothing. Records of one id that differ are both added.
 * https://docs.aws.amazon.com/athena/latest/ug/merge-into-statement.html
 */
export function mergeSql(folder: string, { accounts, days }: Chunk, columns: readonly CopyColumn[]): string {
  const own: Readonly<Record<string, string>> = { day: 'event_day', eventid: 'event_id' };
  const names = columns.map(({ name }) => name);
  const plain = names.filter((name) => own[name] === undefined);
  const hash = hashColumn.name;
  const inOrder = 'OVER (PARTITION BY account, event_day ORDER BY eventtime, event_id, record_hash)';
  return [
    `MERGE INTO ${copyTable} AS t`,
    'USING (',
    '  SELECT * FROM (',
    // Ordered by time, so that an event that was delivered twice is next to its repeat.
    `    SELECT *, lag(event_id) ${inOrder} AS id_before, lag(${hash}) ${inOrder} AS hash_before`,
    '    FROM (',
    `      SELECT ${[...plain, `${eventDaySql} AS event_day`, `${eventIdSql} AS event_id`, `${recordHashSql(columns)} AS ${hash}`].join(', ')}`,
    `      FROM ${rawTable}`,
    `      WHERE ${delivered(folder, accounts)}`,
    '    ) AS delivered',
    `    WHERE event_day IN (${list(days)})`,
    '  ) AS ordered',
    `  WHERE id_before IS DISTINCT FROM event_id OR hash_before IS DISTINCT FROM ${hash}`,
    ') AS s',
    `ON t.day = s.event_day AND t.account = s.account AND t.eventid = s.event_id AND t.${hash} = s.${hash}`,
    // Only these partitions of the copy are read.
    `  AND t.day IN (${list(days)}) AND t.account IN (${list(accounts)})`,
    `WHEN NOT MATCHED THEN INSERT (${[...names, hash].join(', ')})`,
    `  VALUES (${[...names, hash].map((name) => `s.${own[name] ?? name}`).join(', ')})`,
  ].join('\n');
}

/** countSql counts a chunk's events in the copy. */
export function countSql({ accounts, days }: Chunk): string {
  return [
    `SELECT account, day, COUNT(*) AS records, COUNT(DISTINCT concat(eventid, ' ', COALESCE(${hashColumn.name}, ''))) AS events`,
    `FROM ${copyTable}`,
    `WHERE day IN (${list(days)}) AND account IN (${list(accounts)})`,
    'GROUP BY account, day',
    'ORDER BY account, day',
  ].join('\n');
}

/** dropOldHashesSql removes a chunk's rows whose hash is over other columns, or that have none, so that they can be added again. */
export function dropOldHashesSql({ accounts, days }: Chunk, columns: readonly CopyColumn[]): string {
  const old = `COALESCE(${hashColumn.name}, '') NOT LIKE '${hashVersion(columns)} %'`;
  return `DELETE FROM ${copyTable} WHERE day IN (${list(days)}) AND account IN (${list(accounts)}) AND ${old}`;
}

/** optimizeSql merges the small files of days. https://docs.aws.amazon.com/athena/latest/ug/optimize-statement.html */
export function optimizeSql(days: readonly string[]): string {
  return `OPTIMIZE ${copyTable} REWRITE DATA USING BIN_PACK WHERE day IN (${list(days)})`;
}

/** vacuumSql removes files that no snapshot of the last days needs. */
export const vacuumSql = `VACUUM ${copyTable}`;

/** expireSql removes the events of days before a day. */
export function expireSql(before: string): string {
  return `DELETE FROM ${copyTable} WHERE day < ${list([before])}`;
}

function delivered(folder: string, accounts: readonly string[]): string {
  return `day = ${list([folder])} AND account IN (${list(accounts)})`;
}

/** Days and accounts are digits and slashes; any other text must not get into the SQL. */
function list(values: readonly string[]): string {
  const odd = values.find((value) => !/^[0-9/]{1,12}$/.test(value));
  if (odd !== undefined) throw new Error(`${JSON.stringify(odd)}: expected a day (yyyy/MM/dd) or an account`);
  return values.map((value) => `'${value}'`).join(', ');
}
