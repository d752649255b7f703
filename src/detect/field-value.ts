import type { Fields } from '../model/log-record.ts';

const none: readonly string[] = [];

/** valueOf reads a field: a key of that very name first, then the path that its dots spell; undefined when there is neither. */
export function valueOf(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  if (!name.includes('.')) return undefined;
  const found: unknown[] = [];
  const spread = collect(fields, name.split('.'), 0, found);
  return spread ? (found.length === 0 ? undefined : found) : found[0];
}

/** collect walks a path, through every element of the arrays on its way, and says whether it met one. */
function collect(value: unknown, path: readonly string[], depth: number, found: unknown[]): boolean {
  const key = path[depth];
  if (key === undefined) {
    found.push(value);
    return false;
  }
  if (Array.isArray(value)) {
    for (const item of value) collect(item, path, depth, found);
    return true;
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
  return collect((value as Fields)[key], path, depth + 1, found);
}

/** literalsOf gives every text, lower-cased, that a literal test of the field could be compared with. */
export function literalsOf(fields: Fields, name: string): readonly string[] {
  const value = valueOf(fields, name);
  if (value === undefined || value === null) return none;
  if (typeof value === 'string') return [value.toLowerCase()];
  if (typeof value !== 'object') return [String(value).toLowerCase()];
  const literals = [textOf(value).toLowerCase()];
  if (Array.isArray(value)) for (const item of value.flat(Infinity)) literals.push(textOf(item).toLowerCase());
  return literals;
}

/** textOf is a value as text: scalars as they are, objects and arrays as compact JSON. It never throws. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    // Nested deeper than the stack: nobody can name such a value in a rule.
    return Array.isArray(value) ? '[…]' : '{…}';
  }
}
