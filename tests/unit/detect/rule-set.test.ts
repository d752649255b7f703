import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { covers, createRuleSet, RuleSetError } from '../../../src/detect/rule-set.ts';
import type { LogRecord, RecordSource } from '../../../src/model/log-record.ts';
import { compileMatcher, type Expr, type LogSource, type LoweredRule, type Pattern } from '../../../src/sigma/match.ts';
import { hasCorpora, readCloudTrail, readRules } from '../../support/corpora.ts';
import { cloudtrail, correlationOf, is, recordOf, ruleOf } from './fixtures.ts';

const sshd: RecordSource = { product: 'linux', services: ['sshd', 'auth', 'syslog'], category: 'authentication' };

test.each<[string, LogSource, RecordSource, boolean]>([
  ['nothing named covers everything', {}, sshd, true],
  ['the product', { product: 'linux' }, sshd, true],
  ['another product', { product: 'aws' }, sshd, false],
  ['the special service', { product: 'linux', service: 'sshd' }, sshd, true],
  ['a general service', { service: 'syslog' }, sshd, true],
  ['another service', { product: 'linux', service: 'cron' }, sshd, false],
  ['the category', { category: 'authentication' }, sshd, true],
  ['a category where the record has none', { product: 'aws', category: 'process_creation' }, cloudtrail, false],
  ['whatever the case', { product: 'AWS', service: 'CloudTrail' }, cloudtrail, true],
  ['all keys have to agree', { product: 'aws', service: 'sshd' }, sshd, false],
])('a log source covers a record: %s', (_name, logsource, source, expected) => {
  expect(covers(logsource, source)).toBe(expected);
});

test('rules with the same key are refused, detections and correlations alike', () => {
  const clash = {
    detections: [ruleOf('a'), ruleOf('b'), ruleOf('a', { path: 'rules/other.yml' })],
    correlations: [correlationOf('b')],
  };
  expect(() => createRuleSet(clash)).toThrow(RuleSetError);
  expect(() => createRuleSet(clash)).toThrow(
    /a: in rules\/a\.yml and in rules\/other\.yml\nb: in rules\/b\.yml and in rules\/b\.yml$/,
  );
});

const candidateKeys = (rules: readonly LoweredRule[], record: LogRecord): readonly string[] =>
  createRuleSet({ detections: rules, correlations: [] })
    .candidates(record)
    .map(({ rule }) => rule.key);

describe('candidates are', () => {
  const iam = is('eventSource', 'iam.amazonaws.com');
  const rules = [
    ruleOf('any'),
    ruleOf('ssh', { logsource: { product: 'linux' } }),
    ruleOf('create user', { expr: { kind: 'and', items: [iam, is('eventName', 'CreateUser')] } }),
    ruleOf('create or delete', { expr: { kind: 'and', items: [iam, is('eventName', 'CreateUser', 'DeleteUser')] } }),
    ruleOf('change role', {
      expr: { kind: 'and', items: [iam, is('eventName', 'CreateRole', 'DeleteRole', 'UpdateRole')] },
    }),
    ruleOf('iam', { expr: iam }),
    ruleOf('not iam', { expr: { kind: 'not', item: iam } }),
    ruleOf('tagged', { expr: is('tags.key', 'prod') }),
  ];

  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['those that require nothing, of the log source', {}, ['any', 'not iam']],
    ['and those of the required value', { eventName: 'DeleteUser' }, ['any', 'create or delete', 'not iam']],
    [
      'in the order of the set',
      { eventName: 'createuser', eventSource: 'IAM.amazonaws.com' },
      ['any', 'create user', 'create or delete', 'iam', 'not iam'],
    ],
    [
      'by any element of an array',
      { eventName: ['x', ['CreateUser']] },
      ['any', 'create user', 'create or delete', 'not iam'],
    ],
    ['by a nested field', { tags: [{ key: 'dev' }, { key: 'prod' }] }, ['any', 'not iam', 'tagged']],
    ['by the literal key first', { 'tags.key': 'prod' }, ['any', 'not iam', 'tagged']],
    ['not by what every object has', { eventName: { constructor: 'CreateUser' } }, ['any', 'not iam']],
  ])('%s', (_name, fields, expected) => {
    expect(candidateKeys(rules, recordOf('1', 0, fields))).toEqual(expected);
  });

  test('of the record at hand, whatever source came before', () => {
    const ruleSet = createRuleSet({ detections: rules, correlations: [] });
    const keys = (source: RecordSource) =>
      ruleSet.candidates({ ...recordOf('1', 0), source }).map(({ rule }) => rule.key);
    expect([keys(cloudtrail), keys(sshd), keys({ ...cloudtrail }), keys({ product: 'gcp', services: [] })]).toEqual([
      ['any', 'not iam'],
      ['ssh'],
      ['any', 'not iam'],
      [],
    ]);
  });
});

