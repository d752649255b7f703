import { passesOf } from './aho-corasick.ts';
import { globNanoseconds } from './glob.ts';
import type { Expr, Pattern, Test } from '../expr.ts';
import { isAny } from '../pattern.ts';
import { compileRegex } from '../regex/compile.ts';

// What one match may take, in nanoseconds, with room for the parts that don't depend on the text's length.
const budget = 36_000_000;
const most = 4 * 1024 * 1024;

/** The least number of characters of a value that a rule must be able to search, else it is refused. */
export const leastScan = 64 * 1024;

/**
 * scanLimitOf says how many characters of a field's value each test of an expression may search so that all of them
 * together keep within a match's time. A rule of ordinary size reaches megabytes, more than any record has; only rules
 * with very many searches or very large regexes have less.
 */
export function scanLimitOf(expr: Expr): number {
  return Math.max(1, Math.min(most, Math.floor(budget / Math.max(1, costOf(expr)))));
}

/** costOf says how many nanoseconds an expression may take for each character of the texts that it searches, at worst. */
function costOf(expr: Expr): number {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.items.reduce((sum, item) => sum + costOf(item), 0);
    case 'not':
      return costOf(expr.item);
    case 'element':
      return perTest + costOf(expr.item);
    case 'constant':
      return 0;
    case 'field':
    case 'keyword':
      return testCost(expr.test);
    default:
      throw new Error(expr satisfies never);
  }
}

function testCost(test: Test): number {
  switch (test.kind) {
    case 'pattern':
      return patternsCost(test.patterns);
    case 'regex': {
      const regex = compileRegex(test.source, test.flags);
      return perTest + ('fault' in regex ? 0 : regex.cost);
    }
    case 'equals':
    case 'compare':
    case 'cidr':
    case 'datepart':
    case 'fieldref':
      return perTest;
    case 'null':
    case 'exists':
      return 0;
    default:
      throw new Error(test satisfies never);
  }
}

// Arrays count as texts of `elementLength` characters an element, so that many tests look at fewer elements.
const perTest = 1;
const searchStep = 5;

function patternsCost(patterns: readonly Pattern[]): number {
  const inner: string[] = [];
  let cost = perTest;
  for (const pattern of patterns) {
    const [first, text, last] = pattern;
    if (pattern.length === 3 && isAny(first) && typeof text === 'string' && isAny(last)) inner.push(text);
    else cost += globNanoseconds(pattern);
  }
  return cost + (inner.length === 0 ? 0 : passesOf(inner) * searchStep);
}
