import type { Pattern } from '../expr.ts';
import { isAny, literalOf } from '../pattern.ts';
import { foldCase } from '../text.ts';
import { compileSearcher } from './aho-corasick.ts';
import { compileGlob } from './glob.ts';

/** Meter is how many more characters the running test may search; what a test does not search it can't find. */
export interface Meter {
  left: number;
}

export type TextTest = (text: string) => boolean;

// `includes` is the fastest way through short texts, but on texts made for it it takes far more than a step a character.
const shortText = 2_048;
const fewLiterals = 4;

/** compilePatterns prepares a test whether a text is what any of the patterns says. */
export function compilePatterns(patterns: readonly Pattern[], cased: boolean, meter: Meter): TextTest {
  const fold = cased ? (text: string) => text : foldedOnce;
  const exact = new Set<string>();
  const prefixes: string[] = [];
  const suffixes: string[] = [];
  const inner: string[] = [];
  const globs: TextTest[] = [];
  for (const pattern of patterns) {
    const folded = cased ? pattern : pattern.map((part) => (typeof part === 'string' ? foldCase(part) : part));
    const literal = literalOf(folded);
    const [first, second, third] = folded;
    if (literal !== undefined) exact.add(literal);
    else if (folded.length === 1 && isAny(first)) return () => true;
    else if (folded.length === 2 && typeof first === 'string' && isAny(second)) prefixes.push(first);
    else if (folded.length === 2 && isAny(first) && typeof second === 'string') suffixes.push(second);
    else if (folded.length === 3 && isAny(first) && typeof second === 'string' && isAny(third)) inner.push(second);
    else globs.push(compileGlob(folded, meter));
  }
  const longest = Math.max(-1, ...lengthsOf(exact));
  const tests: TextTest[] = [];
  if (exact.size > 0) tests.push((text) => text.length <= longest && exact.has(text));
  if (prefixes.length > 0) tests.push((text) => prefixes.some((prefix) => text.startsWith(prefix)));
  if (suffixes.length > 0) tests.push((text) => suffixes.some((suffix) => text.endsWith(suffix)));
  if (inner.length > 0) tests.push(compileInner(inner, meter));
  tests.push(...globs);
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return cased ? only : (text) => only(fold(text));
  return (text) => {
    const folded = fold(text);
    return tests.some((test) => test(folded));
  };
}

function lengthsOf(texts: Iterable<string>): readonly number[] {
  // A list of lengths, not of texts: spreading a long list into Math.max would overflow the stack.
  let longest = -1;
  for (const text of texts) longest = Math.max(longest, text.length);
  return [longest];
}

function compileInner(literals: readonly string[], meter: Meter): TextTest {
  const few = literals.length <= fewLiterals ? literals : undefined;
  let search: ReturnType<typeof compileSearcher> | undefined;
  return (text) => {
    const length = Math.min(text.length, meter.left);
    meter.left -= length;
    if (few !== undefined && length <= shortText) {
      const short = length === text.length ? text : text.slice(0, length);
      for (const literal of few) if (short.includes(literal)) return true;
      return false;
    }
    // Built when first needed: most rules never meet a text that is long enough.
    search ??= compileSearcher(literals);
    return search(text, length);
  };
}

const cache = new Map<string, string>();

/** foldedOnce remembers the few long texts it folded last, since a rule tests the same value many times. */
export function foldedOnce(text: string): string {
  if (text.length < 512) return foldCase(text);
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= 4) cache.clear();
  const folded = foldCase(text);
  cache.set(text, folded);
  return folded;
}
