import type { Report } from './report.ts';
import { ReportError } from './report-error.ts';

/** findReport finds a report by name. @throws {ReportError} with similar names. */
export function findReport(reports: readonly Report[], name: string): Report {
  const report = reports.find((one) => one.name === name);
  if (report !== undefined) return report;
  const near = reports.filter((one) => name.split('-').some((word) => word.length > 2 && one.name.includes(word)));
  throw new ReportError('usage', `${JSON.stringify(name.slice(0, 80))}: unknown report`, {
    hint:
      near.length > 0
        ? `Similar: ${near
            .slice(0, 6)
            .map((one) => one.name)
            .join(', ')}.`
        : 'Run `trailwatch report list` to see all reports.',
  });
}
