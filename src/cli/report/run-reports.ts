import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { evidenceForms, manifestName, piecesOf, writePack, writePieces } from '../../report/evidence/pack.ts';
import { periodText } from '../../report/run/answer-context.ts';
import type { AnswerContext } from '../../report/run/answer-context.ts';
import { findReport } from '../../report/definition/find-report.ts';
import { partitionDays, readPeriod } from '../../report/definition/period.ts';
import type { Period } from '../../report/definition/period.ts';
import type { EngineProgress } from '../../report/run/query-engine.ts';
import type { Report } from '../../report/definition/report.ts';
import { ReportError } from '../../report/definition/report-error.ts';
import type { Rows } from '../../report/run/rows.ts';
import { prepareReport, spoolReport } from '../../report/run/run-report.ts';
import type { PreparedReport, ReportRun } from '../../report/run/run-report.ts';
import { createSpool } from '../../report/run/spool.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { failureLines } from '../shell/failure-list.ts';
import { projectPath } from '../shell/options.ts';
import { reasonOf } from '../shell/write-error.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { bytes, count, duration, plural } from '../../text/amounts.ts';
import { version } from '../shell/version.ts';
import { answerTable } from './answer-table.ts';
import { integrityOf } from './integrity.ts';
import { openArchive } from './open-archive.ts';
import type { LocalArchive } from './local-engine.ts';
import { differingText } from './differing-text.ts';
import { asUsage, readReports, showingControls, printReportError } from './read-reports.ts';
import type { ReportOptions } from './report-options.ts';

