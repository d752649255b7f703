import { expect, test } from '@jest/globals';
import { requirementsOf, type Requirement } from '../../../../src/sigma/match.ts';
import { exprOf } from '../rule-text.ts';

test.each<readonly [string, string, readonly Requirement[]]>([
  ['a literal, lower-cased', 'selection: { a: X }', [{ field: 'a', values: ['x'] }]],
  [
    'of a conjunction, each part alone',
    'selection: { a: [x, y], b: z }',
    [
      { field: 'a', values: ['x', 'y'] },
      { field: 'b', values: ['z'] },
    ],
  ],
  ['of alternatives, all values', 'selection: [{ a: x }, { a: y, b: z }]', [{ field: 'a', values: ['x', 'y'] }]],
  ['of alternatives over different fields, none', 'selection: [{ a: x }, { b: y }]', []],
  ['of wildcards, none', 'selection: { a|contains: x }', []],
  ['of what is negated, none', 'selection: { a: x }\ncondition: not selection', []],
  [
    'beside what is negated',
    'selection: { a: x }\nf: { b: y }\ncondition: selection and not f',
    [{ field: 'a', values: ['x'] }],
  ],
  ['of null, none', 'selection: { a: [x, null] }', []],
  ['of numbers, none: they are spelled in many ways', 'selection: { a: 5 }', []],
  ['of text that could be JSON, none', "selection: { a: '[]' }", []],
  ['of keywords, none', 'selection: [x]', []],
])('what a rule requires: %s', (_, detection, requirements) => {
  expect(requirementsOf(exprOf(detection))).toEqual(requirements);
});
