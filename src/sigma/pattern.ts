import type { Pattern, PatternPart } from './expr.ts';

const any: PatternPart = { wildcard: 'any' };
const one: PatternPart = { wildcard: 'one' };

/**
 * parsePattern reads a string of a rule: `*` and `?` are wildcards; a backslash makes a wildcard or a backslash behind it
 * literal, and is itself literal before anything else.
 */
export function parsePattern(text: string): Pattern {
  const parts: PatternPart[] = [];
  let literal = '';
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charAt(index);
    const next = text.charAt(index + 1);
    if (char === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      index += 1;
    } else if (char === '*' || char === '?') {
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(char === '*' ? any : one);
    } else literal += char;
  }
  if (literal !== '') parts.push(literal);
  return joined(parts);
}

/** printPattern writes a pattern so that parsePattern reads the same pattern again. */
export function printPattern(pattern: Pattern): string {
  return pattern
    .map((part) =>
      typeof part === 'string' ? part.replaceAll(/[\\*?]/g, '\\$&') : part.wildcard === 'any' ? '*' : '?',
    )
    .join('');
}

/** literalOf gives the text of a pattern without wildcards; undefined when it has some. */
export function literalOf(pattern: Pattern): string | undefined {
  if (pattern.length === 0) return '';
  const [first] = pattern;
  return pattern.length === 1 && typeof first === 'string' ? first : undefined;
}

/** startingAnywhere puts `*` in front unless it is there. */
export function startingAnywhere(pattern: Pattern): Pattern {
  return isAny(pattern[0]) ? pattern : [any, ...pattern];
}

/** endingAnywhere puts `*` behind unless it is there. */
export function endingAnywhere(pattern: Pattern): Pattern {
  return isAny(pattern.at(-1)) ? pattern : [...pattern, any];
}

export function isAny(part: PatternPart | undefined): boolean {
  return typeof part === 'object' && part.wildcard === 'any';
}

/** joined merges neighbouring texts and neighbouring `*`, so that equal patterns look equal. */
export function joined(parts: Pattern): Pattern {
  const result: PatternPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part === '' || (isAny(part) && isAny(last))) continue;
    if (typeof part === 'string' && typeof last === 'string') result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}
