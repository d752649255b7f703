import type { Fields } from '../../model/log-record.ts';
import { storeTime } from '../../time/store-time.ts';
import { isObject } from '../ingested.ts';
import { recordField } from '../shapes/spellings/field-names.ts';

/**
 * rowsIn gives the rows of an answer that keeps names and values apart: Athena's `ResultSet`, Splunk's `fields` with `rows` or
 * `columns`, the `columns` with `rows` or `values` of SQL interfaces, Loki's streams. Undefined for anything else.
 */
export function rowsIn(value: Fields): readonly unknown[] | undefined {
  // Most objects have no list of such a name.
  if (!listNames.some((name) => Array.isArray(value[name]))) return undefined;
  for (const table of tables) {
    const rows = table(value);
    if (rows !== undefined) return rows;
  }
  return undefined;
}

/** The ways to give the names of the columns once. A new one is a row. */
const tables: readonly ((value: Fields) => readonly unknown[] | undefined)[] = [
  headedTable,
  columnTable,
  athenaTable,
  stream,
];

const headNames = ['columns', 'fields', 'schema', 'header', 'headers'] as const;
const listNames = ['rows', 'values', 'datarows', 'data', 'columns', 'entries', 'Rows'] as const;
const rowNames = ['rows', 'values', 'datarows', 'data'] as const;

function headedTable(value: Fields): readonly unknown[] | undefined {
  for (const headName of headNames) {
    const names = namesOf(value[headName]);
    if (names === undefined) continue;
    for (const rowName of rowNames) {
      const rows = listOf(value[rowName]);
      if (rows?.every((row) => Array.isArray(row)) === true) {
        return rows.map((row) => zipped(names, row as readonly unknown[]));
      }
    }
  }
  return undefined;
}

/** Splunk's `json_cols`: a list of values for each field. */
function columnTable({ fields, columns }: Fields): readonly unknown[] | undefined {
  const names = namesOf(fields);
  const lists = listOf(columns);
  if (names === undefined || lists === undefined || lists.length !== names.length) return undefined;
  if (!lists.every((list) => Array.isArray(list))) return undefined;
  const [first] = lists as readonly (readonly unknown[])[];
  return first?.map((_value, row) =>
    zipped(
      names,
      lists.map((list) => (list as readonly unknown[])[row]),
    ),
  );
}

/** Athena's `get-query-results`: the first row holds the names. https://docs.aws.amazon.com/athena/latest/APIReference/API_ResultSet.html */
function athenaTable(value: Fields): readonly unknown[] | undefined {
  const [head, ...rows] = listOf(value['Rows']) ?? [];
  const names = namesOf(athenaCells(head));
  return names === undefined ? undefined : rows.map((row) => zipped(names, athenaCells(row) ?? []));
}

/** athenaCells gives the texts of one row of Athena's answer. */
function athenaCells(row: unknown): readonly unknown[] | undefined {
  const cells = isObject(row) ? listOf(row['Data']) : undefined;
  return cells?.map((cell) => (isObject(cell) ? cell['VarCharValue'] : undefined));
}

/** Loki: `{ stream: labels, values: [[nanoseconds, line], …] }`. https://grafana.com/docs/loki/latest/reference/loki-http-api/ */
function stream(value: Fields): readonly unknown[] | undefined {
  const values = listOf(value['values']) ?? listOf(value['entries']);
  if (!isObject(value['stream'] ?? value['labels']) || values === undefined) return undefined;
  return values.map((entry) =>
    Array.isArray(entry) && typeof entry[1] === 'string' ? { timestamp: entry[0] as unknown, line: entry[1] } : entry,
  );
}

/**
 * rowOfPairs makes one object of a row that names each of its values: CloudWatch Logs Insights' `{ field, value }`, Datadog's and
 * others' `{ name, value }`, and CloudTrail Lake's objects of one value each. Undefined for any other list.
 */
export function rowOfPairs(list: readonly unknown[]): Fields | undefined {
  if (list.length === 0 || list.length > maxColumns) return undefined;
  const row = new Map<string, unknown>();
  let named = true;
  for (const item of list) {
    const pair = isObject(item) ? pairOf(item) : undefined;
    // A name that comes twice is no column's: `[{ "log": … }, { "log": … }]` is a list of events.
    if (pair === undefined || row.has(pair[0])) return undefined;
    row.set(...pair);
    named &&= isObject(item) && hasPairNames(item);
  }
  // A list of one object with one value is as likely a list of records.
  return row.size === 1 && !named ? undefined : Object.fromEntries(row);
}

const maxColumns = 1_000;

/**
 * rowOfCells makes an object of a list of texts and numbers, as `--query 'events[].[timestamp,message]'` prints one for each event: a
 * list with a time in it is a row. Undefined for any other list.
 */
export function rowOfCells(list: readonly unknown[]): Fields | undefined {
  if (list.length < 2 || list.length > maxColumns) return undefined;
  if (list.some((cell) => typeof cell === 'object' && cell !== null)) return undefined;
  const timestamp = list.findLast((cell) => storeTime(cell) !== undefined);
  return timestamp === undefined ? undefined : { ...Object.fromEntries(list.entries()), timestamp };
}

function pairOf(item: Fields): [string, unknown] | undefined {
  const name = item['field'] ?? item['name'] ?? item['key'];
  if (hasPairNames(item)) return [String(name), item['value']];
  const entries = Object.entries(item);
  const [only] = entries;
  return entries.length === 1 && only !== undefined && (typeof only[1] !== 'object' || only[1] === null)
    ? only
    : undefined;
}

function hasPairNames(item: Fields): boolean {
  return (
    typeof (item['field'] ?? item['name'] ?? item['key']) === 'string' &&
    'value' in item &&
    Object.keys(item).length === 2
  );
}

/** RowReader reads rows that come one by one, the names first. */
export interface RowReader {
  /** The object that the row is, `names` for the row that names the columns, or undefined for what is no row. */
  readonly read: (value: unknown) => Fields | 'names' | undefined;
}

/** createRowReader expects the names of known columns in the first row, and takes no list for a row without them. */
export function createRowReader(): RowReader {
  let names: readonly string[] | undefined;
  let begun = false;
  return {
    read: (value) => {
      if (begun && names === undefined) return undefined;
      const cells = Array.isArray(value) ? (value as readonly unknown[]) : athenaCells(value);
      if (!begun) {
        begun = true;
        const found = namesOf(cells);
        if (found === undefined || !found.some(isColumnName)) return undefined;
        names = found;
        return 'names';
      }
      return cells === undefined || names === undefined ? undefined : zipped(names, cells);
    },
  };
}

/** Columns that hold whole events, beside CloudTrail's own. */
const eventColumns: ReadonlySet<string> = new Set([
  '@message',
  '_raw',
  'message',
  'event',
  'log',
  'line',
  'raw',
  '_source',
]);

/** isColumnName tells the name of a column that holds CloudTrail's fields or whole events. */
export function isColumnName(name: string): boolean {
  return eventColumns.has(name.toLowerCase()) || recordField(name) !== undefined;
}

function namesOf(value: unknown): readonly string[] | undefined {
  const list = listOf(value);
  if (list === undefined || list.length === 0 || list.length > maxColumns) return undefined;
  const names: string[] = [];
  for (const item of list) {
    const name = isObject(item) ? (item['name'] ?? item['Name']) : item;
    if (typeof name !== 'string' || name === '') return undefined;
    names.push(name);
  }
  return names;
}

function zipped(names: readonly string[], cells: readonly unknown[]): Fields {
  return Object.fromEntries(names.map((name, index) => [name, cells[index]]));
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
