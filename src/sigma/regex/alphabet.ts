import { lastCodePoint } from './char-set.ts';
import type { CharSet } from './char-set.ts';

/** Alphabet sorts characters into classes that no set of an expression tells apart. */
export interface Alphabet {
  readonly size: number;
  /** The class of each ASCII character. */
  readonly ascii: Uint16Array;
  /** The class of a character beyond ASCII. */
  readonly classOf: (codePoint: number) => number;
  /** A character of each class. */
  readonly members: readonly number[];
}

/** alphabetOf sorts characters by the sets they belong to. */
export function alphabetOf(sets: readonly CharSet[]): Alphabet {
  const cuts = new Set([0]);
  for (const set of sets) {
    for (const [low, high] of set) {
      cuts.add(low);
      if (high < lastCodePoint) cuts.add(high + 1);
    }
  }
  const starts = Uint32Array.from([...cuts].toSorted((a, b) => a - b));
  const classes = new Uint16Array(starts.length);
  const bySignature = new Map<string, number>();
  const members: number[] = [];
  const cursors = sets.map(() => 0);
  for (const [index, start] of starts.entries()) {
    const signature = sets.map((set, which) => (contains(set, cursors, which, start) ? '1' : '0')).join('');
    let found = bySignature.get(signature);
    if (found === undefined) {
      found = members.length;
      bySignature.set(signature, found);
      members.push(start);
    }
    classes[index] = found;
  }
  const classOf = (codePoint: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= codePoint) low = middle;
      else high = middle - 1;
    }
    return classes[low] ?? 0;
  };
  return {
    size: members.length,
    ascii: Uint16Array.from({ length: 128 }, (_, code) => classOf(code)),
    classOf,
    members,
  };
}

/** contains walks each set once, since the characters asked for only grow. */
function contains(set: CharSet, cursors: number[], which: number, codePoint: number): boolean {
  let cursor = cursors[which] ?? 0;
  while (cursor < set.length && (set[cursor]?.[1] ?? 0) < codePoint) cursor += 1;
  cursors[which] = cursor;
  return (set[cursor]?.[0] ?? lastCodePoint + 1) <= codePoint;
}
