import type { Pattern } from '../expr.ts';

// The characters that Windows programs take for the dash of an option: also en dash, em dash and horizontal bar.
const dashes = ['-', '/', '\u2013', '\u2014', '\u2015'];
const maxDashes = 3;
const wordChar = /[\p{L}\p{N}_]/u;

/**
 * windowsDashes gives a pattern with each dash or slash that begins a word (a word character behind it, none before it)
 * in all its spellings; undefined when more than three would have to be combined.
 */
export function windowsDashes(pattern: Pattern): readonly Pattern[] | undefined {
  let patterns: readonly Pattern[] = [[]];
  let found = 0;
  for (const part of pattern) {
    if (typeof part !== 'string') {
      patterns = patterns.map((before): Pattern => [...before, part]);
      continue;
    }
    const pieces = splitAtDashes(part);
    found += pieces.length - 1;
    if (found > maxDashes) return undefined;
    let texts = [pieces[0] ?? ''];
    for (const piece of pieces.slice(1)) texts = texts.flatMap((before) => dashes.map((dash) => before + dash + piece));
    patterns = patterns.flatMap((before) => texts.map((text): Pattern => [...before, text]));
  }
  return patterns;
}

function splitAtDashes(text: string): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    if ((char !== '-' && char !== '/') || !wordChar.test(text.charAt(index + 1))) continue;
    if (index > 0 && wordChar.test(text.charAt(index - 1))) continue;
    pieces.push(text.slice(start, index));
    start = index + 1;
  }
  pieces.push(text.slice(start));
  return pieces;
}