/** runReports runs each report over one archive and writes the answers. */
export async function runReports(
  names: readonly string[],
  options: ReportOptions,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { cwd, err } = surroundings;
  if (names.length === 0 && options.control === undefined) {
    throw new UsageError(
      'expected the name of a report',
      'Run `trailwatch report list` to see all, or use --control to run all of a framework.',
    );
  }
  if ((names.length > 1 || options.control !== undefined) && options.evidence === undefined) {
    throw new UsageError('several reports require a folder for their answers', 'Add --evidence FOLDER.');
  }
  if (options.evidence !== undefined && options.out !== undefined) {
    throw new UsageError('--out and --evidence exclude each other');
  }
  if (options.stage !== undefined && options.archive !== undefined) {
    throw new UsageError('--stage and --archive exclude each other');
  }
  if (options.stage === undefined && options.reuse !== undefined) {
    throw new UsageError('--reuse requires --stage');
  }
  // Errors in the request are reported before any file is read.
  const prepared = await prepareAll(names, options, surroundings);
  const paths = options.archive ?? [projectPath('events/archive'), projectPath('events/hosts')];
  if (options.stage === undefined && options.archive === undefined) {
    await err.write('trailwatch: no --archive or --stage: using the sample archive\n');
  }
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-'));
  let archive: LocalArchive | undefined;
  let asking = 'report run';
  try {
    archive = await openArchive(paths, prepared, options, folder, surroundings);
    const runs: ReportRun<Rows>[] = [];
    const failed: ReportError[] = [];
    for (const one of prepared) {
      asking = one.report.name;
      try {
        const run = await answerTo(one, archive, join(folder, `${asking}.rows`), options, surroundings);
        await err.write(noteOf(run, archive));
        runs.push(run);
      } catch (error) {
        // A pack has the reports that succeed, and names the others.
        const others = prepared.length > 1 && error instanceof ReportError && error.kind !== 'cancelled';
        if (!others) throw error;
        failed.push(error);
        await printReportError(error, asking, surroundings);
      }
    }
    const [failure] = failed;
    if (runs.length === 0 && failure !== undefined) throw failure;
    const integrity =
      options.evidence !== undefined || options.format === 'html'
        ? await integrityOfAll(archive, options, prepared, surroundings)
        : undefined;
    const context = {
      archive: options.stage === undefined ? (options.archive ?? ['the sample archive']) : [`stage ${options.stage}`],
      ...(!archive.stored && { records: archive.tally.records }),
      unread: archive.failures.total(),
      version: version(),
      by: userName(),
      ...(integrity !== undefined && { integrity }),
    };
    if (options.evidence === undefined) {
      for (const run of runs) await writeAnswer(run, options, context, surroundings);
    } else await writeEvidence(runs, resolve(cwd, options.evidence), context, surroundings);
    for (const line of failureLines(archive.failures, 20)) await err.write(`trailwatch: ${line}\n`);
    if (archive.differing.length > 0) await err.write(`trailwatch: ${differingText(archive.differing)}\n`);
    return archive.failures.total() > 0 || failed.length > 0 ? exitCode.someUnread : exitCode.done;
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    return await printReportError(error, asking, surroundings);
  } finally {
    await archive?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs one report over the table that answers it with the fewest bytes, and prints beforehand which partitions it reads. */
async function answerTo(
  prepared: PreparedReport,
  archive: LocalArchive,
  spoolPath: string,
  { maxRows }: ReportOptions,
  surroundings: Surroundings,
): Promise<ReportRun<Rows>> {
  const { err, now, stop: signal } = surroundings;
  const choice = (await archive.choose?.(prepared)) ?? { prepared };
  if (archive.choose !== undefined) await err.write(partitionNote(prepared, choice.reason));
  const options = { now, signal, maxRows, onProgress: progressTo(surroundings) };
  try {
    return await spoolReport(choice.prepared, archive.engine, options, createSpool(spoolPath));
  } finally {
    if (err.interactive) await err.write('\r\u001b[K');
  }
}

/** Reports of one run share account, region and period, so one verdict is enough. */
async function integrityOfAll(
  archive: LocalArchive,
  { stage }: ReportOptions,
  [first]: readonly PreparedReport[],
  { cwd, stop }: Surroundings,
): Promise<string | undefined> {
  if (first === undefined) return undefined;
  if (stage !== undefined) {
    return `not verified by this run: the stage verifies its trail's digests daily and reports problems as findings; for this period, run trailwatch verify s3://…`;
  }
  const bucket = archive.paths.find((path) => path.startsWith('s3://'));
  if (bucket !== undefined) return `not verified by this run: run trailwatch verify ${bucket}`;
  const { period, account, region } = first;
  return integrityOf({ paths: archive.paths, cwd, period, account, region, signal: stop });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
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
    // Reading a whole folder costs time; reading a whole bucket costs money.
    const open = stage !== undefined && period === undefined && from === undefined;
    if (open && to !== undefined) {
      throw new UsageError(
        '--to requires --from (the start of the period)',
        'Without it, Athena would read the bucket from its beginning.',
      );
    }
    const periodFor = (report: Report): Period =>
      readPeriod({ period: open ? report.period : period, from, to }, now());
    const { account, region } = options;
    const named = names.map((name) => findReport(reports, name));
    const bundled = options.control === undefined ? [] : showingControls(reports, options.control);
    const noHosts = await lacksHosts([...named, ...bundled], options);
    const unanswerable = noHosts && named.find(({ reads }) => reads.includes('host_auth'));
    if (unanswerable) {
      throw new UsageError(
        `${unanswerable.name} reads the table host_auth, which stage ${stage} does not have`,
        'Deploy the stage with logGroups or logsStream, or use --archive with a folder of host logs.',
      );
    }
    // A bundle leaves out reports that need a parameter, such as a principal's timeline.
    const unasked = bundled.filter((report) => !named.includes(report));
    const without = new Map(
      unasked.flatMap((report) => reasonToLeaveOut(report, options, noHosts).map((why) => [report, why])),
    );
    for (const [{ name }, why] of without) await err.write(`trailwatch: ${name} skipped: ${why}\n`);
    const chosen = [...new Set([...named, ...bundled])].filter((report) => !without.has(report));
    const taken = new Set(chosen.flatMap(({ parameters }) => parameters.map(({ name }) => name)));
    return chosen.map((report) => {
      // Each report takes its own parameters; a parameter that no report takes is an error.
      const own = Object.entries(options.param).filter(
        ([name]) => !taken.has(name) || report.parameters.some((one) => one.name === name),
      );
      return prepareReport(report, { period: periodFor(report), account, region, parameters: Object.fromEntries(own) });
    });
  } catch (error) {
    throw asUsage(error);
  }
}

/** A stage has a table of host logs only when it receives host logs. */
async function lacksHosts(reports: readonly Report[], options: ReportOptions): Promise<boolean> {
  if (options.stage === undefined || !reports.some(({ reads }) => reads.includes('host_auth'))) return false;
  const { lacksTable } = await import('../stage/stage-tables.ts');
  return lacksTable(options, 'host_auth');
}

/** Why a report of a bundle can't run: one reason or none. */
function reasonToLeaveOut(
  { parameters, reads }: Report,
  { param, stage }: ReportOptions,
  noHosts: boolean,
): readonly string[] {
  const missing = parameters.find((one) => one.default === undefined && !Object.hasOwn(param, one.name));
  if (missing !== undefined) return [`it requires --param ${missing.name}=…`];
  return noHosts && reads.includes('host_auth') ? [`stage ${stage} has no table host_auth`] : [];
}

async function writeAnswer(
  run: ReportRun<Rows>,
  { format, out: file }: ReportOptions,
  context: AnswerContext,
  { cwd, out, err, stop }: Surroundings,
): Promise<void> {
  const pieces = format === 'table' ? answerTable(run, out) : piecesOf(format, run, context);
  if (file === undefined) {
    for await (const piece of pieces) {
      await out.write(piece);
      if (stop.aborted) return;
    }
    return;
  }
  await written(resolve(cwd, file), pieces);
  await err.write(`Written to ${file}\n`);
}

async function written(path: string, pieces: AsyncIterable<string>): Promise<void> {
  try {
    await writePieces(path, pieces);
  } catch (cause) {
    if (cause instanceof ReportError) throw cause;
    throw new UsageError(`${path}: cannot be written: ${reasonOf(cause)}`, 'Choose another path.', cause);
  }
}

/** An evidence pack: each report as HTML, CSV and JSON, and last the manifest with the hash of each file. */
async function writeEvidence(
  runs: readonly ReportRun<Rows>[],
  folder: string,
  context: AnswerContext,
  { err, now }: Surroundings,
): Promise<void> {
  try {
    await writePack(folder, runs, context, now());
  } catch (cause) {
    throw new UsageError(`--evidence ${folder}: cannot be written: ${reasonOf(cause)}`, 'Choose another path.', cause);
  }
  const files = plural(runs.length * evidenceForms.length, 'file');
  await err.write(`${files} and ${manifestName} written to ${folder}\n`);
}

/** Names, before a query costs anything, the partitions and the table that it reads. */
function partitionNote({ report, period, account, region }: PreparedReport, reason: string | undefined): string {
  const { first, last } = partitionDays(period);
  const all = (value: string): string => (value === '*' ? 'all' : value);
  return `trailwatch: ${report.name} reads partitions: account ${all(account)}, region ${all(region)}, days ${first} to ${last}${reason === undefined ? '' : `; ${reason}`}\n`;
}

function progressTo({ err }: Surroundings): (progress: EngineProgress) => void {
  return ({ state, part, bytesScanned, retries = 0 }) => {
    if (!err.interactive) return;
    const reached = part === undefined ? '' : ` ${Math.floor(part * 100)}%`;
    const scanned = bytesScanned === undefined ? '' : `, ${bytes(bytesScanned)} scanned`;
    void err.write(
      `\r${state.toLowerCase()}${reached}${scanned}${retries === 0 ? '' : `, ${plural(retries, 'call')} retried`}\u001b[K`,
    );
  };
}

function costText({ bytesScanned, cost, reused, retries = 0 }: ReportRun['statistics']): string {
  if (bytesScanned === undefined) return '';
  const price = cost === undefined ? '' : `, $${cost.toFixed(4)}`;
  const again = retries === 0 ? '' : `, ${plural(retries, 'call')} retried`;
  return `${bytes(bytesScanned)} scanned${price}${reused === true ? ', reused result' : ''}${again}; `;
}

function noteOf(
  { report, rows, period, elapsedMs, hash, statistics }: ReportRun<Rows>,
  { tally, stored }: LocalArchive,
): string {
  const asked = periodText(period);
  const head = `${report.name}: ${plural(rows.length, 'row')} in ${duration(elapsedMs)}; ${costText(statistics)}${asked}; sha256 ${hash.slice(0, 16)}…\n`;
  if (rows.length > 0 || stored) return head;
  const there =
    tally.first === undefined
      ? 'the archive has no records of the kind that this report reads'
      : `the archive has ${count(tally.records)} records, from ${tally.first.slice(0, 10)} to ${tally.last?.slice(0, 10)}`;
  return `${head}  No rows: ${there}.\n`;
}
