import { describe, expect, test } from '@jest/globals';
import { compileMatcher, explainMatch, type Fields } from '../../../src/sigma/match.ts';
import { exprOf, matches, problemsOf } from './rule-text.ts';
import { cpuMs } from '../../support/cpu-time.ts';

const million = 1_000_000;
// The promise is 50 ms. The bound here leaves room for other work on the machine; what runs away takes minutes.
const bound = 1_000;

function fastest(run: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < 3; count += 1) {
    const start = cpuMs();
    run();
    least = Math.min(least, cpuMs() - start);
  }
  return least;
}

describe('no text makes a match slow', () => {
  test.each([
    ['nested repetition', "a|re: '(x+x+)+y'", 'x'.repeat(million)],
    ['alternatives that begin alike', "a|re: '^(a|a|aa)+$'", `${'a'.repeat(million)}!`],
    ['many dots', "a|re: '.*.*.*.*.*=.*'", 'x'.repeat(million)],
    ['counted repetitions in a row', "a|re: 'a{1,60}.{1,60}b.{1,60}c'", 'ab'.repeat(million / 2)],
    ['a long count', "a|re: '.{1000,}'", `${'a'.repeat(999)}\n`.repeat(million / 1_000)],
    ['many stars', "a: '*a*a*a*a*a*a*a*a*b'", 'a'.repeat(million)],
    ['stars and question marks', "a|contains: 'a?a?a?a?*a?a?b'", 'a'.repeat(million)],
    ['a literal that nearly is there', `a|contains: '${'a'.repeat(300)}b'`, 'a'.repeat(million)],
    ['a literal whose start is everywhere', `a|contains: 'b${'a'.repeat(600)}'`, 'a'.repeat(million)],
    [
      'many literals',
      `a|contains: [${Array.from({ length: 1_000 }, (_, i) => `${'a'.repeat(i % 50)}b${i}`).join(', ')}]`,
      'a'.repeat(million),
    ],
    ['text beyond ASCII', "a|contains: ['ää', 'üü']", 'äÄ'.repeat(million / 2)],
    ['a timestamp', 'a|hour: 1', '1'.repeat(million)],
    ['an address', 'a|cidr: 10.0.0.0/8', '1.'.repeat(million / 2)],
    ['digits', 'a|gt: 1', '1'.repeat(million)],
  ])('%s', (_, item, text) => {
    const matcher = compileMatcher(exprOf(`selection: { ${item} }`));
    expect(fastest(() => matcher({ a: text }))).toBeLessThan(bound);
  });

  test.each<readonly [string, string, Fields]>([
    ['an array of a million texts', 'a|contains: x', { a: Array.from({ length: million }, () => 'y') }],
    ['arrays in arrays', 'a: x', { a: Array.from({ length: 1_000 }, () => Array.from({ length: 1_000 }, () => 'y')) }],
    [
      'a path through two large arrays',
      'a.b.c: x',
      { a: Array.from({ length: 1_000 }, () => ({ b: Array.from({ length: 1_000 }, () => ({ c: 1 })) })) },
    ],
    [
      'two arrays that refer to each other',
      'a|fieldref|contains: b',
      {
        a: Array.from({ length: 10_000 }, () => 'aaaa'.repeat(50)),
        b: Array.from({ length: 10_000 }, () => 'aab'.repeat(50)),
      },
    ],
    [
      'keywords in a wide record',
      "'|all': ['x*y', 'z']",
      Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, `v${i}`])),
    ],
  ])('%s', (_, item, fields) => {
    const matcher = compileMatcher(exprOf(`selection: { ${item} }`));
    expect(fastest(() => matcher(fields))).toBeLessThan(bound);
  });

  test('a text beyond the scan limit of a heavy rule is searched as far as the limit', () => {
    const many = Array.from({ length: 40 }, (_, i) => `'x${i}.{20}y'`).join(', ');
    const matcher = compileMatcher(exprOf(`selection: { a|re: [${many}] }`));
    expect(matcher({ a: `x7${'-'.repeat(20)}y` })).toBe(true);
    expect(matcher({ a: `${'-'.repeat(4 * million)}x7${'-'.repeat(20)}y` })).toBe(false);
    expect(fastest(() => matcher({ a: 'x7'.repeat(2 * million) }))).toBeLessThan(bound);
  });
});

