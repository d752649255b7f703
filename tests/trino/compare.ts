import type { QueryEngine } from '../../src/report/run/query-engine.ts';
import type { Report } from '../../src/report/definition/report.ts';
import { prepareReport, runReport } from '../../src/report/run/run-report.ts';
import type { ReportRequest, ReportRun } from '../../src/report/run/run-report.ts';

/** Comparison is what came of asking two engines the same. */
export interface Comparison {
  readonly same: boolean;
  readonly rows: number;
  /** For a person: how many rows, or the first thing that differs. */
  readonly text: string;
}

/** compare asks both engines and looks for the first difference: of the answers' hashes, then of rows, then of a cell. */
export async function compare(
  report: Report,
  request: ReportRequest,
  [first, second]: readonly [QueryEngine, QueryEngine],
): Promise<Comparison> {
  const prepared = prepareReport(report, request);
  const given = Object.entries(request.parameters).map(([name, value]) => `${name}=${value}`);
  const options = { now: () => new Date(0), signal: new AbortController().signal, maxRows: 1_000_000 };
  try {
    const [a, b] = [await runReport(prepared, first, options), await runReport(prepared, second, options)];
    const difference = a.hash === b.hash ? undefined : firstDifference(a, b);
    const rows = `${a.rows.length} rows${given.length === 0 ? '' : ` (${given.join(', ')})`}`;
    return { same: difference === undefined, rows: a.rows.length, text: difference ?? rows };
  } catch (error) {
    return { same: false, rows: 0, text: error instanceof Error ? error.message : String(error) };
  }
}

function firstDifference(a: ReportRun, b: ReportRun): string {
  const shown = (run: ReportRun, at: number): string => `${run.engine}: ${JSON.stringify(run.rows[at])}`;
  const at = a.rows.findIndex((row, index) => JSON.stringify(row) !== JSON.stringify(b.rows[index]));
  const place = at < 0 ? a.rows.length : at;
  return `${a.rows.length} and ${b.rows.length} rows; row ${place + 1}:\n  ${shown(a, place)}\n  ${shown(b, place)}`;
}
