/**
 * Proves the columnar copy on a real Trino server: the copy's own code fills an Iceberg table by the statements that Athena gets, over
 * records as they are and over the same ones delivered badly; what it then holds is compared with what was delivered, and the reports'
 * answers over it with DuckDB's over the records.
 *
 *     node tests/trino/prove-copy.ts --trino FOLDER --java JAVA_HOME [--archive PATH…] [--only NAME] [--keep]
 *
 * Only what Athena spells its own way (CREATE TABLE, ADD COLUMNS, OPTIMIZE, VACUUM) is translated: see trino-copy.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { folderAfter, daysIn, rangesOf } from '../../src/archive/copy/copy-days.ts';
import { mergeSql, optimizeSql, vacuumSql } from '../../src/archive/copy/copy-sql.ts';
import { addColumnsSql, copyColumns, createCopySql } from '../../src/archive/copy/copy-table.ts';
import { copyTrail } from '../../src/archive/copy/copy-trail.ts';
import { readingOf } from '../../src/archive/copy/reading.ts';
import type { Reading } from '../../src/archive/copy/reading.ts';
import { readingFrom } from '../../src/report/stage/columnar.ts';
import { createDuckDbEngine } from '../../src/report/duckdb/duckdb-engine.ts';
import type { Table, TableRow } from '../../src/report/duckdb/table.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { allTime } from '../../src/report/definition/period.ts';
import type { QueryEngine } from '../../src/report/run/query-engine.ts';
import { asked } from './asked.ts';
import { compare } from './compare.ts';
import { heldOnce, redelivered, stragglers } from './deliveries.ts';
import { readRows, readTables } from './proof-rows.ts';
import { layOut, loadTable } from './tables.ts';
import { trinoCopy } from './trino-copy.ts';
import type { TrinoCopy } from './trino-copy.ts';
import { createTrinoEngine, run } from './trino-engine.ts';
import { startTrino } from './trino-server.ts';
import type { TrinoServer } from './trino-server.ts';

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
const failed: string[] = [];
const check = (what: string, holds: boolean, seen: unknown): void => {
  if (!holds) failed.push(what);
  say(`${holds ? 'holds    ' : 'DOES NOT '} ${what}: ${String(seen)}`);
};

const folder = mkdtempSync(join(tmpdir(), 'trailwatch-proof-'));
const rows = await readRows(options.archive, folder);
const tables = readTables(root);
const [raw] = tables.filter(({ name }) => name === 'cloudtrail') as [Table];
const columns = copyColumns(raw.columns);
const trail = rows.filter(({ table }) => table === raw.name);
const reports = (await loadReports(join(root, 'queries'), 'queries'))
  .filter(({ reads }) => reads.includes('cloudtrail'))
  .filter(({ name }) => options.only === undefined || name === options.only);
const duckdb = await createDuckDbEngine(one(rows), { temporaryFolder: folder, tables });
const server = await startTrino(options.trino, options.java, folder);
try {
  const [[version]] = (await run(server, 'SELECT node_version FROM system.runtime.nodes')).rows as [[string]];
  say(`${duckdb.name}, Trino ${version}`);
  await proveSample('as they are', { ...server, schema: 'plain' }, trail, version);
  await proveSample('delivered badly', { ...server, schema: 'bad' }, redelivered(trail), version);
  await proveTogether({ ...server, schema: 'together' });
  say(failed.length === 0 ? '\nall of it holds' : `\n${failed.length} do not hold:\n${failed.join('\n')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
} finally {
  await server.stop();
  await duckdb.close();
  if (options.keep) say(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

/** Fills a copy, again and again, and asks it. */
async function proveSample(
  name: string,
  schema: TrinoServer,
  deliveries: readonly TableRow[],
  version: string,
): Promise<void> {
  say(`\nrecords ${name}`);
  for (const table of tables) {
    const own = table === raw ? deliveries : rows.filter((row) => row.table === table.name);
    say(`  ${await loadTable(schema, table, own)}`);
  }
  const folders = daysOf(deliveries);
  const last = folders.at(-1) ?? '';
  const copy = trinoCopy(schema, raw, deliveries, `${folderAfter(last).replaceAll('/', '-')}T05:20:00Z`);
  const fill = async (keepFrom?: string): Promise<readonly string[]> => {
    const copied: string[] = [];
    // Days between, without deliveries, would be as many questions without an answer.
    for (const range of rangesOf([...new Set([...folders, ...folders.map((day) => folderAfter(day))])])) {
      const request = { range, holder: 'proof', signal: new AbortController().signal };
      copied.push(...(await copyTrail({ ...request, ...(keepFrom !== undefined && { keepFrom }) }, copy.parts)).copied);
    }
    return copied;
  };
  const expect = async (what: string, expected: readonly string[]): Promise<void> => {
    const held = await heldIn(schema);
    const [differing] = held.length === expected.length ? held.filter((line, at) => line !== expected[at]) : [];
    const same = held.length === expected.length && differing === undefined;
    check(what, same, `${held.length} events${same ? '' : ` of ${expected.length}; ${differing ?? ''}`}`);
  };

  const first = await fill();
  await expect(
    `filled from ${deliveries.length} deliveries of ${first.length} days, each event once on its day`,
    heldOnce(deliveries),
  );
  const merges = mergesOf(copy);
  const again = await fill();
  check('a second run writes nothing', again.length === 0 && mergesOf(copy) === merges, `${merges} merges, as before`);
  copy.forget();
  await fill();
  check('without its ledger it merges again', mergesOf(copy) === 2 * merges, `${mergesOf(copy)} merges`);
  await expect('and that doubles nothing', heldOnce(deliveries));
  await proveContent(schema);

  const trino = createTrinoEngine(schema, version);
  const days = daysOf(trail);
  const from = days[0] ?? '';
  const all = daysIn({ from, to: days.at(-1) ?? '' });
  const alone = readingOf({ from, to: all.at(-1) ?? '' }, all);
  await proveReports('the copy', alone, trino);
  // The trail's own files hold twice what came twice: there the answers are the same of records as they are.
  if (deliveries === trail) {
    const middle = days[Math.floor(days.length / 2)] ?? '';
    const late = readingOf(
      { from: '0001/01/01', to: '9999/12/31' },
      all.filter((day) => day >= middle),
    );
    await proveReports(`the copy from ${middle} and the files before`, late, trino);
  }

  const [row] = deliveries.filter(({ time }) => time.startsWith(last.replaceAll('/', '-'))) as [TableRow];
  layOut(schema, raw, stragglers(row), 'straggler.json');
  copy.clock = `${folderAfter(last, 3).replaceAll('/', '-')}T05:20:00Z`;
  const late = await fill();
  const everything = [...deliveries, ...stragglers(row)];
  await expect(
    `looked at ${late.join(', ')} once more, for what came late, without an id, without a time`,
    heldOnce(everything),
  );
  const more = addColumnsSql(
    [...columns, { name: 'of_a_newer_version', type: 'string' }],
    columns.map(({ name: column }) => column),
  );
  await copy.parts.statements.run(more ?? '', new AbortController().signal);
  copy.forget();
  await fill();
  await expect('a column more, and filled again', heldOnce(everything));
  const kept = folderAfter(last, -1);
  copy.forget();
  await fill(kept);
  await expect(
    `days before ${kept} expired`,
    heldOnce(everything).filter((line) => (line.split(' ')[1] ?? '') >= kept),
  );
}

