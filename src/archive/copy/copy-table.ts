/** The columnar copy of the trail: an Iceberg table of Parquet files, by the day and the account of the event, each event once. */
export const copyTable = 'cloudtrail_columnar';

/** The table over the trail's own files. */
export const rawTable = 'cloudtrail';

/** CopyColumn is a column of the copy. */
export interface CopyColumn {
  readonly name: string;
  /** Hive's type. */
  readonly type: string;
}

/** The raw table's folders, as columns; `day` is the day of the event here, not of the delivery. */
const places: readonly CopyColumn[] = [
  { name: 'region', type: 'string' },
  { name: 'account', type: 'string' },
  { name: 'day', type: 'string' },
];

/** isPlace is true of the columns that name a record's folder, which say nothing about the event itself. */
export function isPlace({ name }: CopyColumn): boolean {
  return places.some((place) => place.name === name);
}

/** hashColumn tells records of one event id apart: a hash over the columns of the trail's table. */
export const hashColumn: CopyColumn = { name: 'record_hash', type: 'string' };

/** copyColumns are the columns that reports read: those of the trail's table, then region, account and day. */
export function copyColumns(columns: readonly CopyColumn[]): readonly CopyColumn[] {
  return [...columns.map(({ name, type }) => ({ name, type })), ...places];
}

// Snapshots are kept for a few days, so that a running report can end after files were replaced, and a mistake can be undone.
// https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html
const properties = {
  table_type: 'ICEBERG',
  format: 'parquet',
  write_compression: 'zstd',
  vacuum_min_snapshots_to_keep: '5',
  vacuum_max_snapshot_age_seconds: String(3 * 86_400),
} as const;

/** createCopySql makes the copy below a location (`s3://bucket/folder/`) that nothing else uses. */
export function createCopySql(columns: readonly CopyColumn[], location: string): string {
  if (!/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[\w./-]+\/$/.test(location)) {
    throw new Error(`${location}: expected s3://bucket/folder/ for the columnar copy`);
  }
  const settings = Object.entries(properties).map(([name, value]) => `'${name}' = '${value}'`);
  return [
    `CREATE TABLE IF NOT EXISTS ${copyTable} (`,
    columns.map(columnSql).join(',\n'),
    `)`,
    'PARTITIONED BY (`day`, `account`)',
    `LOCATION '${location}'`,
    `TBLPROPERTIES (${settings.join(', ')})`,
  ].join('\n');
}

/** addColumnsSql adds the columns of a newer version; undefined when the table has them all. */
export function addColumnsSql(columns: readonly CopyColumn[], present: readonly string[]): string | undefined {
  const missing = columns.filter(({ name }) => !present.includes(name));
  if (missing.length === 0) return undefined;
  return `ALTER TABLE ${copyTable} ADD COLUMNS (\n${missing.map(columnSql).join(',\n')}\n)`;
}

function columnSql({ name, type }: CopyColumn): string {
  return `  \`${name}\` ${type}`;
}
