/**
 * Files an answer of many rows, in a process of its own whose heap could not hold it: `node --max-old-space-size=64 long-answer.ts
 * ROWS FOLDER`. It prints what came of it as JSON.
 */
import { join } from 'node:path';
import { createDuckDbEngine } from '../../src/report/duckdb/duckdb-engine.ts';
import { writePack } from '../../src/report/evidence/pack.ts';
import { allTime } from '../../src/report/definition/period.ts';
import type { Report } from '../../src/report/definition/report.ts';
import { prepareReport, spoolReport } from '../../src/report/run/run-report.ts';
import { createSpool } from '../../src/report/run/spool.ts';

const [count = '', folder = ''] = process.argv.slice(2);
const text = { type: 'text', meaning: 'x' } as const;
const report: Report = {
  name: 'long-answer',
  title: 'A long answer',
  question: 'How long is it?',
  group: 'Tests',
  reads: ['cloudtrail'],
  parameters: [],
  columns: [
    { name: 'number', type: 'integer', meaning: 'x' },
    { name: 'day', ...text },
    { name: 'words', ...text },
  ],
  controls: [],
  schedule: 'on demand',
  period: '90d',
  reading: 'x',
  chart: { label: 'day' },
  sql: `SELECT range AS number, 'day ' || (range % 40) AS day, repeat('word ' || range || ' ', 60) AS words FROM range(${Number(count)}) ORDER BY number`,
};

const engine = await createDuckDbEngine(
  (async function* () {
    yield [];
  })(),
  { temporaryFolder: folder, tables: [], memoryLimit: '256MB' },
);
const run = await spoolReport(
  prepareReport(report, { period: allTime, parameters: {} }),
  engine,
  { now: () => new Date(0), signal: new AbortController().signal, maxRows: 10_000_000 },
  createSpool(join(folder, 'rows')),
);
const files = await writePack(join(folder, 'pack'), [run], { archive: ['x'], version: '0', by: 'x' }, new Date(0));
await engine.close();
process.stdout.write(JSON.stringify({ rows: run.rows.length, hash: run.hash, files }));
