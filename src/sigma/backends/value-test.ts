import { isInside, parseAddress, parseNetwork } from '../address.ts';
import type { Network } from '../address.ts';
import type { Fields, NumberComparison, Test } from '../expr.ts';
import { compileField } from '../field.ts';
import { compileRegex } from '../regex/compile.ts';
import { foldCase, numberOf, textOf } from '../text.ts';
import { datePartOf } from './date-part.ts';
import { jsonTextOf } from './record-text.ts';
import { compilePatterns } from './text-test.ts';
import type { SearchingTest } from './text-test.ts';

/** Meter is how many more characters the running test may search; what a test does not search it can't find. */
export interface Meter {
  left: number;
}

export type ValueTest = (value: unknown, fields: Fields) => boolean;

/** compileValueTest prepares a test of one field's value; `null` and `exists` are about the field, not about its value. */
export function compileValueTest(test: Exclude<Test, { kind: 'exists' }>, meter: Meter): ValueTest {
  switch (test.kind) {
    case 'pattern':
    case 'regex':
      return anyText(compileTextTest(test), meter);
    case 'equals':
      return anyElement(equalTest(test.value), meter);
    case 'compare':
      return anyElement(comparing(test.op, test.value, numberOf), meter);
    case 'cidr':
      return anyElement(insideTest(test.networks), meter);
    case 'null':
      return (value) => value === null;
    case 'fieldref':
      return fieldrefTest(test);
    case 'datepart': {
      const { part } = test;
      return anyElement(
        comparing(test.op, test.value, (value) => datePartOf(value, part)),
        meter,
      );
    }
    default:
      throw new Error(test satisfies never);
  }
}

/** compileTextTest prepares the tests that look at text. */
export function compileTextTest(test: Extract<Test, { kind: 'pattern' | 'regex' }>): SearchingTest {
  if (test.kind === 'pattern') return compilePatterns(test.patterns, test.cased);
  const regex = compileRegex(test.source, test.flags);
  if ('fault' in regex) throw new Error(`regex ${JSON.stringify(test.source)}: ${regex.fault}`);
  return { test: (text, limit) => regex.test(text, Math.min(text.length, limit)), searches: true };
}

// What looking at an array's element costs, as the length of a text that takes as long to search.
const elementLength = 64;
const maxNesting = 8;

/** anyText tests a value's text; of an array, each element's; of objects and arrays also their compact JSON. */
function anyText({ test, searches }: SearchingTest, meter: Meter): ValueTest {
  const metered = (text: string): boolean => {
    const limit = meter.left;
    if (searches) meter.left -= Math.min(text.length, limit);
    return test(text, limit);
  };
  const inside = (value: unknown, depth: number): boolean => {
    const text = textOf(value);
    if (text !== undefined) return metered(text);
    if (typeof value !== 'object' || value === null || depth > maxNesting) return false;
    const element = Array.isArray(value) && someElement(value, (each) => inside(each, depth + 1), meter);
    return element || metered(jsonTextOf(value));
  };
  return (value) => inside(value, 0);
}

/** anyElement tests a value, or each element of an array, also of arrays in it. */
function anyElement(test: (value: unknown) => boolean, meter: Meter): (value: unknown) => boolean {
  const inside = (value: unknown, depth: number): boolean => {
    if (!Array.isArray(value)) return test(value);
    return depth <= maxNesting && someElement(value, (each) => inside(each, depth + 1), meter);
  };
  return (value) => inside(value, 0);
}

/** anyObject tests each object of a value: those of an array, also of arrays in it, or the value itself. */
export function anyObject(test: (object: Fields) => boolean, meter: Meter): (value: unknown) => boolean {
  return anyElement((value) => typeof value === 'object' && value !== null && test(value as Fields), meter);
}

function someElement(elements: readonly unknown[], test: (element: unknown) => boolean, meter: Meter): boolean {
  for (let index = 0; index < elements.length; index += 1) {
    meter.left -= elementLength;
    if (meter.left <= 0) return false;
    if (test(elements[index])) return true;
  }
  return false;
}

function equalTest(wanted: number | boolean | { readonly bigint: string }): (value: unknown) => boolean {
  if (typeof wanted === 'number') return (value) => numberOf(value) === wanted;
  if (typeof wanted === 'boolean') {
    const name = String(wanted);
    return (value) => value === wanted || (typeof value === 'string' && foldCase(value.slice(0, 6)) === name);
  }
  // Beyond 2^53 a number in JSON has already lost its last digits, a text has not.
  const nearest = Number(wanted.bigint);
  return (value) => value === wanted.bigint || value === nearest;
}

function comparing(
  op: NumberComparison | 'eq',
  bound: number,
  read: (value: unknown) => number | undefined,
): (value: unknown) => boolean {
  const compare = comparisons[op];
  return (value) => {
    const number = read(value);
    return number !== undefined && compare(number, bound);
  };
}

const comparisons: Readonly<Record<NumberComparison | 'eq', (value: number, bound: number) => boolean>> = {
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  eq: (value, bound) => value === bound,
};

function insideTest(texts: readonly string[]): (value: unknown) => boolean {
  const networks = texts.map((text): Network => {
    const network = parseNetwork(text);
    if ('fault' in network) throw new Error(`network ${JSON.stringify(text)} ${network.fault}`);
    return network;
  });
  return (value) => {
    const address = typeof value === 'string' ? parseAddress(value) : undefined;
    return address !== undefined && networks.some((network) => isInside(address, network));
  };
}

// Two fields that hold lists are compared element by element, so that both lists have to be short.
const maxEqual = 100;
const maxSearched = 20;
// `includes` with a text that the record chose may take a step for each pair of characters.
const maxNeedle = 1_024;
const maxHaystack = 16_384;

interface Referred {
  readonly value: unknown;
  readonly text: string;
}

function fieldrefTest({ field, match, cased }: Extract<Test, { kind: 'fieldref' }>): ValueTest {
  const lookup = compileField(field);
  const most = match === 'equals' ? maxEqual : maxSearched;
  const read = (value: unknown): readonly Referred[] => {
    const elements: readonly unknown[] = Array.isArray(value) ? value : [value];
    return elements.slice(0, most).flatMap((each): readonly Referred[] => {
      const text = textOf(each);
      return text === undefined ? [] : [{ value: each, text: cased ? text : foldCase(text) }];
    });
  };
  const holds = referredTests[match];
  return (value, fields) => {
    const others = lookup(fields).slice(0, most).flatMap(read).slice(0, most);
    return read(value).some((left) => others.some((right) => holds(left, right)));
  };
}

type FieldrefMatch = Extract<Test, { kind: 'fieldref' }>['match'];

const referredTests: Readonly<Record<FieldrefMatch, (left: Referred, right: Referred) => boolean>> = {
  equals: (left, right) => left.text === right.text || sameNumber(left.value, right.value),
  contains: ({ text }, { text: other }) => other.length <= maxNeedle && text.slice(0, maxHaystack).includes(other),
  startswith: ({ text }, { text: other }) => text.startsWith(other),
  endswith: ({ text }, { text: other }) => text.endsWith(other),
};

/** Two texts are the same only letter for letter, but a number is the same as its digits. */
function sameNumber(left: unknown, right: unknown): boolean {
  if (typeof left !== 'number' && typeof right !== 'number') return false;
  const number = numberOf(left);
  return number !== undefined && number === numberOf(right);
}
