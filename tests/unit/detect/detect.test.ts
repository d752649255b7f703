import { expect, test } from '@jest/globals';
import { createMemorySightingStore } from '../../support/memory-sighting-store.ts';
import { detectRecords, type Sink } from '../../../src/detect/detect.ts';
import { createBatchCorrelator } from '../../../src/detect/correlation/batch-correlator.ts';
import { createCorrelator } from '../../../src/detect/correlation/correlator.ts';
import { createDetector, type Detector } from '../../../src/detect/detector.ts';
import { createMemoryWindowStore } from '../../support/memory-window-store.ts';
import { createRuleSet } from '../../../src/detect/rule-set.ts';
import { WindowStoreError } from '../../../src/detect/correlation/window-store.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Ingested, RecordFailure } from '../../../src/model/log-record.ts';
import { correlationOf, is, recordOf, ruleOf } from './fixtures.ts';

const ruleSet = createRuleSet({
  detections: [
    ruleOf('delete', { expr: is('eventName', 'DeleteTable') }),
    ruleOf('also delete', { expr: is('eventName', 'DeleteTable') }),
    ruleOf('login', { expr: is('eventName', 'ConsoleLogin'), generate: false }),
  ],
  correlations: [correlationOf('logins')],
});
const detector = createDetector(ruleSet);
const batch = () => ({ detector, correlator: createBatchCorrelator(ruleSet) });

const record = (id: string, at: number, eventName: string): Ingested => ({
  kind: 'record',
  record: recordOf(id, at, { eventName, user: 'ann' }),
});
const origin = { path: 'broken.json', index: 7 };
const broken: Ingested = { kind: 'failure', failure: { origin, reason: 'not JSON' } };
const digest: Ingested = { kind: 'skipped', origin, reason: 'a digest file' };

/** Collects what comes out, in the order it comes. */
function collecting() {
  const findings: Finding[] = [];
  const failures: RecordFailure[] = [];
  const seen: string[] = [];
  const sink: Sink = {
    finding: (finding) => void findings.push(finding),
    failure: (failure) => void failures.push(failure),
    skipped: ({ reason }) => void seen.push(reason),
    record: ({ id }, matches) => void seen.push(`${id}: ${matches.map(({ rule }) => rule.key).join(', ')}`),
  };
  return { findings, failures, seen, sink };
}

test('every record is matched, unmatched or failed, and what holds none is counted apart', async () => {
  const { findings, failures, seen, sink } = collecting();
  const input = [
    record('a', 0, 'DeleteTable'),
    digest,
    broken,
    record('b', 1, 'ListTables'),
    record('c', 2, 'ConsoleLogin'),
  ];
  const tally = await detectRecords(input, batch(), sink);
  expect(tally).toEqual({ records: 4, matched: 2, unmatched: 1, failed: 1, skipped: 1 });
  expect(findings.map(({ rule, event }) => [rule.id, event.id])).toEqual([
    ['delete', 'a'],
    ['also delete', 'a'],
  ]);
  expect(failures).toEqual([{ origin, reason: 'not JSON' }]);
  expect(seen).toEqual(['a: delete, also delete', 'a digest file', 'b: ', 'c: login']);
});

test('an asynchronous source is read like any other', async () => {
  async function* source(): AsyncGenerator<Ingested> {
    yield record('a', 0, 'DeleteTable');
    await Promise.resolve();
    yield broken;
  }
  expect(await detectRecords(source(), batch(), { finding: () => undefined })).toMatchObject({
    records: 2,
    matched: 1,
    failed: 1,
  });
});

test('correlations are told when they are known: a batch at its end, a stream as it goes', async () => {
  const input = [0, 1, 2].map((at) => record(`login-${at}`, at, 'ConsoleLogin'));
  const engines = [
    batch(),
    { detector, correlator: createCorrelator(ruleSet, createMemoryWindowStore(), createMemorySightingStore()) },
  ];
  for (const engine of engines) {
    const { findings, sink } = collecting();
    expect(await detectRecords(input, engine, sink)).toMatchObject({ records: 3, matched: 3 });
    expect(findings.map(({ rule, correlated }) => [rule.id, correlated.length])).toEqual([['logins', 3]]);
  }
});

