const special = /[\u0130\u03a3]/;

/**
 * foldCase is simple lower-casing: each character by itself, so that parts of a folded text are the folded parts.
 * `toLowerCase` does the same but for capital sigma, which it reads by its neighbours, and dotted capital I, which it
 * makes two characters of.
 */
export function foldCase(text: string): string {
  const simple = special.test(text) ? text.replaceAll('\u03a3', '\u03c3').replaceAll('\u0130', 'i') : text;
  return simple.toLowerCase();
}

const numeric = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;

/** numberOf gives the number that a value is or spells; undefined when it is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  // 400 digits are more than a double can tell apart.
  if (typeof value !== 'string' || value.length > 400 || !numeric.test(value)) return undefined;
  return Number(value);
}

/** textOf gives a single value as text: undefined for null, objects and arrays. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : undefined;
}
