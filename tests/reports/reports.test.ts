import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalArchive } from '../../src/cli/report/local-engine.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { allTime } from '../../src/report/definition/period.ts';
import type { Period } from '../../src/report/definition/period.ts';
import { csvOf, parseCsv } from '../../src/report/render/csv.ts';
import { prepareReport, runReport } from '../../src/report/run/run-report.ts';
import type { ReportRun } from '../../src/report/run/run-report.ts';
import { hasCorpora } from '../support/corpora.ts';
import { expectGolden } from '../support/golden.ts';
import { openArchive, samplePaths } from '../support/local-archive.ts';
import { trinoGrammar } from '../support/trino-grammar.ts';

const root = join(import.meta.dirname, '..', '..');
const reports = await loadReports(join(root, 'queries'), 'queries');
const grammar = await trinoGrammar();

/** What a report is asked for on the sample archive, where its defaults alone would show nothing. */
const asked: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'principal-timeline': { principal: 'prod-operations' },
  'address-timeline': { address: '198.51.100.77' },
  'access-key-timeline': { key: 'AKIA43DV4K2QLEXAMPLE' },
  'resource-timeline': { resource: 'example-storefront-exports' },
  'access-keys-unused': { days: '0' },
  'new-behaviour': { hours: '3' },
};

/** Of these the sample archive holds nothing; `edge-cases.test.ts` shows them something. */
const quiet = new Set(['organization-changes']);

async function run(archive: LocalArchive, name: string, period: Period = allTime): Promise<ReportRun> {
  const report = reports.find((one) => one.name === name);
  if (report === undefined) throw new Error(`no report ${name}`);
  return runReport(prepareReport(report, { period, parameters: asked[name] ?? {} }), archive.engine, {
    now: () => new Date('2026-03-12T08:00:00.000Z'),
    signal: new AbortController().signal,
    maxRows: 1_000_000,
  });
}

const columnsOf = (one: ReportRun): readonly string[] => one.report.columns.map(({ name }) => name);

test('there are at least thirty reports', () => {
  expect(reports.length).toBeGreaterThanOrEqual(30);
});

test('the grammar refuses what is none', () => {
  expect(grammar.validate('SELECT FROM WHERE 1').length).toBeGreaterThan(0);
});

test.each(reports)('$name is a statement of Trino’s grammar', ({ sql }) => {
  // The grammar knows `?` only in prepared statements, and Athena prepares every query that has parameters.
  const text = sql.replaceAll(/:[a-z_]+\b/g, '?');
  expect(grammar.validate(`PREPARE report FROM ${text}`)).toEqual([]);
});

