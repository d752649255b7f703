import { scanLimitOf } from './match-cost.ts';
import type { Expr, Fields, Matcher, Test } from '../expr.ts';
import { anyValue, isDerived } from '../field.ts';
import { leafTextOf } from './record-text.ts';
import { anyObject, compileTextTest, compileValueTest } from './value-test.ts';
import type { Meter } from './value-test.ts';

/**
 * compileMatcher turns an expression into a closure that does only what depends on the record. Its time is bounded by
 * the expression and by the scan limit, whatever the record holds; a part of a larger expression is given that one's. Throws when the expression holds a regex or network
 * that lowering would have refused.
 */
export function compileMatcher(expr: Expr, limit: number = scanLimitOf(expr)): Matcher {
  return compile(expr, { left: limit }, limit);
}

/** Each field of a record may be searched as far as `limit`; without it, all that is compiled shares what the meter has left. */
function compile(expr: Expr, meter: Meter, limit?: number): Matcher {
  switch (expr.kind) {
    case 'and':
      return conjunction(compileAll(cheapFirst(expr.items), meter, limit));
    case 'or':
      return disjunction(compileAll(cheapFirst(mergePatterns(expr.items)), meter, limit));
    case 'not': {
      const item = compile(expr.item, meter, limit);
      return (fields) => !item(fields);
    }
    case 'constant': {
      const { value } = expr;
      return () => value;
    }
    case 'keyword': {
      if (expr.test.kind !== 'pattern' && expr.test.kind !== 'regex') {
        throw new Error(`a keyword can't be tested for ${expr.test.kind}`);
      }
      const { test } = compileTextTest(expr.test);
      return (fields) => test(leafTextOf(fields), limit ?? meter.left);
    }
    case 'field':
      return compileField(expr.field, expr.test, meter, limit);
    case 'element':
      return compileElement(expr.field, compile(expr.item, meter), meter, limit);
    default:
      throw new Error(expr satisfies never);
  }
}

/** All elements of a field share what it may be searched. */
function compileElement(field: string, item: Matcher, meter: Meter, limit?: number): Matcher {
  const lookup = anyValue(field, anyObject(item, meter));
  return (fields) => {
    if (limit !== undefined) meter.left = limit;
    return lookup(fields);
  };
}

function compileField(field: string, test: Test, meter: Meter, limit?: number): Matcher {
  if (test.kind === 'exists') return anyValue(field, () => true);
  if (test.kind === 'null') return anyValue(field, (value) => value === null, true);
  const valueTest = compileValueTest(test, meter);
  // The one lookup is shared by all records, so what the test needs of this record is set before it runs.
  let current: Fields = {};
  const lookup = anyValue(field, (value) => valueTest(value, current));
  return (fields) => {
    if (limit !== undefined) meter.left = limit;
    current = fields;
    return lookup(fields);
  };
}

function compileAll(items: readonly Expr[], meter: Meter, limit?: number): readonly Matcher[] {
  return items.map((item) => compile(item, meter, limit));
}

function conjunction(items: readonly Matcher[]): Matcher {
  const [first, second] = items;
  if (items.length === 2 && first !== undefined && second !== undefined)
    return (fields) => first(fields) && second(fields);
  return (fields) => {
    for (const item of items) if (!item(fields)) return false;
    return true;
  };
}

function disjunction(items: readonly Matcher[]): Matcher {
  const [first, second] = items;
  if (items.length === 1 && first !== undefined) return first;
  if (items.length === 2 && first !== undefined && second !== undefined)
    return (fields) => first(fields) || second(fields);
  return (fields) => {
    for (const item of items) if (item(fields)) return true;
    return false;
  };
}

/** mergePatterns joins alternatives for the same field into one test, so that their literals become one set. */
function mergePatterns(items: readonly Expr[]): readonly Expr[] {
  const merged = new Map<string, Expr>();
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'field' || item.test.kind !== 'pattern') {
      merged.set(String(index), item);
      continue;
    }
    const key = `${item.test.cased ? 'cased' : 'folded'} ${item.field}`;
    const known = merged.get(key);
    const before = known?.kind === 'field' && known.test.kind === 'pattern' ? known.test.patterns : [];
    merged.set(key, { ...item, test: { ...item.test, patterns: [...before, ...item.test.patterns] } });
  }
  return [...merged.values()];
}

function cheapFirst(items: readonly Expr[]): readonly Expr[] {
  return items.map((item) => ({ item, rank: rankOf(item) })).toSorted((a, b) => a.rank - b.rank).map(({ item }) => item); // prettier-ignore
}

/** The order of tests can't change a result, since tests depend on the record alone; it only changes how soon it is known. */
function rankOf(expr: Expr): number {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.items.reduce((most, item) => Math.max(most, rankOf(item)), 0) + 1;
    case 'not':
      return rankOf(expr.item);
    case 'constant':
      return 0;
    case 'keyword':
      return 100;
    case 'element':
      return isDerived(expr.field) ? 200 : 40;
    case 'field':
      if (isDerived(expr.field)) return 200;
      if (expr.test.kind === 'regex') return 50;
      if (expr.test.kind === 'pattern') return expr.test.patterns.some((pattern) => pattern.length > 1) ? 3 : 1;
      return 2;
    default:
      throw new Error(expr satisfies never);
  }
}
