import type { Fields } from '../expr.ts';
import { textOf } from '../text.ts';

// A record is at most a few hundred kilobytes where it comes from; these bounds are for records made to be larger.
const maxLeaves = 100_000;
const maxChars = 4 * 1024 * 1024;
const maxDepth = 200;

const jsonTexts = new WeakMap<object, string>();
const leafTexts = new WeakMap<object, string>();

/** jsonTextOf gives an object or array as compact JSON; '' when it nests too deep to be written. */
export function jsonTextOf(value: object): string {
  const known = jsonTexts.get(value);
  if (known !== undefined) return known;
  const text = isDeep(value) ? '' : JSON.stringify(value);
  jsonTexts.set(value, text);
  return text;
}

/** leafTextOf gives the values of a record's leaves, joined by newlines: what keywords search. */
export function leafTextOf(fields: Fields): string {
  const known = leafTexts.get(fields);
  if (known !== undefined) return known;
  const leaves: string[] = [];
  let chars = 0;
  // A stack of its own, because a record may nest deeper than calls may.
  const stack: unknown[] = [fields];
  while (stack.length > 0 && leaves.length < maxLeaves && chars < maxChars) {
    const value = stack.pop();
    const text = textOf(value);
    if (text !== undefined) {
      leaves.push(text);
      chars += text.length + 1;
    } else if (typeof value === 'object' && value !== null) {
      const children: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
      for (let index = Math.min(children.length, maxLeaves) - 1; index >= 0; index -= 1) stack.push(children[index]);
    }
  }
  const text = leaves.join('\n');
  leafTexts.set(fields, text);
  return text;
}

function isDeep(value: object): boolean {
  let level: readonly object[] = [value];
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const below: object[] = [];
    for (const each of level) {
      for (const child of Object.values(each) as readonly unknown[]) {
        if (typeof child === 'object' && child !== null) below.push(child);
      }
    }
    if (below.length === 0) return false;
    level = below;
  }
  return true;
}