/** Every column of the copy but the day, against the files. */
async function proveContent(schema: TrinoServer): Promise<void> {
  const names = columns.map(({ name }) => name).filter((name) => name !== 'day');
  const count = async (a: string, b: string): Promise<unknown> =>
    (
      await run(
        schema,
        `SELECT COUNT(*) FROM (SELECT ${names.join(', ')} FROM ${a} EXCEPT SELECT ${names.join(', ')} FROM ${b})`,
      )
    ).rows[0]?.[0];
  const [more, fewer] = [
    await count('cloudtrail_columnar', 'cloudtrail'),
    await count('cloudtrail', 'cloudtrail_columnar'),
  ];
  check(
    `${names.length} columns hold what the files hold`,
    more === 0 && fewer === 0,
    `${String(more)} rows more, ${String(fewer)} fewer`,
  );
}

/** What Athena's OPTIMIZE and VACUUM are for, in Trino's words: a day that came in two pieces becomes one, and no event goes. */
async function proveTidy(schema: TrinoServer, copy: TrinoCopy): Promise<void> {
  const numberOf = async (sql: string): Promise<number> => Number((await run(schema, sql)).rows[0]?.[0]);
  const files = (): Promise<number> => numberOf('SELECT COUNT(*) FROM "cloudtrail_columnar$files"');
  const snapshots = (): Promise<number> => numberOf('SELECT COUNT(*) FROM "cloudtrail_columnar$snapshots"');
  const before = [await files(), await snapshots(), (await heldIn(schema)).join('\n')] as const;
  const { signal } = new AbortController();
  await copy.parts.statements.run(optimizeSql(daysOf(trail)), signal);
  await copy.parts.statements.run(vacuumSql, signal);
  const table = `lake.${schema.schema}.cloudtrail_columnar`;
  await run(schema, `ALTER TABLE ${table} EXECUTE expire_snapshots(retention_threshold => '0s')`);
  const after = [await files(), await snapshots(), (await heldIn(schema)).join('\n')] as const;
  check(
    'OPTIMIZE and VACUUM leave fewer files and snapshots, and the same events',
    after[0] < before[0] && after[1] < before[1] && after[2] === before[2],
    `${before[0]} files and ${before[1]} snapshots before, ${after[0]} and ${after[1]} after`,
  );
}

