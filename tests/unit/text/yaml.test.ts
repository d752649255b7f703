import { describe, expect, test } from '@jest/globals';
import { readYamlMap } from '../../../src/text/yaml.ts';

const expected = 'a list of things is a map (name, size)';

describe('what is read', () => {
  test.each<readonly [string, string, unknown]>([
    ['YAML 1.2: yes is a text', 'a: yes', { a: 'yes' }],
    ['a key keeps the zeros it is written with', '012345678901: x', { '012345678901': 'x' }],
    ['a key that YAML takes for another type stays its letters', 'null: 1\ntrue: 2', { null: 1, true: 2 }],
    ['a whole number beyond 2^53 keeps its digits', 'a: 9007199254740993', { a: '9007199254740993' }],
    ['an alias stands for its anchor', 'a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['nothing behind the last ---', 'a: 1\n---\n', { a: 1 }],
    ['a file with comments alone', '# nothing\n', undefined],
  ])('%s', (_rule, text, value) => {
    expect(readYamlMap(text, expected)).toMatchObject({ problems: [] });
    expect(readYamlMap(text, expected).value).toEqual(value);
  });

  test('a key named __proto__ is a key like any other', () => {
    const { value } = readYamlMap('__proto__: { polluted: true }', expected);
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('what is refused, with its line', () => {
  const laughs = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef'].map(
    (pair) => [pair.charAt(0), pair.charAt(1)] as const,
  )) {
    laughs.push(`${name}: &${name} [${Array<string>(10).fill(`*${before}`).join(', ')}]`);
  }

  test.each<readonly [string, string, number, RegExp]>([
    ['a key that stands twice', 'a: 1\nb: 2\na: 3', 3, /same key stands twice/],
    ['a list', '\n- a', 2, /^a list of things is a map/],
    ['a text', 'hello', 1, /^a list of things is a map/],
    ['two documents', 'a: 1\n---\nb: 2', 3, /one file is one document/],
    ['a tab as indentation', 'a:\n\tb: 1', 2, /tabs are not allowed/],
    ['a colon in a text', 'a: b: c', 1, /must be quoted/],
    ['a tag that YAML does not know', 'a: !secret x', 1, /tag/],
    ['an alias without an anchor', 'a: 1\nb: *c', 2, /alias/i],
    ['aliases that multiply', laughs.join('\n'), 1, /alias/i],
    ['a text that nests deeper than the stack', '['.repeat(200_000), 1, /./],
    ['more than four megabytes', `a: ${'x'.repeat(5_000_000)}`, 1, /at most 4194304 characters/],
  ])('%s', (_what, text, line, message) => {
    const read = readYamlMap(text, expected);
    expect(read.value).toBeUndefined();
    expect(read.problems[0]?.message).toMatch(message);
    expect(read.problems[0]?.line).toBe(line);
  });
});

test('lineOf follows keys, places in lists and aliases, as far as they lead', () => {
  const { lineOf } = readYamlMap('a:\n  - b: 1\n  - c: &x\n      d: 2\ne: *x\n', expected);
  expect(lineOf([])).toBe(1);
  expect(lineOf(['a', '1', 'c', 'd'])).toBe(4);
  expect(lineOf(['a', '1', 'nowhere', 'd'])).toBe(3);
  expect(lineOf(['e', 'd'])).toBe(4);
  expect(lineOf(['nowhere'])).toBe(1);
});
