import { describe, expect, test } from '@jest/globals';
import { lowerRules, parseRuleFile } from '../../../src/sigma/index.ts';
import { codesOf, exprsOf, matches, problemsOf, ruleText } from './rule-text.ts';

/** Where the specification is open, the engine decides once; each decision has its rows here. */
const rows: readonly [reading: string, detection: string, fields: Record<string, unknown>, matched: boolean][] = [
  ['1 null matches a missing key', 'selection: { a: null }', {}, true],
  ['1 null matches JSON null', 'selection: { a: null }', { a: null }, true],
  ['1 null does not match an empty text', 'selection: { a: null }', { a: '' }, false],
  ['1 an empty text does not match a missing key', "selection: { a: '' }", {}, false],
  ['1 exists counts a key holding null', 'selection: { a|exists: true }', { a: null }, true],
  ['1 exists: false wants the key away', 'selection: { a|exists: false }', { a: null }, false],
  ['2 keywords search leaf values', 'selection: [needle]', { a: { b: ['x', 'hay needle hay'] } }, true],
  ['2 keywords search numbers', 'selection: [4625]', { a: { id: 4625 } }, true],
  ['2 keywords do not search names of fields', 'selection: [needle]', { needle: 'x' }, false],
  ['2 leaves are joined by newline', 'selection: ["one*two"]', { a: 'one', b: 'two' }, true],
  ['3 a text test on an array means any element', 'selection: { a: x }', { a: ['y', 'X'] }, true],
  ['3 and its compact JSON', 'selection: { a|contains: \'["y","x"]\' }', { a: ['y', 'x'] }, true],
  ['3 an object is its compact JSON', 'selection: { a|contains: \'"b":1\' }', { a: { b: 1 } }, true],
  ['3 a number test on an array means any element', 'selection: { a|gt: 5 }', { a: [1, 9] }, true],
  ['4 neq on a missing field is true', 'selection: { a|neq: x }', {}, true],
  ['4 neq on an equal field is false', 'selection: { a|neq: x }', { a: 'X' }, false],
  ['4 neq on an array is false when any element is equal', 'selection: { a|neq: x }', { a: ['x', 'y'] }, false],
  ['5 a number equals its digits', 'selection: { a: 443 }', { a: '443' }, true],
  ['5 numbers compare numerically', 'selection: { a: 443 }', { a: '443.0' }, true],
  ['5 quoted digits equal the number', "selection: { a: '443' }", { a: 443 }, true],
  ['5 quoted text is compared as text', "selection: { a: '0443' }", { a: 443 }, false],
  ['5 a comparison reads numeric text', 'selection: { a|gte: 10 }', { a: '9' }, false],
  ['5 True is "true"', 'selection: { a: True }', { a: 'true' }, true],
  ['5 text true is the boolean', "selection: { a: 'True' }", { a: true }, true],
  [
    '5 no digit of a long number is lost',
    'selection: { a: 12345678901234567891 }',
    { a: '12345678901234567891' },
    true,
  ],
  ['5 nor is one made equal', 'selection: { a: 12345678901234567891 }', { a: '12345678901234567890' }, false],
  ['6 letters fold beyond ASCII', 'selection: { a: ÄRGER }', { a: 'ärger' }, true],
  ['6 final sigma is not read by its neighbours', 'selection: { a|startswith: ΑΣ }', { a: 'ασδ' }, true],
  ['6 dotted capital I is one letter', 'selection: { a: İX }', { a: 'ix' }, true],
  ['6 sharp s stays itself', 'selection: { a: STRASSE }', { a: 'straße' }, false],
  ['7 1 of x* that selects nothing is false', 'selection: { a: x }\ncondition: 1 of nope*', { a: 'x' }, false],
  ['7 all of x* that selects nothing is false', 'selection: { a: x }\ncondition: all of nope*', { a: 'x' }, false],
  ['12 windash works at word starts', "selection: { a|windash|contains: ' -param-x ' }", { a: 'x /param-x y' }, true],
  [
    '12 windash leaves dashes inside words',
    "selection: { a|windash|contains: ' -param-x ' }",
    { a: 'x -param/x y' },
    false,
  ],
  ['12 windash knows the long dashes', "selection: { a|windash|contains: ' -f ' }", { a: 'x \u2015f y' }, true],
  ['14 yes is a text', 'selection: { a: yes }', { a: 'yes' }, true],
  ['14 yes is not a boolean', 'selection: { a: yes }', { a: true }, false],
  ['5 a number looks into lists in lists, as text does', 'selection: { a: 5 }', { a: [[5]] }, true],
  ['5 a bound does too', 'selection: { a|gt: 5 }', { a: [['4', '6']] }, true],
  ['14 digits that are searched for keep their zeros', 'selection: { a|contains: 00429 }', { a: 'x00429' }, true],
  ['14 and match nothing without them', 'selection: { a|contains: 00429 }', { a: 'x429' }, false],
  ['14 as keywords too', 'selection: [00429]', { a: 'x429' }, false],
  ['14 and a fraction its places', 'selection: { a|endswith: 1.0 }', { a: 'TLS 1.0' }, true],
  ['14 octal needs 0o', 'selection: { a: 0777 }', { a: 777 }, true],
  ['16 the literal key comes first', 'selection: { a.b: x }', { 'a.b': 'y', a: { b: 'x' } }, false],
  ['16 then the nested path', 'selection: { a.b: x }', { a: { b: 'x' } }, true],
  [
    '16 the path goes through arrays',
    'selection: { a.b.c: x }',
    { a: [{ b: 1 }, { b: [{ c: 'y' }, { c: 'x' }] }] },
    true,
  ],
  ['16 own properties only', 'selection: { constructor|exists: true }', {}, false],
  ['17 words are whole words', 'notepad: { a: x }\ncondition: notepad', { a: 'x' }, true],
];

