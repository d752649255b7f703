import { copyTable, rawTable } from './copy-table.ts';
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

/** surveySql counts what was delivered on a day, by account and day of the event. */
export function surveySql(folder: string, accounts: readonly string[]): string {
  return [
    'SELECT account, event_day, COUNT(*) AS records, COUNT(DISTINCT event_id) AS events',
    `FROM (SELECT account, ${eventDaySql} AS event_day, ${eventIdSql} AS event_id FROM ${rawTable} WHERE ${delivered(folder, accounts)}) AS delivered`,
    'GROUP BY account, event_day',
    'ORDER BY account, event_day',
  ].join('\n');
}

/**
 * mergeSql adds the deliveries of a day to the copy, without those that it has. It is one transaction: a failed query leaves nothing,
 * two at a time exclude each other, and a repeat changes nothing.
 * https://docs.aws.amazon.com/athena/latest/ug/merge-into-statement.html
 */
export function mergeSql(folder: string, { accounts, days }: Chunk, columns: readonly CopyColumn[]): string {
  const own: Readonly<Record<string, string>> = { day: 'event_day', eventid: 'event_id' };
  const names = columns.map(({ name }) => name);
  const plain = names.filter((name) => own[name] === undefined);
  return [
    `MERGE INTO ${copyTable} AS t`,
    'USING (',
    '  SELECT * FROM (',
    // Ordered by time, so that an event that was delivered twice is next to its repeat.
    '    SELECT *, lag(event_id) OVER (PARTITION BY account, event_day ORDER BY eventtime, event_id) AS id_before',
    '    FROM (',
    `      SELECT ${[...plain, `${eventDaySql} AS event_day`, `${eventIdSql} AS event_id`].join(', ')}`,
    `      FROM ${rawTable}`,
    `      WHERE ${delivered(folder, accounts)}`,
    '    ) AS delivered',
    `    WHERE event_day IN (${list(days)})`,
    '  ) AS ordered',
    '  WHERE id_before IS DISTINCT FROM event_id',
    ') AS s',
    'ON t.day = s.event_day AND t.account = s.account AND t.eventid = s.event_id',
    // Only these partitions of the copy are read.
    `  AND t.day IN (${list(days)}) AND t.account IN (${list(accounts)})`,
    `WHEN NOT MATCHED THEN INSERT (${names.join(', ')})`,
    `  VALUES (${names.map((name) => `s.${own[name] ?? name}`).join(', ')})`,
  ].join('\n');
}

/** countSql counts a chunk's events in the copy. */
export function countSql({ accounts, days }: Chunk): string {
  return [
    'SELECT account, day, COUNT(*) AS records, COUNT(DISTINCT eventid) AS events',
    `FROM ${copyTable}`,
    `WHERE day IN (${list(days)}) AND account IN (${list(accounts)})`,
    'GROUP BY account, day',
    'ORDER BY account, day',
  ].join('\n');
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
