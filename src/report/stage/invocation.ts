import * as v from 'valibot';
import { readPeriod } from '../definition/period.ts';
import type { ReportRequest } from '../run/run-report.ts';
import type { Report } from '../definition/report.ts';
import { findReport } from '../definition/find-report.ts';
import { ReportError } from '../definition/report-error.ts';
import { prepareReport } from '../run/run-report.ts';
import type { PreparedReport } from '../run/run-report.ts';

const text = v.pipe(v.string(), v.maxLength(1000));
const value = v.pipe(v.union([text, v.number(), v.boolean()]), v.transform(String));

/** The payload that runs a report. A schedule adds its own id and time. */
const invocation = v.strictObject({
  report: text,
  period: v.optional(text),
  from: v.optional(text),
  to: v.optional(text),
  account: v.optional(text),
  region: v.optional(text),
  parameters: v.optional(v.record(text, value), {}),
  id: v.optional(text),
  time: v.optional(v.pipe(text, v.isoTimestamp())),
});

/** Invocation is a checked request to run a report. */
export interface Invocation {
  readonly prepared: PreparedReport;
  /** The time that its period counts from; ISO 8601. */
  readonly time: string;
  /** The origin of the request: the schedule's event, or an invocation. */
  readonly by: string;
}

/**
 * readInvocation checks the function's payload: `{"report": "root-activity", "period": "last month"}`.
 * @throws {ReportError} for a wrong payload.
 */
export function readInvocation(event: unknown, reports: readonly Report[], now: Date): Invocation {
  const checked = v.safeParse(invocation, event);
  if (!checked.success) {
    const [issue] = checked.issues;
    const key = v.getDotPath(issue) ?? 'the event';
    throw new ReportError('usage', `${key}: ${issue.message}`, {
      hint: 'Expected {"report": NAME, "period": "last month", "parameters": {…}}, or from and to instead of period.',
    });
  }
  const { report: name, period, from, to, account, region, parameters, id, time } = checked.output;
  const report = findReport(reports, name);
  // A retry asks for the same period, also on the next day.
  const at = time === undefined ? now : new Date(time);
  if (from === undefined && to !== undefined) {
    throw new ReportError('usage', 'to requires from (the start of the period)', {
      hint: 'Without it, the query would read the trail from its beginning.',
    });
  }
  const asked = period === undefined && from === undefined ? report.period : period;
  const request: ReportRequest = { period: readPeriod({ period: asked, from, to }, at), account, region, parameters };
  return {
    prepared: prepareReport(report, request),
    time: at.toISOString(),
    by: id === undefined ? 'an invocation' : `the schedule, event ${id}`,
  };
}
