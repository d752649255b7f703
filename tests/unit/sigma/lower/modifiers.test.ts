import { describe, expect, test } from '@jest/globals';
import { codesOf, exprOf, matches } from '../rule-text.ts';

type Row = readonly [rule: string, item: string, fields: Record<string, unknown>, matched: boolean];

const selection = (item: string): string => `selection:\n  ${item}`;

const text: readonly Row[] = [
  ['equality folds case', 'a: Root', { a: 'rOOT' }, true],
  ['equality is of the whole text', 'a: Root', { a: 'root ' }, false],
  ['contains', 'a|contains: mid', { a: 'xMIDx' }, true],
  ['startswith', 'a|startswith: be', { a: 'BEgin' }, true],
  ['startswith is not contains', 'a|startswith: be', { a: 'xbe' }, false],
  ['endswith', 'a|endswith: nd', { a: 'end' }, true],
  ['several values are alternatives', 'a|contains: [x, y]', { a: '-y-' }, true],
  ['all wants every value', 'a|contains|all: [x, y]', { a: '-y-' }, false],
  ['all wants every value, in any order', 'a|contains|all: [x, y]', { a: 'yx' }, true],
  ['cased', 'a|cased: Root', { a: 'root' }, false],
  ['cased|contains', 'a|contains|cased: Ro', { a: 'xRox' }, true],
  [
    'many values over one field',
    `a: [${Array.from({ length: 500 }, (_, i) => `v${i}`).join(', ')}]`,
    { a: 'V499' },
    true,
  ],
  [
    'many contained values',
    `a|contains: [${Array.from({ length: 500 }, (_, i) => `v${i}!`).join(', ')}]`,
    { a: 'xxV499!' },
    true,
  ],
  ['a star is any text', "a: 'ab*yz'", { a: 'ab-----yz' }, true],
  ['a star is also no text', "a: 'ab*yz'", { a: 'abyz' }, true],
  ['what stands before and behind a star does not overlap', "a: 'ab*ba'", { a: 'aba' }, false],
  ['a question mark is one character', "a: 'a?c'", { a: 'abc' }, true],
  ['a question mark is not no character', "a: 'a?c'", { a: 'ac' }, false],
  ['a question mark is one character, also beyond 16 bits', "a: 'a?c'", { a: 'a😀c' }, true],
  ['wildcards inside contains', "a|contains: 'x?y*z'", { a: '--x.y--z--' }, true],
  ['an escaped star is a star', String.raw`a: 'a\*c'`, { a: 'a*c' }, true],
  ['an escaped star is no wildcard', String.raw`a: 'a\*c'`, { a: 'abc' }, false],
  ['a backslash before anything else is itself', String.raw`a: 'C:\temp\x'`, { a: String.raw`c:\temp\x` }, true],
  ['two backslashes are one', String.raw`a: 'C:\\temp'`, { a: String.raw`c:\temp` }, true],
  ['a backslash and a wildcard', String.raw`a: 'C:\\*'`, { a: String.raw`c:\temp` }, true],
  ['a lone star wants a value', "a: '*'", {}, false],
  ['a lone star takes the empty text', "a: '*'", { a: '' }, true],
  ['null beside values', 'a: [null, x]', {}, true],
  ['number with contains', 'a|contains: 46', { a: 'x4625' }, true],
];

const encodings: readonly Row[] = [
  ['base64', 'a|base64: foobar', { a: 'Zm9vYmFy' }, true],
  [
    'base64offset at offset 0',
    'a|base64offset|contains: foobar',
    { a: Buffer.from('foobar!!').toString('base64') },
    true,
  ],
  [
    'base64offset at offset 1',
    'a|base64offset|contains: foobar',
    { a: Buffer.from('xfoobar!').toString('base64') },
    true,
  ],
  [
    'base64offset at offset 2',
    'a|base64offset|contains: foobar',
    { a: Buffer.from('xxfoobar').toString('base64') },
    true,
  ],
  ['base64offset alone is equality', 'a|base64offset: foobar', { a: 'xxZm9vYmFyxx' }, false],
  [
    'base64offset counts bytes, not characters',
    'a|base64offset|contains: Füße',
    { a: Buffer.from('..Füße..').toString('base64') },
    true,
  ],
  ['wide|base64', 'a|wide|base64: Test', { a: 'VABlAHMAdAA=' }, true],
  ['utf16le|base64', 'a|utf16le|base64: Test', { a: 'VABlAHMAdAA=' }, true],
  ['utf16be|base64', 'a|utf16be|base64: AB', { a: 'AEEAQg==' }, true],
  ['utf16|base64 begins with a byte order mark', 'a|utf16|base64: A', { a: '//5BAA==' }, true],
  [
    'utf16le|base64offset|contains',
    'a|utf16le|base64offset|contains: ping',
    { a: Buffer.from('  ping  ', 'utf16le').toString('base64') },
    true,
  ],
  ['wide without base64', 'a|wide|contains: ab', { a: 'xa\0b\0x' }, true],
];

