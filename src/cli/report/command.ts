import { Option } from 'commander';
import type { Command } from 'commander';
import { UsageError } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import type { HistoryOptions } from './report-history.ts';
import { reportFormats } from './report-options.ts';
import type { ReportOptions } from './report-options.ts';

const help = `
Examples:
  trailwatch report run root-activity                              the sample archive that comes with Trailwatch
  trailwatch report run console-sign-ins --archive AWSLogs/ --period "last quarter"
  trailwatch report run principal-timeline --archive incident/ --param principal=alice --format csv
  trailwatch report run administrator-grants --stage prod --period "last quarter"
  trailwatch report run --control PCI --archive AWSLogs/ --period 2026-Q1 --evidence pack/

A date is a day (2026-03-11), a month (2026-03), a quarter (2026-Q1), a year (2026), a time, or how long ago: 90d, 12w, 36h.
--period takes one of them whole, or today, yesterday, "this month", "last quarter". Without any, all of a folder is read; of a stage, the period that the report suggests.
`;

/** reportCommand adds `trailwatch report`: saved questions, answered over an archive. */
export function reportCommand(program: Command, surroundings: Surroundings, end: (code: number) => void): void {
  const report = program
    .command('report')
    .summary('saved questions of auditors, answered over an archive, with evidence');
  report
    .command('list')
    .summary('all reports, with the question each answers')
    .option('--control <framework>', "only those that help to show a framework's controls, e.g. CIS")
    .addOption(new Option('--format <format>', 'how they are printed').choices(['table', 'json']).default('table'))
    .action(async (options: { readonly format: 'table' | 'json'; readonly control?: string }) => {
      const { listReports } = await import('./list-reports.ts');
      end(await listReports(options, surroundings));
    });
  report
    .command('show')
    .summary('what a report takes, what its columns mean, and its SQL')
    .argument('<name>')
    .action(async (name: string) => {
      const { showReport } = await import('./show-report.ts');
      end(await showReport(name, surroundings));
    });
  report
    .command('run')
    .summary('run reports over a folder of logs')
    .argument('[name...]', 'the reports to run; several need --evidence')
    .option('--control <framework>', "all reports that help to show a framework's controls, e.g. CIS, PCI")
    .option(
      '--archive <path>',
      "a trail's folder, any folder or file of logs, a local store, s3://bucket/prefix, or -; repeatable",
      collect,
    )
    .option('--stage <stage>', "ask the stage's Athena in place of a folder; credentials and region as for the AWS CLI")
    .option('--work-group <name>', 'Athena work group (default: trailwatch-<stage>-reports)')
    .option('--database <name>', 'Athena database (default: trailwatch_<stage>)')
    .option('--state-table <name>', "the stage's state table (default: trailwatch-<stage>-state)")
    .option('--reuse <time>', 'take a result that Athena has kept for at most so long, e.g. 60m, 12h', minutes)
    .option('--store <dir>', 'keep what is read from a bucket in a local store, for the next time')
    .option('--period <period>', 'the period to look at, e.g. 90d, 2026-01, "last quarter"')
    .option('--from <date>', 'from the beginning of')
    .option('--to <date>', 'to the end of')
    .option('--account <id>', 'only this account')
    .option('--region <region>', 'only this region')
    .addOption(
      new Option('--param <name=value>', 'a parameter of the report, repeatable')
        .argParser(collectParameter)
        .default({}, 'as the report says'),
    )
    .addOption(new Option('--format <format>', 'how the answer is written').choices(reportFormats).default('table'))
    .option('--out <file>', 'write the answer to a file')
    .option('--evidence <folder>', 'write page, CSV and JSON of each report, and a manifest of them all')
    .option('--max-rows <n>', 'refuse a longer answer', wholeNumber, 10_000_000)
    .addHelpText('after', help)
    .action(async (names: readonly string[], options: ReportOptions) => {
      const { runReports } = await import('./run-reports.ts');
      end(await runReports(names, options, surroundings));
    });
  report
    .command('history')
    .summary('what was asked of a stage: when, how it ended, what it read and cost')
    .requiredOption('--stage <stage>', 'the stage, e.g. prod')
    .option('--work-group <name>', 'Athena work group (default: trailwatch-<stage>-reports)')
    .option('--last <n>', 'how many of its last queries to look at', wholeNumber, 50)
    .option('--all', "also other queries of the work group, such as somebody's in the console", false)
    .addOption(new Option('--format <format>', 'how they are printed').choices(['table', 'json']).default('table'))
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
  if (at < 1) throw new UsageError(`--param ${text}: write it as name=value`);
  const name = text.slice(0, at);
  if (Object.hasOwn(before, name)) throw new UsageError(`--param ${name} was given twice`);
  return { ...before, [name]: text.slice(at + 1) };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value === 0) throw new UsageError(`${text}: not a whole number above 0`);
  return value;
}

const mostReuse = 10_080;

/** Athena takes whole minutes, up to seven days. */
function minutes(text: string): number {
  const [, number, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const value = Number(number) * { m: 1, h: 60, d: 1440 }[(unit ?? 'm') as 'm' | 'h' | 'd'];
  if (number === undefined || value < 1 || value > mostReuse) {
    throw new UsageError(`--reuse ${text}: not from 1m to 7d`, 'Write it as 60m, 12h or 7d.');
  }
  return value;
}