async function proveReports(what: string, reading: Reading, trino: QueryEngine): Promise<void> {
  const engine: QueryEngine = {
    ...trino,
    query: (query, how) => trino.query({ ...query, sql: readingFrom(query.sql, reading, columns) }, how),
  };
  let same = 0;
  let told = 0;
  for (const report of reports) {
    const result = await compare(report, { period: allTime, parameters: asked(report, rows) }, [duckdb, engine]);
    if (!result.same) say(`DIFFERENT ${report.name}: ${result.text}`);
    else {
      same++;
      if (result.rows > 0) told++;
    }
  }
  check(
    `reports over ${what} (${reading.kind}) as DuckDB's over the records`,
    reading.kind === 'copy' && same === reports.length,
    `${same} of ${reports.length} have the same hash, ${told} of them rows`,
  );
}

/** Those that merge the same at the same time, should the lease ever fail. */
async function proveTogether(schema: TrinoServer): Promise<void> {
  say('\nfour at a time');
  await loadTable(schema, raw, trail);
  const copy = trinoCopy(schema, raw, trail, '');
  const { signal } = new AbortController();
  await copy.parts.statements.run(createCopySql(columns, 's3://archive/cloudtrail_columnar/together/'), signal);
  const day = daysOf(trail).toSorted((a, b) => rowsOf(b).length - rowsOf(a).length)[0] ?? '';
  const most = rowsOf(day);
  const chunk = { accounts: [...new Set(most.map(({ account }) => account))], days: [day] };
  const merge = mergeSql(day, chunk, columns);
  const ends = await Promise.allSettled([0, 1, 2, 3].map(() => copy.parts.statements.run(merge, signal)));
  const refused = ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason).slice(0, 60)] : []));
  const held = await heldIn(schema);
  check(
    `merges of ${day} begun at once, each event once`,
    held.join('\n') === heldOnce(most).join('\n'),
    `${held.length} rows of ${most.length} events; refused: ${refused.join(', ') || 'none'}`,
  );
  const [row] = most as [TableRow];
  layOut(schema, raw, [{ ...row, fields: { ...row.fields, eventID: 'a straggler' } }], 'straggler.json');
  await copy.parts.statements.run(merge, signal);
  await proveTidy(schema, copy);
}

async function heldIn(schema: TrinoServer): Promise<readonly string[]> {
  return (await run(schema, 'SELECT account, day, eventid FROM cloudtrail_columnar')).rows
    .map((row) => row.join(' '))
    .toSorted();
}

function mergesOf({ statements }: TrinoCopy): number {
  return statements.filter((text) => text.startsWith('MERGE')).length;
}

function rowsOf(day: string): readonly TableRow[] {
  return trail.filter((row) => dayOf(row) === day);
}

function dayOf({ time }: TableRow): string {
  return time.slice(0, 10).replaceAll('-', '/');
}

function daysOf(some: readonly TableRow[]): readonly string[] {
  return [...new Set(some.map(dayOf))].toSorted();
}

async function* one<T>(batch: T): AsyncIterable<T> {
  yield batch;
}
