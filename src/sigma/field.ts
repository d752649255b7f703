import type { Fields } from './expr.ts';

const derivedPrefix = 'derived.';

/**
 * isDerived says whether a field is computed from the record by the caller (`derived.…`), where others stand in it. Its
 * value costs time, so it is looked up only when every cheaper test of a rule holds.
 */
export function isDerived(field: string): boolean {
  return field.startsWith(derivedPrefix);
}

/** The most values that one lookup gives: arrays in records are never this long, except to slow the engine down. */
const maxValues = 10_000;

/**
 * compileField prepares the lookup of a field, which lists the values a record has under that name, none when it is
 * missing: those of the literal key first, else of a path whose dots step into objects, and through arrays into each of
 * their elements. Only own properties count, so `constructor` is a field like any other.
 */
export function compileField(field: string): (fields: Fields) => readonly unknown[] {
  return (fields) => {
    const values: unknown[] = [];
    anyValue(field, (value) => {
      values.push(value);
      return false;
    })(fields);
    return values;
  };
}

/** anyValue answers whether a test holds for any value of a field; for a missing field it gives `missing`. */
export function anyValue(
  field: string,
  test: (value: unknown) => boolean,
  missing = false,
): (fields: Fields) => boolean {
  if (!field.includes('.')) {
    return (fields) => (Object.hasOwn(fields, field) ? test(fields[field]) : missing);
  }
  const steps = field.split('.');
  return (fields) => {
    if (Object.hasOwn(fields, field)) return test(fields[field]);
    let value: unknown = fields;
    for (let index = 0; index < steps.length; index += 1) {
      if (typeof value !== 'object' || value === null) return missing;
      if (Array.isArray(value)) {
        const found = throughArrays(value, steps, index);
        return found.length === 0 ? missing : found.some(test);
      }
      const step = steps[index] ?? '';
      if (!Object.hasOwn(value, step)) return missing;
      value = (value as Fields)[step];
    }
    return test(value);
  };
}

/** throughArrays lists what the rest of a path reaches, from an array on. */
function throughArrays(array: readonly unknown[], steps: readonly string[], from: number): readonly unknown[] {
  let values: readonly unknown[] = array;
  for (let index = from; index < steps.length; index += 1) {
    const step = steps[index] ?? '';
    const found: unknown[] = [];
    for (const value of values) {
      if (found.length >= maxValues) break;
      collect(value, step, found);
    }
    values = found;
  }
  return values;
}

function collect(value: unknown, step: string, found: unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  // Of an array inside an array, the elements are looked at, but no deeper: a path names fields, not places.
  for (const object of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
    if (found.length >= maxValues) return;
    if (typeof object === 'object' && object !== null && Object.hasOwn(object, step))
      found.push((object as Fields)[step]);
  }
}
