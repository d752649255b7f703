import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { findReport } from '../../report/load-reports.ts';
import { manifestOf } from '../../report/manifest.ts';
import { partitionDays, readPeriod } from '../../report/period.ts';
import type { Period } from '../../report/period.ts';
import type { EngineProgress } from '../../report/query-engine.ts';
import { csvOf } from '../../report/render/csv.ts';
import { jsonOf } from '../../report/render/json.ts';
import type { Report } from '../../report/report.ts';
import { ReportError } from '../../report/report-error.ts';
import { prepareReport, runReport } from '../../report/run-report.ts';
import type { PreparedReport, ReportRun } from '../../report/run-report.ts';
import { exitCode, UsageError } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import { failureLines } from '../failure-list.ts';
import { projectPath } from '../options.ts';
import { writeFileAt } from '../report-file.ts';
import type { Surroundings } from '../terminal.ts';
import { bytes, count, duration, plural } from '../text.ts';
import { version } from '../version.ts';
import { periodText } from './answer-context.ts';
import type { AnswerContext } from './answer-context.ts';
import { answerTable } from './answer-table.ts';
import { evidencePage } from './evidence-page.ts';
import { integrityOf } from './integrity.ts';
import { openLocalArchive } from './local-engine.ts';
import type { LocalArchive } from './local-engine.ts';
import { asUsage, readReports, showingControls, tellReportError } from './read-reports.ts';
import { openStage } from './stage-engine.ts';
import type { ReportOptions } from './report-options.ts';

/** runReports asks each report of one archive and writes the answers where they were asked for. */
export async function runReports(
  names: readonly string[],
  options: ReportOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { cwd, err, now } = surroundings;
  if (names.length === 0 && options.control === undefined) {
    throw new UsageError('which report?', '`trailwatch report list` names all; --control takes all of a framework.');
  }
  if ((names.length > 1 || options.control !== undefined) && options.evidence === undefined) {
    throw new UsageError('several reports need a folder for their answers', 'Name it with --evidence FOLDER.');
  }
  if (options.evidence !== undefined && options.out !== undefined) {
    throw new UsageError('--out takes one answer, --evidence all forms of it: give one or the other');
  }
  // Everything that can be wrong with the question is said before a file is read.
  const prepared = await prepareAll(names, options, surroundings);
  const paths = options.archive ?? [projectPath('events/archive'), projectPath('events/hosts')];
  if (options.stage !== undefined && options.archive !== undefined) {
    throw new UsageError('--stage asks Athena, --archive a folder: give one or the other');
  }
  if (options.stage !== undefined) await err.write(partitionNotes(prepared));
  else if (options.archive === undefined) await err.write('trailwatch: no --archive: this is the sample archive\n');
  const reads = new Set(prepared.flatMap(({ report }) => report.reads));
  let archive: LocalArchive;
  try {
    archive =
      options.stage === undefined ? await openLocalArchive(paths, reads, surroundings) : await openStage(options);
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return tellReportError(error, 'report run', surroundings);
  }
  try {
    const runs: ReportRun[] = [];
    for (const one of prepared) {
      try {
        const run = await runReport(one, archive.engine, {
          now,
          signal: surroundings.stop,
          maxRows: options.maxRows,
          onProgress: progressTo(surroundings),
        });
        if (err.interactive) await err.write('\r\u001b[K');
        runs.push(run);
        await err.write(noteOf(run, archive));
      } catch (error) {
        if (!(error instanceof ReportError)) throw error;
        return await tellReportError(error, one.report.name, surroundings);
      }
    }
    const integrity =
      options.stage === undefined && (options.evidence !== undefined || options.format === 'html')
        ? await integrityOfAll(paths, prepared, surroundings)
        : undefined;
    const context = {
      archive: options.stage === undefined ? (options.archive ?? ['the sample archive']) : [`stage ${options.stage}`],
      ...(!archive.stored && { tally: archive.tally }),
      version: version(),
      by: userName(),
      ...(integrity !== undefined && { integrity }),
    };
    if (options.evidence === undefined) {
      for (const run of runs) await writeAnswer(run, options, context, surroundings);
    } else await writeEvidence(runs, resolve(cwd, options.evidence), context, surroundings);
    for (const line of failureLines(archive.failures, 20)) await err.write(`trailwatch: ${line}\n`);
    return archive.failures.total() > 0 ? exitCode.someUnread : exitCode.done;
  } finally {
    await archive.close();
  }
}

/** Of several reports, which share account, region and period, one verdict tells. */
async function integrityOfAll(
  paths: readonly string[],
  [first]: readonly PreparedReport[],
  { cwd, stop }: Surroundings,
): Promise<string | undefined> {
  if (first === undefined) return undefined;
  const { period, account, region } = first;
  return integrityOf({ paths, cwd, period, account, region, signal: stop });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user needs no name.
    return 'unknown';
  }
}

