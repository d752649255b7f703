import { coveredDays } from '../../archive/copy/copy-days.ts';
import { copyColumns, copyTable, rawTable } from '../../archive/copy/copy-table.ts';
import { scopeOf } from '../../archive/copy/copy-trail.ts';
import type { CopyParts } from '../../archive/copy/copy-trail.ts';
import { readingOf } from '../../archive/copy/reading.ts';
import { readingFrom } from './columnar.ts';
import type { PreparedReport } from '../run/run-report.ts';
import { folderOf } from '../../time/days.ts';

/** TableChoice is a report that reads the columnar copy for the days that it covers, with the reason for the choice. */
export interface TableChoice {
  readonly prepared: PreparedReport;
  /** For a person; undefined when the report does not read the trail. */
  readonly reason?: string;
}

/** StageTables look up a stage's tables, and the days that its columnar copy covers. */
export type StageTables = Pick<CopyParts, 'catalog' | 'ledgerOf'>;

/**
 * chooseTable lets a report of the trail read the columnar copy for the days that it covers: the answer is the same, with fewer bytes.
 * When the copy can't be looked up, the report reads the trail's own files.
 */
export async function chooseTable(prepared: PreparedReport, { catalog, ledgerOf }: StageTables): Promise<TableChoice> {
  if (!prepared.report.reads.includes('cloudtrail')) return { prepared };
  try {
    const [raw, copy] = await Promise.all([catalog.table(rawTable), catalog.table(copyTable)]);
    if (raw === undefined || copy === undefined) return { prepared, reason: 'the stage has no columnar copy' };
    const covered = coveredDays(await ledgerOf(copy.location).folders(), scopeOf(raw));
    const reading = readingOf(eventDays(prepared.period), covered);
    return {
      prepared: { ...prepared, sql: readingFrom(prepared.sql, reading, copyColumns(raw.columns)) },
      reason: reading.reason,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { prepared, reason: `the columnar copy could not be looked up: ${why}` };
  }
}

/** The days, yyyy/MM/dd, that a period's events happened on: its end is not part of it. */
function eventDays({ from, to }: PreparedReport['period']): { readonly from: string; readonly to: string } {
  const last = to >= '9999' ? to : new Date(Date.parse(to) - 1).toISOString();
  return { from: folderOf(from.slice(0, 10)), to: folderOf(last.slice(0, 10)) };
}