test('a text within the scan limit is searched by every alternative of a test', () => {
  const many = Array.from({ length: 60 }, (_, index) => `'x${index}*y'`).join(', ');
  const matcher = compileMatcher(exprOf(`selection: { a|contains: [${many}] }`));
  expect(matcher({ a: `${'-'.repeat(20_000)}x59 y` })).toBe(true);
  expect(matcher({ a: [...Array.from({ length: 50 }, () => '-'.repeat(200)), 'x59 y'] })).toBe(true);
});

function nested(depth: number, leaf: unknown): unknown {
  let value = leaf;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? { a: value } : [value];
  return value;
}

describe('records made to break the engine', () => {
  test.each<readonly [string, string, Fields, boolean]>([
    ['__proto__ as a key', 'selection: { __proto__: x }', JSON.parse('{"__proto__":"x"}') as Fields, true],
    ['__proto__ that is no key', 'selection: { __proto__|exists: true }', {}, false],
    ['constructor as a key', 'selection: { constructor: x }', { constructor: 'x' }, true],
    ['a path into the prototype', 'selection: { a.constructor.name|exists: true }', { a: {} }, false],
    ['a path into a text', 'selection: { a.length|exists: true }', { a: 'text' }, false],
    ['a path into an array', 'selection: { a.length|exists: true }', { a: ['text'] }, false],
    ['toString as a key', 'selection: { toString: x }', { toString: 'x' }, true],
    ['a field with dots', 'selection: { a.b.c: x }', { 'a.b.c': 'x' }, true],
    ['a field with dashes', 'selection: { cs-uri-query: x }', { 'cs-uri-query': 'x' }, true],
    ['a field with blanks', "selection: { 'a b': x }", { 'a b': 'x' }, true],
    ['a field with brackets', "selection: { 'a[0]': x }", { a: ['x'] }, false],
    ['an empty step', 'selection: { a..b: x }', { a: { '': { b: 'x' } } }, true],
    ['a record nested 100,000 deep, by keyword', 'selection: [needle]', { a: nested(100_000, 'needle') }, true],
    [
      'a record nested 100,000 deep, by field',
      'selection: { a|contains: needle }',
      { a: nested(100_000, 'needle') },
      false,
    ],
    ['lone surrogates', "selection: { a: 'x?y' }", { a: 'x\ud800y' }, true],
    ['a field that is a number', 'selection: { 4625: x }', { 4625: 'x' }, true],
  ])('%s', (_, detection, fields, matched) => {
    expect(matches(detection, fields)).toBe(matched);
    expect(() => explainMatch(exprOf(detection), fields)).not.toThrow();
  });
});

describe('rule files made to break the reader', () => {
  const bomb = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
    ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`),
  ].join('\n');
  test.each([
    ['an alias bomb', `title: x\n${bomb}`],
    ['an alias of itself', 'title: x\na: &a [*a]'],
    ['brackets without end', '['.repeat(100_000)],
    ['maps without end', '{a: '.repeat(100_000)],
    ['dashes without end', `${'- '.repeat(20_000)}x`],
    ['indentation without end', Array.from({ length: 3_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['a file that is too large', `title: ${'x'.repeat(5 * million)}`],
    ['a list at the top', '- title: x'],
    ['a text at the top', 'hello'],
    ['nothing', ''],
    ['control characters', 'title: "\u0000"\ndetection: \u0001'],
    ['tags', 'title: !!js/function "x"\n'],
  ])('%s', (_, text) => {
    const start = cpuMs();
    expect(problemsOf(text).some((problem) => problem.severity === 'error')).toBe(true);
    expect(cpuMs() - start).toBeLessThan(5_000);
  });
});
