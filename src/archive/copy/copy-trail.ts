import { createHash } from 'node:crypto';
import { chunksOf, lacking } from './copy-plan.ts';
import type { Surveyed } from './copy-plan.ts';
import type { CopiedFolder, CopyLease, CopyLedger } from './copy-ledger.ts';
import { folderAfter, foldersToCopy } from './copy-days.ts';
import type { DayRange, ScopeOf } from './copy-days.ts';
import {
  countSql,
  dropOldHashesSql,
  expireSql,
  hashVersion,
  mergeSql,
  optimizeSql,
  surveySql,
  vacuumSql,
} from './copy-sql.ts';
import type { Chunk } from './copy-sql.ts';
import { addColumnsSql, copyColumns, copyTable, createCopySql, hashColumn, rawTable } from './copy-table.ts';
import type { CopyColumn } from './copy-table.ts';
import { accountsOf, accountsOn, spanProperties } from '../trail/table-span.ts';
import { dayOf, folderOf } from '../../time/days.ts';

/** CopyError says why the copy could not be updated. Earlier days stay in the copy. */
export class CopyError extends Error {
  override readonly name = 'CopyError';
}

/** Ran is the result of one successful statement. */
export interface Ran {
  /** The rows of a SELECT, as text. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly bytesScanned: number;
  /** In US dollars. */
  readonly cost: number;
}

/** Statements runs SQL statements one at a time; an abort also stops the statement in the engine. */
export interface Statements {
  run(sql: string, signal: AbortSignal): Promise<Ran>;
}

/** CatalogTable is a table as the catalog describes it. */
export interface CatalogTable {
  /** `s3://bucket/folder/` */
  readonly location: string;
  /** Without the partition columns. */
  readonly columns: readonly CopyColumn[];
  readonly parameters: Readonly<Record<string, string>>;
}

/** Catalog reads the tables of the archive's database; undefined when there is no table of that name. */
export interface Catalog {
  table(name: string): Promise<CatalogTable | undefined>;
}

/** CopyParts are the dependencies of copyTrail. */
export interface CopyParts {
  readonly statements: Statements;
  readonly catalog: Catalog;
  /** The ledger of one copy, by its location. */
  readonly ledgerOf: (location: string) => CopyLedger;
  readonly lease: CopyLease;
  readonly now: () => Date;
}

export type CopyEvent =
  | { readonly kind: 'made'; readonly location: string }
  | { readonly kind: 'surveyed'; readonly day: string; readonly events: number; readonly chunks: number }
  | { readonly kind: 'merged'; readonly day: string; readonly chunk: number; readonly of: number }
  | { readonly kind: 'copied'; readonly day: string; readonly events: number; readonly accounts: number }
  | { readonly kind: 'expired'; readonly before: string };

/** CopyRequest names the days to copy and the time limit. */
export interface CopyRequest {
  /** Days of delivery; days that are in the copy are skipped. */
  readonly range: DayRange;
  /** The lease holder's name. */
  readonly holder: string;
  /** No new statement begins after this time; the next run continues. */
  readonly until?: Date;
  /** The first day to keep; without it, all days are kept. */
  readonly keepFrom?: string;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: CopyEvent) => void;
}

/** CopyRun is the result of a run. */
export interface CopyRun {
  /** `busy`: another run has the lease, and nothing was done. */
  readonly state: 'done' | 'unfinished' | 'busy';
  readonly copied: readonly string[];
  /** Days that are left for the next run. */
  readonly left: readonly string[];
  readonly bytesScanned: number;
  readonly cost: number;
}

/** Longer than Athena's time limit for a statement: a statement that outlives its caller ends before the lease does. */
const leaseMs = 35 * 60_000;

/**
 * copyTrail updates the columnar copy: for each day it counts the delivered events, merges those that the copy lacks, and counts again.
 * A day is recorded as copied only after the counts agree; until then reports read the trail's own files for it.
 * @throws {CopyError}
 */
