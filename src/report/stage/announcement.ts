import type { SummaryPart } from '../../model/audit-event.ts';
import { periodText } from '../run/answer-context.ts';
import type { FiledReport } from './file-report.ts';
import { bytes, duration, plural } from '../../text/amounts.ts';
import type { PreparedReport } from '../run/run-report.ts';

/** Announcement is a stage's record about a scheduled or invoked report, as input for rules. */
export interface Announcement {
  /** Identifies the announcement: a repeat has the same id. */
  readonly fact: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** filedAnnouncement announces a filed report: its question, rows, cost and location. */
export function filedAnnouncement({ run, reason, address, link, files }: FiledReport): Announcement {
  const { report, statistics, hash, startedAt, elapsedMs } = run;
  const { bytesScanned = 0, cost = 0, reused = false } = statistics;
  const period = periodText(run.period);
  const summary: readonly SummaryPart[] = [
    { title: report.title, lines: [report.question, period, ...parametersOf(run)] },
    { title: 'Answer', lines: [plural(run.rows.length, 'row'), `SHA-256 ${hash}`] },
    { title: 'Evidence', lines: [link, `${plural(files.length, 'file')}, with hashes in manifest.json`] },
    {
      title: 'Query',
      lines: [
        `${duration(elapsedMs)}, ${reused ? 'reused result' : `${bytes(bytesScanned)} scanned`}, $${cost.toFixed(4)}`,
        ...(reason === undefined ? [] : [reason]),
      ],
    },
  ];
  return {
    fact: ['report-filed', report.name, run.period.from, run.period.to, startedAt],
    fields: {
      report: report.name,
      title: report.title,
      period,
      rows: run.rows.length,
      sha256: hash,
      bytesScanned,
      cost,
      ...(statistics.executionId !== undefined && { executionId: statistics.executionId }),
      address,
      link,
      summary,
    },
  };
}

/** failedAnnouncement announces a report that failed, with the reason. */
export function failedAnnouncement(prepared: PreparedReport, error: Error, time: string): Announcement {
  const { report } = prepared;
  const period = periodText(prepared.period);
  const hint = (error as { readonly hint?: string }).hint;
  const lines = [error.message, ...(hint === undefined ? [] : [hint])];
  return {
    fact: ['report-failed', report.name, prepared.period.from, prepared.period.to, time],
    fields: {
      report: report.name,
      title: report.title,
      period,
      reason: error.message,
      summary: [
        { title: report.title, lines: [report.question, period, ...parametersOf(prepared)] },
        { title: 'No answer', lines },
      ] satisfies readonly SummaryPart[],
    },
  };
}

function parametersOf({ parameters, account, region }: PreparedReport): readonly string[] {
  const all = { ...(account !== '*' && { account }), ...(region !== '*' && { region }), ...parameters };
  const given = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  return given.length === 0 ? [] : [given.join(', ')];
}
