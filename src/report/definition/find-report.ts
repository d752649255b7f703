import type { Report } from './report.ts';
import { ReportError } from './report-error.ts';

/** findReport picks a report by name. @throws {ReportError} with the names that come near. */
export function findReport(reports: readonly Report[], name: string): Report {
  const report = reports.find((one) => one.name === name);
  if (report !== undefined) return report;
  const near = reports.filter((one) => name.split('-').some((word) => word.length > 2 && one.name.includes(word)));
  throw new ReportError('usage', `${JSON.stringify(name.slice(0, 80))}: no such report`, {
    hint:
      near.length > 0
        ? `Near it: ${near
            .slice(0, 6)
            .map((one) => one.name)
            .join(', ')}.`
        : '`trailwatch report list` names all.',
  });
}
