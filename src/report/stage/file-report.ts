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

/** EvidenceStore stores evidence for auditors. */
export interface EvidenceStore {
  /** Stores the file at `path` under a unique name, and checks its hash on arrival. */
  keep(name: string, path: string, entry: ManifestEntry): Promise<void>;
  /** The location of a name: an address, and a console link. */
  placeOf(name: string): { readonly address: string; readonly link: string };
}

/** Desk has the dependencies of fileReport. */
export interface Desk {
  readonly engine: QueryEngine;
  readonly tables: StageTables;
  readonly evidence: EvidenceStore;
  /** Each report uses a folder below this one and removes it at the end. */
  readonly temporaryFolder: string;
  readonly stage: string;
  readonly version: string;
  readonly now: () => Date;
}

/** FiledReport is a run whose evidence was stored. */
export interface FiledReport {
  readonly run: ReportRun<Rows>;
  /** Which table was read, and why. */
  readonly reason?: string;
  readonly address: string;
  readonly link: string;
  readonly files: readonly ManifestEntry[];
}

/** The query took longer than the function's time. */
const tooLong = (seconds: number): ReportError =>
  new ReportError('cut-off', `the query was stopped after ${seconds} s`, {
    hint: 'Choose a shorter period, one account or one region; or run the report from a computer: trailwatch report run --stage.',
  });

const mostRows = 5_000_000;

/**
 * fileReport runs a report and stores its evidence, the manifest last: evidence without a manifest is incomplete.
 * @throws {ReportError} when there is no complete answer within `ms`; then nothing is stored.
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
      "not verified by this run: the stage verifies its trail's digests daily and reports problems as findings";
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

/** evidence/root-activity/2026-03-01_2026-04-01/20260402T081500Z/: all runs of one report and period are in one folder. */
function placeOf({ report, period, startedAt }: ReportRun<Rows>): string {
  const day = (iso: string): string => iso.slice(0, 10);
  const stamp = `${startedAt.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `evidence/${report.name}/${day(period.from)}_${day(period.to)}/${stamp}/`;
}
