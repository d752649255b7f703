import type { Fields } from '../model/log-record.ts';
import { compileField, textOf } from '../sigma/match.ts';

/** Lookup lists the values a record has under a field's name. */
export type Lookup = (fields: Fields) => readonly unknown[];

/** Field names come from rules, so there are few; a lookup is prepared once for each. */
const lookups = new Map<string, Lookup>();
const maxLookups = 10_000;

/** lookupOf prepares the lookup of a field, just as the rules' own conditions do it. */
export function lookupOf(field: string): Lookup {
  let lookup = lookups.get(field);
  if (lookup === undefined) {
    if (lookups.size >= maxLookups) lookups.clear();
    lookup = compileField(field);
    lookups.set(field, lookup);
  }
  return lookup;
}

/** valueOf gives a field's value, several as an array; undefined when the record has none. */
export function valueOf(fields: Fields, field: string): unknown {
  const values = lookupOf(field)(fields);
  return values.length > 1 ? values : values[0];
}

/** valueText is any value as text: scalars as they are, null as '', objects and arrays as compact JSON. It never throws. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return textOf(value) ?? jsonText(value);
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    // Nested deeper than the stack.
    return Array.isArray(value) ? '[…]' : '{…}';
  }
}
