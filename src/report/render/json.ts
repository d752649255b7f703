import type { Cell } from '../run/query-engine.ts';
import type { Rows } from '../run/rows.ts';
import type { ReportRun } from '../run/run-report.ts';
import type { AnswerContext } from '../run/answer-context.ts';
import { inPieces } from './pieces.ts';

/** jsonPieces writes a run as `schemas/report-run.schema.json` describes it, piece by piece. */
export function jsonPieces(run: ReportRun<Rows>, { version, by, unread = 0 }: AnswerContext): AsyncIterable<string> {
  const { report } = run;
  const names = report.columns.map(({ name }) => name);
  const facts = {
    schema: 'trailwatch/report-run/1',
    producer: `trailwatch ${version}`,
    report: {
      name: report.name,
      title: report.title,
      question: report.question,
      reading: report.reading,
      controls: report.controls,
      columns: report.columns,
    },
    asked: { ...askedOf(run), parameters: run.parameters },
    run: {
      by,
      engine: run.engine,
      startedAt: run.startedAt,
      elapsedMs: run.elapsedMs,
      ...run.statistics,
      rows: run.rows.length,
      ...(unread > 0 && { unread }),
      sha256: run.hash,
    },
    query: { sql: run.sql.text, parameters: run.values.map(({ value }) => value) },
  };
  // The rows are the last key; they go in where the object would end.
  const head = JSON.stringify(facts, undefined, 2).replace(/\n\}$/, ',\n  "rows": [');
  return inPieces(
    head,
    run.rows,
    (row, index) => {
      const named = Object.fromEntries(names.map((name, at): [string, Cell] => [name, row[at] ?? null]));
      return `${index === 0 ? '' : ','}\n    ${JSON.stringify(named)}`;
    },
    run.rows.length === 0 ? ']\n}\n' : '\n  ]\n}\n',
  );
}

function askedOf({ period, account, region }: ReportRun<Rows>): Readonly<Record<string, string | null>> {
  const whole = period.from.startsWith('0001');
  return {
    from: whole ? null : period.from,
    to: period.to.startsWith('9999') ? null : period.to,
    account,
    region,
  };
}