export async function copyTrail(request: CopyRequest, parts: CopyParts): Promise<CopyRun> {
  const { holder, keepFrom, signal } = request;
  const { lease, now } = parts;
  const hold = (): Promise<boolean> => lease.take(holder, now(), new Date(now().getTime() + leaseMs));
  if (!(await hold())) return { state: 'busy', copied: [], left: [], bytesScanned: 0, cost: 0 };
  const spent = { bytesScanned: 0, cost: 0 };
  const run = async (sql: string): Promise<Ran> => {
    if (!(await hold())) throw new CopyError('another run holds the lease: this run exceeded its time');
    const ran = await parts.statements.run(sql, signal);
    spent.bytesScanned += ran.bytesScanned;
    spent.cost += ran.cost;
    return ran;
  };
  try {
    const state = await stateOf(parts, run, request);
    const work = { run, request, now };
    const folders = await state.ledger.folders();
    const { from, to } = request.range;
    const range = { from: keepFrom !== undefined && keepFrom > from ? keepFrom : from, to };
    const wanted = foldersToCopy(range, folders, state.scope, now());
    const copied: string[] = [];
    for (const day of wanted) {
      const before = folders.find((one) => one.day === day && one.scope === state.scope(day));
      const isNew = folders.every((one) => one.scope === state.scope(one.day) || !isNear(one.day, day));
      const outcome = await copyFolder(day, { before, isNew }, state, work);
      if (outcome === 'out of time') break;
      copied.push(day);
      // The day before is complete now: its events are in its own deliveries and in those of this day.
      if (outcome === 'copied') await inRounds(optimizeSql([folderAfter(day, -1)]), work);
    }
    const left = wanted.slice(copied.length);
    if (left.length === 0 && copied.length > 0) await upkeep(state, work);
    return { state: left.length === 0 ? 'done' : 'unfinished', copied, left, ...spent };
  } finally {
    await lease.release(holder);
  }
}

/** Whether the copy may have rows of a day's deliveries from another day's: its events are of the day, or of the one before. */
function isNear(folder: string, day: string): boolean {
  return folder >= folderAfter(day, -1) && folder <= day;
}

/** pendingDays lists the days that a run would copy. */
export async function pendingDays(
  range: DayRange,
  { catalog, ledgerOf, now }: Pick<CopyParts, 'catalog' | 'ledgerOf' | 'now'>,
): Promise<readonly string[]> {
  const raw = await rawTableOf(catalog);
  const copy = await catalog.table(copyTable);
  const folders = copy === undefined ? [] : await ledgerOf(copy.location).folders();
  return foldersToCopy(range, folders, scopeOf(raw), now());
}

interface CopyState {
  readonly ledger: CopyLedger;
  readonly scope: ScopeOf;
  readonly accounts: readonly string[];
  readonly columns: readonly CopyColumn[];
}

interface Work {
  readonly run: (sql: string) => Promise<Ran>;
  readonly request: CopyRequest;
  readonly now: () => Date;
}

async function stateOf(
  { catalog, ledgerOf, now }: CopyParts,
  run: Work['run'],
  { onEvent }: CopyRequest,
): Promise<CopyState> {
  const raw = await rawTableOf(catalog);
  const columns = copyColumns(raw.columns);
  let copy = await catalog.table(copyTable);
  if (copy === undefined) {
    const location = await freshLocation(catalog, now());
    await run(createCopySql([...columns, hashColumn], location));
    copy = await catalog.table(copyTable);
    if (copy === undefined) throw new CopyError(`table ${copyTable}: created, but not found in the catalog`);
    onEvent?.({ kind: 'made', location });
  }
  const more = addColumnsSql(
    [...columns, hashColumn],
    copy.columns.map(({ name }) => name),
  );
  if (more !== undefined) await run(more);
  return { ledger: ledgerOf(copy.location), scope: scopeOf(raw), accounts: coveredAccounts(raw), columns };
}

/** A folder that no earlier copy used: an Iceberg table must not share its folder. */
async function freshLocation(catalog: Catalog, now: Date): Promise<string> {
  const findings = await catalog.table('findings');
  const bucket = /^s3:\/\/([^/]+)\//.exec(findings?.location ?? '')?.[1];
  if (bucket === undefined)
    throw new CopyError('table findings: not found in the catalog, so the archive bucket is unknown');
  return `s3://${bucket}/${copyTable}/${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase()}/`;
}

async function rawTableOf(catalog: Catalog): Promise<CatalogTable> {
  const raw = await catalog.table(rawTable);
  if (raw === undefined) {
    throw new CopyError(`table ${rawTable}: not found in the catalog; deploy the stage with the parameter trailBucket`);
  }
  return raw;
}

/**
 * scopeOf is a hash of the accounts, regions, location and columns of the trail's table on a day of delivery: after a change, earlier
 * copies are incomplete. An account that joined later changes nothing of the days before it.
 */
export function scopeOf({ columns, parameters }: CatalogTable): ScopeOf {
  const { regions, folders } = spanProperties;
  const rest = [parameters[regions] ?? '', parameters[folders] ?? '', hashVersion(columns)];
  return (day) =>
    createHash('sha256')
      .update([accountsOn(parameters, day).join(','), ...rest].join('\n'))
      .digest('hex')
      .slice(0, 16);
}

