import type { Pattern } from '../expr.ts';
import { isAny, literalOf } from '../pattern.ts';
import { foldCase } from '../text.ts';
import { compileSearcher } from './aho-corasick.ts';
import { compileGlob } from './glob.ts';

/** TextTest answers for a text of which only the first `limit` characters are searched; what stands there is compared whole. */
export type TextTest = (text: string, limit: number) => boolean;

/** SearchingTest says with its test whether it searches at all, which takes time, or only compares. */
export interface SearchingTest {
  readonly test: TextTest;
  readonly searches: boolean;
}

// `includes` is the fastest way through short texts, but on texts made for it it takes far more than a step a character.
const shortText = 2_048;
const fewLiterals = 4;

/** compilePatterns prepares a test whether a text is what any of the patterns says. */
export function compilePatterns(patterns: readonly Pattern[], cased: boolean): SearchingTest {
  const fold: Fold = cased ? (text) => text : foldedOnce;
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
    else if (folded.length === 1 && isAny(first)) return { test: () => true, searches: false };
    else if (folded.length === 2 && typeof first === 'string' && isAny(second)) prefixes.push(first);
    else if (folded.length === 2 && isAny(first) && typeof second === 'string') suffixes.push(second);
    else if (folded.length === 3 && isAny(first) && typeof second === 'string' && isAny(third)) inner.push(second);
    else globs.push(compileGlob(folded));
  }
  const tests: TextTest[] = [];
  if (exact.size > 0) tests.push(compileExact(exact, fold));
  if (prefixes.length > 0) tests.push(compilePrefixes(prefixes, fold));
  if (suffixes.length > 0) tests.push(compileSuffixes(suffixes, fold));
  if (inner.length > 0) {
    const search = compileInner(inner);
    tests.push((text, limit) => search(fold(text), limit));
  }
  if (globs.length > 0) {
    tests.push((text, limit) => {
      const folded = fold(text);
      return globs.some((glob) => glob(folded, limit));
    });
  }
  const [only] = tests;
  return {
    test: only !== undefined && tests.length === 1 ? only : (text, limit) => tests.some((test) => test(text, limit)),
    searches: inner.length + globs.length > 0,
  };
}

type Fold = (text: string) => string;

// Folding keeps lengths, and each character by itself: so what is too long need not be folded, nor what is out of reach.

function compileExact(texts: ReadonlySet<string>, fold: Fold): TextTest {
  const longest = longestOf(texts);
  return (text) => text.length <= longest && texts.has(fold(text));
}

function compilePrefixes(prefixes: readonly string[], fold: Fold): TextTest {
  const longest = longestOf(prefixes);
  return (text) => {
    const start = fold(text.length > longest ? text.slice(0, longest) : text);
    for (const prefix of prefixes) if (start.startsWith(prefix)) return true;
    return false;
  };
}

function compileSuffixes(suffixes: readonly string[], fold: Fold): TextTest {
  const longest = longestOf(suffixes);
  return (text) => {
    const end = fold(text.length > longest ? text.slice(text.length - longest) : text);
    for (const suffix of suffixes) if (end.endsWith(suffix)) return true;
    return false;
  };
}

function longestOf(texts: Iterable<string>): number {
  let longest = 0;
  for (const text of texts) longest = Math.max(longest, text.length);
  return longest;
}

function compileInner(literals: readonly string[]): TextTest {
  const few = literals.length <= fewLiterals ? literals : undefined;
  let search: ReturnType<typeof compileSearcher> | undefined;
  return (text, limit) => {
    const length = Math.min(text.length, limit);
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
function foldedOnce(text: string): string {
  if (text.length < 512) return foldCase(text);
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= 4) cache.clear();
  const folded = foldCase(text);
  cache.set(text, folded);
  return folded;
}
