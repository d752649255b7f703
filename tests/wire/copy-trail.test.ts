import { AthenaClient } from '@aws-sdk/client-athena';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GlueClient } from '@aws-sdk/client-glue';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { coveredDays } from '../../src/archive/copy/copy-days.ts';
import { copyTrail, pendingDays, scopeOf } from '../../src/archive/copy/copy-trail.ts';
import type { CopyEvent, CopyParts, CopyRequest, CopyRun } from '../../src/archive/copy/copy-trail.ts';
import { createAthenaStatements } from '../../src/aws/athena/statements.ts';
import { createDynamoCopyLease, createDynamoCopyLedger } from '../../src/aws/state-table/copy-ledger.ts';
import { createGlueCatalog } from '../../src/aws/athena/glue-catalog.ts';
import { cloudTrailRecord } from '../cli/cloudtrail-record.ts';
import { startLocalCopy } from '../support/local-copy.ts';
import type { Delivery, LocalCopy } from '../support/local-copy.ts';
import { startLocalStateTable } from '../support/local-state-table.ts';
import type { LocalStateTable } from '../support/local-state-table.ts';

const account = '111122223333';
const delivered = (
  folder: string,
  id: string | undefined,
  time: string,
  more: Partial<Omit<Delivery, 'folder'>> = {},
): Delivery => ({
  folder,
  account,
  record: cloudTrailRecord({ eventID: id, eventTime: time, recipientAccountId: account }),
  ...more,
});

/** Three days of deliveries: events that come the day after, one that comes late, one twice, one without an id, one without a time. */
const deliveries = [
  delivered('2026-03-10', 'a', '2026-03-10T10:00:00Z'),
  delivered('2026-03-10', 'b', '2026-03-10T11:00:00Z'),
  delivered('2026-03-10', 'b', '2026-03-10T11:00:00Z'),
  delivered('2026-03-11', 'c', '2026-03-10T23:59:58Z'),
  delivered('2026-03-11', 'd', '2026-03-11T09:00:00Z'),
  delivered('2026-03-11', 'b', '2026-03-10T11:00:00Z'),
  delivered('2026-03-12', 'e', '2026-03-12T01:00:00Z'),
  delivered('2026-03-12', 'late', '2026-02-02T01:00:00Z'),
  delivered('2026-03-12', undefined, '2026-03-12T02:00:00Z'),
  delivered('2026-03-12', 'timeless', 'yesterday'),
];
const byDay = `SELECT day, COUNT(*) FROM cloudtrail_columnar GROUP BY day ORDER BY day`;
const whole = [
  ['2026/02/02', 1],
  ['2026/03/10', 3],
  ['2026/03/11', 1],
  ['2026/03/12', 3],
];
const range = { from: '2026/03/10', to: '2026/03/12' };
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

let local: LocalCopy;
let state: LocalStateTable;
let parts: CopyParts;
let clock: Date;
let events: CopyEvent[];
let clients: { destroy(): void }[];

beforeAll(async () => {
  state = await startLocalStateTable();
});
afterAll(() => state.close());
let run = 0;
beforeEach(async () => {
  clock = new Date('2026-03-14T05:20:00Z');
  events = [];
  local = await startLocalCopy(deliveries);
  const athena = new AthenaClient({ endpoint: local.athena.url, region: 'eu-west-1', credentials });
  const glue = new GlueClient({ endpoint: local.glueUrl, region: 'eu-west-1', credentials });
  const client = new DynamoDBClient({ endpoint: state.url, region: 'eu-west-1', credentials });
  clients = [athena, glue, client];
  const prefix = `${run++}`;
  parts = {
    statements: createAthenaStatements({
      client: athena,
      workGroup: 'trailwatch-dev-reports',
      database: 'trailwatch_dev',
      wait: async () => undefined,
    }),
    catalog: createGlueCatalog(glue, 'trailwatch_dev'),
    // Tests share a table of state, not their copies.
    ledgerOf: (location) => createDynamoCopyLedger({ client, table: state.name }, prefix + location),
    lease: createDynamoCopyLease({ client, table: state.name }),
    now: () => clock,
  };
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await local.close();
});

const copy = (request: Partial<CopyRequest> = {}): Promise<CopyRun> =>
  copyTrail(
    { range, holder: 'test', signal: new AbortController().signal, onEvent: (event) => events.push(event), ...request },
    parts,
  );
