import type { Fields } from '../../../model/log-record.ts';
import { isObject } from '../../ingested.ts';

/** Names that would reach beyond the object that they are written into. */
const reserved: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * valueAt gives the value at a dotted path, nested or with the dots in its keys (`aws.cloudtrail.event_version`): search engines
 * give both. A list of one, which search engines make of each field, is its element.
 */
export function valueAt(value: Fields, path: string): unknown {
  return read(value, splitPath(path));
}

/** A path, and each way to split it into a key and the path below it. */
interface Path {
  readonly whole: string;
  readonly splits: readonly { readonly key: string; readonly rest: Path }[];
}

function read(value: Fields, { whole, splits }: Path): unknown {
  const found = value[whole];
  if (found !== undefined && Object.hasOwn(value, whole)) return single(found);
  for (const { key, rest } of splits) {
    const inner = value[key];
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(value, key)) continue;
    const one = single(inner);
    const below = isObject(one) ? read(one, rest) : undefined;
    if (below !== undefined) return below;
  }
  return undefined;
}

/** The paths are those of the tables in this folder and its neighbours: a few hundred, asked for with every object. */
const paths = new Map<string, Path>();

function splitPath(path: string): Path {
  const known = paths.get(path);
  if (known !== undefined) return known;
  const splits: Path['splits'][number][] = [];
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    splits.push({ key: path.slice(0, dot), rest: splitPath(path.slice(dot + 1)) });
  }
  const made = { whole: path, splits };
  paths.set(path, made);
  return made;
}

/** textAt is valueAt for a text that isn't empty. */
export function textAt(value: Fields, path: string): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** nested makes one object of values at dotted paths: `{ 'a.b': 1 }` becomes `{ a: { b: 1 } }`. Splunk's `a{}.b` is a list's. */
export function nested(values: Iterable<readonly [path: string, value: unknown]>): Fields {
  const root: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const keys = path.split('.');
    if (keys.some((key) => reserved.has(key)) || keys.length > 20) continue;
    place(root, keys, value);
  }
  return root;
}

function place(root: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let at = root;
  for (const [index, key] of keys.entries()) {
    const listed = key.endsWith('{}');
    const name = listed ? key.slice(0, -2) : key;
    if (index === keys.length - 1) {
      at[name] = listed && !Array.isArray(value) ? [value] : value;
      return;
    }
    const there = Object.hasOwn(at, name) ? at[name] : undefined;
    const inner = Array.isArray(there) ? (there[0] as unknown) : there;
    // A scalar there, e.g. a text, is replaced by the object of its parts.
    const next: Record<string, unknown> = isObject(inner) ? inner : {};
    if (next !== inner) at[name] = listed ? [next] : next;
    at = next;
  }
}

function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}
