import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compileRegex } from '../../../src/sigma/regex/compile.ts';

function found(source: string, text: string, flags = ''): boolean {
  const regex = compileRegex(source, flags);
  if ('fault' in regex) throw new Error(regex.fault);
  return regex.test(text);
}

describe('syntax', () => {
  test.each<readonly [rule: string, source: string, text: string, matched: boolean]>([
    ['alternatives', 'ab|cd', 'xcdx', true],
    ['an empty alternative', 'a(b|)c', 'ac', true],
    ['counted repetition', '^a{2,3}$', 'aaaa', false],
    ['counted from', '^a{2,}$', 'aaaa', true],
    ['lazy repetition', 'a.*?c', 'abbc', true],
    ['braces that count nothing', 'a{x}', 'a{x}', true],
    ['an open range is no count', 'a{,3}', 'a{,3}', true],
    ['a dot is not a newline', 'a.c', 'a\nc', false],
    ['a class with a closing bracket in front', '[]a]', ']', true],
    ['a class with a dash at its end', '^[a-]+$', 'a-a', true],
    ['a set is no end of a range', String.raw`^[\w-.]+$`, 'a-.', true],
    ['a bar in a class', String.raw`[\w+|\s]`, '|', true],
    ['a negated class with escapes', String.raw`^[^\s\d]+$`, 'ab', true],
    ['POSIX classes', '^[[:alpha:][:digit:]]+$', 'a1', true],
    ['hexadecimal characters', String.raw`\x41\u0042\x{1F600}`, 'AB😀', true],
    ['groups with names', '(?<n>a)(?P<m>b)', 'ab', true],
    ['inline flags', '(?i)abc', 'ABC', true],
    ['inline flags in the middle', 'a(?i)b', 'aB', true],
    ['inline flags hold until their group ends', '(?:(?i)a)b', 'AB', false],
    ['flags of a group', '(?i:a)b', 'Ab', true],
    ['flags taken back', '(?i)a(?-i)b', 'AB', false],
    ['word edges', String.raw`\bfoo\b`, 'a foo!', true],
    ['no word edge', String.raw`\Boo\b`, 'foo', true],
    ['the end of a text, before its last newline', 'a$', 'a\n', true],
    ['the very end', String.raw`a\z`, 'a\n', false],
    ['an anchor in an alternative', '(^|/)x', 'a/x', true],
    ['anchors inside repetitions', '(?:^a|b)+$', 'abb', true],
    ['nothing at all', '', '', true],
    ['an escaped slash and quote', String.raw`\/\"\-`, '/"-', true],
    ['letters beyond ASCII fold', '(?i)ÄRGER', 'ärger', true],
    ['characters beyond 16 bits are one', '^.$', '😀', true],
  ])('%s: %s', (_, source, text, matched) => {
    expect(found(source, text)).toBe(matched);
  });

  test.each([
    ['(a', 'a ( is never closed'],
    ['a)', 'a ) has no ( before it'],
    ['[a', 'a [ is never closed'],
    ['*a', 'a * has nothing before it to repeat'],
    ['a**', 'a repetition directly behind a repetition'],
    ['a++', 'possessive repetition'],
    ['a{3,2}', 'counts backwards'],
    ['[z-a]', 'is backwards'],
    ['a\\', 'it ends where a character should follow'],
    [String.raw`(a)\1`, 'back reference'],
    ['(?=a)', 'look-around'],
    ['(?<!a)', 'look-around'],
    ['(?>a)', 'a group that begins with (?>'],
    ['(?x)a', 'the flag (?x) is not supported'],
    [String.raw`\p{L}`, String.raw`\p is not supported`],
    ['a{9999}', 'repeats more than'],
    ['((a{1000}){1000})', 'too large'],
    ['(?:a?){3000}', 'too large'],
    ['('.repeat(200), 'nest deeper'],
  ])('refused: %s', (source, fault) => {
    expect(compileRegex(source, '')).toMatchObject({ fault: expect.stringContaining(fault) });
  });
});

const atoms = ['a', 'b', 'A', '-', '.', String.raw`\w`, String.raw`\W`, String.raw`\s`, '[ab]', '[^a]', '[a-c-]', 'é'];
const edges = [String.raw`\b`, String.raw`\B`, '^', '$'];
const quantifiers = ['*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}', '*?', '{0}'];

function sources(leaves: readonly string[]): fc.Arbitrary<string> {
  return fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...leaves),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
      fc.tuple(tie('node'), fc.constantFrom(...quantifiers)).map(([a, quantifier]) => `(?:${a})${quantifier}`),
    ),
  })).node;
}

// JavaScript's `$` doesn't look before a last newline, and its `\b` may look between the halves of a character.
const texts = fc
  .array(fc.constantFrom('a', 'b', 'A', '-', ' ', 'c', 'é', 'É', '_', '\n'), { maxLength: 12 })
  .map((chars) => chars.join('').replace(/\n+$/, ''));
const flags = fc.constantFrom('', 'i', 'm', 's', 'ims');

test('agrees with JavaScript where both mean the same', () => {
  fc.assert(
    fc.property(sources([...atoms, ...edges]), texts, flags, (source, text, flag) => {
      expect(found(source, text, flag)).toBe(new RegExp(source, `${flag}u`).test(text));
    }),
    { numRuns: 4_000 },
  );
});

test('agrees with JavaScript on characters beyond 16 bits', () => {
  fc.assert(
    fc.property(sources([...atoms, '😀', '[^😀]']), texts, (source, text) => {
      const spread = text.replaceAll('c', '😀');
      expect(found(source, spread)).toBe(new RegExp(source, 'u').test(spread));
    }),
    { numRuns: 2_000 },
  );
});

test('agrees with JavaScript on long counted repetitions', () => {
  const long = fc
    .array(fc.constantFrom('a', 'b', 'x'), { minLength: 40, maxLength: 160 })
    .map((chars) => chars.join(''));
  const counted = fc
    .tuple(fc.constantFrom('a', '[ab]', '.', 'ab', 'a?b'), fc.nat(40), fc.nat(60), fc.constantFrom('x', 'b', '', 'a.b'))
    .map(([item, min, more, tail]) => `(?:${item}){${min},${min + more}}${tail}`);
  fc.assert(
    fc.property(fc.array(counted, { minLength: 1, maxLength: 3 }), long, (parts, text) => {
      const source = parts.join('');
      expect(found(source, text)).toBe(new RegExp(source, 'u').test(text));
    }),
    { numRuns: 1_000 },
  );
});