test.each(rows)('reading %s', (_, detection, fields, matched) => {
  expect(matches(detection, fields)).toBe(matched);
});

describe('what is refused, with its reason', () => {
  test.each([
    ['13 cased with re', 'selection: { a|re|cased: x }', 'modifier-type'],
    ['13 unknown modifiers', 'selection: { a|containz: x }', 'unknown-modifier'],
    ['13 modifiers from the prototype', 'selection: { a|constructor: x }', 'unknown-modifier'],
    ['13 pipes in conditions', 'selection: { a: x }\ncondition: selection | count() > 5', 'pipe-in-condition'],
    ['13 undefined names', 'selection: { a: x }\ncondition: selecton', 'unknown-search'],
    ['13 unresolved placeholders', "selection: { a|expand: '%who%' }", 'unresolved-placeholder'],
    ['13 invalid regex', "selection: { a|re: '(' }", 'invalid-regex'],
    ['13 invalid CIDR', 'selection: { a|cidr: 10.0.0.1/8 }', 'invalid-cidr'],
    ['14 duplicate keys', 'selection: { a: x, a: y }', 'yaml'],
    ['14 tags of other languages', 'selection: { a: !env x }', 'yaml'],
  ])('reading %s', (_, detection, code) => {
    expect(codesOf(detection)).toContain(code);
  });

  test('reading 13 a refusal says file, line and reason', () => {
    const [problem] = problemsOf(ruleText('selection:\n  a: b\n  c|containz: x'));
    expect(problem).toMatchObject({
      path: 'rule.yml',
      line: 6,
      document: 1,
      severity: 'error',
      code: 'unknown-modifier',
    });
    expect(problem?.message).toContain('"c|containz": unknown modifier "containz"');
  });
});

test('reading 7 a selector that selects nothing is warned about', () => {
  expect(problemsOf(ruleText('selection: { a: x }\ncondition: selection or 1 of nope*'))).toMatchObject([
    { severity: 'warning', code: 'selects-nothing' },
  ]);
});

test('reading 10 a filter is ANDed, and warned about without any `not`', () => {
  const filter = (condition: string) =>
    `${ruleText('selection: { a: x }')}---\ntitle: F\nlogsource: { product: test }\nfilter:\n  rules: any\n  selection: { u: admin }\n  condition: ${condition}\n`;
  expect(exprsOf(filter('not selection'))).toMatchObject([
    {
      kind: 'and',
      items: [
        { kind: 'field', field: 'a' },
        { kind: 'not', item: { kind: 'field', field: 'u' } },
      ],
    },
  ]);
  expect(problemsOf(filter('not selection'))).toEqual([]);
  expect(problemsOf(filter('selection'))).toMatchObject([{ severity: 'warning', code: 'filter-without-not' }]);
});

test.each([
  ['in the correlation', '  generate: true\n', ['one', 'c']],
  ['beside it', 'generate: true\n', ['one', 'c']],
  ['nowhere', '', ['c']],
])('reading 15 generate is read %s', (_, more, keys) => {
  const text =
    'title: One\nname: one\nlogsource: { product: test }\ndetection: { s: { a: x }, condition: s }\n---\n' +
    `title: C\nname: c\ncorrelation:\n  type: event_count\n  rules: [one]\n  group-by: [u]\n  timespan: 1m\n  condition: { gte: 2 }\n${more}`;
  const { ruleSet, problems } = lowerRules(parseRuleFile(text, 'rule.yml').documents);
  expect(problems).toEqual([]);
  const generating = [...ruleSet.detections, ...ruleSet.correlations].filter(({ generate }) => generate);
  expect(generating.map(({ key }) => key)).toEqual(keys);
});
