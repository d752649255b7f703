import { maxDepth } from './json-text.ts';

/**
 * salvageJson ends a truncated JSON text behind its last complete list element and closes the open brackets, so that the elements
 * before the cut can be read; undefined when no element is complete. It takes one pass.
 */
export function salvageJson(text: string): string | undefined {
  const open: string[] = [];
  let whole: { readonly end: number; readonly closing: string } | undefined;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
      continue;
    }
    switch (char) {
      case '"':
        inString = true;
        break;
      case '{':
      case '[':
        if (open.push(char === '{' ? '}' : ']') > maxDepth) return undefined;
        break;
      case '}':
      case ']':
        if (open.pop() !== char) return undefined;
        // Only list elements count: an object without its last keys would be a different object.
        if (open.at(-1) === ']') whole = { end: at + 1, closing: open.toReversed().join('') };
        break;
      default:
    }
  }
  return whole === undefined ? undefined : text.slice(0, whole.end) + whole.closing;
}
