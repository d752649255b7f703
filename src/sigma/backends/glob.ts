import type { Pattern } from '../expr.ts';
import type { Meter, TextTest } from './text-test.ts';

/** Segment is what stands between two `*`: texts, and `undefined` for each `?`. */
type Segment = readonly (string | undefined)[];

/**
 * compileGlob prepares a test for a pattern with wildcards in any place. Each segment is looked for behind the one before
 * it, leftmost first, so nothing is ever tried twice: with `*` there is no need to go back.
 */
export function compileGlob(pattern: Pattern, meter: Meter): TextTest {
  const segments = segmentsOf(pattern);
  const [first = [], ...rest] = segments;
  const last = rest.pop();
  if (last === undefined) return (text) => matchAt(text, 0, first) === text.length;
  return (text) => {
    let from = matchAt(text, 0, first);
    if (from < 0) return false;
    const end = startOfLast(text, last);
    if (end < from || matchAt(text, end, last) !== text.length) return false;
    if (rest.length === 0) return true;
    const limit = Math.min(end, from + meter.left);
    meter.left -= limit - from;
    for (const segment of rest) {
      from = find(text, from, limit, segment);
      if (from < 0) return false;
    }
    return true;
  };
}

/** globSteps says how many steps a glob may take for each character of a text. */
export function globSteps(pattern: Pattern): number {
  const inner = segmentsOf(pattern).slice(1, -1);
  return inner.length === 0 ? 0 : Math.max(...inner.map((segment) => (isPlain(segment) ? 12 : sizeOf(segment) + 2)));
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

function sizeOf(segment: Segment): number {
  return segment.reduce((sum, part) => sum + (part === undefined ? 1 : part.length), 0);
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

/** find gives where the leftmost occurrence of a segment from `from` on ends, if it ends by `limit`; -1 when there is none. */
function find(text: string, from: number, limit: number, segment: Segment): number {
  const size = sizeOf(segment);
  if (isPlain(segment) && limit - from <= 2_048) {
    const found = text.indexOf(segment[0], from);
    return found < 0 || found + size > limit ? -1 : found + size;
  }
  const [head] = segment;
  const first = typeof head === 'string' ? head.charCodeAt(0) : -1;
  for (let at = from; at + size <= limit; at += 1) {
    if (first >= 0 && text.charCodeAt(at) !== first) continue;
    const end = matchAt(text, at, segment);
    if (end >= 0 && end <= limit) return end;
  }
  return -1;
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
