import { describe, expect, test } from '@jest/globals';
import { createBatchCorrelator } from '../../../../src/detect/correlation/batch-correlator.ts';
import { createCorrelator } from '../../../../src/detect/correlation/correlator.ts';
import type { WindowMatch, WindowStore } from '../../../../src/detect/correlation/window-store.ts';
import { createDerive } from '../../../../src/detect/derived/derive.ts';
import { derivations, derivedFields } from '../../../../src/detect/derived/table.ts';
import { createDetector } from '../../../../src/detect/detector.ts';
import { createRuleSet } from '../../../../src/detect/rule-set.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';
import {
  compileMatcher,
  lowerRules,
  parseRuleFile,
  requirementsOf,
  type Fields,
  type LoweredRuleSet,
} from '../../../../src/sigma/index.ts';
import { createMemorySightingStore } from '../../../support/memory-sighting-store.ts';
import { createMemoryWindowStore } from '../../../support/memory-window-store.ts';
import { cloudtrail } from '../fixtures.ts';

function lowered(text: string): LoweredRuleSet {
  const parsed = parseRuleFile(text, 'r.yml');
  const { ruleSet, problems } = lowerRules(parsed.documents, { derivedFields });
  expect([...parsed.problems, ...problems].filter(({ severity }) => severity === 'error')).toEqual([]);
  return ruleSet;
}

const rule = `
title: Shared abroad
name: shared
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { eventName: ModifySnapshotAttribute, derived.access.to: foreign_account }
  condition: selection
`;

function shared(userId: string, n = 0, recipientAccountId = '111122223333'): LogRecord {
  return {
    id: `e${n}`,
    time: new Date(Date.UTC(2026, 2, 1) + n * 1_000).toISOString(),
    source: cloudtrail,
    origin: { path: 'x', index: n },
    fields: {
      eventSource: 'ec2.amazonaws.com',
      eventName: 'ModifySnapshotAttribute',
      recipientAccountId,
      requestParameters: { createVolumePermission: { add: { items: [{ userId }] } } },
    },
  };
}

describe('derived fields are fields', () => {
  const derive = createDerive();
  const fields = derive(shared('444455556666').fields);

  test.each<[string, string, boolean]>([
    ['a value', 'derived.access.to: foreign_account', true],
    ['another value', 'derived.access.to: anyone', false],
    ['a list of them', 'derived.access.accounts|startswith: "4444"', true],
    ['a field that the record does not have', 'derived.access.services|exists: true', false],
    ['a group that the record does not have', 'derived.network.world_ports|exists: true', false],
    [
      'a field compared with one',
      'requestParameters.createVolumePermission.add.items.userId|fieldref: derived.access.accounts',
      true,
    ],
  ])('%s', (_what, item, matched) => {
    const text = `title: T\nlogsource: { product: aws }\ndetection:\n  s:\n    ${item}\n  condition: s`;
    expect(compileMatcher(lowered(text).detections[0]?.expr ?? { kind: 'constant', value: !matched })(fields)).toBe(
      matched,
    );
  });

  test('what writes or searches the record does not see them', () => {
    expect(JSON.parse(JSON.stringify(fields))).toEqual(shared('444455556666').fields);
    expect(
      compileMatcher({ kind: 'keyword', test: { kind: 'pattern', patterns: [['foreign_account']], cased: false } })(
        fields,
      ),
    ).toBe(false);
  });

  test('what a record says of itself under that name does not count', () => {
    const spoof: Fields = { ...shared('111122223333').fields, derived: { access: { to: ['foreign_account'] } } };
    const detector = createDetector(createRuleSet(lowered(rule)));
    expect(detector.detect({ ...shared('111122223333'), fields: spoof })).toEqual([]);
  });

  test('a group is computed when it is first asked for, and once', () => {
    let asked = 0;
    const counting: Fields = {
      ...shared('444455556666').fields,
      get requestParameters() {
        asked += 1;
        return {};
      },
    };
    // Deriving copies the fields, which reads them once.
    const derived = derive(counting) as { readonly derived: Readonly<Record<string, unknown>> };
    expect(asked).toBe(1);
    expect(derived.derived['access']).toBe(derived.derived['access']);
    expect(derive(counting)).toBe(derived);
    expect(derive(derived)).toBe(derived);
  });
});

