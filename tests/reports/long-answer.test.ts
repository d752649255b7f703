import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { evidencePage } from '../../src/report/evidence/page.ts';
import { allTime } from '../../src/report/definition/period.ts';
import type { Report } from '../../src/report/definition/report.ts';
import { prepareReport } from '../../src/report/run/run-report.ts';
import type { Row } from '../../src/report/run/rows.ts';
import { createSpool } from '../../src/report/run/spool.ts';

const root = join(import.meta.dirname, '..', '..');
const node = join(root, 'node_modules', '.bin', 'node');

interface Filed {
  readonly rows: number;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

test('an answer longer than memory is filed whole: 50 MB of rows through a heap of 64 MB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwatch-test-'));
  try {
    const args = ['--max-old-space-size=64', join(root, 'tests/support/long-answer.ts'), '75000', folder];
    const { stdout } = await promisify(execFile)(node, args, { env: { ...process.env, NODE_OPTIONS: '' } });
    const { rows, files } = JSON.parse(stdout) as Filed;
    expect(rows).toBe(75_000);
    const csv = files.find(({ path }) => path.endsWith('.csv'));
    expect(csv?.bytes).toBeGreaterThan(50_000_000);
    expect(await lookAt(join(folder, 'pack', 'long-answer.csv'))).toEqual({ lines: 75_001, sha256: csv?.sha256 });
    expect(readFileSync(join(folder, 'pack', 'long-answer.html'), 'utf8')).toMatch(
      /This page shows the first [\d,]+ of 75,000 rows/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

async function lookAt(path: string): Promise<{ readonly lines: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let lines = 0;
  for await (const chunk of createReadStream(path)) {
    const bytes = chunk as Buffer;
    hash.update(bytes);
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  }
  return { lines, sha256: hash.digest('hex') };
}

test('rows come back from the disk as they went, whatever is in them, as often as they are read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trailwatch-test-'));
  try {
    const rows: readonly Row[] = [
      ['a\nb', 1, null, true],
      ['\u2028 "q" \r\n', -0.5, '', false],
      ['ä€😀', 0, '[', null],
      [],
    ];
    const spool = createSpool(join(folder, 'rows'), 10);
    for (const row of rows) await spool.add(row, `${JSON.stringify(row)}\n`);
    const kept = await spool.rows();
    expect(kept).toHaveLength(rows.length);
    const read: Row[] = [];
    for await (const row of kept) read.push(row);
    for await (const row of kept) read.push(row);
    expect(read).toEqual([...rows, ...rows]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a page says how many rows it doesn’t show, and its chart counts them all', async () => {
  const report: Report = {
    name: 'x',
    title: 'X',
    question: 'X?',
    group: 'Tests',
    reads: ['cloudtrail'],
    parameters: [],
    columns: [{ name: 'who', type: 'text', meaning: 'x' }],
    controls: [],
    schedule: 'on demand',
    period: '90d',
    reading: 'x',
    chart: { label: 'who' },
    sql: 'SELECT who FROM cloudtrail',
  };
  const run = {
    ...prepareReport(report, { period: allTime, parameters: {} }),
    engine: 'x',
    startedAt: '2026-03-12T08:00:00.000Z',
    elapsedMs: 1,
    rows: Array.from({ length: 12_345 }, () => ['alice']),
    statistics: {},
    hash: 'x',
  };
  const page = await evidencePage(run, { archive: ['x'], version: '0', by: 'x' });
  expect(page).toContain('This page shows the first 10,000 of 12,345 rows');
  expect(page.match(/<tr>/g)).toHaveLength(10_001);
  expect(page).toContain('<b>12,345</b>');
});
