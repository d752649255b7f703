import { describe, expect, test } from '@jest/globals';
import {
  compileMatcher,
  evidenceOf,
  explainMatch,
  fieldsOf,
  lintRules,
  lowerRules,
  parseRuleFile,
  requirementsOf,
} from '../../../src/sigma/index.ts';
import { cpuMs } from '../../support/cpu-time.ts';
import { codesOf, exprOf, matches, problemsOf, ruleText } from './rule-text.ts';

const opened = `selection:
  rules.items|element:
    ranges.cidr: 0.0.0.0/0
    from|lte: 22
    to|gte: 22`;
const world = { ranges: [{ cidr: '10.0.0.0/8' }, { cidr: '0.0.0.0/0' }] };
const office = { ranges: [{ cidr: '192.0.2.0/24' }] };

test.each<[string, string, object, boolean]>([
  ['one element has all', opened, { rules: { items: [office, { ...world, from: 0, to: 1024 }] } }, true],
  [
    'two elements have half each',
    opened,
    {
      rules: {
        items: [
          { ...world, from: 443, to: 443 },
          { ...office, from: 22, to: 22 },
        ],
      },
    },
    false,
  ],
  ['an object is its only element', opened, { rules: { items: { ...world, from: 22, to: 22 } } }, true],
  ['lists in lists are looked through', opened, { rules: { items: [[{ ...world, from: 22, to: 22 }]] } }, true],
  [
    'lists on the way to the field too',
    opened,
    { rules: [{ items: [] }, { items: [{ ...world, from: 22, to: 22 }] }] },
    true,
  ],
  ['no field', opened, {}, false],
  ['a text has no fields', opened, { rules: { items: ['0.0.0.0/0'] } }, false],
  ['an empty list', opened, { rules: { items: [] } }, false],
  [
    'one of several maps is enough',
    'selection:\n  a|element: [{ x: 1, y: 1 }, { z: 2 }]',
    { a: [{ x: 1 }, { z: 2 }] },
    true,
  ],
  ['none of them', 'selection:\n  a|element: [{ x: 1, y: 1 }, { z: 2 }]', { a: [{ x: 1 }, { y: 1, z: 1 }] }, false],
  [
    'an element of an element',
    'selection:\n  a|element: { b|element: { x: 1, y: 2 } }',
    { a: [{ b: [{ x: 1, y: 2 }] }] },
    true,
  ],
  [
    '… that another has',
    'selection:\n  a|element: { n: 1, b|element: { x: 1 } }',
    { a: [{ n: 1 }, { b: [{ x: 1 }] }] },
    false,
  ],
  ['what an element lacks', 'selection:\n  a|element: { x: 1, y: null }', { a: [{ x: 1 }] }, true],
  [
    'a field of the same element',
    'selection:\n  a|element: { x|fieldref: y }',
    {
      a: [
        { x: 1, y: 2 },
        { x: 3, y: 3 },
      ],
      y: 1,
    },
    true,
  ],
  ['beside other fields', 'selection:\n  e: call\n  a|element: { x: 1 }', { e: 'other', a: [{ x: 1 }] }, false],
  ['negated in the condition', 'selection: { a|element: { x: 1 } }\ncondition: not selection', { a: [{ x: 2 }] }, true],
])('%s', (_what, detection, record, matched) => {
  expect(matches(detection, record as Readonly<Record<string, unknown>>)).toBe(matched);
});

test.each<[string, string, string, RegExp]>([
  ['a value', 'selection: { a|element: x }', 'value-type', /expected a map of fields that one element must have/],
  ['a list of values', 'selection: { a|element: [x, y] }', 'value-type', /expected a map of fields/],
  [
    'another modifier beside it',
    'selection: { a|element|contains: { x: 1 } }',
    'modifier-order',
    /put other modifiers behind the fields in it/,
  ],
  ['no field', "selection: { '|element': { x: 1 } }", 'keyword-type', /needs a field/],
  ['an empty map', 'selection: { a|element: {} }', 'empty-search', /would match everything/],
  ['a map without it', 'selection: { a: { x: 1 } }', 'value-type', /a\|element/],
  [
    'an unknown modifier within',
    'selection: { a|element: { x|elemant: 1 } }',
    'unknown-modifier',
    /did you mean element\?/,
  ],
])('%s is refused', (_what, detection, code, message) => {
  expect(codesOf(detection)).toContain(code);
  expect(problemsOf(ruleText(detection)).find((one) => one.code === code)?.message).toMatch(message);
});

describe('what is known of it', () => {
  const record = { rules: { items: [office, { ...world, from: 22, to: 22 }] } };

  test('the evidence is that of the element', () => {
    expect(evidenceOf(exprOf(opened), record)).toEqual([
      { field: 'rules.items.ranges.cidr', value: '0.0.0.0/0', wanted: 'is "0.0.0.0/0"' },
      { field: 'rules.items.from', value: '22', wanted: '≤ 22' },
      { field: 'rules.items.to', value: '22', wanted: '≥ 22' },
    ]);
  });

  test('the explanation shows the element that has all, else the first', () => {
    expect(explainMatch(exprOf(opened), record)).toMatchObject({
      kind: 'element',
      result: true,
      item: { result: true },
    });
    expect(explainMatch(exprOf(opened), { rules: { items: [office] } })).toMatchObject({
      result: false,
      item: { items: [{ seen: '192.0.2.0/24' }, { seen: undefined }, { seen: undefined }] },
    });
    expect(explainMatch(exprOf(opened), {})).toEqual({ kind: 'element', result: false, field: 'rules.items' });
  });

  test('its fields stand behind the list, and an index requires none of them', () => {
    expect([...fieldsOf(exprOf(opened))]).toEqual([
      'rules.items',
      'rules.items.ranges.cidr',
      'rules.items.from',
      'rules.items.to',
    ]);
    expect(requirementsOf(exprOf(opened))).toEqual([]);
  });

  test('two elements may have what one can not, so that is no contradiction', () => {
    const text = ruleText(
      'selection:\n  a|element: { x: 1 }\nother:\n  a|element: { x: 2 }\ncondition: selection and other',
    );
    const { documents } = parseRuleFile(text, 'r.yml');
    expect(lintRules(documents, lowerRules(documents).ruleSet).map(({ code }) => code)).not.toContain('never-true');
  });
});

test('a list made to be long is read in a bounded time', () => {
  const heavy = exprOf("selection:\n  a|element: { x|contains: 'needle*in*hay' , y|re: '(a+)+b' }");
  const a = Array.from({ length: 300_000 }, () => ({ x: 'needle in '.repeat(20), y: 'a'.repeat(50) }));
  const matcher = compileMatcher(heavy);
  const started = cpuMs();
  matcher({ a });
  expect(cpuMs() - started).toBeLessThan(1_000);
});