describe('whose account it is', () => {
  const detect = (record: LogRecord, accounts: readonly string[] = []) =>
    createDetector(createRuleSet(lowered(rule), createDerive({ accounts }))).detect(record).length;

  test("the record's own, and those of the configuration, are not foreign", () => {
    expect(detect(shared('444455556666'))).toBe(1);
    expect(detect(shared('111122223333'))).toBe(0);
    expect(detect(shared('444455556666'), ['444455556666'])).toBe(0);
    expect(detect(shared('444455556666', 0, '444455556666'))).toBe(0);
  });
});

test('the evidence of a match names them', () => {
  const [match] = createDetector(createRuleSet(lowered(rule))).detect(shared('444455556666'));
  expect(match?.evidence()).toContainEqual({
    field: 'derived.access.to',
    value: 'foreign_account',
    wanted: 'is "foreign_account"',
  });
});

const toMany = `${rule}---
title: To many
correlation:
  type: value_count
  rules: [shared]
  group-by: [derived.access.to]
  timespan: 1h
  condition: { field: derived.access.accounts, gte: 2 }
`;

test('a correlation groups by them and counts their values', async () => {
  const ruleSet = createRuleSet(lowered(toMany));
  const correlator = createBatchCorrelator(ruleSet);
  const detector = createDetector(ruleSet);
  for (const record of [shared('444455556666', 0), shared('555566667777', 1)])
    await correlator.add(detector.detect(record));
  expect(correlator.firings().map(({ group, value }) => ({ group, value }))).toEqual([
    { group: { 'derived.access.to': 'foreign_account' }, value: 2 },
  ]);
});

test('a stream counts them also when its store kept the records as JSON', async () => {
  const ruleSet = createRuleSet(lowered(toMany));
  const memory = createMemoryWindowStore();
  const store: WindowStore = {
    ...memory,
    add: async (key, matches, span) =>
      memory.add(
        key,
        matches.map((match) => JSON.parse(JSON.stringify(match)) as WindowMatch),
        span,
      ),
  };
  const correlator = createCorrelator(ruleSet, store, createMemorySightingStore());
  const detector = createDetector(ruleSet);
  expect(await correlator.add(detector.detect(shared('444455556666', 0)))).toEqual([]);
  expect(await correlator.add(detector.detect(shared('555566667777', 1)))).toHaveLength(1);
});

test('an index looks no derived field up', () => {
  const [first] = lowered(rule).detections;
  expect(requirementsOf(first?.expr ?? { kind: 'constant', value: true }).map(({ field }) => field)).toEqual([
    'eventName',
  ]);
});

describe('a name that is not in the table is refused', () => {
  const one = (item: string): string =>
    `title: T\nlogsource: { product: aws }\ndetection:\n  s:\n    ${item}\n  condition: s`;
  test.each<[string, string, string]>([
    ['misspelt', one('derived.acces.to: anyone'), 'did you mean derived.access.to?'],
    ['made up', one('derived.weather.today: rain'), 'known: derived.access.to, '],
    ['compared with', one('x|fieldref: derived.access.acounts'), 'did you mean derived.access.accounts?'],
    [
      'in a correlation',
      `${rule}---\ntitle: C\ncorrelation: { type: event_count, rules: [shared], group-by: [derived.access.too], timespan: 1h, condition: { gte: 2 } }`,
      'did you mean derived.access.to?',
    ],
  ])('%s', (_what, text, hint) => {
    const { problems } = lowerRules(parseRuleFile(text, 'r.yml').documents, { derivedFields });
    const fault = problems.find(({ code }) => code === 'unknown-derived-field');
    expect(fault?.severity).toBe('error');
    expect(fault?.message).toContain(hint);
  });

  test('where nothing is computed, every one is', () => {
    const { ruleSet, problems } = lowerRules(parseRuleFile(rule, 'r.yml').documents);
    expect(ruleSet.detections).toEqual([]);
    expect(problems[0]?.message).toBe('"derived.access.to"'.replace(/^/, 'unknown derived field ') + '; known: none');
  });
});

test('a row of the table gives no field that it does not name', () => {
  for (const { name, fields, derive } of derivations) {
    const own = { accounts: new Set<string>(), organizations: new Set<string>() };
    for (const given of Object.keys(derive(shared('444455556666').fields, own))) {
      expect(Object.keys(fields)).toContain(given);
      expect(derivedFields.has(`derived.${name}.${given}`)).toBe(true);
    }
  }
});
