/**
 * Proves every saved report on a real Trino server, the engine that Athena is made of: the same records go into DuckDB and into Trino's
 * Hive tables, each report is asked of both, and the answers must be the same, row by row.
 *
 *     node tests/trino/prove.ts --trino FOLDER --java JAVA_HOME [--archive PATH…] [--only NAME] [--keep]
 *
 * docs/reports.md says where the server comes from and what came of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDuckDbEngine } from '../../src/report/duckdb/duckdb-engine.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { allTime } from '../../src/report/definition/period.ts';
import { asked } from './asked.ts';
import { compare } from './compare.ts';
import type { Comparison } from './compare.ts';
import { readRows, readTables } from './proof-rows.ts';
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

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const folder = mkdtempSync(join(tmpdir(), 'trailwatch-proof-'));
const rows = await readRows(options.archive, folder);
const tables = readTables(root);
const duckdb = await createDuckDbEngine(one(rows), { temporaryFolder: folder, tables });
const server = await startTrino(options.trino, options.java, folder);
try {
  const [[version]] = (await run(server, 'SELECT node_version FROM system.runtime.nodes')).rows as [[string]];
  const trino = createTrinoEngine(server, version);
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

async function* one<T>(batch: T): AsyncIterable<T> {
  yield batch;
}
