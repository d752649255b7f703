import type { Automaton, Entry, Jump } from './automaton.ts';
import type { Bits } from './bits.ts';
import { at } from './syntax.ts';

/** Search answers whether an expression matches anywhere in the first `length` code units of a text. */
export type Search = (text: string, length: number) => boolean;

/** compileSearch picks the loop for an automaton: one word of states and no conditions is much the most common. */
export function compileSearch(automaton: Automaton): Search {
  if (automaton.empty.includes(0)) return () => true;
  if (automaton.conditional) return conditional(automaton);
  return automaton.words === 1 ? narrow(automaton) : wide(automaton);
}

/** narrow follows up to 32 positions in a single number. */
function narrow({ alphabet, allowed, next, self, jumps, first, last }: Automaton): Search {
  const { ascii, classOf } = alphabet;
  const nexts = next[0] ?? 0;
  const selves = self[0] ?? 0;
  const start = wordOf(first);
  const end = wordOf(last);
  const sources = Uint32Array.from(jumps, (jump) => jump.sources[0] ?? 0);
  const targets = Uint32Array.from(jumps, (jump) => jump.targets[0] ?? 0);
  const opening = Uint32Array.from(allowed, (word) => word & start);
  return (text, length) => {
    let active = 0;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      let which: number;
      if (unit < 128) which = ascii[unit] ?? 0;
      else {
        const code = codePointAt(text, index, unit, length);
        if (code > 0xffff) index += 1;
        which = classOf(code);
      }
      if (active === 0) {
        active = opening[which] ?? 0;
      } else {
        let moved = ((active & nexts) << 1) | (active & selves) | start;
        for (let jump = 0; jump < sources.length; jump += 1) {
          if ((active & (sources[jump] ?? 0)) !== 0) moved |= targets[jump] ?? 0;
        }
        active = moved & (allowed[which] ?? 0);
      }
      if ((active & end) !== 0) return true;
    }
    return false;
  };
}

function wordOf(entries: readonly Entry[]): number {
  return entries.reduce((word, entry) => word | (entry.bits[0] ?? 0), 0);
}

/** wide follows any number of positions; each word of them is read twice for a character, whatever is active. */
function wide({ words, alphabet, allowed, next, self, jumps, first, last }: Automaton): Search {
  const { ascii, classOf } = alphabet;
  const start = joined(first, words);
  const end = joined(last, words);
  return (text, length) => {
    let active = new Uint32Array(words);
    let moved = new Uint32Array(words);
    let alive = 0;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      let which: number;
      if (unit < 128) which = ascii[unit] ?? 0;
      else {
        const code = codePointAt(text, index, unit, length);
        if (code > 0xffff) index += 1;
        which = classOf(code);
      }
      if (alive === 0) moved.set(start);
      else {
        let carry = 0;
        for (let word = 0; word < words; word += 1) {
          const now = active[word] ?? 0;
          const shifted = now & (next[word] ?? 0);
          moved[word] = (shifted << 1) | carry | (now & (self[word] ?? 0)) | (start[word] ?? 0);
          carry = shifted >>> 31;
        }
        jump(active, moved, jumps, 0);
      }
      const offset = which * words;
      alive = 0;
      let matched = 0;
      for (let word = 0; word < words; word += 1) {
        const kept = (moved[word] ?? 0) & (allowed[offset + word] ?? 0);
        moved[word] = kept;
        alive |= kept;
        matched |= kept & (end[word] ?? 0);
      }
      if (matched !== 0) return true;
      const swap = active;
      active = moved;
      moved = swap;
    }
    return false;
  };
}

function joined(entries: readonly Entry[], words: number): Bits {
  const bits = new Uint32Array(words);
  for (const entry of entries)
    for (let word = 0; word < words; word += 1) bits[word] = (bits[word] ?? 0) | (entry.bits[word] ?? 0);
  return bits;
}

