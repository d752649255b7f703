import { alphabetOf } from './alphabet.ts';
import type { Alphabet } from './alphabet.ts';
import { bitsOf, spanOf } from './bits.ts';
import type { Bits } from './bits.ts';
import type { CharSet } from './char-set.ts';
import type { Positions, Step } from './positions.ts';

/** Jump leads from any of its source positions to all of its targets, where its condition holds. */
export interface Jump {
  readonly condition: number;
  readonly sources: Bits;
  readonly sourceSpan: readonly [number, number];
  readonly targets: Bits;
  readonly targetSpan: readonly [number, number];
}

/** Entry is a set of positions that holds where its condition does. */
export interface Entry {
  readonly condition: number;
  readonly bits: Bits;
}

/** Automaton is a regular expression as sets of bits: all its states are followed at once, in one pass over the text. */
export interface Automaton {
  readonly words: number;
  readonly alphabet: Alphabet;
  /** Which positions each class of characters may stand at: `words` numbers a class. */
  readonly allowed: Bits;
  /** Positions followed by the next one, and positions followed by themselves: most of them, so these need no jump. */
  readonly next: Bits;
  readonly self: Bits;
  readonly jumps: readonly Jump[];
  readonly first: readonly Entry[];
  readonly last: readonly Entry[];
  readonly empty: readonly number[];
  /** Whether any condition has to be looked at. */
  readonly conditional: boolean;
}

/** automatonOf turns positions into bits. */
export function automatonOf(positions: Positions): Automaton {
  const words = Math.max(1, (positions.sets.length + 31) >>> 5);
  const distinct = new Map<string, { set: CharSet; at: number[] }>();
  for (const [position, set] of positions.sets.entries()) {
    const key = set.join(';');
    const known = distinct.get(key);
    if (known === undefined) distinct.set(key, { set, at: [position] });
    else known.at.push(position);
  }
  const groups = [...distinct.values()];
  const alphabet = alphabetOf(groups.map((group) => group.set));
  const allowed = new Uint32Array(alphabet.size * words);
  for (const [which, member] of alphabet.members.entries()) {
    const at = groups
      .filter(({ set }) => set.some(([low, high]) => low <= member && member <= high))
      .flatMap((group) => group.at);
    allowed.set(bitsOf(at, words), which * words);
  }
  const { next, self, jumps } = jumpsOf(positions, words);
  const first = entriesOf(positions.first, words);
  const last = entriesOf(positions.last, words);
  const conditions = [...jumps, ...first, ...last].map((each) => each.condition);
  const conditional = [...conditions, ...positions.empty].some((condition) => condition !== 0);
  return { words, alphabet, allowed, next, self, jumps, first, last, empty: positions.empty, conditional };
}

function jumpsOf(positions: Positions, words: number): { next: Bits; self: Bits; jumps: readonly Jump[] } {
  const nexts: number[] = [];
  const selves: number[] = [];
  const byTarget = new Map<string, { condition: number; sources: Set<number>; targets: readonly number[] }>();
  for (const link of positions.links) {
    for (const [fromCondition, sources] of byCondition(link.from)) {
      for (const [toCondition, targets] of byCondition(link.to)) {
        const condition = fromCondition | toCondition;
        const [source] = sources;
        const [target] = targets;
        if (
          condition === 0 &&
          sources.length === 1 &&
          targets.length === 1 &&
          source !== undefined &&
          target !== undefined
        ) {
          if (target === source + 1) {
            nexts.push(source);
            continue;
          }
          if (target === source) {
            selves.push(source);
            continue;
          }
        }
        const key = `${condition}:${targets.join(',')}`;
        const known = byTarget.get(key);
        if (known === undefined) byTarget.set(key, { condition, sources: new Set(sources), targets });
        else for (const each of sources) known.sources.add(each);
      }
    }
  }
  const jumps = [...byTarget.values()].map(({ condition, sources, targets }): Jump => {
    const sourceBits = bitsOf(sources, words);
    const targetBits = bitsOf(targets, words);
    return {
      condition,
      sources: sourceBits,
      sourceSpan: spanOf(sourceBits),
      targets: targetBits,
      targetSpan: spanOf(targetBits),
    };
  });
  return { next: bitsOf(nexts, words), self: bitsOf(selves, words), jumps };
}

function entriesOf(steps: readonly Step[], words: number): readonly Entry[] {
  return [...byCondition(steps)].map(([condition, positions]) => ({ condition, bits: bitsOf(positions, words) }));
}

function byCondition(steps: readonly Step[]): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, Set<number>>();
  for (const { condition, position } of steps) {
    const group = groups.get(condition);
    if (group === undefined) groups.set(condition, new Set([position]));
    else group.add(position);
  }
  return new Map([...groups].map(([condition, group]) => [condition, [...group].toSorted((a, b) => a - b)]));
}