async function prepareAll(
  names: readonly string[],
  options: ReportOptions,
  { now, err }: Surroundings,
): Promise<readonly PreparedReport[]> {
  const reports = await readReports();
  try {
    const { period, from, to, stage } = options;
    // Reading all of a folder is for the asker to wait for; reading all of a bucket is for somebody to pay.
    const open = stage !== undefined && period === undefined && from === undefined;
    if (open && to !== undefined) {
      throw new UsageError('--to alone would read the bucket from its beginning', 'Say from when, with --from.');
    }
    const periodFor = (report: Report): Period =>
      readPeriod({ period: open ? report.period : period, from, to }, now());
    const { account, region } = options;
    const named = names.map((name) => findReport(reports, name));
    const bundled = options.control === undefined ? [] : showingControls(reports, options.control);
    for (const report of named) {
      if (stage !== undefined && report.reads.includes('host_auth')) {
        throw new UsageError(
          `${report.name} reads host_auth, which is no table of a stage`,
          'Ask a folder, with --archive.',
        );
      }
    }
    // Whoever asks for a bundle does not ask for the timeline of nobody.
    const unasked = bundled.filter((report) => !named.includes(report));
    const without = new Map(unasked.flatMap((report) => reasonToLeaveOut(report, options).map((why) => [report, why])));
    for (const [{ name }, why] of without) await err.write(`trailwatch: ${name} is left out: ${why}\n`);
    const chosen = [...new Set([...named, ...bundled])].filter((report) => !without.has(report));
    const taken = new Set(chosen.flatMap(({ parameters }) => parameters.map(({ name }) => name)));
    return chosen.map((report) => {
      // Of several reports each takes its own of the parameters; one that none takes is a mistake.
      const own = Object.entries(options.param).filter(
        ([name]) => !taken.has(name) || report.parameters.some((one) => one.name === name),
      );
      return prepareReport(report, { period: periodFor(report), account, region, parameters: Object.fromEntries(own) });
    });
  } catch (error) {
    throw asUsage(error);
  }
}

type Writer = (run: ReportRun, context: AnswerContext, surroundings: Surroundings) => string;

const writers: Readonly<Record<ReportOptions['format'], Writer>> = {
  table: (run, _context, surroundings) => answerTable(run, surroundings.out),
  csv: (run) => csvOf(columnsOf(run), run.rows),
  json: (run, { version: own, by }) => jsonOf(run, `trailwatch ${own}`, by),
  html: (run, context) => evidencePage(run, context),
};

/** Why a report of a bundle can't be asked: one reason or none. */
function reasonToLeaveOut({ parameters, reads }: Report, { param, stage }: ReportOptions): readonly string[] {
  const missing = parameters.find((one) => one.default === undefined && !Object.hasOwn(param, one.name));
  if (missing !== undefined) return [`it needs --param ${missing.name}=…`];
  return stage !== undefined && reads.includes('host_auth') ? ['a stage has no table host_auth'] : [];
}

function columnsOf({ report }: ReportRun): readonly string[] {
  return report.columns.map(({ name }) => name);
}

async function writeAnswer(
  run: ReportRun,
  { format, out: file }: ReportOptions,
  context: AnswerContext,
  surroundings: Surroundings,
): Promise<void> {
  const text = writers[format](run, context, surroundings);
  if (file === undefined) await surroundings.out.write(text);
  else {
    await writeFileAt(resolve(surroundings.cwd, file), text);
    await surroundings.err.write(`Written to ${file}\n`);
  }
}

/** An evidence pack: page, CSV and JSON of each report, and last the manifest that proves them. */
async function writeEvidence(
  runs: readonly ReportRun[],
  folder: string,
  context: AnswerContext,
  surroundings: Surroundings,
): Promise<void> {
  const files = runs.flatMap((run) =>
    (['html', 'csv', 'json'] as const).map((format) => ({
      path: `${run.report.name}.${format}`,
      text: writers[format](run, context, surroundings),
    })),
  );
  for (const { path, text } of files) await writeFileAt(resolve(folder, path), text);
  const manifest = manifestOf(files, `trailwatch ${context.version}`, surroundings.now().toISOString());
  await writeFileAt(resolve(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await surroundings.err.write(`${plural(files.length, 'file')} and manifest.json written to ${folder}\n`);
}

/** Says before anything is read, and paid for, which partitions will be. */
function partitionNotes(prepared: readonly PreparedReport[]): string {
  return prepared
    .map(({ report, period, account, region }) => {
      const { first, last } = partitionDays(period);
      const all = (value: string): string => (value === '*' ? 'all' : value);
      return `trailwatch: ${report.name} reads partitions: account ${all(account)}, region ${all(region)}, days ${first} to ${last}\n`;
    })
    .join('');
}

function progressTo({ err }: Surroundings): (progress: EngineProgress) => void {
  return ({ state, part, bytesScanned }) => {
    if (!err.interactive) return;
    const reached = part === undefined ? '' : ` ${Math.floor(part * 100)}%`;
    const scanned = bytesScanned === undefined ? '' : `, ${bytes(bytesScanned)} scanned`;
    void err.write(`\r${state.toLowerCase()}${reached}${scanned}\u001b[K`);
  };
}

function costText({ bytesScanned, cost, reused }: ReportRun['statistics']): string {
  if (bytesScanned === undefined) return '';
  const price = cost === undefined ? '' : `, $${cost.toFixed(4)}`;
  return `${bytes(bytesScanned)} scanned${price}${reused === true ? ', an earlier result' : ''}; `;
}

function noteOf(
  { report, rows, period, elapsedMs, hash, statistics }: ReportRun,
  { tally, stored }: LocalArchive,
): string {
  const asked = periodText(period);
  const head = `${report.name}: ${plural(rows.length, 'row')} in ${duration(elapsedMs)}; ${costText(statistics)}${asked}; sha256 ${hash.slice(0, 16)}…\n`;
  if (rows.length > 0 || stored) return head;
  const there =
    tally.first === undefined
      ? 'the archive holds no record of the kind that it reads'
      : `the archive holds ${count(tally.records)} records, from ${tally.first.slice(0, 10)} to ${tally.last?.slice(0, 10)}`;
  return `${head}  No row: ${there}.\n`;
}
