import { loadReports } from '../../report/definition/load-reports.ts';
import type { Report } from '../../report/definition/report.ts';
import { ReportError } from '../../report/definition/report-error.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { projectPath } from '../shell/options.ts';
import type { Surroundings } from '../shell/terminal.ts';

/** readReports reads the project's own reports. */
export async function readReports(): Promise<readonly Report[]> {
  try {
    return await loadReports(projectPath('queries'), 'queries');
  } catch (error) {
    throw asUsage(error);
  }
}

/** showingControls keeps the reports that help to show a framework's controls. @throws {UsageError} when none does. */
export function showingControls(reports: readonly Report[], framework: string): readonly Report[] {
  const wanted = framework.toLowerCase();
  const chosen = reports.filter(({ controls }) => controls.some((one) => one.framework.toLowerCase().includes(wanted)));
  if (chosen.length > 0) return chosen;
  const known = new Set(reports.flatMap(({ controls }) => controls.map((one) => one.framework)));
  throw new UsageError(`--control ${framework}: unknown framework`, `Known: ${[...known].join(', ')}.`);
}

/** asUsage turns a ReportError about the request into a UsageError; other errors stay as they are. */
export function asUsage(error: unknown): unknown {
  if (!(error instanceof ReportError)) return error;
  return error.kind === 'usage' || error.kind === 'definition'
    ? new UsageError(error.message, error.hint, error)
    : error;
}

const codes = {
  usage: exitCode.usage,
  definition: exitCode.usage,
  engine: exitCode.fault,
  'cut-off': exitCode.checkFailed,
  cancelled: exitCode.interrupted,
} satisfies Record<ReportError['kind'], ExitCode>;

/** printReportError prints why a report has no answer and returns the exit code. */
export async function printReportError(error: ReportError, name: string, { err }: Surroundings): Promise<ExitCode> {
  await err.write(`trailwatch: ${name}: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
  return codes[error.kind];
}
