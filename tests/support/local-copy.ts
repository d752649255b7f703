import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDuckDbEngine } from '../../src/report/duckdb/duckdb-engine.ts';
import type { Table, TableRow } from '../../src/report/duckdb/table.ts';
import type { Answer, QueryEngine } from '../../src/report/run/query-engine.ts';
import { startHttpServer } from './http-server.ts';
import { startLocalAthena } from './local-athena.ts';
import type { LocalAthena } from './local-athena.ts';

/** Delivery is a record of the trail, with the folder that it was delivered into. */
export interface Delivery {
  /** yyyy-MM-dd */
  readonly folder: string;
  readonly account: string;
  readonly region?: string;
  readonly record: Readonly<Record<string, unknown>>;
}

/** LocalCopy is an Athena and a Glue with the trail's table, in which the columnar copy can be made. */
export interface LocalCopy {
  readonly athena: LocalAthena;
  /** Speaks Glue's protocol. */
  readonly glueUrl: string;
  readonly engine: QueryEngine;
  /** Settings of the trail's table, to be changed as a deployment would. */
  readonly projection: { accounts: string; regions: string };
  /** Every statement that began, in order. */
  readonly statements: readonly string[];
  /** A statement that matches fails with the message, as often as told. */
  fail(pattern: RegExp, message: string, times?: number): void;
  deliver(deliveries: readonly Delivery[]): Promise<void>;
  ask(sql: string): Promise<readonly (readonly unknown[])[]>;
  /** dropCopy removes the table of the copy from the catalog, and its rows. */
  dropCopy(): Promise<void>;
  close(): Promise<void>;
}

const cloudtrail = JSON.parse(
  readFileSync(new URL('../../schemas/tables/cloudtrail.json', import.meta.url), 'utf8'),
) as Table;

const copy = 'cloudtrail_columnar';

/** startLocalCopy runs what Athena runs on DuckDB: MERGE as it is, of Iceberg's own statements what they mean. */
export async function startLocalCopy(deliveries: readonly Delivery[], database = 'trailwatch_dev'): Promise<LocalCopy> {
  const folder = mkdtempSync(join(tmpdir(), 'trailwatch-copy-'));
  const projection = { accounts: '111122223333', regions: 'eu-west-1' };
  const statements: string[] = [];
  const faults: { pattern: RegExp; message: string; times: number }[] = [];
  let location: string | undefined;
  let columns: readonly string[] = [];

  let serial = 0;
  const rowOf = ({ folder: day, account, region = 'eu-west-1', record }: Delivery): TableRow => ({
    table: 'cloudtrail',
    // What is delivered twice stands there twice.
    id: String(serial++),
    time: `${day}T12:00:00Z`,
    account,
    region,
    fields: record,
  });
  const duckdb = await createDuckDbEngine(
    (async function* () {
      yield deliveries.map(rowOf);
    })(),
    { temporaryFolder: folder, tables: [cloudtrail] },
  );
  const run = async (text: string): Promise<readonly (readonly unknown[])[]> => {
    const answer = await duckdb.query(
      { sql: { text, names: [] }, values: [] },
      { signal: new AbortController().signal },
    );
    const rows: (readonly unknown[])[] = [];
    for await (const batch of answer.batches) rows.push(...batch);
    return rows;
  };

  const engine: QueryEngine = {
    name: 'local',
    close: () => duckdb.close(),
    async query(query, options) {
      const { text } = query.sql;
      statements.push(text);
      const fault = faults.find(({ pattern, times }) => times > 0 && pattern.test(text));
      if (fault !== undefined) {
        fault.times--;
        throw new Error(fault.message);
      }
      if (text.startsWith('CREATE TABLE')) {
        location ??= /LOCATION '([^']+)'/.exec(text)?.[1];
        columns = [...text.matchAll(/^ {2}`(\w+)`/gm)].map(([, name = '']) => name);
        await run(`CREATE TABLE IF NOT EXISTS ${copy} AS SELECT *, '' AS record_hash FROM cloudtrail WHERE false`);
        return nothing;
      }
      if (/^(?:OPTIMIZE|VACUUM|ALTER TABLE)/.test(text)) return nothing;
      return duckdb.query(query, options);
    },
  };
  const athena = await startLocalAthena(engine);
  const glue = await startHttpServer(({ body }) => {
    const { Name = '', DatabaseName } = JSON.parse(body) as { readonly Name?: string; readonly DatabaseName?: string };
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    const table = DatabaseName === database ? tableOf(Name) : undefined;
    if (table === undefined) {
      const fault = { __type: 'EntityNotFoundException', Message: `Entity Not Found: ${Name}` };
      return { status: 400, body: JSON.stringify(fault), headers };
    }
    return { status: 200, body: JSON.stringify({ Table: { Name, ...table } }), headers };
  });

  function tableOf(name: string): unknown {
    switch (name) {
      case 'cloudtrail':
        return {
          StorageDescriptor: {
            Location: 's3://trail/AWSLogs/',
            Columns: cloudtrail.columns.map(({ name: Name, type: Type }) => ({ Name, Type })),
          },
          Parameters: {
            'projection.account.values': projection.accounts,
            'projection.region.values': projection.regions,
            'storage.location.template': 's3://trail/AWSLogs/${account}/CloudTrail/${region}/${day}',
          },
        };
      case 'findings':
        return { StorageDescriptor: { Location: 's3://trailwatch-dev-archive/findings/', Columns: [] } };
      case copy:
        return (
          location && {
            StorageDescriptor: { Location: location, Columns: columns.map((Name) => ({ Name, Type: 'string' })) },
            Parameters: { table_type: 'ICEBERG' },
          }
        );
      default:
        return undefined;
    }
  }

  return {
    athena,
    glueUrl: glue.url,
    engine,
    projection,
    statements,
    fail: (pattern, message, times = 1) => void faults.push({ pattern, message, times }),
    ask: run,
    async deliver(more) {
      const fresh = await createDuckDbEngine(
        (async function* () {
          yield more.map(rowOf);
        })(),
        { temporaryFolder: folder, tables: [cloudtrail] },
      );
      // The engines share nothing: what is new is written as literals of its own.
      const answer = await fresh.query(
        { sql: { text: 'SELECT to_json(cloudtrail) FROM cloudtrail', names: [] }, values: [] },
        { signal: new AbortController().signal },
      );
      const types = await run(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'cloudtrail'",
      );
      const shape = Object.fromEntries(types.map(([name, type]) => [String(name), String(type)]));
      for await (const batch of answer.batches) {
        for (const [row] of batch) {
          const values = Object.entries(shape).map(([name, type]) => {
            const path = `json_extract('${String(row).replaceAll("'", "''")}', '$.${name}')`;
            return type === 'VARCHAR'
              ? `json_extract_string('${String(row).replaceAll("'", "''")}', '$.${name}')`
              : `CAST(${path} AS ${type})`;
          });
          await run(`INSERT INTO cloudtrail (${Object.keys(shape).join(', ')}) VALUES (${values.join(', ')})`);
        }
      }
      await fresh.close();
    },
    async dropCopy() {
      location = undefined;
      await run(`DROP TABLE IF EXISTS ${copy}`);
    },
    async close() {
      await Promise.all([athena.close(), glue.close()]);
      await engine.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const nothing: Answer = {
  columns: [],
  batches: (async function* () {})(),
  statistics: () => ({}),
};