/** conditional is wide that also looks between the characters, for the edges of words, lines and the text. */
function conditional(automaton: Automaton): Search {
  const { words, alphabet, allowed, next, self, jumps, first, last, empty } = automaton;
  const { ascii, classOf } = alphabet;
  return (text, length) => {
    let active = new Uint32Array(words);
    let moved = new Uint32Array(words);
    let alive = false;
    let index = 0;
    let before = -1;
    for (;;) {
      const unit = index < length ? text.charCodeAt(index) : -1;
      const code = unit < 0xd800 ? unit : codePointAt(text, index, unit, length);
      const here = conditionsAt(index, length, before, code);
      if (alive && accepts(last, active, here)) return true;
      if (empty.some((condition) => (condition & here) === condition)) return true;
      if (index >= length) return false;
      const which = code < 128 ? (ascii[code] ?? 0) : classOf(code);
      if (alive) {
        let carry = 0;
        for (let word = 0; word < words; word += 1) {
          const now = active[word] ?? 0;
          const shifted = now & (next[word] ?? 0);
          moved[word] = (shifted << 1) | carry | (now & (self[word] ?? 0));
          carry = shifted >>> 31;
        }
        jump(active, moved, jumps, here);
      } else moved.fill(0);
      alive = enter(moved, first, here, allowed, which * words, words);
      const swap = active;
      active = moved;
      moved = swap;
      before = code;
      index += code > 0xffff ? 2 : 1;
    }
  };
}

function accepts(last: readonly Entry[], active: Bits, here: number): boolean {
  for (const { condition, bits } of last) {
    if ((condition & here) !== condition) continue;
    for (let word = 0; word < bits.length; word += 1) if (((active[word] ?? 0) & (bits[word] ?? 0)) !== 0) return true;
  }
  return false;
}

/** jump moves active positions along the jumps whose condition holds. */
function jump(active: Bits, moved: Bits, jumps: readonly Jump[], here: number): void {
  for (const { condition, sources, sourceSpan, targets, targetSpan } of jumps) {
    if ((condition & here) !== condition) continue;
    for (let word = sourceSpan[0]; word < sourceSpan[1]; word += 1) {
      if (((active[word] ?? 0) & (sources[word] ?? 0)) === 0) continue;
      for (let target = targetSpan[0]; target < targetSpan[1]; target += 1) {
        moved[target] = (moved[target] ?? 0) | (targets[target] ?? 0);
      }
      break;
    }
  }
}

/** enter lets a match begin here, and keeps the positions where the character may stand; false when none is left. */
function enter(
  moved: Bits,
  first: readonly Entry[],
  here: number,
  allowed: Bits,
  offset: number,
  words: number,
): boolean {
  for (const { condition, bits } of first) {
    if ((condition & here) !== condition) continue;
    for (let word = 0; word < words; word += 1) moved[word] = (moved[word] ?? 0) | (bits[word] ?? 0);
  }
  let left = 0;
  for (let word = 0; word < words; word += 1) {
    const kept = (moved[word] ?? 0) & (allowed[offset + word] ?? 0);
    moved[word] = kept;
    left |= kept;
  }
  return left !== 0;
}

function codePointAt(text: string, index: number, unit: number, length: number): number {
  if (unit < 0xd800 || unit > 0xdbff || index + 1 >= length) return unit;
  const low = text.charCodeAt(index + 1);
  return low >= 0xdc00 && low <= 0xdfff ? (unit - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000 : unit;
}

const newline = 0x0a;

function conditionsAt(index: number, length: number, before: number, code: number): number {
  let here = isWord(before) === isWord(code) ? at.noWordEdge : at.wordEdge;
  if (index === 0) here |= at.textStart | at.lineStart;
  else if (before === newline) here |= at.lineStart;
  if (index >= length) here |= at.textEnd | at.lineEnd | at.finalEnd;
  else if (code === newline) here |= index + 1 === length ? at.lineEnd | at.finalEnd : at.lineEnd;
  return here;
}

function isWord(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f
  );
}

/** nanosecondsOf says what a character may take at worst, measured on a slow core with all positions active. */
export function nanosecondsOf({ words, jumps, first, last, conditional: looks }: Automaton): number {
  if (!looks && words === 1) return 10 + 2 * jumps.length;
  const spans = jumps.reduce((sum, { sourceSpan, targetSpan }) => {
    return sum + 8 + 2 * (sourceSpan[1] - sourceSpan[0] + targetSpan[1] - targetSpan[0]);
  }, 0);
  return looks ? 40 + words * (8 + 3 * (first.length + last.length)) + spans : 15 + words * 7 + spans;
}
