import { describe, expect, test } from '@jest/globals';
import { parseCondition } from '../../../../src/sigma/parse/condition.ts';
import { matches } from '../rule-text.ts';

const searches =
  "a: { f: '*a*' }\nb: { f: '*b*' }\nc: { f: '*c*' }\nsel_1: { f: '*1*' }\nsel_2: { f: '*2*' }\n_x: { f: '*x*' }\n";

describe('meaning', () => {
  test.each<readonly [rule: string, condition: string, text: string, matched: boolean]>([
    ['not binds closer than and', 'not a and b', 'b', true],
    ['not binds closer than or', 'not a or b', 'ab', true],
    ['and binds closer than or', 'a or b and c', 'a', true],
    ['and binds closer than or, on the left too', 'a and b or c', 'c', true],
    ['brackets bind closest', '(a or b) and c', 'a', false],
    ['not not', 'not not a', 'a', true],
    ['not before brackets', 'not (a or b)', 'c', true],
    ['brackets need no blanks', '(a)and(not(b))', 'a', true],
    ['newlines are blanks', 'a\n  and b', 'ab', true],
    ['1 of a pattern', '1 of sel_*', '2', true],
    ['any of a pattern', 'any of sel_*', '2', true],
    ['all of a pattern', 'all of sel_*', '2', false],
    ['all of a pattern, all there', 'all of sel_*', '12', true],
    ['a star in front', '1 of *_1', '1', true],
    ['a star in the middle', '1 of s*_1', '1', true],
    ['1 of a name', '1 of a', 'a', true],
    ['1 of them', '1 of them', '2', true],
    ['them leaves out names with an underscore', '1 of them', 'x', false],
    ['patterns leave them out too', '1 of *x', 'x', false],
    ['a pattern with an underscore means them', '1 of _*', 'x', true],
    ['a name with an underscore can be named', '_x', 'x', true],
    ['not 1 of', 'a and not 1 of sel_*', 'a', true],
  ])('%s: %s', (_, condition, text, matched) => {
    expect(matches(`${searches}condition: ${JSON.stringify(condition)}`, { f: text })).toBe(matched);
  });

  test('several conditions are alternatives', () => {
    expect(matches(`${searches}condition: [a and b, c]`, { f: 'c' })).toBe(true);
  });
});

describe('refused, with what is wrong', () => {
  test.each([
    ['', 'it is empty'],
    ['a and', 'it ends where the name of a search should follow'],
    ['and a', '"and" stands where the name of a search should'],
    ['a b', 'expected and / or before "b"'],
    ['a AND b', 'operators are written in lower case'],
    ['(a', 'a ( is never closed'],
    ['a)', 'a ) has no ( before it'],
    ['()', 'a ) stands where the name of a search should'],
    ['2 of them', '"2 of": only `1 of`, `any of` and `all of` are Sigma'],
    ['1 of', 'must be followed by `them` or the name of searches'],
    ['sel_*', 'write `1 of sel_*` or `all of sel_*`'],
    ['a && b', 'expected and / or before "&&"'],
    ['a | count() > 5', 'correlation document'],
    [`${'('.repeat(60)}a${')'.repeat(60)}`, 'nests deeper than 50 levels'],
    [`${'not '.repeat(5_000)}a`, 'longer than 10000 characters'],
    [`${'not '.repeat(1_000)}a`, 'nests deeper than 50 levels'],
  ])('%j', (text, fault) => {
    expect(parseCondition(text)).toMatchObject({ fault: expect.stringContaining(fault) });
  });
});