const numbers: readonly Row[] = [
  ['lt', 'a|lt: 10', { a: 9 }, true],
  ['lte', 'a|lte: 10', { a: 10 }, true],
  ['gt', 'a|gt: 10', { a: 10 }, false],
  ['gte', 'a|gte: 1.5', { a: '1.5' }, true],
  ['a comparison with text is false', 'a|gt: 10', { a: 'many' }, false],
  ['an empty text is no number', 'a|lt: 10', { a: '' }, false],
  ['hexadecimal text is no number', 'a|gt: 10', { a: '0x20' }, false],
  ['cidr v4', 'a|cidr: 192.168.0.0/16', { a: '192.168.44.1' }, true],
  ['cidr v4, outside', 'a|cidr: 192.168.0.0/16', { a: '192.169.0.1' }, false],
  ['cidr /0', 'a|cidr: 0.0.0.0/0', { a: '255.1.2.3' }, true],
  ['cidr v6', "a|cidr: 'fe80::/10'", { a: 'FE80::1' }, true],
  ['cidr v6 across words', "a|cidr: '2001:db8:0:ff00::/56'", { a: '2001:db8:0:ff7f::1' }, true],
  ['cidr v6, outside', "a|cidr: '2001:db8::/33'", { a: '2001:db8:8000::1' }, false],
  ['a v4 network holds no v6 address', 'a|cidr: 0.0.0.0/0', { a: '::1' }, false],
  ['text that is no address is in no network', 'a|cidr: 10.0.0.0/8', { a: 'ec2.amazonaws.com' }, false],
  ['several networks', 'a|cidr: [10.0.0.0/8, 172.16.0.0/12]', { a: '172.31.0.1' }, true],
];

const others: readonly Row[] = [
  ['re searches anywhere', "a|re: 'b+'", { a: 'abbc' }, true],
  ['re minds the case', "a|re: 'B'", { a: 'abc' }, false],
  ['re|i does not', "a|re|i: 'B'", { a: 'abc' }, true],
  ['re|m: line ends', "a|re|m: '^b$'", { a: 'a\nb\nc' }, true],
  ['without m only the text ends', "a|re: '^b$'", { a: 'a\nb\nc' }, false],
  ['re|s: a dot is also a newline', "a|re|s: 'a.b'", { a: 'a\nb' }, true],
  ['re|i|m|s together', "a|re|i|m|s: '^A.B$'", { a: 'x\na\nb' }, true],
  ['re on an array', "a|re: '^b$'", { a: ['a', 'b'] }, true],
  ['re with all', "a|re|all: ['a', 'b']", { a: 'ab' }, true],
  ['fieldref', 'a|fieldref: b', { a: 'X', b: 'x' }, true],
  ['fieldref to a missing field', 'a|fieldref: b', { a: 'x' }, false],
  ['fieldref, neither there', 'a|fieldref: b', {}, false],
  ['fieldref, cased', 'a|fieldref|cased: b', { a: 'X', b: 'x' }, false],
  ['fieldref to a nested field', 'a|fieldref: b.c', { a: 'x', b: { c: 'x' } }, true],
  ['fieldref|contains', 'a|fieldref|contains: b', { a: 'xyz', b: 'y' }, true],
  ['contains|fieldref', 'a|contains|fieldref: b', { a: 'xyz', b: 'y' }, true],
  ['fieldref|startswith', 'a|fieldref|startswith: b', { a: 'xyz', b: 'x' }, true],
  ['fieldref|endswith', 'a|fieldref|endswith: b', { a: 'xyz', b: 'z' }, true],
  ['fieldref of numbers and digits', 'a|fieldref: b', { a: 5, b: '5' }, true],
  ['fieldref|neq', 'a|fieldref|neq: b', { a: 'x', b: 'y' }, true],
  ['exists true', 'a|exists: true', { a: 0 }, true],
  ['exists false', 'a|exists: false', {}, true],
  ['hour', 'a|hour: 3', { a: '2026-02-03T03:59:59Z' }, true],
  ['hour is in UTC', 'a|hour: 1', { a: '2026-02-03T03:30:00+02:00' }, true],
  ['hour|gte', 'a|hour|gte: 22', { a: '2026-02-03T23:00:00Z' }, true],
  ['minute', 'a|minute: 59', { a: '2026-02-03 03:59:59' }, true],
  ['day', 'a|day: 3', { a: '2026-02-03' }, true],
  ['week by ISO 8601', 'a|week: 53', { a: '2027-01-01T00:00:00Z' }, true],
  ['month', 'a|month: 2', { a: 1_770_087_599 }, true],
  ['year from milliseconds', 'a|year: 2026', { a: 1_770_087_599_000 }, true],
  ['a text that is no time has no parts', 'a|year: 2026', { a: '2026' }, false],
];

