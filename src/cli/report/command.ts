import { Option } from 'commander';
import type { Command } from 'commander';
import { UsageError } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import type { HistoryOptions } from './report-history.ts';
import { reportFormats } from './report-options.ts';
import type { ReportOptions } from './report-options.ts';
import { dayMs } from '../../time/days.ts';
import { durationOf, minuteMs } from '../../time/duration.ts';

const help = `
Examples:
  trailwatch report run root-activity                              the sample archive that comes with Trailwatch
  trailwatch report run console-sign-ins --archive AWSLogs/ --period "last quarter"
  trailwatch report run principal-timeline --archive incident/ --param principal=alice --format csv
  trailwatch report run administrator-grants --stage prod --period "last quarter"
  trailwatch report run --control PCI --archive AWSLogs/ --period 2026-Q1 --evidence pack/

A date is a day (2026-03-11), a month (2026-03), a quarter (2026-Q1), a year (2026), a time, or a span back from now: 90d, 12w, 36h.
--period takes one of these, or today, yesterday, "this month", "last quarter". Default: the whole folder; for a stage, the period that
the report suggests.
`;

/** reportCommand adds `trailwatch report`: saved reports over an archive. */
export function reportCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const report = program.command('report').summary('run saved reports over an archive, with evidence for auditors');
  report
    .command('list')
    .summary('list all reports and the question that each answers')
    .option('--control <framework>', "only reports that support a framework's controls, e.g. CIS")
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json']).default('table'))
    .action(async (options: { readonly format: 'table' | 'json'; readonly control?: string }) => {
      const { listReports } = await import('./list-reports.ts');
      end(await listReports(options, surroundings));
    });
  report
    .command('show')
    .summary("show a report's parameters, columns, controls and SQL")
    .argument('<name>')
    .action(async (name: string) => {
      const { showReport } = await import('./show-report.ts');
      end(await showReport(name, surroundings));
    });
  report
    .command('run')
    .summary('run reports over a folder of logs, a bucket or a stage')
    .argument('[name...]', 'reports to run; more than one requires --evidence')
    .option('--control <framework>', "all reports that support a framework's controls, e.g. CIS, PCI")
    .option(
      '--archive <path>',
      'folder of a trail, any folder or file of logs, local store, s3://bucket/prefix, or -; repeatable',
      collect,
    )
    .option(
      '--stage <stage>',
      "query the stage's tables with Athena instead; credentials and region as for the AWS CLI",
    )
    .option('--work-group <name>', 'Athena work group (default: trailwatch-<stage>-reports)')
    .option('--database <name>', 'Athena database (default: trailwatch_<stage>)')
    .option('--state-table <name>', "the stage's state table (default: trailwatch-<stage>-state)")
    .option('--reuse <time>', 'reuse a result of Athena that is at most this old, e.g. 60m, 12h', minutes)
    .option('--store <dir>', 'keep the files read from a bucket in this local store')
    .option('--period <period>', 'period to report on, e.g. 90d, 2026-01, "last quarter"')
    .option('--from <date>', 'start of the period: the beginning of this date')
    .option('--to <date>', 'end of the period: the end of this date')
    .option('--account <id>', 'only this account')
    .option('--region <region>', 'only this region')
    .addOption(
      new Option('--param <name=value>', 'a parameter of the report, repeatable')
        .argParser(collectParameter)
        .default({}, 'see trailwatch report show NAME'),
    )
    .addOption(new Option('--format <format>', 'output format').choices(reportFormats).default('table'))
    .option('--out <file>', 'write the answer to a file')
    .option('--evidence <folder>', 'write each report as HTML, CSV and JSON, and a manifest of all files')
    .option('--max-rows <n>', 'refuse an answer with more rows', wholeNumber, 10_000_000)
    .addHelpText('after', help)
    .action(async (names: readonly string[], options: ReportOptions) => {
      const { runReports } = await import('./run-reports.ts');
      end(await runReports(names, options, surroundings));
    });
  report
    .command('history')
    .summary("list a stage's queries: time, outcome, bytes scanned, cost")
    .requiredOption('--stage <stage>', 'the stage, e.g. prod')
    .option('--work-group <name>', 'Athena work group (default: trailwatch-<stage>-reports)')
    .option('--last <n>', 'number of recent queries to list', wholeNumber, 50)
    .option('--all', 'also list queries that are not reports, such as those of the console', false)
    .addOption(new Option('--format <format>', 'output format').choices(['table', 'json']).default('table'))
    .action(async (options: HistoryOptions) => {
      const { reportHistory } = await import('./report-history.ts');
      end(await reportHistory(options, surroundings));
    });
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function collectParameter(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--param ${text}: expected name=value`);
  const name = text.slice(0, at);
  if (Object.hasOwn(before, name)) throw new UsageError(`--param ${name}: given twice`);
  return { ...before, [name]: text.slice(at + 1) };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value === 0) throw new UsageError(`${text}: expected a whole number of 1 or more`);
  return value;
}

/** Athena takes whole minutes, up to seven days. */
function minutes(text: string): number {
  const value = (durationOf(text) ?? 0) / minuteMs;
  if (!Number.isInteger(value) || value < 1 || value > (7 * dayMs) / minuteMs) {
    throw new UsageError(`--reuse ${text}: expected a time from 1m to 7d, such as 60m, 12h or 7d`);
  }
  return value;
}
