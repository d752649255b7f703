/**
 * Proves every saved report on a real Trino server, the engine that Athena is made of: the same records go into DuckDB and into Trino's
 * Hive tables, each report is asked of both, and the answers must be the same, row by row.
 *
 *     node tests/trino/prove.ts --trino FOLDER --java JAVA_HOME [--archive PATH…] [--only NAME] [--keep]
 *
 * docs/reports.md says where the server comes from and what came of it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { archiveRows } from '../../src/cli/report/archive-rows.ts';
import { detectedIn } from '../../src/cli/report/local-engine.ts';
import { openInput } from '../../src/cli/read-input.ts';
import type { Output, Surroundings } from '../../src/cli/terminal.ts';
import { createOpener } from '../../src/ingest/open.ts';
import { createDuckDbEngine } from '../../src/report/duckdb/duckdb-engine.ts';
import type { Table, TableRow } from '../../src/report/duckdb/table.ts';
import { loadReports } from '../../src/report/load-reports.ts';
import { allTime } from '../../src/report/period.ts';
import { tableNames } from '../../src/report/report.ts';
import { asked } from './asked.ts';
import { compare } from './compare.ts';
import type { Comparison } from './compare.ts';
import { oddRecords } from '../support/odd-records.ts';
import { loadTable } from './tables.ts';
import { createTrinoEngine, run } from './trino-engine.ts';
import { startTrino } from './trino-server.ts';

const root = join(import.meta.dirname, '..', '..');
const { values: options } = parseArgs({
  options: {
    trino: { type: 'string' },
    java: { type: 'string' },
    archive: {
      type: 'string',
      multiple: true,
      default: [join(root, 'events', 'archive'), join(root, 'events', 'hosts')],
    },
    only: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
if (options.trino === undefined || options.java === undefined) {
  throw new Error('say where they are: --trino FOLDER (what io.trino:trino-server unpacks to) and --java JAVA_HOME');
}

const silent: Output = { colors: pc.createColors(false), interactive: false, width: 100, write: async () => undefined };
const surroundings: Surroundings = {
  out: silent,
  err: silent,
  stdin: Readable.from([]),
  cwd: process.cwd(),
  now: () => new Date('2026-03-12T08:00:00.000Z'),
  stop: new AbortController().signal,
};
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'trailwatch-proof-'));
// One record of another shape than its table's ends a query over Hive's serde; CloudTrail writes none.
const fitting = oddRecords.filter((record) => typeof (record as { userIdentity: unknown }).userIdentity === 'object');
const odd = join(folder, 'odd.jsonl');
writeFileSync(odd, `${fitting.map((record) => JSON.stringify(record)).join('\n')}\n`);
const rows = await readRows([...options.archive, odd]);
const tables = tableNames.map(
  (name) => JSON.parse(readFileSync(join(root, 'schemas', 'tables', `${name}.json`), 'utf8')) as Table,
);
const duckdb = await createDuckDbEngine(one(rows), { temporaryFolder: folder, tables });
const server = await startTrino(options.trino, options.java, folder);
try {
  const [[version]] = (await run(server.url, 'SELECT node_version FROM system.runtime.nodes')).rows as [[string]];
  const trino = createTrinoEngine(server.url, version);
  for (const table of tables) {
    const own = rows.filter((row) => row.table === table.name);
    say(await loadTable(server, table, own));
  }
  const reports = await loadReports(join(root, 'queries'), 'queries');
  const chosen = reports.filter(({ name }) => options.only === undefined || name === options.only);
  const results: Comparison[] = [];
  for (const report of chosen) {
    const result = await compare(report, { period: allTime, parameters: asked(report, rows) }, [duckdb, trino]);
    results.push(result);
    say(`${result.same ? 'same     ' : 'DIFFERENT'} ${report.name}: ${result.text}`);
  }
  const same = results.filter((result) => result.same);
  const told = same.filter(({ rows: count }) => count > 0);
  say(
    `\n${duckdb.name}, ${trino.name}: ${same.length} of ${results.length} reports give the same rows and the same hash, ${told.length} of them more than none.`,
  );
  process.exitCode = same.length === results.length ? 0 : 1;
} finally {
  await server.stop();
  await duckdb.close();
  if (options.keep) say(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

/** What ingest reads, each record once, and what the rules find in it; every record in some partition. */
async function readRows(paths: readonly string[]): Promise<readonly TableRow[]> {
  const { stdin, stop } = surroundings;
  const input = await openInput(paths, { stdin, opener: createOpener(), now: surroundings.now(), range: {}, stop });
  const seen = new Map<string, TableRow>();
  const batches = archiveRows(
    input.records,
    new Set(tableNames),
    { records: 0, others: 0, failed: 0 },
    () => undefined,
  );
  const add = (row: TableRow): void => {
    const key = `${row.table} ${row.id}`;
    const before = seen.get(key);
    if (before !== undefined && before.time <= row.time) return;
    seen.set(key, { ...row, account: row.account || '000000000000', region: row.region || 'us-east-1' });
  };
  for await (const batch of batches) batch.forEach(add);
  for (const row of await detectedIn(paths, surroundings)) {
    // As the stack's streams write them: with the second in which the bus had them, and every other one told to somebody.
    add({ ...row, fields: { ...row.fields, published: later(row.time, 45).replace('.000', '') } });
    for (const telling of seen.size % 2 === 0 ? tellings(row) : []) add(telling);
  }
  return [...seen.values()];
}

/** A finding that a receiver's group took in, and that group told a minute later. */
function tellings(row: TableRow): readonly TableRow[] {
  const told = (kind: string, seconds: number, fields: TableRow['fields']): TableRow => {
    const noted = later(row.time, seconds);
    const group = { receiver: 'sns', group_key: `group of ${row.id}`, rule: 'x', level: 'high' };
    return {
      ...row,
      table: 'deliveries',
      id: `${kind} ${row.id}`,
      time: noted,
      fields: { kind, noted, ...group, ...fields },
    };
  };
  return [told('accepted', 50, { finding: row.fields['id'] }), told('told', 110, { news: 'first', findings: 1 })];
}

function later(time: string, seconds: number): string {
  return `${new Date(Date.parse(time) + seconds * 1000).toISOString().slice(0, 19)}.000Z`;
}

async function* one<T>(batch: T): AsyncIterable<T> {
  yield batch;
}
