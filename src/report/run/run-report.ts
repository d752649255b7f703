import { createHash } from 'node:crypto';
import { readParameter, readParameters } from '../definition/parameter.ts';
import type { ParameterDefinition, ParameterValue } from '../definition/parameter.ts';
import { partitionDays } from '../definition/period.ts';
import type { Period } from '../definition/period.ts';
import type { Cell, EngineProgress, QueryEngine, QueryStatistics } from './query-engine.ts';
import type { ColumnType, Report } from '../definition/report.ts';
import { ReportError } from '../definition/report-error.ts';
import type { Row, Rows } from './rows.ts';
import type { Spool } from './spool.ts';
import { bindSql } from '../definition/sql-tokens.ts';
import type { BoundSql } from '../definition/sql-tokens.ts';

/** ReportRequest is the request to run a report: unchecked text, to be checked by `prepareReport`. */
export interface ReportRequest {
  readonly period: Period;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

/** PreparedReport is a report with checked values, ready to run on any engine. */
export interface PreparedReport {
  readonly report: Report;
  readonly period: Period;
  readonly account: string;
  readonly region: string;
  /** The report's own parameters with their values, as text. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly sql: BoundSql;
  readonly values: readonly ParameterValue[];
}

/** ReportRun is one complete run of a report: request, engine, time and answer. */
export interface ReportRun<Kept extends Rows = readonly Row[]> extends PreparedReport {
  readonly engine: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly rows: Kept;
  readonly statistics: QueryStatistics;
  /** SHA-256 over columns and rows, hexadecimal: the same answer has the same hash on every engine. */
  readonly hash: string;
}

const place = (name: 'account' | 'region', type: 'account' | 'region'): ParameterDefinition => ({
  name,
  type,
  meaning: `the ${name}; * for all`,
  default: '*',
});

/** prepareReport checks a request. @throws {ReportError} for an unknown, missing or wrong parameter. */
export function prepareReport(report: Report, request: ReportRequest): PreparedReport {
  const own = readParameters(report.parameters, request.parameters);
  const account = readParameter(place('account', 'account'), request.account ?? '*');
  const region = readParameter(place('region', 'region'), request.region ?? '*');
  const { first, last } = partitionDays(request.period);
  const text = (value: string): ParameterValue => ({ type: 'text', value });
  const all = new Map<string, ParameterValue>([
    ...own,
    ['from', text(request.period.from)],
    ['to', text(request.period.to)],
    ['from_day', text(first)],
    ['to_day', text(last)],
    ['account', account],
    ['region', region],
  ]);
  const sql = bindSql(report.sql);
  const values = sql.names.map((name) => {
    const value = all.get(name);
    if (value === undefined)
      throw new ReportError('definition', `${report.name}: the SQL uses :${name}, which has no value`);
    return value;
  });
  return {
    report,
    period: request.period,
    account: String(account.value),
    region: String(region.value),
    parameters: Object.fromEntries([...own].map(([name, { value }]) => [name, String(value)])),
    sql,
    values,
  };
}

/** RunOptions are the clock, signal and limits of a run. */
export interface RunOptions {
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
  /** An answer with more rows is refused, not cut: evidence must be complete. */
  readonly maxRows: number;
}

/** runReport runs a report and keeps the answer in memory. @throws {ReportError} when the answer can't be complete. */
export async function runReport(
  prepared: PreparedReport,
  engine: QueryEngine,
  options: RunOptions,
): Promise<ReportRun> {
  const rows: Row[] = [];
  const facts = await answerOf(prepared, engine, options, (row) => void rows.push(row));
  return { ...facts, rows };
}

/** spoolReport runs a report whose answer may be larger than memory. @throws {ReportError} when the answer can't be complete. */
export async function spoolReport(
  prepared: PreparedReport,
  engine: QueryEngine,
  options: RunOptions,
  spool: Spool,
): Promise<ReportRun<Rows>> {
  const facts = await answerOf(prepared, engine, options, (row, line) => spool.add(row, line));
  return { ...facts, rows: await spool.rows() };
}

/** Converts each row to the report's column types and passes it on, in order. */
async function answerOf(
  prepared: PreparedReport,
  engine: QueryEngine,
  { now, signal, onProgress, maxRows }: RunOptions,
  take: Spool['add'],
): Promise<Omit<ReportRun, 'rows'>> {
  const { report, sql, values } = prepared;
  const startedAt = now();
  const answer = await engine.query(
    { name: report.name, sql, values },
    { signal, ...(onProgress !== undefined && { onProgress }) },
  );
  const wanted = report.columns.map(({ name }) => name);
  if (answer.columns.join('\n').toLowerCase() !== wanted.join('\n')) {
    throw new ReportError(
      'definition',
      `${report.name}: expected the columns ${wanted.join(', ')}, got ${answer.columns.join(', ')}`,
    );
  }
  // The hash changes with any cell, column or the order of rows.
  const hash = createHash('sha256').update(`${JSON.stringify(wanted)}\n`);
  let count = 0;
  for await (const batch of answer.batches) {
    for (const cells of batch) {
      if (++count > maxRows) {
        throw new ReportError('cut-off', `the answer has more than ${maxRows} rows`, {
          hint: 'Choose a shorter period, one account or one region, or allow more rows with --max-rows.',
        });
      }
      const row = cells.map((cell, index) => typed(cell, report.columns[index]?.type ?? 'text'));
      const line = `${JSON.stringify(row)}\n`;
      hash.update(line);
      const taken = take(row, line);
      if (taken !== undefined) await taken;
    }
  }
  return {
    ...prepared,
    engine: engine.name,
    startedAt: startedAt.toISOString(),
    elapsedMs: now().getTime() - startedAt.getTime(),
    statistics: answer.statistics(),
    hash: hash.digest('hex'),
  };
}

/** Athena returns every value as text, DuckDB in its own types; both are converted to the definition's type. */
function typed(cell: Cell, type: ColumnType): Cell {
  if (cell === null) return null;
  switch (type) {
    case 'text':
    case 'time':
      return String(cell);
    case 'integer':
    case 'number': {
      const value = Number(cell);
      return typeof cell === 'string' &&
        (cell === '' || !Number.isFinite(value) || (type === 'integer' && !Number.isSafeInteger(value)))
        ? cell
        : value;
    }
    case 'boolean':
      return typeof cell === 'boolean' ? cell : cell === 'true' ? true : cell === 'false' ? false : cell;
    default:
      throw new Error(type satisfies never);
  }
}
