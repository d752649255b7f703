import { hostAuthFields } from '../../describe/host/host-auth.ts';
import type { Finding } from '../../model/finding.ts';
import type { Ingested, LogRecord, RecordFailure } from '../../model/log-record.ts';
import type { TableRow } from '../../report/duckdb/table.ts';
import type { TableName } from '../../report/definition/report.ts';

/** ArchiveTally is what filling the tables came across. */
export interface ArchiveTally {
  records: number;
  /** Records that no table of the asked-for reports takes. */
  others: number;
  /** ISO 8601; of the records that went into a table. */
  first?: string;
  last?: string;
}

const batchSize = 1000;

/** archiveRows turns what ingest reads into rows of the tables, batch by batch. */
export async function* archiveRows(
  ingested: AsyncIterable<Ingested>,
  reads: ReadonlySet<TableName>,
  tally: ArchiveTally,
  onFailure: (failure: RecordFailure) => void,
): AsyncIterable<readonly TableRow[]> {
  let batch: TableRow[] = [];
  for await (const item of ingested) {
    if (item.kind === 'failure') {
      onFailure(item.failure);
      continue;
    }
    if (item.kind === 'skipped') continue;
    tally.records++;
    const row = rowOf(item.record, reads);
    if (row === undefined) {
      tally.others++;
      continue;
    }
    const { time } = item.record;
    if (tally.first === undefined || time < tally.first) tally.first = time;
    if (tally.last === undefined || time > tally.last) tally.last = time;
    batch.push(row);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Categories that CloudTrail delivers into folders of their own, which are none of a stage's `cloudtrail`. */
const ofOtherTables: ReadonlySet<unknown> = new Set(['Insight', 'NetworkActivity', 'Aggregated']);

function rowOf(record: LogRecord, reads: ReadonlySet<TableName>): TableRow | undefined {
  const { source, fields } = record;
  if (source.services.includes('cloudtrail')) {
    const elsewhere = ofOtherTables.has(fields['eventCategory']);
    return reads.has('cloudtrail') && !elsewhere ? placed('cloudtrail', withCalendarTime(record)) : undefined;
  }
  const line = reads.has('host_auth') ? hostAuthFields(record) : undefined;
  return line && placed('host_auth', { ...record, fields: line });
}

/**
 * The time as CloudTrail writes it, in UTC and to the second, so that it compares as text with a period's ends: a leap second is the
 * second before, and an offset or a number is converted.
 */
function withCalendarTime(record: LogRecord): LogRecord {
  const eventTime = `${record.time.slice(0, 19)}Z`;
  return record.fields['eventTime'] === eventTime ? record : { ...record, fields: { ...record.fields, eventTime } };
}

/** What every table says of a record's place. CloudTrail's own words go before those of the envelope. */
function placed(table: TableName, { id, time, account, region, fields }: LogRecord): TableRow {
  return {
    table,
    id,
    time,
    account: text(fields['recipientAccountId']) ?? account ?? '',
    region: text(fields['awsRegion']) ?? region ?? '',
    fields,
  };
}

/** findingRow is a finding as the `findings` table holds it; on a laptop none was published. */
export function findingRow(finding: Finding): TableRow {
  const { id, time, event } = finding;
  const { raw: _raw, ...told } = event;
  return {
    table: 'findings',
    id: `${id} ${event.id}`,
    time,
    account: event.account ?? '',
    region: event.region ?? '',
    fields: { ...finding, event: told, correlated: finding.correlated.map(({ id: one }) => one) },
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
