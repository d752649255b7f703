import type { Expr, Fields, Pattern, Test } from '../../src/sigma/match.ts';

/**
 * evaluate asks an expression of a record the plain way: it walks the tree for every record, prepares nothing and skips
 * nothing. Benchmarks measure against it.
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
      return test(expr.test, leaves(fields).join('\n'), fields);
    case 'element':
      return [read(fields, expr.field)]
        .flat(9)
        .some((each) => typeof each === 'object' && each !== null && evaluate(expr.item, each as Fields));
    case 'field': {
      const value = read(fields, expr.field);
      if (expr.test.kind === 'exists') return value !== undefined;
      if (expr.test.kind === 'null') return value === undefined || value === null;
      if (value === undefined) return false;
      const values = Array.isArray(value) ? [...(value as readonly unknown[]), JSON.stringify(value)] : [value];
      return values.some((each) => test(expr.test, each, fields));
    }
    default:
      throw new Error(expr satisfies never);
  }
}

function test(wanted: Test, value: unknown, fields: Fields): boolean {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  switch (wanted.kind) {
    case 'pattern':
      return wanted.patterns.some((pattern) => new RegExp(sourceOf(pattern), wanted.cased ? 's' : 'is').test(text));
    case 'regex':
      return new RegExp(wanted.source, wanted.flags).test(text);
    case 'equals':
      return text === String(typeof wanted.value === 'object' ? wanted.value.bigint : wanted.value);
    case 'compare':
      return {
        lt: Number(text) < wanted.value,
        lte: Number(text) <= wanted.value,
        gt: Number(text) > wanted.value,
        gte: Number(text) >= wanted.value,
      }[wanted.op];
    case 'fieldref':
      return text === read(fields, wanted.field);
    case 'cidr':
    case 'datepart':
    case 'null':
    case 'exists':
      // Too rare in the rules measured to tell in a time.
      return false;
    default:
      throw new Error(wanted satisfies never);
  }
}

function sourceOf(pattern: Pattern): string {
  const parts = pattern.map((part) =>
    typeof part === 'string' ? part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&') : part.wildcard === 'any' ? '.*' : '.',
  );
  return `^${parts.join('')}$`;
}

function read(fields: Fields, name: string): unknown {
  if (name in fields) return fields[name];
  return name.split('.').reduce<unknown>((value, key) => (value as Fields | undefined | null)?.[key], fields);
}

function leaves(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
  return Object.values(value).flatMap(leaves);
}
