import { expectationOf } from '../../report/definition/parameter.ts';
import { findReport } from '../../report/definition/find-report.ts';
import type { Report } from '../../report/definition/report.ts';
import { exitCode } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import type { Colors } from '../shell/terminal.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { asUsage, readReports } from './read-reports.ts';

/** showReport prints a report's definition. */
export async function showReport(name: string, { out }: Surroundings): Promise<ExitCode> {
  let report: Report;
  try {
    report = findReport(await readReports(), name);
  } catch (error) {
    throw asUsage(error);
  }
  await out.write(reportText(report, out.colors, Math.min(out.width, 110)));
  return exitCode.done;
}

/** reportText is what `report show` prints. */
function reportText(report: Report, colors: Colors, width: number): string {
  const { name, title, question, parameters, columns, controls, schedule, reads, reading, sql } = report;
  const section = (head: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n${colors.bold(head)}\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
  const wide = Math.max(...columns.map((column) => column.name.length), ...parameters.map((one) => one.name.length));
  const takes = parameters.map((one) => {
    const standard = one.default === undefined ? 'required' : `default ${JSON.stringify(one.default)}`;
    const choices = one.choices === undefined ? expectationOf(one) : one.choices.join(' | ');
    return `${one.name.padEnd(wide)}  ${one.meaning} (${choices}; ${standard})`;
  });
  const frameworks = [...new Set(controls.map(({ framework }) => framework))].map(
    (framework) =>
      `${framework}: ${controls
        .filter((control) => control.framework === framework)
        .map(({ id }) => id)
        .join(', ')}`,
  );
  return [
    `${colors.bold(title)}  ${colors.dim(name)}\n${question}\n`,
    section('How to read it', wrapped(reading, width - 2)),
    section('Parameters (in addition to period, account and region)', takes),
    section(
      'Columns',
      columns.map((column) => `${column.name.padEnd(wide)}  ${column.meaning}`),
    ),
    section('Controls', frameworks),
    section('Reads', [reads.join(', ')]),
    section('Schedule', [schedule]),
    section('SQL', sql.trim().split('\n')),
  ].join('');
}

function wrapped(text: string, width: number): readonly string[] {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
