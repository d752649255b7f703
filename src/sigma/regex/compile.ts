import { automatonOf } from './automaton.ts';
import { parseRegex } from './parser.ts';
import { positionsOf } from './positions.ts';
import { RegexError } from './regex-error.ts';
import { compileSearch, nanosecondsOf } from './search.ts';
import { sizeOf } from './syntax.ts';
import type { RegexNode } from './syntax.ts';

/** Regex is a regular expression whose time is known before it runs: the text's length times `cost`. */
export interface Regex {
  /** Whether there is a match anywhere in the first `length` code units of a text. */
  readonly test: (text: string, length?: number) => boolean;
  /** Nanoseconds that a character of text takes, at worst. */
  readonly cost: number;
}

const maxSource = 20_000;
const maxKept = 1_000;
const kept = new Map<string, Regex | { readonly fault: string }>();

/**
 * compileRegex prepares a PCRE-style regular expression with the flags i, m and s. It follows all states at once instead
 * of trying one way after the other, so no text can make it slow. What that can't do (back references, look-around) is
 * a fault that says so.
 */
export function compileRegex(source: string, flags: string): Regex | { readonly fault: string } {
  const key = `${flags}/${source}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const compiled = compile(source, flags);
  // A rule's expressions are needed when it is checked, measured and compiled, shortly after each other.
  if (kept.size >= maxKept) kept.clear();
  kept.set(key, compiled);
  return compiled;
}

function compile(source: string, flags: string): Regex | { readonly fault: string } {
  if (source.length > maxSource) return { fault: `it has ${source.length} characters; ${maxSource} are allowed` };
  try {
    return compileNode(parseRegex(source, flags));
  } catch (error) {
    if (error instanceof RegexError) return { fault: error.message };
    throw error;
  }
}

/** compileNode prepares an expression that is already parsed; throws RegexError when it is too large. */
export function compileNode(node: RegexNode): Regex {
  sizeOf(node);
  const automaton = automatonOf(positionsOf(node));
  const search = compileSearch(automaton);
  return { test: (text, length = text.length) => search(text, length), cost: nanosecondsOf(automaton) };
}
