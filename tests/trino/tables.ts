import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyOf, partsOf } from '../../src/report/duckdb/table.ts';
import type { Table, TableRow } from '../../src/report/duckdb/table.ts';
import { run } from './trino-engine.ts';
import type { TrinoServer } from './trino-server.ts';

/** More days times accounts times regions than this are not projected: Trino plans each of them, whether or not it exists. */
const mostProjected = 50_000;

/**
 * loadTable lays rows out as the trail's bucket has them, a file of JSON lines a partition, and makes the table that the stack makes:
 * the same columns, the same serde, the same projected partitions.
 */
export async function loadTable(server: TrinoServer, table: Table, rows: readonly TableRow[]): Promise<string> {
  const { warehouse, schema } = server;
  const files = layOut(server, table, rows, 'part.json');
  // A table without rows has a folder all the same.
  mkdirSync(join(warehouse, schema, table.name), { recursive: true });
  const possible = table.partitions.map(({ name }) =>
    possibleOf(
      name,
      [...files.values()].map(({ values }) => values[table.partitions.findIndex((one) => one.name === name)] ?? ''),
    ),
  );
  const projected = possible.reduce((product, { count }) => product * count, 1) <= mostProjected;
  const columns = table.columns.map(({ name, type }) => `"${name}" ${trinoType(type)}`);
  const partitions = table.partitions.map(
    ({ name }, index) => `"${name}" varchar${projected ? ` WITH (${possible[index]?.projection ?? ''})` : ''}`,
  );
  const template = table.partitions.map(({ name }) => `\${${name}}`).join('/');
  const location = `local:///${schema}/${table.name}`;
  const keys = `ARRAY[${table.partitions.map(({ name }) => `'${name}'`).join(', ')}]`;
  await run(server, `CREATE SCHEMA IF NOT EXISTS trail.${schema}`);
  await run(
    server,
    `CREATE TABLE trail.${schema}.${table.name} (${[...columns, ...partitions].join(', ')}) WITH (
      format = 'JSON', external_location = '${location}', partitioned_by = ${keys}
      ${projected ? `, partition_projection_enabled = true, partition_projection_location_template = '${location}/${template}'` : ''}
    )`,
  );
  if (!projected) {
    for (const [folder, { values }] of files) {
      const list = `ARRAY[${values.map((value) => `'${value}'`).join(', ')}]`;
      await run(
        server,
        `CALL trail.system.register_partition('${schema}', '${table.name}', ${keys}, ${list}, '${location}/${folder}')`,
      );
    }
  }
  return `${table.name}: ${rows.length} rows in ${files.size} ${projected ? 'projected' : 'registered'} partitions`;
}

interface Folder {
  readonly values: readonly string[];
  readonly lines: string[];
}

/** layOut puts rows below their partitions' folders, a file in each. */
export function layOut(
  { warehouse, schema }: Pick<TrinoServer, 'warehouse' | 'schema'>,
  table: Table,
  rows: readonly TableRow[],
  file: string,
): ReadonlyMap<string, Folder> {
  const folders = new Map<string, Folder>();
  for (const row of rows) {
    const values = table.partitions.map(({ name }) => placeOf(name, row));
    const folder = folders.get(join(...values)) ?? { values, lines: [] };
    folders.set(join(...values), folder);
    folder.lines.push(lineOf(table, row));
  }
  for (const [path, { lines }] of folders) {
    mkdirSync(join(warehouse, schema, table.name, path), { recursive: true });
    writeFileSync(join(warehouse, schema, table.name, path, file), `${lines.join('\n')}\n`);
  }
  return folders;
}

function placeOf(partition: string, { account, region, time }: TableRow): string {
  if (partition === 'account') return account;
  return partition === 'region' ? region : time.slice(0, 10).replaceAll('-', '/');
}

/** How many values a partition can have, and how its projection says so. */
function possibleOf(
  partition: string,
  values: readonly string[],
): { readonly count: number; readonly projection: string } {
  const known = [...new Set(values)].toSorted();
  if (partition === 'day') {
    const first = known[0] ?? '2026/01/01';
    const days = (Date.now() - Date.parse(first.replaceAll('/', '-'))) / 86_400_000;
    return {
      count: Math.ceil(days),
      projection: `partition_projection_type = 'date', partition_projection_format = 'yyyy/MM/dd', partition_projection_range = ARRAY['${first}', 'NOW+1DAYS']`,
    };
  }
  const list = known.map((value) => `'${value}'`).join(', ');
  return {
    count: known.length,
    projection: `partition_projection_type = 'enum', partition_projection_values = ARRAY[${list}]`,
  };
}

/** What is a text in the table but none in the record lies there as JSON text, as CloudTrail's input format hands it to the serde. */
function lineOf(table: Table, { fields }: TableRow): string {
  const body = JSON.parse(bodyOf(table, fields)) as Record<string, unknown>;
  for (const { name, type } of table.columns) {
    const value = body[name];
    if (type === 'string' && typeof value === 'object' && value !== null) body[name] = JSON.stringify(value);
  }
  return JSON.stringify(body);
}

const scalars: Readonly<Record<string, string>> = {
  string: 'varchar',
  int: 'integer',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
};

/** trinoType writes Hive's type in Trino's words. */
export function trinoType(type: string): string {
  const text = type.trim();
  const nested = /^(struct|array|map)<(.*)>$/.exec(text);
  if (nested === null) {
    const scalar = scalars[text];
    if (scalar === undefined) throw new Error(`type ${JSON.stringify(type)}: not one that a table may have`);
    return scalar;
  }
  const parts = partsOf(nested[2] ?? '');
  if (nested[1] === 'struct') {
    const fields = parts.map((part) => {
      const at = part.indexOf(':');
      return `"${part.slice(0, at).trim()}" ${trinoType(part.slice(at + 1))}`;
    });
    return `row(${fields.join(', ')})`;
  }
  return `${nested[1] ?? ''}(${parts.map(trinoType).join(', ')})`;
}
