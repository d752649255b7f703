import { isObject, textAt, textOf } from '../read.ts';

/** Events are hostile and can be large: as much is read as a person would look at. */
const mostValues = 50;

/**
 * valuesAt gives what stands at a path of a call's parameters, through the lists on the way: `a.items.b` of all items. Services
 * differ in case only.
 */
export function valuesAt(parameters: unknown, path: string): readonly unknown[] {
  let here: readonly unknown[] = [parameters];
  for (const name of path.split('.'))
    here = here.flatMap((value) => valuesOf(value, name.toLowerCase())).slice(0, mostValues);
  return here.flatMap((value): readonly unknown[] => (Array.isArray(value) ? value.slice(0, mostValues) : [value]));
}

/** textsAt gives the texts at a path. */
export function textsAt(parameters: unknown, path: string): readonly string[] {
  // Some EC2 requests keep the XML they came in: `{ tag: 1, content: 'fl-…' }`.
  return valuesAt(parameters, path).flatMap((value) => textOf(value) ?? textAt(value, 'content') ?? []);
}

function valuesOf(value: unknown, lower: string): readonly unknown[] {
  if (Array.isArray(value))
    return value.slice(0, mostValues).flatMap((one: unknown) => (Array.isArray(one) ? [] : valuesOf(one, lower)));
  if (!isObject(value)) return [];
  for (const [name, inner] of Object.entries(value).slice(0, mostNames))
    if (name.toLowerCase() === lower) return [inner];
  return [];
}

/** No call has more parameters. */
const mostNames = 200;
