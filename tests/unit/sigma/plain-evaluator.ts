import type { Expr, Fields, Pattern, Test } from '../../../src/sigma/match.ts';

/**
 * evaluate asks an expression of a record in the plainest way there is, for properties to compare the matcher with: one
 * pattern after the other, each as a backtracking regular expression. It knows the tests that the properties make.
 */
export function evaluate(expr: Expr, fields: Fields): boolean {
  switch (expr.kind) {
    case 'and':
      return expr.items.every((item) => evaluate(item, fields));
    case 'or':
      return expr.items.some((item) => evaluate(item, fields));
    case 'not':
      return !evaluate(expr.item, fields);
    case 'constant':
      return expr.value;
    case 'keyword':
      return holds(expr.test, leavesOf(fields).join('\n'));
    case 'element':
      return valuesOf(fields, expr.field)
        .flat(9)
        .some((each) => typeof each === 'object' && each !== null && evaluate(expr.item, each as Fields));
    case 'field': {
      const values = valuesOf(fields, expr.field);
      if (expr.test.kind === 'exists') return values.length > 0;
      if (expr.test.kind === 'null') return values.length === 0 || values.includes(null);
      return values.some((value) => someHolds(expr.test, value));
    }
    default:
      throw new Error(expr satisfies never);
  }
}

function someHolds(test: Test, value: unknown): boolean {
  const textual = test.kind === 'pattern' || test.kind === 'regex';
  if (Array.isArray(value) && value.some((each: unknown) => someHolds(test, each))) return true;
  if (typeof value !== 'object') return holds(test, value);
  return value !== null && textual && holds(test, JSON.stringify(value));
}

function holds(test: Test, value: unknown): boolean {
  switch (test.kind) {
    case 'pattern':
      return test.patterns.some((pattern) =>
        new RegExp(sourceOf(pattern, test.cased), 'su').test(fold(String(value), test.cased)),
      );
    case 'regex':
      return new RegExp(test.source, `${test.flags}u`).test(String(value));
    case 'equals':
      return typeof test.value === 'boolean'
        ? fold(String(value), false) === String(test.value)
        : numberIn(value) === Number(test.value);
    case 'compare': {
      const number = numberIn(value);
      const compare = {
        lt: number < test.value,
        lte: number <= test.value,
        gt: number > test.value,
        gte: number >= test.value,
      };
      return compare[test.op];
    }
    case 'cidr':
    case 'null':
    case 'exists':
    case 'fieldref':
    case 'datepart':
      throw new Error(`no property makes ${test.kind} of a value`);
    default:
      throw new Error(test satisfies never);
  }
}

function numberIn(value: unknown): number {
  const numeric = typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value));
  return numeric ? Number(value) : Number.NaN;
}

function fold(text: string, cased: boolean): string {
  return cased ? text : Array.from(text, (char) => (char === 'Σ' ? 'σ' : char.toLowerCase())).join('');
}

function sourceOf(pattern: Pattern, cased: boolean): string {
  const parts = pattern.map((part) => {
    if (typeof part === 'string') return fold(part, cased).replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
    return part.wildcard === 'any' ? '.*' : '.';
  });
  return `^${parts.join('')}$`;
}

function valuesOf(fields: Fields, field: string): readonly unknown[] {
  if (Object.hasOwn(fields, field)) return [fields[field]];
  let values: readonly unknown[] = [fields];
  for (const step of field.split('.')) {
    values = values
      .flatMap((value): readonly unknown[] => (Array.isArray(value) ? value.flat() : [value]))
      .flatMap((value) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, step) ? [(value as Fields)[step]] : [],
      );
  }
  return values;
}

function leavesOf(value: unknown): readonly string[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'object') return Object.values(value).flatMap(leavesOf);
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}
