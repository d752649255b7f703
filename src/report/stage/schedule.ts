import { findReport } from '../definition/find-report.ts';
import { laterThanAnyPeriod, readPeriod } from '../definition/period.ts';
import type { Report } from '../definition/report.ts';
import { ReportError } from '../definition/report-error.ts';
import { prepareReport } from '../run/run-report.ts';

/** ReportSettings are the schedule and the request of a report that a stage runs by itself. */
export interface ReportSettings {
  /** `daily`, `weekly`, `monthly`, `quarterly`, `yearly`, or EventBridge's cron(…) or rate(…); as the report suggests when absent. */
  readonly schedule?: string;
  /** As `--period` takes it; the one that ended last when absent. */
  readonly period?: string;
  readonly account?: string;
  readonly region?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** ScheduledReport is one report that a stage runs by itself. */
export interface ScheduledReport {
  readonly report: string;
  /** As EventBridge takes it, in UTC. */
  readonly expression: string;
  readonly period: string;
  readonly account?: string;
  readonly region?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

// After the trail's last files have arrived and are in the columnar copy. Each report has its own minute: Athena runs a few at a time.
const rhythms: Readonly<Record<string, { readonly period: string; readonly at: (minute: number) => string }>> = {
  daily: { period: 'yesterday', at: (minute) => `cron(${minute} 8 * * ? *)` },
  weekly: { period: 'last week', at: (minute) => `cron(${minute} 8 ? * MON *)` },
  monthly: { period: 'last month', at: (minute) => `cron(${minute} 8 1 * ? *)` },
  quarterly: { period: 'last quarter', at: (minute) => `cron(${minute} 8 1 1,4,7,10 ? *)` },
  yearly: { period: 'last year', at: (minute) => `cron(${minute} 8 1 1 ? *)` },
};

/**
 * scheduledReports lists the reports that a stage runs, with schedule and period.
 * @throws {ReportError} with a line for each wrong setting: an unknown report, a missing parameter, an unknown schedule.
 */
export function scheduledReports(
  reports: readonly Report[],
  settings: Readonly<Record<string, ReportSettings | 'off'>>,
): readonly ScheduledReport[] {
  const problems: string[] = [];
  const scheduled = Object.entries(settings).flatMap(([name, own]): readonly ScheduledReport[] => {
    if (own === 'off') return [];
    try {
      return [scheduleOf(findReport(reports, name), own)];
    } catch (error) {
      if (!(error instanceof ReportError)) throw error;
      problems.push(`reports.${name}: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`);
      return [];
    }
  });
  if (problems.length > 0) throw new ReportError('usage', problems.join('\n'));
  return scheduled;
}

function scheduleOf(
  report: Report,
  { schedule, period, account, region, parameters = {} }: ReportSettings,
): ScheduledReport {
  const wanted = schedule ?? report.schedule;
  const rhythm = Object.hasOwn(rhythms, wanted) ? rhythms[wanted] : undefined;
  if (rhythm === undefined && !/^(?:cron|rate)\([^()]{1,100}\)$/.test(wanted)) {
    throw new ReportError('usage', `unknown schedule ${JSON.stringify(wanted)}`, {
      hint: `expected one of ${Object.keys(rhythms).join(', ')}, or cron(…) or rate(…)`,
    });
  }
  const asked = period ?? rhythm?.period ?? report.period;
  // Errors are found at deployment, not at the first scheduled run.
  prepareReport(report, { period: readPeriod({ period: asked }, laterThanAnyPeriod), account, region, parameters });
  return {
    report: report.name,
    expression: rhythm?.at(minuteOf(report.name)) ?? wanted,
    period: asked,
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
    parameters,
  };
}

function minuteOf(name: string): number {
  return Buffer.from(name).reduce((sum, letter) => sum + letter, 0) % 60;
}
