import { join } from 'node:path';
import type { PreparedReport } from '../../report/run/run-report.ts';
import { UsageError } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';
import { openLocalArchive } from './local-engine.ts';
import type { LocalArchive } from './local-engine.ts';
import type { ReportOptions } from './report-options.ts';
import { openStage } from './stage-engine.ts';

/** openArchive opens the archive of a run: a stage's Athena, a folder, or a bucket, whose files go into a local store first. */
export async function openArchive(
  paths: readonly string[],
  prepared: readonly PreparedReport[],
  options: ReportOptions,
  folder: string,
  surroundings: Surroundings,
): Promise<LocalArchive> {
  if (options.stage !== undefined) return openStage(options, surroundings);
  const reads = new Set(prepared.flatMap(({ report }) => report.reads));
  if (!paths.some((path) => path.startsWith('s3://'))) {
    if (options.store !== undefined) throw new UsageError('--store requires --archive s3://…');
    return openLocalArchive(paths, reads, surroundings);
  }
  if (reads.has('findings')) {
    throw new UsageError(
      'this report reads findings, which a bucket does not have: rules need the log files',
      'Use --stage, or --archive with a folder of log files.',
    );
  }
  const { importInto } = await import('../archive/import.ts');
  const store = options.store ?? join(folder, 'store');
  const { added, files } = await importInto(paths, { store, ...daysOf(prepared) }, surroundings);
  const kept = options.store === undefined ? '' : `, kept in ${store}`;
  await surroundings.err.write(
    `${plural(added, 'event')} of ${plural(files, 'file')} read from ${paths.join(', ')}${kept}\n`,
  );
  const archive = await openLocalArchive([store], reads, surroundings);
  return { ...archive, paths };
}

/** Of a bucket only the days of the periods are read; the import itself adds the day after, when the last events are delivered. */
function daysOf(prepared: readonly PreparedReport[]): { readonly from?: string; readonly to?: string } {
  const first = prepared.map(({ period }) => period.from).toSorted()[0] ?? '';
  const end =
    prepared
      .map(({ period }) => period.to)
      .toSorted()
      .at(-1) ?? '';
  const last = end >= '9999' ? end : new Date(Date.parse(end) - 1).toISOString();
  return { ...(first >= '0002' && { from: first.slice(0, 10) }), ...(last < '9999' && { to: last.slice(0, 10) }) };
}