test.each<[string, Partial<ReturnType<typeof recordOf>>, RegExp]>([
  ['a time that is none', { time: 'yesterday' }, /^record bad: its time is not a time: "yesterday"$/],
  [
    'fields that throw when read',
    {
      fields: new Proxy(
        {},
        {
          getOwnPropertyDescriptor: () => {
            throw new Error('poison');
          },
        },
      ),
    },
    /^record bad: poison$/,
  ],
])('a record with %s fails with its reason, and the others go on', async (_name, change, reason) => {
  const bad: Ingested = { kind: 'record', record: { ...recordOf('bad', 0, { eventName: 'DeleteTable' }), ...change } };
  const { findings, failures, sink } = collecting();
  const tally = await detectRecords([record('a', 0, 'DeleteTable'), bad, record('b', 0, 'DeleteTable')], batch(), sink);
  expect(tally).toEqual({ records: 3, matched: 2, unmatched: 0, failed: 1, skipped: 0 });
  expect(findings).toHaveLength(4);
  expect(failures).toEqual([{ origin: bad.record.origin, reason: expect.stringMatching(reason) }]);
});

test('a rule that throws fails the record, whatever it throws', async () => {
  const throwing: Detector = {
    detect: () => {
      // eslint-disable-next-line no-throw-literal -- what a dependency throws may be anything
      throw 'no error at all';
    },
  };
  const { failures, sink } = collecting();
  await detectRecords([record('a', 0, 'x')], { ...batch(), detector: throwing }, sink);
  expect(failures.map(({ reason }) => reason)).toEqual(['record a: no error at all']);
});

test('what the sink throws ends the run: an undelivered finding must not look like a delivered one', async () => {
  const sink: Sink = { finding: () => Promise.reject(new Error('the bus is away')) };
  await expect(detectRecords([record('a', 0, 'DeleteTable')], batch(), sink)).rejects.toThrow('the bus is away');
});

test('what the window store throws ends the run, so that the records come again', async () => {
  const store = { ...createMemoryWindowStore(), add: () => Promise.reject(new WindowStoreError('table away')) };
  const engine = { detector, correlator: createCorrelator(ruleSet, store, createMemorySightingStore()) };
  await expect(detectRecords([record('a', 0, 'ConsoleLogin')], engine, { finding: () => undefined })).rejects.toThrow(
    'table away',
  );
});

test('groups that could not be held whole are named at the end', async () => {
  const correlator = createBatchCorrelator(ruleSet, { perGroup: 2, perCorrelation: 100 });
  const overflows: unknown[] = [];
  const input = [0, 1, 2].map((at) => record(`login-${at}`, at, 'ConsoleLogin'));
  await detectRecords(
    input,
    { detector, correlator },
    { finding: () => undefined, overflow: (each) => void overflows.push(each) },
  );
  expect(overflows).toEqual([{ correlation: 'logins', group: { user: 'ann' }, held: 2 }]);
});

test('many records are correlated in batches, and none is forgotten at the end', async () => {
  const input = Array.from({ length: 1_050 }, (_, index) => record(`login-${index}`, index / 100, 'ConsoleLogin'));
  let added = 0;
  let calls = 0;
  const correlator = createBatchCorrelator(ruleSet);
  const counting = {
    ...correlator,
    add: (matches: Parameters<typeof correlator.add>[0]) => {
      added += matches.length;
      calls += 1;
      return correlator.add(matches);
    },
  };
  await detectRecords(input, { detector, correlator: counting }, { finding: () => undefined });
  expect(added).toBe(1_050);
  expect(calls).toBe(11);
});
