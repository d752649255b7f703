import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMemorySightingStore } from '../support/memory-sighting-store.ts';
import { BatchWriteItemCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import * as fc from 'fast-check';
import { createDynamoWindowStore } from '../../src/aws/state-table/window-store.ts';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { createCorrelator } from '../../src/detect/correlation/correlator.ts';
import { createMemoryWindowStore } from '../support/memory-window-store.ts';
import {
  WindowStoreError,
  type WindowKey,
  type WindowMatch,
  type WindowStore,
} from '../../src/detect/correlation/window-store.ts';
import type { Finding } from '../../src/model/finding.ts';
import { startLocalStateTable, type LocalStateTable } from '../support/local-state-table.ts';
import {
  correlationOf,
  matchOf,
  minute,
  noon,
  recordOf,
  ruleMatchOf,
  ruleOf,
  ruleSetOf,
} from '../unit/detect/fixtures.ts';

let table: LocalStateTable;
let client: DynamoDBClient;

const clientOf = (endpoint: string, maxAttempts = 3) =>
  new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts,
  });

beforeAll(async () => {
  table = await startLocalStateTable();
  client = clientOf(table.url);
});
afterAll(async () => {
  client.destroy();
  await table.close();
});

/** The clock of the test: an hour after the matches. */
const now = () => new Date(noon + 60 * minute);
const dynamo = (options: { readonly perGroup?: number; readonly now?: () => Date } = {}) =>
  createDynamoWindowStore({ client, table: table.name, now, ...options });

const stores: readonly (readonly [string, (limit?: number) => WindowStore])[] = [
  ['memory', (perGroup = 1_000) => createMemoryWindowStore({ perGroup, groups: 1_000 })],
  ['DynamoDB', (perGroup = 1_000) => dynamo({ perGroup })],
];

// Each test has groups of its own, since all share one table.
let groups = 0;
const freshKey = (correlation = 'three'): WindowKey => ({ correlation, group: `["group ${(groups += 1)}"]` });
const everything = { from: noon - 60 * minute, to: noon + 60 * minute };
const matchAt = (id: string, at: number, rule = 'login'): WindowMatch =>
  matchOf(rule, recordOf(id, at, { user: 'ann' }));
const idsOf = (matches: readonly WindowMatch[]) => matches.map(({ id }) => id);

describe.each(stores)('a window store in %s', (_name, create) => {
  test('gives what was added, as it was, in order of time and id', async () => {
    const [store, key] = [create(), freshKey()];
    const late = matchAt('late', 9);
    const firing: WindowMatch = {
      ...matchAt('firing', 5, 'inner'),
      through: [matchAt('first', 4).record, matchAt('firing', 5).record],
      group: { user: 'ann', ip: null },
    };
    await store.add(key, [late, matchAt('b', 1)], everything);
    const window = await store.add(key, [firing, matchAt('a', 1)], everything);
    expect(window).toEqual({
      matches: [matchAt('a', 1), matchAt('b', 1), firing, late],
      completeFrom: -Infinity,
      fired: [],
      version: 0,
    });
  });

  test('changes nothing when a match is added again', async () => {
    const [store, key] = [create(), freshKey()];
    const first = await store.add(key, [matchAt('a', 1), matchAt('a', 1)], everything);
    expect(await store.add(key, [matchAt('a', 1)], everything)).toEqual(first);
    expect(idsOf(first.matches)).toEqual(['a']);
  });

  test('keeps one event apart by the rules that matched it', async () => {
    const [store, key] = [create(), freshKey()];
    const { matches } = await store.add(key, [matchAt('a', 1, 'login'), matchAt('a', 1, 'start')], everything);
    expect(matches.map(({ rule }) => rule)).toEqual(['login', 'start']);
  });

  test('gives a span with both its ends', async () => {
    const [store, key] = [create(), freshKey()];
    const matches = [0, 1, 2, 3, 4].map((at) => matchAt(`e${at}`, at));
    const window = await store.add(key, matches, { from: noon + minute, to: noon + 3 * minute });
    expect(idsOf(window.matches)).toEqual(['e1', 'e2', 'e3']);
  });

  test('keeps groups and correlations apart', async () => {
    const store = create();
    const key = freshKey();
    await store.add(key, [matchAt('a', 1)], everything);
    for (const other of [
      freshKey(),
      { ...key, correlation: 'four' },
      { correlation: 'threes', group: key.group.slice(1) },
    ]) {
      expect((await store.add(other, [], everything)).matches).toEqual([]);
      expect(await store.mark(other, [{ time: noon, by: ['a'] }], 0)).toBe(true);
    }
    expect((await store.add(key, [], everything)).fired).toEqual([]);
  });

  test('takes ids and groups of any length and with any characters', async () => {
    const store = create();
    const key = { correlation: 'c'.repeat(3_000), group: `["#$\u0000\ud83d\ude00${'x'.repeat(5_000)}"]` };
    const matches = ['a#b', '', 'é\u2028', 'z'.repeat(5_000), '__proto__'].map((id) => matchAt(id, 1));
    const window = await store.add(key, matches, everything);
    expect(idsOf(window.matches)).toEqual(idsOf(matches).sort());
  });

  test('lets one writer of several mark a firing', async () => {
    const [store, key] = [create(), freshKey()];
    const marks = Array.from({ length: 8 }, (_, index) => [{ time: noon + index, by: [`writer ${index}`] }]);
    const done = await Promise.all(marks.map((mark) => store.mark(key, mark, 0)));
    expect(done.filter(Boolean)).toHaveLength(1);
    const { fired, version } = await store.add(key, [], everything);
    expect(fired).toEqual(marks[done.indexOf(true)]);
    expect(await store.mark(key, [], 0)).toBe(false);
    expect(await store.mark(key, [...fired, { time: noon + 99, by: [], of: noon }], version)).toBe(true);
    expect((await store.add(key, [], everything)).fired).toHaveLength(2);
  });

  test('says from when on a group that is too large is complete', async () => {
    const [store, key] = [create(4), freshKey()];
    const matches = [0, 1, 2, 2, 3, 4, 5].map((at, index) => matchAt(`e${index}`, at));
    const window = await store.add(key, matches, everything);
    expect(window.matches.map(({ time }) => (time - noon) / minute)).toEqual([2, 3, 4, 5]);
    // Of minute 2 one match is missing.
    expect(window.completeFrom).toBe(noon + 2 * minute + 1);
    const whole = await create(4).add(freshKey(), matches.slice(0, 4), everything);
    expect(whole.completeFrom).toBe(-Infinity);
  });
});

