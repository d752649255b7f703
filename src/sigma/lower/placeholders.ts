import type { Pattern, PatternPart } from '../expr.ts';
import { joined, parsePattern } from '../pattern.ts';

/** Placeholders gives each `%name%` its values, which may hold wildcards. */
export type Placeholders = Readonly<Record<string, readonly string[]>>;

type Missing = (placeholder: string) => never;

/** expandPattern replaces the `%name%` in a pattern by each of their values, in all combinations. */
export function expandPattern(
  pattern: Pattern,
  placeholders: Placeholders,
  missing: Missing,
  limit: number,
  tooMany: () => never,
): readonly Pattern[] {
  let patterns: readonly Pattern[] = [[]];
  for (const part of pattern) {
    const pieces: readonly (readonly Pattern[])[] =
      typeof part === 'string' ? split(part).map((piece) => alternativesOf(piece, placeholders, missing)) : [[[part]]];
    for (const alternatives of pieces) {
      if (patterns.length * alternatives.length > limit) tooMany();
      patterns = patterns.flatMap((before) => alternatives.map((after): Pattern => [...before, ...after]));
    }
  }
  return patterns.map(joined);
}

/** expandRegex replaces the `%name%` in a regular expression by a group of their values, taken literally. */
export function expandRegex(source: string, placeholders: Placeholders, missing: Missing): string {
  return split(source)
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      const values = valuesOf(piece.name, placeholders, missing);
      return `(?:${values.map((value) => value.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')})`;
    })
    .join('');
}

function alternativesOf(
  piece: string | { name: string },
  placeholders: Placeholders,
  missing: Missing,
): readonly Pattern[] {
  if (typeof piece === 'string') return [[piece satisfies PatternPart]];
  return valuesOf(piece.name, placeholders, missing).map((value) => parsePattern(value));
}

function valuesOf(name: string, placeholders: Placeholders, missing: Missing): readonly string[] {
  const values = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
  return values ?? missing(name);
}

/** split finds `%name%`; a name has at least one character and no backslash. Any other % is itself. */
function split(text: string): readonly (string | { name: string })[] {
  const pieces: (string | { name: string })[] = [];
  let rest = 0;
  let open = text.indexOf('%');
  while (open >= 0) {
    const close = text.indexOf('%', open + 1);
    if (close < 0) break;
    const name = text.slice(open + 1, close);
    if (name === '' || name.includes('\\')) {
      open = close;
      continue;
    }
    if (open > rest) pieces.push(text.slice(rest, open));
    pieces.push({ name });
    rest = close + 1;
    open = text.indexOf('%', rest);
  }
  if (rest < text.length) pieces.push(text.slice(rest));
  return pieces;
}