/** What a set without an index would find: every rule of the log source is asked. */
function plainMatches(rules: readonly LoweredRule[]): (record: LogRecord) => readonly string[] {
  const compiled = rules.map((rule) => ({ rule, matches: compileMatcher(rule.expr) }));
  return (record) =>
    compiled
      .filter(({ rule, matches }) => covers(rule.logsource, record.source) && matches(record.fields))
      .map(({ rule }) => rule.key);
}

function indexedMatches(rules: readonly LoweredRule[]): (record: LogRecord) => readonly string[] {
  const ruleSet = createRuleSet({ detections: rules, correlations: [] });
  return (record) =>
    ruleSet
      .candidates(record)
      .filter(({ matches }) => matches(record.fields))
      .map(({ rule }) => rule.key);
}

const text = fc.constantFrom(
  'a',
  'A',
  'b',
  'ab',
  '',
  '1',
  '1.0',
  'true',
  'null',
  '[]',
  '["a"]',
  '{"a":"b"}',
  'Σ',
  'ς',
  'İ',
  'K',
);
const field = fc.constantFrom('x', 'y', 'x.y', 'y.x', 'constructor', '__proto__');
const pattern: fc.Arbitrary<Pattern> = fc
  .tuple(text, fc.constantFrom([], ['x'], ['*'], ['x', '*'], ['*', 'x']))
  .map(([literal, where]) =>
    where.flatMap((char): Pattern => (char === '*' ? [{ wildcard: 'any' }] : literal === '' ? [] : [literal])),
  );
const leaf: fc.Arbitrary<Expr> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('field' as const),
      field,
      test: fc.record({
        kind: fc.constant('pattern' as const),
        patterns: fc.array(pattern, { maxLength: 3 }),
        cased: fc.boolean(),
      }),
    }),
  },
  fc.record({
    kind: fc.constant('field' as const),
    field,
    test: fc.oneof(
      fc.constant({ kind: 'null' } as const),
      fc.constant({ kind: 'exists' } as const),
      fc.record({ kind: fc.constant('equals' as const), value: fc.constantFrom(1, true) }),
    ),
  }),
  fc.record({
    kind: fc.constant('keyword' as const),
    test: fc.record({
      kind: fc.constant('pattern' as const),
      patterns: fc.array(pattern, { maxLength: 2 }),
      cased: fc.boolean(),
    }),
  }),
  fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }),
);
const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), items: fc.array(tie('expr'), { maxLength: 4 }) }),
    fc.record({ kind: fc.constant('not' as const), item: tie('expr') }),
  ),
}));
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, fc.constantFrom(null, 1, 1.5, true, false)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('x', 'y', 'constructor', 'a'), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const fields = fc.dictionary(field, value, { maxKeys: 4 }) as fc.Arbitrary<Readonly<Record<string, unknown>>>;

test('the index leaves out no rule that matches: random rules and records', () => {
  fc.assert(
    fc.property(
      fc.array(expr, { minLength: 1, maxLength: 30 }),
      fc.array(fields, { minLength: 1, maxLength: 5 }),
      (exprs, records) => {
        const rules = exprs.map((each, index) => ruleOf(`rule ${index}`, { expr: each }));
        const [plain, indexed] = [plainMatches(rules), indexedMatches(rules)];
        for (const each of records) expect(indexed(recordOf('1', 0, each))).toEqual(plain(recordOf('1', 0, each)));
      },
    ),
    { numRuns: 200 },
  );
});

// Skipped, visibly, where the corpora don't stand beside the checkout.
const onCorpora = hasCorpora ? test : test.skip;

onCorpora.each(['aws', 'suzaku'] as const)(
  'the index leaves out no rule that matches: %s rules over real events',
  (corpus) => {
    const rules = readRules(corpus).detections;
    const [plain, indexed] = [plainMatches(rules), indexedMatches(rules)];
    let found = 0;
    // Every rule over every event takes long, so the larger sets have a sample.
    const records = readCloudTrail().filter((_, index) => corpus === 'aws' || index % 6 === 0);
    for (const record of records) {
      const keys = indexed(record);
      found += keys.length;
      expect(keys).toEqual(plain(record));
    }
    expect(records.length).toBeGreaterThan(500);
    expect(found).toBeGreaterThan(20);
  },
);
