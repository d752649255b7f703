import type { Cell } from '../query-engine.ts';
import type { ReportRun } from '../run-report.ts';

/** jsonOf writes a run as `schemas/report-run.schema.json` describes it. */
export function jsonOf(run: ReportRun, producer: string, by: string): string {
  const { report } = run;
  const names = report.columns.map(({ name }) => name);
  return `${JSON.stringify(
    {
      schema: 'trailwatch/report-run/1',
      producer,
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
        sha256: run.hash,
      },
      query: { sql: run.sql.text, parameters: run.values.map(({ value }) => value) },
      rows: run.rows.map((row) =>
        Object.fromEntries(names.map((name, index): [string, Cell] => [name, row[index] ?? null])),
      ),
    },
    undefined,
    2,
  )}\n`;
}

function askedOf({ period, account, region }: ReportRun): Readonly<Record<string, string | null>> {
  const whole = period.from.startsWith('0001');
  return {
    from: whole ? null : period.from,
    to: period.to.startsWith('9999') ? null : period.to,
    account,
    region,
  };
}