describe('on the sample archive', () => {
  let archive: LocalArchive;
  beforeAll(async () => {
    archive = await openArchive(samplePaths);
  });
  afterAll(() => archive.close());

  test.each(reports)('$name answers as its golden file says', async ({ name }) => {
    const answer = await run(archive, name);
    expectGolden(`reports/${name}.csv`, csvOf(columnsOf(answer), answer.rows).replaceAll('\r\n', '\n'));
    // Without rows on the sample: add the report to `quiet`, and show it rows in edge-cases.test.ts.
    expect(answer.rows.length > 0 ? 'rows' : 'no rows').toBe(quiet.has(name) ? 'no rows' : 'rows');
  });

  test.each(reports)('$name has values of the types that its columns say', async ({ name }) => {
    const { rows, report } = await run(archive, name);
    const wrong = rows.flatMap((row) =>
      row.flatMap((cell, index) => {
        const column = report.columns[index];
        if (cell === null || column === undefined) return [];
        const fits = {
          text: typeof cell === 'string',
          time: typeof cell === 'string' && !Number.isNaN(Date.parse(cell)),
          integer: Number.isSafeInteger(cell),
          number: typeof cell === 'number',
          boolean: typeof cell === 'boolean',
        }[column.type];
        return fits ? [] : [`${column.name}: ${JSON.stringify(cell)} is not ${column.type}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test.each(reports)('$name has no row of a period without events', async ({ name }) => {
    const { rows } = await run(archive, name, { from: '2026-04-01T00:00:00Z', to: '2026-05-01T00:00:00Z' });
    expect(rows).toEqual([]);
  });

  test('a report gives the same hash again', async () => {
    const [first, second] = [await run(archive, 'deletions'), await run(archive, 'deletions')];
    expect(second.hash).toBe(first.hash);
  });

  test('CSV gives back what was written, also what looks like a formula', async () => {
    const { rows, ...rest } = await run(archive, 'console-sign-ins');
    const hostile = [
      ...rows,
      ["=cmd|' /C calc'!A0", "'quoted", '', null, '+1', 'a "b", c\r\nd', ' x ', '-', '@x', '\t'],
    ];
    const text = csvOf(columnsOf({ rows, ...rest }), hostile);
    expect(parseCsv(text).slice(1)).toEqual(hostile);
    expect(text.split('\r\n').filter((line) => /(^|,)"?[=+@]/.test(line))).toEqual([]);
  });

  test('a parameter that tries to be SQL is only a text', async () => {
    const report = reports.find(({ name }) => name === 'resource-timeline');
    if (report === undefined) throw new Error('gone');
    const prepared = prepareReport(report, {
      period: allTime,
      parameters: { resource: "x' OR 1=1; DROP TABLE cloudtrail; --" },
    });
    expect(prepared.sql.text).not.toContain('DROP');
    const options = { now: () => new Date(0), signal: new AbortController().signal, maxRows: 10 };
    expect((await runReport(prepared, archive.engine, options)).rows).toEqual([]);
  });

  test('an answer that is too long is refused, not cut', async () => {
    const report = reports.find(({ name }) => name === 'deletions');
    if (report === undefined) throw new Error('gone');
    const prepared = prepareReport(report, { period: allTime, parameters: {} });
    const options = { now: () => new Date(0), signal: new AbortController().signal, maxRows: 3 };
    await expect(runReport(prepared, archive.engine, options)).rejects.toMatchObject({ kind: 'cut-off' });
  });

  test('a run that is stopped says so', async () => {
    const stopping = new AbortController();
    const report = reports.find(({ name }) => name === 'deletions');
    if (report === undefined) throw new Error('gone');
    stopping.abort();
    const prepared = prepareReport(report, { period: allTime, parameters: {} });
    const options = { now: () => new Date(0), signal: stopping.signal, maxRows: 3 };
    await expect(runReport(prepared, archive.engine, options)).rejects.toThrow();
  });

  test('a query that is stopped while it runs ends at once', async () => {
    const stopping = new AbortController();
    const sql = { text: 'SELECT SUM(a.range * b.range) FROM range(10000000) a, range(10000000) b', names: [] };
    setTimeout(() => stopping.abort(), 300);
    const asking = (async () => {
      const answer = await archive.engine.query({ sql, values: [] }, { signal: stopping.signal });
      for await (const batch of answer.batches) expect(batch).toEqual([]);
    })();
    await expect(asking).rejects.toMatchObject({ kind: 'cancelled' });
    // What was stopped leaves the engine as it was.
    expect((await run(archive, 'root-activity')).rows).toHaveLength(1);
  });

  test('queries can read no file of the machine', async () => {
    const sql = { text: `SELECT * FROM read_text('${join(root, 'package.json')}')`, names: [] };
    await expect(archive.engine.query({ sql, values: [] }, { signal: new AbortController().signal })).rejects.toThrow(
      /disabled/,
    );
  });
});

const corpora = join(root, '..', 'shared', 'corpora');
const real = [
  'invictus_aws_dataset/events.jsonl',
  'stratus_red_team/events_labelled.jsonl',
  'small_cloudtrail_samples/events.jsonl',
];

(hasCorpora ? describe : describe.skip)('on real trails', () => {
  let archive: LocalArchive;
  beforeAll(async () => {
    archive = await openArchive(
      real.map((path) => join(corpora, path)),
      ['cloudtrail'],
    );
  }, 60_000);
  afterAll(() => archive?.close());

  test.each(reports.filter(({ reads }) => reads.includes('cloudtrail')))('$name can be answered', async ({ name }) => {
    const { rows, report } = await run(archive, name);
    for (const row of rows) expect(row).toHaveLength(report.columns.length);
  });

  test('every event is counted once for its day, account and region', async () => {
    const counted = await run(archive, 'log-completeness');
    const at = counted.report.columns.findIndex(({ name }) => name === 'events');
    const sum = counted.rows.reduce((total, row) => total + Number(row[at]), 0);
    const ids = new Set(
      real.flatMap((path) =>
        readFileSync(join(corpora, path), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => /"eventID":\s*"([^"]+)"/.exec(line)?.[1]),
      ),
    );
    expect(sum).toBeGreaterThan(ids.size * 0.95);
  });
});
