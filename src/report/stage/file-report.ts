import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseTable } from './choose-table.ts';
import type { StageTables } from './choose-table.ts';
import type { Invocation } from './invocation.ts';
import type { ManifestEntry } from '../evidence/manifest.ts';
import type { QueryEngine } from '../run/query-engine.ts';
import { ReportError } from '../definition/report-error.ts';
import type { Rows } from '../run/rows.ts';
import { spoolReport } from '../run/run-report.ts';
import type { ReportRun } from '../run/run-report.ts';
import { createSpool } from '../run/spool.ts';
import { writePack } from '../evidence/pack.ts';

/** EvidenceStore keeps evidence where auditors find it. */
export interface EvidenceStore {
  /** Keeps the file at `path` under a name of its own, and proves while doing so that it arrived as it was. */
  keep(name: string, path: string, entry: ManifestEntry): Promise<void>;
  /** Where what begins with this name is kept, for a person: an address, and a link for whoever may open it. */
  placeOf(name: string): { readonly address: string; readonly link: string };
}

/** Desk is what a stage files reports with. */
export interface Desk {
  readonly engine: QueryEngine;
  readonly tables: StageTables;
  readonly evidence: EvidenceStore;
  /** Its own folder below this one is gone when the report is filed. */
  readonly temporaryFolder: string;
  readonly stage: string;
  readonly version: string;
  readonly now: () => Date;
}

/** FiledReport is a report that was answered, and where its evidence lies. */
export interface FiledReport {
  readonly run: ReportRun<Rows>;
  /** Which table answered, and why. */
  readonly reason?: string;
  readonly address: string;
  readonly link: string;
  readonly files: readonly ManifestEntry[];
}

/** What was asked took longer than there was time for. */
const tooLong = (seconds: number): ReportError =>
  new ReportError('cut-off', `the answer took longer than the ${seconds} s there were: the query was stopped`, {
    hint: 'Ask for a shorter period, one account or one region; or run it from a computer: trailwatch report run --stage.',
  });

const mostRows = 5_000_000;

/**
 * fileReport answers a report and keeps its evidence, the manifest last: what has no manifest is not whole.
 * @throws {ReportError} when there is no whole answer within `ms`; then nothing is kept.
 */
export async function fileReport({ prepared, by }: Invocation, desk: Desk, ms: number): Promise<FiledReport> {
  const { engine, tables, evidence, now, stage, version } = desk;
  const folder = await mkdtemp(join(desk.temporaryFolder, 'report-'));
  const signal = AbortSignal.timeout(ms);
  try {
    const choice = await chooseTable(prepared, tables);
    const spool = createSpool(join(folder, 'rows'));
    const run = await spoolReport(choice.prepared, engine, { now, signal, maxRows: mostRows }, spool).catch(
      (error: unknown) => {
        throw signal.aborted ? tooLong(Math.round(ms / 1000)) : error;
      },
    );
    const integrity =
      "not verified by this run: the stage checks its trail's digests daily, and tells what is not as delivered";
    const context = { archive: [`stage ${stage}`], integrity, version, by };
    const pack = join(folder, 'pack');
    const files = await writePack(pack, [run], context, now());
    const place = placeOf(run);
    for (const entry of files) await evidence.keep(`${place}${entry.path}`, join(pack, entry.path), entry);
    return {
      run,
      ...(choice.reason !== undefined && { reason: choice.reason }),
      ...evidence.placeOf(`${place}${prepared.report.name}.html`),
      files,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** evidence/root-activity/2026-03-01_2026-04-01/20260402T081500Z/: all runs of one report and period stand together. */
function placeOf({ report, period, startedAt }: ReportRun<Rows>): string {
  const day = (iso: string): string => iso.slice(0, 10);
  const stamp = `${startedAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `evidence/${report.name}/${day(period.from)}_${day(period.to)}/${stamp}/`;
}
