import type { CopiedFolder } from '../../src/archive/copy/copy-ledger.ts';
import { copyTable, rawTable } from '../../src/archive/copy/copy-table.ts';
import type { CatalogTable, CopyParts, Ran } from '../../src/archive/copy/copy-trail.ts';
import type { Table, TableRow } from '../../src/report/duckdb/table.ts';
import { trinoType } from './tables.ts';
import { run } from './trino-engine.ts';
import type { TrinoServer } from './trino-server.ts';

/** TrinoCopy is a columnar copy on a Trino server, filled by the statements that Athena gets. */
export interface TrinoCopy {
  readonly parts: CopyParts;
  /** Every statement in order, as Athena would have got it. */
  readonly statements: readonly string[];
  readonly folders: readonly CopiedFolder[];
  /** ISO 8601; what the copy takes for now. */
  clock: string;
  /** forget loses the record of what was copied. */
  forget(): void;
}

/** trinoCopy gives what copying works with: statements and tables on Trino, ledger and lease in memory. */
export function trinoCopy(server: TrinoServer, raw: Table, rows: readonly TableRow[], clock: string): TrinoCopy {
  const statements: string[] = [];
  const folders = new Map<string, CopiedFolder>();
  const values = (of: (row: TableRow) => string): string => [...new Set(rows.map(of))].toSorted().join(',');
  const trail: CatalogTable = {
    location: 's3://trail/AWSLogs/',
    columns: raw.columns,
    parameters: {
      'projection.account.values': values(({ account }) => account),
      'projection.region.values': values(({ region }) => region),
    },
  };
  let location = '';
  const copy: TrinoCopy = {
    statements,
    clock,
    get folders() {
      return [...folders.values()];
    },
    forget: () => folders.clear(),
    parts: {
      statements: {
        async run(sql): Promise<Ran> {
          statements.push(sql);
          location = /\nLOCATION '([^']+)'/.exec(sql)?.[1] ?? location;
          let rows: Ran['rows'] = [];
          for (const statement of inTrino(sql, server)) {
            const answer = await run(server, statement);
            rows = answer.rows.map((row) => row.map((cell) => (cell === null ? null : String(cell))));
          }
          return { rows, bytesScanned: 0, cost: 0 };
        },
      },
      catalog: {
        async table(name) {
          if (name === rawTable) return trail;
          if (name !== copyTable) return { location: 's3://archive/findings/', columns: [], parameters: {} };
          const columns = (await run(server, columnsOf(server, name))).rows.map(([column, type]) => ({
            name: String(column),
            type: String(type),
          }));
          return columns.length === 0 ? undefined : { location, columns, parameters: {} };
        },
      },
      ledgerOf: () => ({
        folders: async () => [...folders.values()],
        record: async (folder) => void folders.set(folder.day, folder),
        async forget(before) {
          for (const day of folders.keys()) if (day < before) folders.delete(day);
        },
      }),
      lease: { take: async () => true, release: async () => undefined },
      now: () => new Date(copy.clock),
    },
  };
  return copy;
}

function columnsOf({ schema }: TrinoServer, table: string): string {
  return `SELECT column_name, data_type FROM lake.information_schema.columns WHERE table_schema = '${schema}' AND table_name = '${table}' ORDER BY ordinal_position`;
}

/**
 * inTrino writes in Trino's words what Athena has words of its own for: how an Iceberg table is made, gets columns, and is kept tidy (its
 * compression is the catalog's there). What reads and writes rows (survey, MERGE, count, DELETE) goes as it is.
 */
function inTrino(sql: string, { schema }: Pick<TrinoServer, 'schema'>): readonly string[] {
  const table = `lake.${schema}.${copyTable}`;
  const columns = [...sql.matchAll(/^ {2}`(\w+)` (.+?),?$/gm)].map(
    ([, name = '', type = '']) => `"${name}" ${trinoType(type)}`,
  );
  if (sql.startsWith('CREATE TABLE')) {
    const keys = [...(/^PARTITIONED BY \((.+)\)$/m.exec(sql)?.[1] ?? '').matchAll(/`(\w+)`/g)].map(
      ([, name = '']) => `'${name}'`,
    );
    const format = /'format' = '(\w+)'/.exec(sql)?.[1] ?? '';
    const place = (/^LOCATION '([^']+)'$/m.exec(sql)?.[1] ?? '').replace(/^s3:\/\/[^/]+/, `local:///${schema}`);
    return [
      `CREATE TABLE IF NOT EXISTS ${table} (${columns.join(', ')}) WITH (format = '${format}', partitioning = ARRAY[${keys.join(', ')}], location = '${place}')`,
    ];
  }
  if (sql.startsWith('ALTER TABLE')) return columns.map((column) => `ALTER TABLE ${table} ADD COLUMN ${column}`);
  if (sql.startsWith('OPTIMIZE')) {
    return [sql.replace(/^OPTIMIZE \w+ REWRITE DATA USING BIN_PACK/, `ALTER TABLE ${table} EXECUTE optimize`)];
  }
  if (sql.startsWith('VACUUM')) {
    const age = "(retention_threshold => '3d')";
    return [
      `ALTER TABLE ${table} EXECUTE expire_snapshots${age}`,
      `ALTER TABLE ${table} EXECUTE remove_orphan_files${age}`,
    ];
  }
  return [sql];
}
