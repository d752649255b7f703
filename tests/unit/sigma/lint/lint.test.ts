import { describe, expect, test } from '@jest/globals';
import { lintRules, lowerRules, parseRuleFile } from '../../../../src/sigma/index.ts';
import { regexRisk } from '../../../../src/sigma/lint/regex-risk.ts';

const meta = `
title: A rule
description: What it finds
level: low
falsepositives: [none known]
tags: [attack.t1078]
logsource: { product: any }
`;

function lint(text: string): readonly { readonly code: string; readonly line: number; readonly message: string }[] {
  const { documents, problems } = parseRuleFile(text, 'rule.yml');
  const lowered = lowerRules(documents);
  expect([...problems, ...lowered.problems].filter(({ severity }) => severity === 'error')).toEqual([]);
  return lintRules(documents, lowered.ruleSet);
}

function lintDetection(detection: string): readonly string[] {
  return lint(`${meta}detection:\n${detection.replaceAll(/^/gm, '  ')}`).map(({ code }) => code);
}

describe('what can not be true', () => {
  test.each([
    ['a search and its negation', 'a: { x: 1 }\nb: { x: 1 }\ncondition: a and not b', ['never-true']],
    [
      'a value and not a list that holds it',
      'a: { x: one }\nb: { x: [one, two] }\ncondition: a and not b',
      ['never-true'],
    ],
    [
      'a value and not a pattern that covers it',
      'a: { x: one }\nb: { x|startswith: o }\ncondition: a and not b',
      ['never-true'],
    ],
    [
      'a value of a field that does not exist',
      'a: { x: one }\nb: { x|exists: true }\ncondition: a and not b',
      ['never-true'],
    ],
    ['null and a value', 'a: { x: null }\nb: { x: one }\ncondition: a and b', ['never-true']],
    ['two values at once', 'a: { x: one }\nb: { x: two }\ncondition: a and b', ['never-true']],
    ['a value that a pattern excludes', 'a: { x: one }\nb: { x|endswith: z }\ncondition: a and b', ['never-true']],
    ['above and below', 'a: { x|gt: 5 }\nb: { x|lt: 5 }\ncondition: a and b', ['never-true']],
    [
      'each alternative by itself',
      'a: { x: one }\nb: { x: [two, three] }\nc: { x: four }\ncondition: (a and b) or (a and c)',
      ['never-true'],
    ],
    ['a selector that selects nothing', 'a: { x: one }\ncondition: a and 1 of b*', ['never-true']],
    ['everything', 'a: { x: one }\ncondition: a or not a', ['always-true']],
  ])('%s is told', (_, detection, codes) => {
    expect(lintDetection(detection)).toEqual(codes);
  });

  test.each([
    ['one alternative is enough', 'a: { x: one }\nb: { x: two }\nc: { y: 1 }\ncondition: (a and b) or c'],
    ['a list and not one of its values', 'a: { x: [one, two] }\nb: { x: one }\ncondition: a and not b'],
    ['a pattern and not one value of it', 'a: { x|startswith: o }\nb: { x: one }\ncondition: a and not b'],
    ['two values of two fields', 'a: { x: one }\nb: { y: two }\ncondition: a and b'],
    ['case does not matter', 'a: { x: ONE }\nb: { x: one }\ncondition: a and b'],
    ['a range', 'a: { x|gte: 5 }\nb: { x|lte: 5 }\ncondition: a and b'],
    ['null and exists', 'a: { x: null }\nb: { x|exists: true }\ncondition: a and b'],
    ['two contains', 'a: { x|contains: one }\nb: { x|contains: two }\ncondition: a and b'],
    [
      'more alternatives than are looked at',
      `${Array.from({ length: 12 }, (_, n) => `a${n}:\n  - x${n}: 1\n  - y${n}: 2`).join('\n')}\ncondition: all of a*`,
    ],
  ])('%s: nothing to tell', (_, detection) => {
    expect(lintDetection(detection)).toEqual([]);
  });
});

test('a search that no condition uses is told by its line', () => {
  const found = lint(`${meta}detection:\n  a: { x: 1 }\n  unused:\n    y: 2\n  condition: a\n`);
  expect(found).toEqual([
    expect.objectContaining({ code: 'unused-search', line: 11, message: expect.stringContaining('"unused"') }),
  ]);
});

test.each([
  ['of a pattern', 'a1: { x: 1 }\na2: { x: 2 }\ncondition: 1 of a*'],
  ['of them', 'a1: { x: 1 }\nb: { x: 2 }\ncondition: 1 of them'],
  ['behind not', 'a: { x: 1 }\nb: { y: 2 }\ncondition: a and not (b)'],
])('a search is used as one %s', (_, detection) => {
  expect(lintDetection(detection)).toEqual([]);
});

test('what readers miss is told, of correlations too', () => {
  const found = lint(`
title: A
name: base
logsource: { product: any }
detection:
  a: { x: 1 }
  condition: a
---
title: B
correlation: { type: event_count, rules: [base], timespan: 1m, condition: { gte: 2 } }
`);
  const each = ['missing-level', 'missing-description', 'missing-falsepositives', 'missing-attack-tag'];
  expect(found.map(({ code, line }) => `${code} ${line}`)).toEqual([
    ...each.map((code) => `${code} 2`),
    ...each.map((code) => `${code} 9`),
  ]);
});

test.each(['attack.t1078.004', 'attack.impact', 'd3fend.d3-ca'])('the tag %s says what a rule is about', (tag) => {
  const found = lint(
    `title: A\nlogsource: { product: any }\ntags: [${tag}]\ndetection: { a: { x: 1 }, condition: a }\n`,
  );
  expect(found.map(({ code }) => code)).not.toContain('missing-attack-tag');
});

test.each([
  ['(a+)+$', true],
  ['(a*)*', true],
  ['((ab)+c?)*', true],
  ['(a|a)+', true],
  ['(.|x)*', true],
  ['(?:x{2,})+', true],
  ['(?<name>\\d+)*', true],
  ['[(a+)+]', false],
  ['\\(a+\\)+', false],
  ['(a+)b', false],
  ['(ab)+', false],
  ['(a|b)+', false],
  ['a+b+c*', false],
  ['(a+){1,3}', false],
  ['(', false],
  ['[', false],
])('the regex %s can run away: %s', (source, risky) => {
  expect(regexRisk(source) !== undefined).toBe(risky);
});

test('a regex of a rule that can run away is told', () => {
  expect(lintDetection("a: { x|re: '(a+)+$' }\ncondition: a")).toEqual(['regex-risk']);
});
