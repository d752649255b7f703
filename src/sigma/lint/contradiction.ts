import { compileMatcher } from '../backends/matcher.ts';
import { conjunctionsOf, type Leaf, type Literal } from './conjunctions.ts';
import type { Expr, Test } from '../expr.ts';
import { literalOf } from '../pattern.ts';

/** Contradiction is why an expression can't be true. `certain`: not even for a field that holds a list of values. */
export interface Contradiction {
  readonly reason: string;
  readonly certain: boolean;
}

/** contradictionIn says why an expression can't be true of any record; undefined when it may be, or when that can't be told. */
export function contradictionIn(expr: Expr): Contradiction | undefined {
  const conjunctions = conjunctionsOf(expr);
  if (conjunctions === undefined) return undefined;
  const found = conjunctions.map(contradictionOf);
  const [first] = found;
  if (found.some((one) => one === undefined)) return undefined;
  // No alternative at all is an empty `or`.
  if (first === undefined) return { reason: 'it has no alternative left', certain: true };
  return { reason: first.reason, certain: found.every((one) => one?.certain === true) };
}

function contradictionOf(literals: readonly Literal[]): Contradiction | undefined {
  for (const { leaf, negated } of literals) {
    if (leaf.kind === 'constant' && leaf.value === negated)
      return { reason: 'a part of it is never true', certain: true };
  }
  for (const [index, first] of literals.entries()) {
    for (const second of literals.slice(index + 1)) {
      const found = between(first, second);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function between(a: Literal, b: Literal): Contradiction | undefined {
  if (a.leaf.kind === 'constant' || b.leaf.kind === 'constant' || nameOf(a.leaf) !== nameOf(b.leaf)) return undefined;
  // Two elements of a list may meet what one can't.
  if (a.leaf.kind === 'element' || b.leaf.kind === 'element') return undefined;
  const name = nameOf(a.leaf);
  if (a.negated && b.negated) return undefined;
  if (a.negated !== b.negated) {
    const [wanted, refused] = a.negated ? [b.leaf, a.leaf] : [a.leaf, b.leaf];
    if (!implies(wanted, refused)) return undefined;
    return { reason: `${name} would have to match and not to match the same`, certain: true };
  }
  if (a.leaf.kind !== 'field' || b.leaf.kind !== 'field') return undefined;
  return excludes(name, a.leaf.test, b.leaf.test) ?? excludes(name, b.leaf.test, a.leaf.test);
}

function nameOf(leaf: Leaf): string {
  return leaf.kind === 'field' || leaf.kind === 'element' ? `field ${leaf.field}` : 'the keywords';
}

/** implies says whether whatever meets one leaf surely meets the other, which is of the same field. */
function implies(one: Leaf, other: Leaf): boolean {
  if ((one.kind !== 'field' && one.kind !== 'keyword') || (other.kind !== 'field' && other.kind !== 'keyword'))
    return false;
  if (one.kind !== other.kind) return false;
  if (JSON.stringify(one.test) === JSON.stringify(other.test)) return true;
  if (one.kind !== 'field') return false;
  if (other.test.kind === 'exists') return !absent(one.test);
  const texts = literalsOf(one.test);
  if (texts === undefined || other.test.kind !== 'pattern') return false;
  return texts.every(meeting(other.test));
}

/** excludes says why a field that meets the first test can't meet the second too. */
function excludes(name: string, first: Test, second: Test): Contradiction | undefined {
  if (first.kind === 'null' && !absent(second) && second.kind !== 'exists' && !matchesNothing(second)) {
    return { reason: `${name} would have to be null and to have a value`, certain: true };
  }
  if (first.kind === 'compare' && second.kind === 'compare') {
    const low = first.op === 'gt' || first.op === 'gte' ? first : undefined;
    const high = second.op === 'lt' || second.op === 'lte' ? second : undefined;
    if (low === undefined || high === undefined) return undefined;
    const open = low.op === 'gt' || high.op === 'lt';
    if (low.value < high.value || (low.value === high.value && !open)) return undefined;
    return { reason: `${name} would have to be above ${low.value} and below ${high.value}`, certain: false };
  }
  const texts = literalsOf(first);
  if (texts === undefined || (second.kind !== 'pattern' && second.kind !== 'regex')) return undefined;
  if (texts.some(meeting(second))) return undefined;
  const shown = texts.slice(0, 3).map((text) => JSON.stringify(text));
  return { reason: `${name} would have to be ${shown.join(' or ')} and something else`, certain: false };
}

function absent(test: Test): boolean {
  return test.kind === 'null';
}

/** A pattern without any text, as `*`, may be met by a field that holds nothing. */
function matchesNothing(test: Test): boolean {
  return (
    test.kind === 'fieldref' ||
    (test.kind !== 'pattern' ? false : test.patterns.some((one) => one.every((part) => typeof part !== 'string')))
  );
}

/** The texts that a test without wildcards accepts. */
function literalsOf(test: Test): readonly string[] | undefined {
  if (test.kind === 'equals' && typeof test.value !== 'object') return [String(test.value)];
  if (test.kind !== 'pattern') return undefined;
  const texts = test.patterns.map(literalOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function meeting(test: Test): (text: string) => boolean {
  const matches = compileMatcher({ kind: 'field', field: 'value', test });
  return (value) => matches({ value });
}
