import { isInside, parseAddress, parseNetwork } from '../address.ts';
import type { Network } from '../address.ts';
import type { Fields, NumberComparison, Test } from '../expr.ts';
import { compileField, maxValues } from '../field.ts';
import { compileRegex } from '../regex/compile.ts';
import { foldCase, numberOf, textOf } from '../text.ts';
import { datePartOf } from './date-part.ts';
import { jsonTextOf } from './record-text.ts';
import { compilePatterns } from './text-test.ts';
import type { Meter, TextTest } from './text-test.ts';

export type ValueTest = (value: unknown, fields: Fields) => boolean;

/** compileValueTest prepares a test of one field's value; `null` and `exists` are about the field, not about its value. */
export function compileValueTest(test: Exclude<Test, { kind: 'exists' }>, meter: Meter): ValueTest {
  switch (test.kind) {
    case 'pattern':
    case 'regex':
      return anyText(compileTextTest(test, meter), meter);
    case 'equals':
      return anyElement(equalTest(test.value));
    case 'compare':
      return anyElement(comparing(test.op, test.value, numberOf));
    case 'cidr':
      return anyElement(insideTest(test.networks));
    case 'null':
      return (value) => value === null;
    case 'fieldref':
      return fieldrefTest(test);
    case 'datepart': {
      const { part } = test;
      return anyElement(comparing(test.op, test.value, (value) => datePartOf(value, part)));
    }
    default:
      throw new Error(test satisfies never);
  }
}

/** compileTextTest prepares the tests that look at text. */
export function compileTextTest(test: Extract<Test, { kind: 'pattern' | 'regex' }>, meter: Meter): TextTest {
  if (test.kind === 'pattern') return compilePatterns(test.patterns, test.cased, meter);
  const regex = compileRegex(test.source, test.flags);
  if ('fault' in regex) throw new Error(`regex ${JSON.stringify(test.source)}: ${regex.fault}`);
  return (text) => {
    const length = Math.min(text.length, meter.left);
    meter.left -= length;
    return regex.test(length === text.length ? text : text.slice(0, length));
  };
}

/** anyText tests a value's text; of an array, each element's; of objects and arrays also their compact JSON. */
function anyText(test: TextTest, meter: Meter): ValueTest {
  const inside = (value: unknown, depth: number): boolean => {
    const text = textOf(value);
    if (text !== undefined) return test(text);
    if (typeof value !== 'object' || value === null || depth > 8) return false;
    if (Array.isArray(value)) {
      const elements = value as readonly unknown[];
      for (let index = 0; index < elements.length; index += 1) {
        // Each element costs a little even when it is short.
        meter.left -= 4;
        if (meter.left <= 0) return false;
        if (inside(elements[index], depth + 1)) return true;
      }
    }
    return test(jsonTextOf(value));
  };
  return (value) => inside(value, 0);
}

/** anyElement tests a value, or each element of an array. */
function anyElement(test: (value: unknown) => boolean): ValueTest {
  return (value) => {
    if (!Array.isArray(value)) return test(value);
    const elements = value as readonly unknown[];
    const length = Math.min(elements.length, maxValues);
    for (let index = 0; index < length; index += 1) if (test(elements[index])) return true;
    return false;
  };
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

// Two fields that hold lists are compared element by element, so both lists have to be short.
const maxReferred = 100;

function fieldrefTest({ field, match, cased }: Extract<Test, { kind: 'fieldref' }>): ValueTest {
  const lookup = compileField(field);
  const fold = cased ? (text: string) => text : foldCase;
  const holds = (left: unknown, right: unknown): boolean => {
    const text = textOf(left);
    const other = textOf(right);
    if (text === undefined || other === undefined) return false;
    switch (match) {
      case 'equals':
        if (typeof left === 'number' || typeof right === 'number') {
          const number = numberOf(left);
          if (number !== undefined && number === numberOf(right)) return true;
        }
        return text.length === other.length ? fold(text) === fold(other) : false;
      case 'contains':
        return other.length <= maxNeedle && fold(text.slice(0, maxHaystack)).includes(fold(other));
      case 'startswith':
        return fold(text.slice(0, other.length)) === fold(other);
      case 'endswith':
        return text.length >= other.length && fold(text.slice(text.length - other.length)) === fold(other);
      default:
        throw new Error(match satisfies never);
    }
  };
  return (value, fields) => {
    const others = lookup(fields)
      .flatMap((other) => elementsOf(other))
      .slice(0, maxReferred);
    return elementsOf(value)
      .slice(0, maxReferred)
      .some((left) => others.some((right) => holds(left, right)));
  };
}

// `includes` with a text that the record chose may take a step for each pair of characters.
const maxNeedle = 1_024;
const maxHaystack = 16_384;

function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}
