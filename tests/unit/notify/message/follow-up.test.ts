import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Finding } from '../../../../src/model/finding.ts';
import { followUpOf } from '../../../../src/notify/message/follow-up.ts';
import { trinoGrammar } from '../../../support/trino-grammar.ts';
import { bruteForce, hostile, instanceStoppedByBen, rootLogin, sshRootLogin } from '../specimens.ts';

const specimens: readonly (readonly [string, Finding])[] = [
  ['root', rootLogin],
  ['a hostile name', hostile],
  ['a federated session', instanceStoppedByBen],
  ['an address', bruteForce],
];

function sqlFor(finding: Finding, engine: 'Athena' | 'DuckDB'): string {
  const found = followUpOf(finding, 'cloudtrail').find((followUp) => followUp.engine === engine);
  if (found === undefined) throw new Error(`no query for ${engine}`);
  return found.sql;
}

describe('for Athena', () => {
  test.each(specimens)('the query for %s is Trino’s SQL', async (_what, finding) => {
    expect((await trinoGrammar()).validate(sqlFor(finding, 'Athena'))).toEqual([]);
  });

  test('reads the partitions of the days and accounts alone, and of every region', () => {
    const sql = sqlFor(rootLogin, 'Athena');
    expect(sql).toContain("WHERE day BETWEEN '2026/03/14' AND '2026/03/14'\n  AND account IN ('111122223333')\n");
    expect(sql).not.toMatch(/\bregion\b/);
  });

  test('reads the account of who did it too, where that is another', () => {
    const { event } = rootLogin;
    const elsewhere = { ...rootLogin, event: { ...event, actor: { ...event.actor, account: '444455556666' } } };
    expect(sqlFor(elsewhere, 'Athena')).toContain("account IN ('111122223333', '444455556666')");
  });

  test('reads every account where none is known, and never one that is none', () => {
    const { account: _account, ...event } = bruteForce.event;
    expect(sqlFor({ ...bruteForce, event }, 'Athena')).not.toContain('account IN');
    const odd = { ...bruteForce, event: { ...event, account: "1' OR '1" } };
    expect(sqlFor(odd, 'Athena')).not.toContain('account IN');
  });

  test.each([
    ['an hour before may be the day before', '2026-03-14T00:30:00.000Z', '2026/03/13', '2026/03/14'],
    ['what is delivered late lies on the next day', '2026-03-14T21:30:00.000Z', '2026/03/14', '2026/03/15'],
    ['a year ends', '2026-12-31T23:30:00.000Z', '2026/12/31', '2027/01/01'],
  ])('%s', (_rule, time, first, last) => {
    const finding = { ...sshRootLogin, event: { ...sshRootLogin.event, time } };
    expect(sqlFor(finding, 'Athena')).toContain(`day BETWEEN '${first}' AND '${last}'`);
  });
});

describe('for DuckDB', () => {
  let folder: string;
  let connection: DuckDBConnection;
  const home = process.cwd();

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'trailwatch-follow-up-'));
    const file = (account: string, day: string, content: Buffer): void => {
      const at = path.join(folder, 'AWSLogs', account, 'CloudTrail/eu-west-1', day);
      mkdirSync(at, { recursive: true });
      writeFileSync(path.join(at, 'x.json.gz'), content);
    };
    const records = (...Records: readonly object[]): Buffer => gzipSync(JSON.stringify({ Records }));
    file(
      '111122223333',
      '2026/03/14',
      records(
        rootLogin.event.raw,
        { ...rootLogin.event.raw, eventTime: '2026-03-14T14:00:00Z' },
        { ...rootLogin.event.raw, userIdentity: { type: 'IAMUser', accountId: '111122223333' } },
      ),
    );
    // These would be found if their files were read.
    const decoy = records({ ...rootLogin.event.raw, eventName: 'Decoy' });
    file('111122223333', '2026/03/15', decoy);
    file('444455556666', '2026/03/14', decoy);
    process.chdir(folder);
    connection = await (await DuckDBInstance.create()).connect();
  });

  afterAll(() => {
    connection.closeSync();
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  test('the query finds what was asked for, and reads no other day and account', async () => {
    const rows = await connection.runAndReadAll(sqlFor(rootLogin, 'DuckDB'));
    expect(rows.getRowObjectsJson()).toEqual([
      expect.objectContaining({ eventTime: '2026-03-14T09:12:44Z', eventName: 'ConsoleLogin' }),
    ]);
  });

  test.each(specimens)('the query for %s runs', async (_what, finding) => {
    await connection.runAndReadAll(sqlFor(finding, 'DuckDB'));
  });
});
