import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  compileMatcher,
  evidenceOf,
  explainMatch,
  lowerRules,
  parseRuleFile,
  type Fields,
} from '../../src/sigma/index.ts';
import { parseCondition } from '../../src/sigma/parse/condition.ts';
import { modifierNames } from '../../src/sigma/index.ts';
import { compileRegex } from '../../src/sigma/regex/compile.ts';

/** run takes a text through everything; whatever it holds, nothing may throw, and what is not a rule must be refused. */
function run(text: string, fields: Fields): void {
  const parsed = parseRuleFile(text, 'fuzz.yml');
  const lowered = lowerRules(parsed.documents);
  const problems = [...parsed.problems, ...lowered.problems];
  const rules = [...lowered.ruleSet.detections, ...lowered.ruleSet.correlations];
  const isFilter = parsed.documents.some((document) => document.kind === 'filter');
  // No silent acceptance: a text gives a rule, or a problem that says why not.
  if (rules.length === 0 && !isFilter) expect(problems.some((problem) => problem.severity === 'error')).toBe(true);
  for (const problem of problems) {
    expect(problem.line).toBeGreaterThan(0);
    expect(problem.message).not.toBe('');
  }
  for (const { expr } of lowered.ruleSet.detections) {
    const result = compileMatcher(expr)(fields);
    expect(explainMatch(expr, fields).result).toBe(result);
    evidenceOf(expr, fields);
  }
  expect(JSON.parse(JSON.stringify(lowered.ruleSet))).toEqual(lowered.ruleSet);
}

const event = fc
  .jsonValue({ maxDepth: 4 })
  .map((value): Fields => ({ a: value, 'b-c': value, __proto__: value, n: { x: [value] } }));

const template = `title: Fuzz
id: 0e95725d-7320-415d-80f7-004da920fc11
level: high
tags: [attack.t1078]
logsource: { product: aws, service: cloudtrail }
detection:
  selection:
    a|contains: [x, 'y*z', null]
    n.x: 5
  filter_one: { b-c|cidr: 10.0.0.0/8 }
  words: [one, two]
  condition: selection and not 1 of filter_* or words
---
title: Many
correlation: { type: event_count, rules: [Fuzz], group-by: [a], timespan: 5m, condition: { gte: 3 } }
---
title: Except
logsource: { product: aws }
filter: { rules: any, selection: { a: b }, condition: not selection }
`;

test('rule texts with parts cut out, doubled and replaced', () => {
  const edit = fc.record({
    from: fc.nat(template.length),
    length: fc.nat(12),
    put: fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        '\n',
        ':',
        '|',
        '*',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        '&x ',
        '*x',
        '---\n',
        'null',
        '- ',
        '!!',
        '%',
        '\\',
        '(',
        ')',
      ),
      fc.constantFrom(...modifierNames).map((name) => `|${name}`),
      fc.string({ maxLength: 4 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), event, (edits, fields) => {
      run(
        edits.reduce((text, { from, length, put }) => text.slice(0, from) + put + text.slice(from + length), template),
        fields,
      );
    }),
    { numRuns: 1_500 },
  );
});

test('rules of any shape', () => {
  const key = fc
    .tuple(
      fc.constantFrom('a', 'b-c', 'n.x', '', '__proto__', 'constructor'),
      fc.array(fc.constantFrom(...modifierNames), { maxLength: 3 }),
    )
    .map(([field, modifiers]) => [field, ...modifiers].join('|'));
  const scalar = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constantFrom('10.0.0.0/8', '%x%', 'a.*b', '-x'),
  );
  const map = fc.dictionary(key, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), {
    maxKeys: 3,
    noNullPrototype: true,
  });
  const search = fc.oneof(map, fc.array(fc.oneof(map, scalar), { maxLength: 3 }), scalar);
  fc.assert(
    fc.property(
      search,
      search,
      fc.constantFrom('x', 'not x', 'x and y', '1 of them', 'all of *'),
      event,
      (x, y, condition, fields) => {
        run(JSON.stringify({ title: 'Fuzz', logsource: { product: 'x' }, detection: { x, y, condition } }), fields);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('documents of any JSON', () => {
  const keys = fc.constantFrom(
    'title',
    'detection',
    'correlation',
    'filter',
    'logsource',
    'condition',
    'rules',
    'type',
    'action',
    'selection',
    'timespan',
    'related',
    'aliases',
  );
  const value = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(keys, tie('node'), { maxKeys: 5, noNullPrototype: true }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(fc.dictionary(keys, value, { minKeys: 1, noNullPrototype: true }), (document) => {
      run(JSON.stringify(document), {});
    }),
    { numRuns: 2_000 },
  );
});

test('conditions and regular expressions of any text', () => {
  const text = fc.array(
    fc.constantFrom(
      'a',
      'x',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '*',
      '+',
      '?',
      '|',
      '^',
      '$',
      '\\',
      '-',
      ',',
      '1',
      '9',
      ':',
      '=',
      '<',
      '!',
      'P',
      ' ',
      'not ',
      'of ',
      'and ',
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(text, (parts) => {
      const source = parts.join('');
      const condition = parseCondition(source);
      if ('fault' in condition) expect(condition.fault).not.toBe('');
      const regex = compileRegex(source, '');
      if ('fault' in regex) expect(regex.fault).not.toBe('');
      else regex.test('a1x9[(');
    }),
    { numRuns: 5_000 },
  );
});
