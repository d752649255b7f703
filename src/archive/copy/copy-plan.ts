import type { Chunk } from './copy-sql.ts';

/** Surveyed counts the events of an account and a day: those delivered on some day, or those in the copy. */
export interface Surveyed {
  readonly account: string;
  /** yyyy/MM/dd, of the events. */
  readonly day: string;
  /** Rows, including repeated ones. */
  readonly records: number;
  readonly events: number;
}

/**
 * Athena writes to at most 100 partitions in one statement.
 * https://docs.aws.amazon.com/athena/latest/ug/ctas-insert-into.html
 */
const partitionsAtOnce = 90;

/** chunksOf splits the survey so that no statement writes to too many partitions; it keeps an account's days together where they fit. */
export function chunksOf(surveyed: readonly Surveyed[], most = partitionsAtOnce): readonly Chunk[] {
  const daysOf = new Map<string, string[]>();
  for (const { account, day } of surveyed) daysOf.set(account, [...(daysOf.get(account) ?? []), day]);
  const chunks: Chunk[] = [];
  let accounts: string[] = [];
  let days = new Set<string>();
  let partitions = 0;
  const end = (): void => {
    if (accounts.length > 0) chunks.push({ accounts, days: [...days].toSorted() });
    accounts = [];
    days = new Set();
    partitions = 0;
  };
  for (const [account, own] of [...daysOf].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (partitions + own.length > most) end();
    if (own.length > most) {
      const sorted = own.toSorted();
      for (let at = 0; at < sorted.length; at += most) {
        chunks.push({ accounts: [account], days: sorted.slice(at, at + most) });
      }
      continue;
    }
    accounts.push(account);
    for (const day of own) days.add(day);
    partitions += own.length;
  }
  end();
  return chunks;
}

/** lacking names the first account and day for which the copy has too few events or an event twice; undefined when there is none. */
export function lacking(delivered: readonly Surveyed[], held: readonly Surveyed[]): string | undefined {
  const copies = new Map(held.map((one) => [`${one.account} ${one.day}`, one]));
  for (const { account, day, events } of delivered) {
    const copy = copies.get(`${account} ${day}`);
    if (copy === undefined || copy.events < events) {
      return `account ${account}, ${day}: expected ${events} events in the copy, got ${copy?.events ?? 0}`;
    }
    if (copy.records !== copy.events) {
      return `account ${account}, ${day}: the copy has ${copy.records} rows for ${copy.events} events`;
    }
  }
  return undefined;
}