const merges = () => local.statements.filter((text) => text.startsWith('MERGE')).length;
const ledger = async () => {
  const table = await parts.catalog.table('cloudtrail_columnar');
  return parts.ledgerOf(table?.location ?? '').folders();
};
const covered = async () => {
  const raw = await parts.catalog.table('cloudtrail');
  return raw && coveredDays(await ledger(), scopeOf(raw));
};

describe('the columnar copy', () => {
  test('holds each event once, on the day it happened, whenever and however often it was delivered', async () => {
    expect(await copy()).toMatchObject({ state: 'done', copied: ['2026/03/10', '2026/03/11', '2026/03/12'], left: [] });
    expect(await local.ask(byDay)).toEqual(whole);
    const ids = await local.ask('SELECT eventid FROM cloudtrail_columnar ORDER BY eventid');
    expect(ids.flat()).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      'late',
      expect.stringMatching(/^none .*2026-03-12T02:00:00Z/),
      'timeless',
    ]);
  });

  test('covers a day once its own deliveries and those of the next day are in', async () => {
    await copy();
    expect(await covered()).toEqual(['2026/03/10', '2026/03/11']);
  });

  test('a second run changes nothing; without its ledger, neither does a third', async () => {
    await copy();
    const before = merges();
    expect(await copy()).toMatchObject({ state: 'done', copied: [] });
    expect(merges()).toBe(before);
    parts = { ...parts, ledgerOf: (location) => createDynamoCopyLedger(stateOptions(), `lost${location}`) };
    await copy();
    expect(merges()).toBe(2 * before);
    expect(await local.ask(byDay)).toEqual(whole);
  });

  test('a day that was copied soon after its end is looked at once more, for what came late into its folder', async () => {
    clock = new Date('2026-03-13T05:20:00Z');
    await copy();
    await local.deliver([delivered('2026-03-12', 'straggler', '2026-03-12T23:59:00Z')]);
    expect(await copy()).toMatchObject({ copied: [] });
    clock = new Date('2026-03-15T05:20:00Z');
    expect(await copy()).toMatchObject({ copied: ['2026/03/11', '2026/03/12'] });
    expect(await local.ask(`SELECT COUNT(*) FROM cloudtrail_columnar WHERE eventid = 'straggler'`)).toEqual([[1]]);
    expect(await copy()).toMatchObject({ copied: [] });
  });

  test('a statement that fails leaves no day that counts as covered, and the next run goes on', async () => {
    local.fail(/^MERGE[^]*day = '2026\/03\/11'/, 'Query exhausted resources at this scale factor');
    await expect(copy()).rejects.toThrow(/Query exhausted resources/);
    expect(await covered()).toEqual([]);
    expect(await copy()).toMatchObject({ state: 'done', copied: ['2026/03/11', '2026/03/12'] });
    expect(await local.ask(byDay)).toEqual(whole);
  });

  test('a copy that holds less than was delivered, or an event twice, is never recorded as whole', async () => {
    await copy({ range: { from: '2026/03/10', to: '2026/03/10' } });
    await local.ask(`INSERT INTO cloudtrail_columnar SELECT * FROM cloudtrail_columnar WHERE eventid = 'a'`);
    await expect(copy()).rejects.toThrow(
      /deliveries of 2026\/03\/11: account 111122223333, 2026\/03\/10: the copy has 4 rows for 3 events/,
    );
    expect(await covered()).toEqual([]);
  });

  test('ends in time and says what is left, remembering the statements that are done', async () => {
    local.projection.accounts = Array.from({ length: 100 }, (_, n) => String(200_000_000_000 + n)).join(',');
    await local.deliver(
      Array.from({ length: 100 }, (_, n) =>
        delivered('2026-03-10', `x${n}`, '2026-03-10T10:00:00Z', { account: String(200_000_000_000 + n) }),
      ),
    );
    const until = new Date('2026-03-14T05:30:00Z');
    const first = await copy({
      until,
      onEvent: (event) => {
        if (event.kind === 'merged') clock = until;
      },
    });
    expect(first).toMatchObject({ state: 'unfinished', copied: [], left: ['2026/03/10', '2026/03/11', '2026/03/12'] });
    expect(merges()).toBe(1);
    expect(await covered()).toEqual([]);
    expect(await copy()).toMatchObject({ state: 'done' });
    expect(merges()).toBe(2);
    expect(await local.ask('SELECT COUNT(*) FROM cloudtrail_columnar')).toEqual([[100]]);
  });

  test('two at a time: the second does nothing until the first is done, or gone for longer than a statement may take', async () => {
    expect(await parts.lease.take('other', clock, new Date('2026-03-14T05:55:00Z'))).toBe(true);
    expect(await copy()).toEqual({ state: 'busy', copied: [], left: [], bytesScanned: 0, cost: 0 });
    expect(local.statements).toEqual([]);
    clock = new Date('2026-03-14T05:56:00Z');
    expect(await copy()).toMatchObject({ state: 'done' });
    await parts.lease.release('other');
  });

  test('accounts that join the trail make the days before uncovered, until they are copied too', async () => {
    await copy();
    local.projection.accounts = '111122223333,444455556666';
    expect(await covered()).toEqual([]);
    await local.deliver([delivered('2026-03-10', 'new', '2026-03-10T10:00:00Z', { account: '444455556666' })]);
    await copy();
    expect(await covered()).toEqual(['2026/03/10', '2026/03/11']);
    expect(await local.ask(`SELECT COUNT(*) FROM cloudtrail_columnar`)).toEqual([[9]]);
  });

  test('a copy that was removed is none: no day counts as covered by what the ledger knew of it', async () => {
    await copy();
    await local.dropCopy();
    expect(await pendingDays(range, parts)).toHaveLength(3);
    clock = new Date('2026-03-14T06:00:00Z');
    expect(await copy()).toMatchObject({ state: 'done', copied: ['2026/03/10', '2026/03/11', '2026/03/12'] });
    expect(await local.ask(byDay)).toEqual(whole);
  });

  test('days that are no longer kept leave the ledger, then the table; files are removed until none is left', async () => {
    local.fail(/^VACUUM/, 'ICEBERG_VACUUM_MORE_RUNS_NEEDED: Removed 1000 files in this round', 2);
    await copy();
    clock = new Date('2026-03-20T05:20:00Z');
    await copy({ range: { from: '2026/03/01', to: '2026/03/13' }, keepFrom: '2026/03/11' });
    expect((await ledger()).map(({ day }) => day)).toEqual(['2026/03/11', '2026/03/12', '2026/03/13']);
    expect(await local.ask(byDay)).toEqual([
      ['2026/03/11', 1],
      ['2026/03/12', 3],
    ]);
    expect(local.statements.filter((text) => text === 'VACUUM cloudtrail_columnar')).toHaveLength(4);
  });

  test('files are written together in as many rounds as Athena takes, and a day that has too many does not hold up the next', async () => {
    local.fail(
      /^OPTIMIZE[^]*'2026\/03\/09'/,
      'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED: Processed 100 partitions in this round',
      2,
    );
    local.fail(
      /^OPTIMIZE[^]*'2026\/03\/10'/,
      'ICEBERG_OPTIMIZE_MORE_RUNS_NEEDED: Processed 100 partitions in this round',
      99,
    );
    expect(await copy()).toMatchObject({ state: 'done', copied: ['2026/03/10', '2026/03/11', '2026/03/12'] });
    const rounds = (day: string) =>
      local.statements.filter((text) => text.startsWith('OPTIMIZE') && text.includes(day));
    expect(rounds('2026/03/09')).toHaveLength(3);
    expect(rounds('2026/03/10')).toHaveLength(10);
    expect(rounds('2026/03/11')).toHaveLength(1);
  });

  test('stops the statement on Athena when it is told to, and lets the next one begin', async () => {
    local.athena.mood('never ends');
    const stop = new AbortController();
    const polls = () => local.athena.calls.filter(({ operation }) => operation === 'GetQueryExecution').length;
    const timer = setInterval(() => polls() > 3 && stop.abort(), 1);
    await expect(copy({ signal: stop.signal })).rejects.toThrow(/stopped on Athena too/);
    clearInterval(timer);
    expect(local.athena.calls.at(-1)?.operation).toBe('StopQueryExecution');
    expect(await parts.lease.take('next', clock, clock)).toBe(true);
    await parts.lease.release('next');
  });
});

const stateOptions = () => ({
  client: new DynamoDBClient({ endpoint: state.url, region: 'eu-west-1', credentials }),
  table: state.name,
});
