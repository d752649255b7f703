/**
 * Readers of values that nobody checked: a record's fields may be of any type and any shape. Each gives what was asked
 * for or nothing, and none throws.
 */

type Json = Readonly<Record<string, unknown>>;

/** objectOf is the value when it is a plain object, else an empty one. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** isObject recognises a JSON object. */
export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** listOf is the value when it is an array, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** at walks own keys only, so that a field named `constructor` or `__proto__` is never mistaken for data. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (!isObject(here) || !Object.hasOwn(here, key)) return undefined;
    here = here[key];
  }
  return here;
}

/** textOf is a string that says something, or a number or boolean as text; objects have none. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return undefined;
}

/** textAt is textOf the value at a path. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  return textOf(at(value, ...path));
}

/** flagOf reads a boolean, also where a source writes it as text: CloudTrail has both `true` and `"true"`. */
export function flagOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  const text = value.toLowerCase();
  if (text === 'true' || text === 'yes') return true;
  if (text === 'false' || text === 'no') return false;
  return undefined;
}

/** accountOf is the value when it is an AWS account number: twelve digits. */
export function accountOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value).padStart(12, '0') : value;
  return typeof text === 'string' && /^\d{12}$/.test(text) ? text : undefined;
}

/** defined drops the keys that hold nothing, which exact optional properties forbid to be `undefined`. */
export function defined<T extends object>(parts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