describe.each([
  ['text', text],
  ['encodings', encodings],
  ['numbers and addresses', numbers],
  ['others', others],
])('%s', (_, rows) => {
  test.each(rows)('%s', (_rule, item, fields, matched) => {
    expect(matches(selection(item), fields)).toBe(matched);
  });
});

describe('refused', () => {
  test.each([
    ['base64 of wildcards', 'a|contains|base64: x', 'modifier-type'],
    ['contains of null', 'a|contains: null', 'modifier-type'],
    ['contains of a boolean', 'a|contains: true', 'modifier-type'],
    ['contains of a regex', 'a|re|contains: x', 'modifier-type'],
    ['lt of text', 'a|lt: many', 'modifier-type'],
    ['exists of text', 'a|exists: "yes"', 'modifier-type'],
    ['exists behind another modifier', 'a|contains|exists: true', 'modifier-type'],
    ['i without re', 'a|i: x', 'modifier-order'],
    ['re behind another modifier', 'a|contains|re: x', 'modifier-order'],
    ['an encoding of an encoding', 'a|wide|utf16be: x', 'modifier-order'],
    ['an hour that no day has', 'a|hour: 24', 'modifier-type'],
    ['four dashes to expand', "a|windash: '-a -b -c -d'", 'too-many-values'],
    ['wide beyond ASCII without base64', 'a|wide: ä', 'modifier-type'],
    ['a keyword in a network', "'|cidr': 10.0.0.0/8", 'keyword-type'],
    ['a keyword that exists', "'|exists': true", 'keyword-type'],
    ['a map as a value', 'a: { b: c }', 'value-type'],
    ['an empty list', 'a: []', 'empty-value'],
    ['infinity', 'a: .inf', 'yaml'],
    ['look-ahead', "a|re: 'a(?=b)'", 'invalid-regex'],
    ['a back reference', String.raw`a|re: '(a)\1'`, 'invalid-regex'],
    ['a network whose prefix is too long', 'a|cidr: 10.0.0.0/33', 'invalid-cidr'],
    ['a regex too large to be followed in time', "a|re: '(a?){2000}(a?){2000}'", 'invalid-regex'],
    [
      'regexes too many to be followed in time',
      `a|re: [${Array.from({ length: 400 }, (_, i) => `'x${i}.{50}y'`).join(', ')}]`,
      'too-costly',
    ],
  ])('%s', (_, item, code) => {
    expect(codesOf(selection(item))).toContain(code);
  });
});

describe('placeholders', () => {
  const placeholders = { who: ['alice', 'b*'], empty: [] };
  test.each<readonly [string, string, Record<string, unknown>, boolean]>([
    ['each value', "a|expand: '%who%'", { a: 'Alice' }, true],
    ['values may hold wildcards', "a|expand: '%who%'", { a: 'bob' }, true],
    ['text round a placeholder', "a|expand: 'user/%who%!'", { a: 'user/alice!' }, true],
    ['twice in one value', "a|expand: '%who%-%who%'", { a: 'bob-alice' }, true],
    ['a backslash before it is itself', "a|expand: 'C:\\%who%'", { a: 'C:\\alice' }, true],
    ['with contains', "a|contains|expand: '%who%'", { a: 'x alice x' }, true],
    ['in a regex, literally', "a|re|expand: '^%who%$'", { a: 'b*' }, true],
    ['in a regex, not as a regex', "a|re|expand: '^%who%$'", { a: 'bb' }, false],
    ['an empty list matches nothing', "a|expand: '%empty%'", { a: '' }, false],
    ['without expand a percent sign is itself', "a: '%who%'", { a: '%who%' }, true],
  ])('%s', (_, item, fields, matched) => {
    expect(matches(selection(item), fields, placeholders)).toBe(matched);
  });
});

test('literals over one field become one test', () => {
  expect(exprOf('selection: { a: [x, y] }')).toEqual({
    kind: 'field',
    field: 'a',
    test: { kind: 'pattern', patterns: [['x'], ['y']], cased: false },
  });
});
