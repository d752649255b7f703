import { maxDepth } from './json-text.ts';

/**
 * salvageJson closes a JSON text that was cut off behind the last element that is whole, so that what stands before the cut can be
 * read; undefined when nothing is whole. It takes one pass.
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
        // Only an element of a list is whole by itself: an object that lacks its last keys is another one.
        if (open.at(-1) === ']') whole = { end: at + 1, closing: open.toReversed().join('') };
        break;
      default:
    }
  }
  return whole === undefined ? undefined : text.slice(0, whole.end) + whole.closing;
}
