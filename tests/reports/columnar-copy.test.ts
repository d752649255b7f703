import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { coveredDays, folderAfter } from '../../src/archive/copy/copy-days.ts';
import {
  countSql,
  dropOldHashesSql,
  eventDaySql,
  expireSql,
  mergeSql,
  surveySql,
} from '../../src/archive/copy/copy-sql.ts';
import { addColumnsSql, copyColumns, createCopySql } from '../../src/archive/copy/copy-table.ts';
import type { CopyColumn } from '../../src/archive/copy/copy-table.ts';
import { readingOf, readingSql } from '../../src/archive/copy/reading.ts';
import type { LocalArchive } from '../../src/cli/report/local-engine.ts';
import { readingFrom } from '../../src/report/stage/columnar.ts';
import { loadReports } from '../../src/report/definition/load-reports.ts';
import { allTime } from '../../src/report/definition/period.ts';
import { prepareReport, runReport } from '../../src/report/run/run-report.ts';
import type { PreparedReport } from '../../src/report/run/run-report.ts';
import { openArchive, samplePaths } from '../support/local-archive.ts';
import { trinoGrammar } from '../support/trino-grammar.ts';

const root = join(import.meta.dirname, '..', '..');
const schema = JSON.parse(readFileSync(join(root, 'schemas/tables/cloudtrail.json'), 'utf8')) as {
  readonly columns: readonly CopyColumn[];
};
const columns = copyColumns(schema.columns);
const reports = (await loadReports(join(root, 'queries'), 'queries')).filter(
  ({ reads, parameters }) => reads.includes('cloudtrail') && parameters.every((one) => one.default !== undefined),
);
const chunk = { accounts: ['111122223333'], days: ['2026/03/10', '2026/03/11'] };

let archive: LocalArchive;
let days: readonly string[];

const ask = async (text: string): Promise<readonly (readonly unknown[])[]> => {
  const answer = await archive.engine.query(
    { sql: { text, names: [] }, values: [] },
    { signal: new AbortController().signal },
  );
  const rows: (readonly unknown[])[] = [];
  for await (const batch of answer.batches) rows.push(...batch);
  return rows;
};
const run = (prepared: PreparedReport) =>
  runReport(prepared, archive.engine, {
    now: () => new Date('2026-03-12T08:00:00Z'),
    signal: new AbortController().signal,
    maxRows: 100_000,
  });

beforeAll(async () => {
  archive = await openArchive(samplePaths, ['cloudtrail']);
  // The sample is one day: four more like it, so that a copy can cover some and not others.
  for (const day of ['09', '10', '12', '13']) {
    await ask(
      `INSERT INTO cloudtrail SELECT * REPLACE (concat(eventid, '-${day}') AS eventid, replace(eventtime, '2026-03-11', '2026-03-${day}') AS eventtime, '2026/03/${day}' AS day)
       FROM cloudtrail WHERE eventtime LIKE '2026-03-11%' AND eventid NOT LIKE '%-__'`,
    );
  }
  await ask("CREATE TABLE cloudtrail_columnar AS SELECT *, '' AS record_hash FROM cloudtrail WHERE false");
  const places = await ask(`SELECT day, account, ${eventDaySql} AS event_day FROM cloudtrail GROUP BY 1, 2, 3`);
  for (const [day, account, eventDay] of places.map((row) => row.map(String))) {
    if (day === undefined || account === undefined || eventDay === undefined || !/^\d+$/.test(account)) continue;
    await ask(mergeSql(day, { accounts: [account], days: [eventDay] }, columns));
  }
  days = (await ask('SELECT DISTINCT day FROM cloudtrail_columnar ORDER BY 1')).map(([day]) => String(day));
}, 60_000);
afterAll(() => archive.close());

describe('reports on the columnar copy', () => {
  const prepared = reports.map((report) => prepareReport(report, { period: allTime, parameters: {} }));

  test.each(prepared.map((one) => [one.report.name, one] as const))('%s answers alike', async (_name, one) => {
    const raw = await run(one);
    const middle = days[Math.floor(days.length / 2)] ?? '';
    const parts = {
      'the copy alone': readingOf({ from: days[0] ?? '', to: days.at(-1) ?? '' }, allDays(days)),
      'the copy, and the files of later days': readingOf(
        { from: '2000/01/01', to: '2099/01/01' },
        allDays(days).filter((day) => day < middle),
      ),
      'the files but for some days in the middle': readingOf({ from: '2000/01/01', to: '2099/01/01' }, [middle]),
    };
    for (const [what, reading] of Object.entries(parts)) {
      expect([what, reading.kind]).toEqual([what, 'copy']);
      const { hash } = await run({ ...one, sql: readingFrom(one.sql, reading, columns) });
      expect([what, hash]).toEqual([what, raw.hash]);
    }
  });

  test('only the table is exchanged, not its name in a text, a comment or another place', () => {
    const text = "SELECT 'from cloudtrail' AS cloudtrail -- from cloudtrail\nFROM /* of */ cloudtrail WHERE x = 1";
    const reading = readingOf({ from: '2026/03/10', to: '2026/03/10' }, ['2026/03/10']);
    expect(readingFrom({ text, names: [] }, reading, columns).text).toBe(
      "SELECT 'from cloudtrail' AS cloudtrail -- from cloudtrail\nFROM /* of */ cloudtrail_columnar AS cloudtrail WHERE x = 1",
    );
  });
});