describe.each(stores)('correlators on one store in %s', (_name, create) => {
  const login = ruleOf('login', { generate: false });
  const correlationNamed = (key: string) => correlationOf(key, { timespanMs: 10 * minute });
  const loginsOf = (...minutes: readonly number[]) =>
    minutes.map((at) => ruleMatchOf(login, recordOf(`ann-${at}`, at, { user: 'ann' })));

  test('at the same time lose nothing and fire once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const ruleSet = ruleSetOf([login], [correlationNamed(`at once ${(groups += 1)}`)]);
      const store = create();
      const matches = loginsOf(0, 1, 2, 3, 4, 5, 6, 30, 31, 32, 33);
      // A writer a match, all at once: whoever reads last sees all.
      const found = await Promise.all(
        matches.map((match) => createCorrelator(ruleSet, store, createMemorySightingStore()).add([match])),
      );
      const times = found.flat().map(({ time }) => (Date.parse(time) - noon) / minute);
      expect(times).toHaveLength(2);
      expect(times.filter((time) => time >= 2 && time <= 6)).toHaveLength(1);
      expect(times.filter((time) => time >= 32 && time <= 33)).toHaveLength(1);
    }
  });

  test('give the findings of a batch when matches come in order, and by several writers', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 3 }),
        async (minutes, size) => {
          const ruleSet = ruleSetOf([login], [correlationNamed(`in order ${(groups += 1)}`)]);
          const matches = loginsOf(...minutes.toSorted((a, b) => a - b));
          const batch = createBatchCorrelator(ruleSet);
          await batch.add(matches);
          const store = create();
          const found: Finding[] = [];
          for (let index = 0; index < matches.length; index += size) {
            found.push(
              ...(await createCorrelator(ruleSet, store, createMemorySightingStore()).add(
                matches.slice(index, index + size),
              )),
            );
          }
          const byId = (findings: readonly Finding[]) => findings.map(({ id }) => id).sort();
          expect(byId(found)).toEqual(byId(await batch.end()));
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe('the table', () => {
  const itemsOf = async () => {
    const pages = [];
    for await (const page of paginateScan({ client }, { TableName: table.name })) pages.push(...(page.Items ?? []));
    return pages;
  };

  test('holds an item a match and one for the firings of a group, each with a time to live in seconds', async () => {
    const before = await itemsOf();
    for (let index = 0; index < before.length; index += 25) {
      const deletes = before
        .slice(index, index + 25)
        .map(({ pk, sk }) => ({ DeleteRequest: { Key: { pk: pk ?? { S: '' }, sk: sk ?? { S: '' } } } }));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [table.name]: deletes } }));
    }
    const [store, key] = [dynamo(), freshKey()];
    await store.add(key, [matchAt('a', 1), matchAt('b', 2)], { from: noon, to: noon + 20 * minute });
    await store.mark(key, [{ time: noon, by: ['a'] }], 0);
    const items = await itemsOf();
    expect(items.map(({ pk, sk }) => `${pk?.S?.split('#')[0]} ${sk?.S?.split('#')[0]}`).sort()).toEqual([
      'fired fired',
      'window 2026-03-01T12:01:00.000Z',
      'window 2026-03-01T12:02:00.000Z',
    ]);
    const seconds = Math.floor(now().getTime() / 1_000);
    for (const { expires } of items) {
      expect(Number(expires?.N)).toBeGreaterThan(seconds);
      expect(Number(expires?.N)).toBeLessThan(seconds + 4 * 86_400);
    }
  });

  test('is written anew where an item has expired and was not deleted yet', async () => {
    const key = freshKey();
    await dynamo({ now: () => new Date(noon - 30 * 24 * 60 * minute) }).add(key, [matchAt('a', 1)], everything);
    await dynamo().add(key, [matchAt('a', 1)], everything);
    const seconds = Math.floor(now().getTime() / 1_000);
    const all = await itemsOf();
    expect(all.filter(({ expires }) => Number(expires?.N) <= seconds)).toEqual([]);
  });

  test('keeps the short fields of a record that is too large for an item', async () => {
    const noise = Array.from({ length: 60_000 }, (_, index) =>
      ((index * 2_654_435_761) % 4_294_967_296).toString(36),
    ).join('');
    const deep = JSON.parse(`${'['.repeat(5_000)}1${']'.repeat(5_000)}`) as unknown;
    const large = matchOf('login', recordOf('large', 1, { user: 'ann', noise, eventName: 'PutItem', deep }));
    const { matches } = await dynamo().add(freshKey(), [large], everything);
    expect(matches[0]?.record.fields).toMatchObject({ user: 'ann', eventName: 'PutItem' });
    expect(matches[0]?.record.fields).not.toHaveProperty('noise');
    expect(matches[0]?.record).toMatchObject({ id: 'large', time: large.record.time, source: large.record.source });
  });

  test('keeps the last of the records behind a firing when there is no room for all', async () => {
    const noise = (seed: number) =>
      Array.from({ length: 900 }, (_, index) => Math.sin(seed * 1_000 + index).toString(36)).join('');
    const cases = [
      { name: 'too large together', fields: (seed: number) => ({ user: 'ann', noise: noise(seed) }) },
      { name: 'small when packed, too large to unpack', fields: () => ({ user: 'ann', zeros: '0'.repeat(400_000) }) },
    ];
    for (const { name, fields } of cases) {
      const through = Array.from({ length: 100 }, (_, index) =>
        recordOf(`${name} ${index}`, index / 10, fields(index)),
      );
      const firing: WindowMatch = { ...matchAt('firing', 10, 'inner'), through };
      const [match] = (await dynamo().add(freshKey(), [firing], everything)).matches;
      const kept = match?.through ?? [];
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.map(({ id }) => id)).toEqual(through.slice(-kept.length).map(({ id }) => id));
      expect(kept.every((record) => record.fields['user'] === 'ann')).toBe(true);
    }
  });

  test('keeps when a busy group fired, though the ids of all its firings are more than an item holds', async () => {
    const fired = Array.from({ length: 200 }, (_, index) => ({
      time: noon + index * minute,
      by: Array.from({ length: 100 }, (_, id) => `${index}-${id}`.padEnd(36, '0')),
    }));
    const [store, key] = [dynamo(), freshKey()];
    expect(await store.mark(key, fired, 0)).toBe(true);
    const known = (await store.add(key, [], everything)).fired;
    expect(known.map(({ time }) => time)).toEqual(fired.map(({ time }) => time));
    expect(known.at(-1)).toEqual(fired.at(-1));
    expect(known[0]?.by).toEqual([]);
  });

  test('is read in pages', async () => {
    const [store, key] = [dynamo({ perGroup: 10_000 }), freshKey()];
    // Random text doesn't pack, so these are over a megabyte, which is a page.
    const fields = (seed: number) => ({
      text: Array.from({ length: 900 }, (_, index) => Math.sin(seed * 1_000 + index).toString(36)).join(''),
    });
    const matches = Array.from({ length: 150 }, (_, index) =>
      matchOf('login', recordOf(`e${index}`, index / 10, fields(index))),
    );
    const window = await store.add(key, matches, everything);
    expect(window.matches).toHaveLength(150);
    expect(window.matches).toEqual(matches);
  });

  test('that cannot be reached is named', async () => {
    const nowhere = clientOf('http://127.0.0.1:9', 1);
    const store = createDynamoWindowStore({ client: nowhere, table: 'state', now });
    await expect(store.add(freshKey(), [matchAt('a', 1)], everything)).rejects.toThrow(WindowStoreError);
    await expect(store.mark(freshKey(), [], 0)).rejects.toThrow(
      /^a firing of three could not be marked: state table state: /,
    );
    nowhere.destroy();
  });
});
