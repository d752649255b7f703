/** elementsOf gives an object's values by their names in lower case; the values of names that differ in case alone stand together. */
export function elementsOf(value: unknown): ReadonlyMap<string, readonly unknown[]> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const elements = new Map<string, unknown[]>();
  for (const [name, element] of Object.entries(value)) {
    const key = name.toLowerCase();
    const known = elements.get(key);
    if (known === undefined) elements.set(key, [element]);
    else known.push(element);
  }
  return elements;
}

/** valuesOf gives every value, those of lists one by one: a policy may spell a list of one as its only value. */
export function valuesOf(elements: readonly unknown[]): readonly unknown[] {
  return elements.flatMap((element): readonly unknown[] => (Array.isArray(element) ? element : [element]));
}

/** textsOf gives the texts among the values. IAM takes numbers and booleans in conditions for their text. */
export function textsOf(elements: readonly unknown[]): readonly string[] {
  return valuesOf(elements).flatMap((value) =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'number' || typeof value === 'boolean'
        ? [String(value)]
        : [],
  );
}