describe('records of one event id', () => {
  const day = { accounts: ['111122223333'], days: ['2026/03/11'] };
  const count = async (): Promise<readonly unknown[]> => (await ask(countSql(day)))[0]?.slice(2) ?? [];
  const copyOf = (change: string): Promise<unknown> =>
    ask(
      `INSERT INTO cloudtrail SELECT * REPLACE (${change}) FROM cloudtrail
       WHERE account = '111122223333' AND day = '2026/03/11' AND eventtime LIKE '2026-03-11%' AND eventid NOT LIKE '%-__' ORDER BY eventid LIMIT 1`,
    );
  const merge = (): Promise<unknown> => ask(mergeSql('2026/03/11', day, columns));

  test('the same once more is dropped, one that differs in a field is kept, and a second merge adds nothing', async () => {
    const before = await count();
    await copyOf('eventid AS eventid');
    await merge();
    expect(await count()).toEqual(before);
    await copyOf("'StopLogging' AS eventname");
    await merge();
    await merge();
    expect(await count()).toEqual(before.map((number) => Number(number) + 1));
    const surveys = await ask(surveySql('2026/03/11', day.accounts, columns));
    const survey = surveys.find(([, on]) => on === '2026/03/11');
    expect(survey?.[3]).toEqual((await count())[1]);
  });

  test('a value that is missing is not one that is empty, and one column is not the next', async () => {
    const before = Number((await count())[0]);
    await copyOf("'' AS errorcode, 'x' AS errormessage");
    await copyOf("'x' AS errorcode, '' AS errormessage");
    await copyOf("NULL AS errorcode, 'x' AS errormessage");
    await merge();
    expect(Number((await count())[0])).toBe(before + 3);
  });

  test('rows whose hash is over other columns are replaced, and nothing doubles', async () => {
    const before = await count();
    await ask("UPDATE cloudtrail_columnar SET record_hash = NULL WHERE day = '2026/03/11'");
    await ask(dropOldHashesSql(day, columns));
    await merge();
    expect(await count()).toEqual(before);
  });
});

/** Without holes, as far as there are events. */
function allDays(list: readonly string[]): readonly string[] {
  const folders = [];
  for (let day = list[0] ?? ''; day <= folderAfter(list.at(-1) ?? ''); day = folderAfter(day)) {
    folders.push({ day, scope: 's', whole: true, done: [], records: 0, events: 0, copiedAt: '' });
  }
  return coveredDays(folders, () => 's');
}

describe('its SQL', () => {
  const reading = readingOf({ from: '2026/03/01', to: '2026/03/31' }, ['2026/03/10', '2026/03/12']);
  const statements: readonly (readonly [string, string])[] = [
    ['survey', surveySql('2026/03/11', chunk.accounts, columns)],
    ['merge', mergeSql('2026/03/11', chunk, columns)],
    ['count', countSql(chunk)],
    ['drop of old hashes', dropOldHashesSql(chunk, columns)],
    ['expire', expireSql('2025/01/01')],
    ['reading', reading.kind === 'copy' ? `SELECT * FROM ${readingSql(reading, columns)}` : ''],
  ];

  test.each(statements)('%s is what Trino takes', async (_name, sql) => {
    expect((await trinoGrammar()).validate(sql)).toEqual([]);
  });

  test('the table is made by day and account, as Athena makes Iceberg tables', () => {
    const sql = createCopySql(columns, 's3://trailwatch-dev-archive/cloudtrail_columnar/20260314t052000/');
    expect(sql).toMatch(/^CREATE TABLE IF NOT EXISTS cloudtrail_columnar \(\n {2}`eventversion` string,/);
    expect(sql).toContain('  `useridentity` struct<type:string,');
    expect(sql).toContain(
      "PARTITIONED BY (`day`, `account`)\nLOCATION 's3://trailwatch-dev-archive/cloudtrail_columnar/",
    );
    expect(sql).toContain(
      "TBLPROPERTIES ('table_type' = 'ICEBERG', 'format' = 'parquet', 'write_compression' = 'zstd'",
    );
    expect(() => createCopySql(columns, "s3://bucket/x' --/")).toThrow(/expected s3:\/\/bucket\/folder\//);
  });

  test('a column that a newer version knows is added, nothing when all are there', () => {
    const names = columns.map(({ name }) => name);
    expect(addColumnsSql(columns, names)).toBeUndefined();
    expect(
      addColumnsSql(
        columns,
        names.filter((name) => name !== 'eventcontext'),
      ),
    ).toBe('ALTER TABLE cloudtrail_columnar ADD COLUMNS (\n  `eventcontext` string\n)');
  });

  test.each([
    ['an account', () => mergeSql('2026/03/11', { ...chunk, accounts: ["1') OR ('1' = '1"] }, columns)],
    ['a day', () => surveySql("2026/03/11' --", chunk.accounts, columns)],
  ])('nothing that is not %s becomes part of it', (_what, make) => {
    expect(make).toThrow(/expected a day \(yyyy\/MM\/dd\) or an account/);
  });
});