function coveredAccounts({ parameters }: CatalogTable): readonly string[] {
  const accounts = accountsOf(parameters);
  if (accounts.length === 0) throw new CopyError(`table ${rawTable}: its partition projection has no accounts`);
  return accounts;
}

/** Accounts per survey: with more, the work group's cut-off could stop the query. */
const surveyedAtOnce = 100;

/** Copies one day's deliveries. The ledger records finished statements, so that the next run continues. */
async function copyFolder(
  day: string,
  { before, isNew }: { readonly before: CopiedFolder | undefined; readonly isNew: boolean },
  state: CopyState,
  work: Work,
): Promise<'copied' | 'as before' | 'out of time'> {
  const { run, request, now } = work;
  const surveyed: Surveyed[] = [];
  for (let at = 0; at < state.accounts.length; at += surveyedAtOnce) {
    if (isOver(work)) return 'out of time';
    const { rows } = await run(surveySql(day, state.accounts.slice(at, at + surveyedAtOnce), state.columns));
    surveyed.push(...rows.map(surveyedOf));
  }
  const sum = (of: (one: Surveyed) => number): number => surveyed.reduce((all, one) => all + of(one), 0);
  const totals = { records: sum(({ records }) => records), events: sum(({ events }) => events) };
  const folder = { day, scope: state.scope(day), ...totals };
  const same = before !== undefined && before.records === totals.records && before.events === totals.events;
  const chunks = chunksOf(surveyed);
  request.onEvent?.({ kind: 'surveyed', day, events: totals.events, chunks: chunks.length });
  const known = same && before.whole;
  if (!known) {
    // When more files of the day have arrived, its earlier statements don't count.
    const done = new Set(same ? before.done : []);
    for (const [index, chunk] of chunks.entries()) {
      if (done.has(nameOf(chunk))) continue;
      if (isOver(work)) return 'out of time';
      if (!isNew) await run(dropOldHashesSql(chunk, state.columns));
      await run(mergeSql(day, chunk, state.columns));
      done.add(nameOf(chunk));
      const copiedAt = now().toISOString();
      await state.ledger.record({ ...folder, whole: false, done: [...done], copiedAt });
      request.onEvent?.({ kind: 'merged', day, chunk: index + 1, of: chunks.length });
    }
    const held: Surveyed[] = [];
    for (const chunk of chunks) held.push(...(await run(countSql(chunk))).rows.map(surveyedOf));
    const fault = lacking(surveyed, held);
    if (fault !== undefined)
      throw new CopyError(`deliveries of ${day}: ${fault}; reports still read the trail's files for this day`);
  }
  await state.ledger.record({ ...folder, whole: true, done: [], copiedAt: now().toISOString() });
  const accounts = new Set(surveyed.map(({ account }) => account)).size;
  request.onEvent?.({ kind: 'copied', day, events: totals.events, accounts });
  return known ? 'as before' : 'copied';
}

function isOver({ request, now }: Work): boolean {
  return request.signal.aborted || (request.until !== undefined && now() >= request.until);
}

function nameOf(chunk: Chunk): string {
  return createHash('sha256')
    .update(JSON.stringify([chunk.accounts, chunk.days]))
    .digest('hex')
    .slice(0, 16);
}

function surveyedOf([account, day, records, events]: readonly (string | null)[]): Surveyed {
  return { account: account ?? '', day: day ?? '', records: Number(records), events: Number(events) };
}

/** Upkeep that a run does not finish is left for the next run: it concerns files, not their contents. */
const mostRounds = 10;

/** Removes old days and unneeded files. A day leaves the ledger before its rows are deleted, so that no report misses it. */
async function upkeep(state: CopyState, work: Work): Promise<void> {
  const { run, request } = work;
  const { keepFrom } = request;
  if (keepFrom !== undefined) {
    await state.ledger.forget(keepFrom);
    await run(expireSql(keepFrom));
    request.onEvent?.({ kind: 'expired', before: keepFrom });
  }
  await inRounds(vacuumSql, work);
}

/** OPTIMIZE handles a hundred partitions at a time and VACUUM a limited number of files; both fail while there are more. */
async function inRounds(sql: string, work: Work): Promise<void> {
  for (let round = 0; round < mostRounds && !isOver(work); round++) {
    try {
      await work.run(sql);
      return;
    } catch (error) {
      if (!(error instanceof Error && /ICEBERG_(?:OPTIMIZE|VACUUM)_MORE_RUNS_NEEDED/.test(error.message))) throw error;
    }
  }
}

/** lastWholeDays are the last days of delivery that ended before an instant. */
export function lastWholeDays(now: Date, days: number): DayRange {
  const yesterday = folderAfter(folderOf(dayOf(now)), -1);
  return { from: folderAfter(yesterday, 1 - days), to: yesterday };
}
