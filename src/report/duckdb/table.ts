/** Table is the content of `schemas/tables/<name>.json`, which also defines Athena's table. */
export interface Table {
  readonly name: string;
  readonly columns: readonly TableColumn[];
  readonly partitions: readonly { readonly name: string }[];
}

export interface TableColumn {
  /** As Athena has it, lower case. */
  readonly name: string;
  /** Hive's type: `string`, `struct<arn:string>`, `array<…>`, `map<…>`. */
  readonly type: string;
  /** The record's key. */
  readonly field: string;
}

/** TableRow is one row: partitions by name, and the record whose fields fill the columns. */
export interface TableRow {
  readonly table: string;
  /** Rows with the same id and fields are in the table once. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly account: string;
  readonly region: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** bodyOf writes a record's fields under the columns' names; keys inside structs are lower case, as in Hive. */
export function bodyOf(table: Table, fields: TableRow['fields']): string {
  const body: Record<string, unknown> = {};
  for (const { name, type, field } of table.columns) {
    const value = fields[field];
    if (value !== undefined) body[name] = type === 'string' ? value : lowerKeys(value, 0);
  }
  return wellFormed(JSON.stringify(body));
}

// JSON writes half a surrogate pair as an escape, which DuckDB refuses; whole pairs are never escaped.
function wellFormed(json: string): string {
  if (!json.includes('\\ud')) return json;
  return json.replace(/\\(?:u[0-9a-f]{4}|.)/g, (escape) => (/^\\ud[89a-f]/.test(escape) ? '\\ufffd' : escape));
}

// The tables' structs are a few levels deep; deeper values don't match them anyway.
const deepest = 12;

function lowerKeys(value: unknown, depth: number): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (depth > deepest) return null;
  if (Array.isArray(value)) return value.map((item) => lowerKeys(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toLowerCase(), lowerKeys(inner, depth + 1)]),
  );
}

/** tableSql creates a table from `<name>_raw`, which has id, time, account, region and body. */
export function tableSql(table: Table): string {
  return `CREATE TABLE ${table.name} AS SELECT ${columnsSql(table)} FROM ${table.name}_raw`;
}

/** columnsSql is the SELECT list that reads a table's columns and partitions from such a row. */
export function columnsSql({ columns, partitions }: Table): string {
  // A string column has text as it is, and any other value as JSON, as Athena's serde does. One call for all columns parses the body once.
  const shape = Object.fromEntries(columns.map(({ name, type }) => [name, structureOf(type)]));
  const places: Readonly<Record<string, string>> = {
    account: 'account',
    region: 'region',
    day: "strftime(CAST(time AS TIMESTAMPTZ), '%Y/%m/%d')",
  };
  const partitioned = partitions.map((one) => `${places[one.name] ?? 'NULL'} AS ${one.name}`);
  return [`unnest(json_transform(body, '${JSON.stringify(shape)}'))`, ...partitioned].join(', ');
}

const scalars: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  bigint: 'BIGINT',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
};

/** structureOf converts Hive's type for `json_transform`. @throws {Error} for an unknown type. */
function structureOf(type: string): unknown {
  const text = type.trim();
  const scalar = scalars[text];
  if (scalar !== undefined) return scalar;
  const nested = /^(struct|array|map)<(.*)>$/.exec(text);
  const inner = nested?.[2] ?? '';
  if (nested?.[1] === 'array') return [structureOf(inner)];
  const parts = partsOf(inner);
  if (nested?.[1] === 'map') return `MAP(${parts.map((part) => String(structureOf(part))).join(', ')})`;
  if (nested?.[1] !== 'struct') throw new Error(`unknown column type ${JSON.stringify(type)}`);
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf(':');
      return [part.slice(0, at).trim(), structureOf(part.slice(at + 1))];
    }),
  );
}

/** partsOf splits a type at its top-level commas. */
export function partsOf(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '<') depth++;
    if (char === '>') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}
