import type { Pattern } from '../expr.ts';
import { anyChar, single } from '../regex/char-set.ts';
import { compileNode } from '../regex/compile.ts';
import type { RegexNode } from '../regex/syntax.ts';

/** Segment is what stands between two `*`: texts, and `undefined` for each `?`. */
type Segment = readonly (string | undefined)[];

/**
 * compileGlob prepares a test for a pattern with wildcards in any place. What stands before the first and behind the last
 * `*` is compared where it must be. Between them each segment is looked for behind the one before it, leftmost first, so
 * nothing is tried twice; segments that hold a `?` are left to an automaton, which doesn't either.
 */
export function compileGlob(pattern: Pattern): (text: string, limit: number) => boolean {
  const { first, inner, last } = partsOf(pattern);
  if (last === undefined) return (text) => matchAt(text, 0, first) === text.length;
  const search = compileInside(inner);
  return (text, limit) => {
    const from = matchAt(text, 0, first);
    if (from < 0) return false;
    const end = startOfLast(text, last);
    if (end < from || matchAt(text, end, last) !== text.length) return false;
    if (search === undefined) return true;
    return search(text, from, Math.max(from, Math.min(end, limit)));
  };
}

/** globNanoseconds says what a glob may take for each character of a text, at worst. */
export function globNanoseconds(pattern: Pattern): number {
  const { inner } = partsOf(pattern);
  if (inner.length === 0) return 0;
  return inner.every(isPlain) ? 8 : compileNode(nodeOf(inner)).cost;
}

function compileInside(
  segments: readonly Segment[],
): ((text: string, from: number, limit: number) => boolean) | undefined {
  if (segments.length === 0) return undefined;
  if (!segments.every(isPlain)) {
    const { test } = compileNode(nodeOf(segments));
    return (text, from, limit) => test(from === 0 ? text : text.slice(from), limit - from);
  }
  const parts = segments.map(([part]) => part);
  return (text, from, limit) => {
    let at = from;
    for (const part of parts) {
      at = findPlain(text, at, limit, part);
      if (at < 0) return false;
    }
    return true;
  };
}

/** nodeOf writes segments as an expression: characters, any one character for `?`, and anything between segments. */
function nodeOf(segments: readonly Segment[]): RegexNode {
  const anything: RegexNode = { kind: 'repeat', item: { kind: 'chars', set: anyChar }, min: 0, max: undefined };
  const items = segments.flatMap((segment, index): readonly RegexNode[] => {
    const chars = segment.flatMap((part) =>
      part === undefined ? [anyChar] : Array.from(part, (char) => single(char.codePointAt(0) ?? 0)),
    );
    const nodes = chars.map((set): RegexNode => ({ kind: 'chars', set }));
    return index === 0 ? nodes : [anything, ...nodes];
  });
  return { kind: 'sequence', items };
}

function partsOf(pattern: Pattern): { first: Segment; inner: readonly Segment[]; last: Segment | undefined } {
  const [first = [], ...rest] = segmentsOf(pattern);
  const last = rest.pop();
  return { first, inner: rest.filter((segment) => segment.length > 0), last };
}

function segmentsOf(pattern: Pattern): readonly Segment[] {
  const segments: (string | undefined)[][] = [[]];
  for (const part of pattern) {
    if (typeof part === 'string') segments.at(-1)?.push(part);
    else if (part.wildcard === 'one') segments.at(-1)?.push(undefined);
    else segments.push([]);
  }
  return segments;
}

function isPlain(segment: Segment): segment is readonly [string] {
  return segment.length === 1 && typeof segment[0] === 'string';
}

/** matchAt gives where a segment that begins at `from` ends; -1 when it doesn't stand there. */
function matchAt(text: string, from: number, segment: Segment): number {
  let at = from;
  for (const part of segment) {
    if (part === undefined) {
      if (at >= text.length) return -1;
      at += isPairAt(text, at) ? 2 : 1;
    } else {
      if (!text.startsWith(part, at)) return -1;
      at += part.length;
    }
  }
  return at;
}

/** findPlain gives where the leftmost occurrence of a text from `from` on ends, if it ends by `limit`; -1 when there is none. */
function findPlain(text: string, from: number, limit: number, part: string): number {
  // `indexOf` is the fastest way through short texts; Knuth, Morris and Pratt's is never slow in long ones.
  if (limit - from <= 2_048) {
    const found = text.slice(from, limit).indexOf(part);
    return found < 0 ? -1 : from + found + part.length;
  }
  const borders = bordersOf(part);
  let matched = 0;
  for (let at = from; at < limit; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
    if (part.charCodeAt(matched) === unit) matched += 1;
    if (matched === part.length) return at + 1;
  }
  return -1;
}

/** bordersOf gives, for each beginning of a text, the length of its longest proper end that is also its beginning. */
function bordersOf(part: string): Uint32Array {
  const borders = new Uint32Array(part.length);
  let length = 0;
  for (let at = 1; at < part.length; at += 1) {
    while (length > 0 && part.charCodeAt(at) !== part.charCodeAt(length)) length = borders[length - 1] ?? 0;
    if (part.charCodeAt(at) === part.charCodeAt(length)) length += 1;
    borders[at] = length;
  }
  return borders;
}

/** startOfLast walks back from the end by as many characters as the last segment has. */
function startOfLast(text: string, segment: Segment): number {
  let at = text.length;
  for (let index = segment.length - 1; index >= 0; index -= 1) {
    const part = segment[index];
    if (part !== undefined) at -= part.length;
    else at -= at >= 2 && isPairAt(text, at - 2) ? 2 : 1;
  }
  return at;
}

function isPairAt(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  const low = text.charCodeAt(at + 1);
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}
