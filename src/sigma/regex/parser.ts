import {
  anyChar,
  blanks,
  complement,
  digits,
  notNewline,
  posixClasses,
  single,
  union,
  withBothCases,
  wordChars,
} from './char-set.ts';
import type { CharSet } from './char-set.ts';
import { RegexError } from './regex-error.ts';
import { at } from './syntax.ts';
import type { RegexNode } from './syntax.ts';

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

const maxDepth = 100;
const maxRepeat = 5_000;

/**
 * parseRegex reads the part of PCRE that needs no memory of what was matched: everything that Sigma rules use. Throws
 * RegexError for the rest (back references, look-around, atomic groups, possessive repetition, recursion).
 */
export function parseRegex(source: string, flags: string): RegexNode {
  const start = { i: flags.includes('i'), m: flags.includes('m'), s: flags.includes('s') };
  return new RegexParser(source).parse(start);
}

class RegexParser {
  readonly #chars: readonly string[];
  #next = 0;
  #depth = 0;

  constructor(source: string) {
    this.#chars = Array.from(source);
  }

  parse(flags: Flags): RegexNode {
    const node = this.#choice(flags);
    if (this.#next < this.#chars.length) throw new RegexError('a ) has no ( before it');
    return node;
  }

  #choice(flags: Flags): RegexNode {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw new RegexError(`its groups nest deeper than ${maxDepth} levels`);
    const items: RegexNode[] = [];
    let inside = flags;
    do {
      const branch = this.#sequence(inside);
      items.push(branch.node);
      // `(?i)` in one alternative also holds for those behind it.
      inside = branch.flags;
    } while (this.#take('|'));
    this.#depth -= 1;
    const [only] = items;
    return items.length === 1 && only !== undefined ? only : { kind: 'choice', items };
  }

  #sequence(start: Flags): { node: RegexNode; flags: Flags } {
    const items: RegexNode[] = [];
    let flags = start;
    for (let char = this.#peek(); char !== undefined && char !== '|' && char !== ')'; char = this.#peek()) {
      const changed = this.#flagGroup(flags);
      if (changed !== undefined) {
        flags = changed;
        continue;
      }
      items.push(this.#repeated(this.#atom(flags)));
    }
    const [only] = items;
    if (items.length === 0) return { node: { kind: 'empty' }, flags };
    return { node: items.length === 1 && only !== undefined ? only : { kind: 'sequence', items }, flags };
  }

  #atom(flags: Flags): RegexNode {
    const char = this.#read();
    switch (char) {
      case '(':
        return this.#group(flags);
      case '[':
        return chars(this.#class(flags));
      case '.':
        return chars(flags.s ? anyChar : notNewline);
      case '^':
        return { kind: 'assert', condition: flags.m ? at.lineStart : at.textStart };
      case '$':
        return { kind: 'assert', condition: flags.m ? at.lineEnd : at.finalEnd };
      case '\\':
        return this.#escape(flags);
      case '*':
      case '+':
      case '?':
        throw new RegexError(`a ${char} has nothing before it to repeat`);
      default:
        return chars(cased(single(codeOf(char)), flags));
    }
  }

  #repeated(item: RegexNode): RegexNode {
    let node = item;
    let count = this.#count();
    while (count !== undefined) {
      const [min, max] = count;
      if (max !== undefined && max < min) throw new RegexError(`{${min},${max}} counts backwards`);
      if (Math.max(min, max ?? 0) > maxRepeat) throw new RegexError(`it repeats more than ${maxRepeat} times`);
      node = { kind: 'repeat', item: node, min, max };
      // A lazy repetition finds another match first, but finds one whenever a greedy one does.
      if (this.#take('?')) return node;
      if (this.#peek() === '+')
        throw new RegexError('possessive repetition (*+, ++, ?+) is not supported: leave the second + out');
      count = this.#count();
      if (count !== undefined)
        throw new RegexError('a repetition directly behind a repetition: put a group round the first');
    }
    return node;
  }

  #count(): readonly [number, number | undefined] | undefined {
    if (this.#take('*')) return [0, undefined];
    if (this.#take('+')) return [1, undefined];
    if (this.#take('?')) return [0, 1];
    if (this.#peek() !== '{') return undefined;
    const close = this.#chars.indexOf('}', this.#next);
    // As in PCRE, braces that don't hold a count are plain characters.
    const found = /^\{(\d{1,9})(,(\d{0,9}))?$/.exec(
      this.#chars.slice(this.#next, Math.min(close, this.#next + 24)).join(''),
    );
    if (close < 0 || found === null) return undefined;
    this.#next = close + 1;
    const min = Number(found[1]);
    if (found[2] === undefined) return [min, min];
    return [min, found[3] === '' ? undefined : Number(found[3])];
  }

  /** flagGroup reads `(?i)`, `(?-s)`, …, which change the flags for the rest of the group they stand in. */
  #flagGroup(flags: Flags): Flags | undefined {
    if (this.#peek() !== '(' || this.#chars[this.#next + 1] !== '?') return undefined;
    const close = this.#chars.indexOf(')', this.#next);
    const letters = this.#chars.slice(this.#next + 2, Math.min(close, this.#next + 12)).join('');
    if (close < 0 || close > this.#next + 12 || !/^[a-zA-Z]*(-[a-zA-Z]*)?$/.test(letters) || letters === '')
      return undefined;
    this.#next = close + 1;
    return changed(flags, letters);
  }

  #group(flags: Flags): RegexNode {
    let inside = flags;
    if (this.#take('?')) inside = this.#groupStart(flags);
    else if (this.#peek() === '*') throw new RegexError('verbs like (*SKIP) are not supported');
    const node = this.#choice(inside);
    if (!this.#take(')')) throw new RegexError('a ( is never closed');
    return node;
  }

  #groupStart(flags: Flags): Flags {
    const rest = this.#chars.slice(this.#next, this.#next + 80).join('');
    const lookaround = /^(=|!|<=|<!)/.exec(rest);
    if (lookaround) {
      throw new RegexError(
        `look-around (?${lookaround[0]}…) is not supported, since it can't be bounded in time: say it with a second selection, or with \`not\``,
      );
    }
    const name = /^(?:P?<[A-Za-z_]\w{0,31}>|'[A-Za-z_]\w{0,31}')/.exec(rest);
    if (name) {
      this.#next += name[0].length;
      return flags;
    }
    const letters = /^([a-zA-Z]{0,8}(?:-[a-zA-Z]{0,8})?):/.exec(rest);
    if (letters) {
      this.#next += letters[0].length;
      return changed(flags, letters[1] ?? '');
    }
    throw new RegexError(`a group that begins with (?${rest.slice(0, 2)} is not supported`);
  }

  #escape(flags: Flags): RegexNode {
    const char = this.#peek();
    const anchors: Readonly<Record<string, number>> = {
      A: at.textStart,
      z: at.textEnd,
      Z: at.finalEnd,
      b: at.wordEdge,
      B: at.noWordEdge,
    };
    if (char !== undefined && Object.hasOwn(anchors, char)) {
      this.#next += 1;
      return { kind: 'assert', condition: anchors[char] ?? 0 };
    }
    if (char !== undefined && /[1-9kg]/.test(char)) {
      throw new RegexError(`back reference \\${char} is not supported, since it can't be bounded in time`);
    }
    const set = this.#escapedSet();
    return chars(cased(set, flags));
  }

  /** escapedSet reads what stands behind a backslash, inside and outside of classes. */
  #escapedSet(): CharSet {
    const char = this.#read();
    switch (char) {
      case 'd':
        return digits;
      case 'D':
        return complement(digits);
      case 'w':
        return wordChars;
      case 'W':
        return complement(wordChars);
      case 's':
        return blanks;
      case 'S':
        return complement(blanks);
      case 'h':
        return posixClasses['blank'] ?? [];
      case 'N':
        return notNewline;
      case 'n':
        return single(0x0a);
      case 'r':
        return single(0x0d);
      case 't':
        return single(0x09);
      case 'f':
        return single(0x0c);
      case 'v':
        return single(0x0b);
      case 'a':
        return single(0x07);
      case 'e':
        return single(0x1b);
      case '0':
        return single(Number.parseInt(`0${this.#digits(/[0-7]/, 2)}`, 8));
      case 'x':
        return single(this.#hex(2));
      case 'u':
        return single(this.#hex(4));
      default:
        if (/[A-Za-z0-9]/.test(char)) throw new RegexError(`\\${char} is not supported`);
        return single(codeOf(char));
    }
  }

  #hex(length: number): number {
    let text: string;
    if (this.#take('{')) {
      text = this.#digits(/[0-9a-f]/i, 6);
      if (!this.#take('}')) throw new RegexError('a character code must be closed by }');
    } else text = this.#digits(/[0-9a-f]/i, length);
    const code = Number.parseInt(text, 16);
    if (Number.isNaN(code) || code > 0x10ffff)
      throw new RegexError('a character code must be hexadecimal, at most 10FFFF');
    return code;
  }

  #digits(allowed: RegExp, most: number): string {
    let text = '';
    for (let char = this.#peek(); char !== undefined && text.length < most && allowed.test(char); char = this.#peek()) {
      text += char;
      this.#next += 1;
    }
    return text;
  }

  #class(flags: Flags): CharSet {
    const negated = this.#take('^');
    const ranges: (readonly [number, number])[] = [];
    let first = true;
    for (;;) {
      if (this.#peek() === undefined) throw new RegexError('a [ is never closed');
      if (this.#peek() === ']' && !first) break;
      first = false;
      const low = this.#classItem();
      // A dash makes a range only between two characters.
      const dash =
        this.#peek() === '-' && this.#chars[this.#next + 1] !== ']' && this.#chars[this.#next + 1] !== undefined;
      if (!dash || !isSingle(low)) {
        ranges.push(...low);
        continue;
      }
      this.#next += 1;
      const high = this.#classItem();
      if (!isSingle(high)) {
        ranges.push(...low, ...single(0x2d), ...high);
        continue;
      }
      const [[from] = [0]] = low;
      const [[to] = [0]] = high;
      if (to < from)
        throw new RegexError(`the range ${String.fromCodePoint(from)}-${String.fromCodePoint(to)} is backwards`);
      ranges.push([from, to]);
    }
    this.#next += 1;
    const set = cased(union(ranges), flags);
    return negated ? complement(set) : set;
  }

  #classItem(): CharSet {
    const char = this.#read();
    if (char === '[' && this.#peek() === ':') {
      const found = /^:(\^?)([a-z]{1,8}):\]/.exec(this.#chars.slice(this.#next, this.#next + 12).join(''));
      if (found) {
        const [whole, not, name = ''] = found;
        const set = Object.hasOwn(posixClasses, name) ? posixClasses[name] : undefined;
        if (set === undefined) throw new RegexError(`unknown character class [:${name}:]`);
        this.#next += whole.length;
        return not === '^' ? complement(set) : set;
      }
    }
    if (char !== '\\') return single(codeOf(char));
    if (this.#take('b')) return single(0x08);
    return this.#escapedSet();
  }

  #peek(): string | undefined {
    return this.#chars[this.#next];
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#next += 1;
    return true;
  }

  #read(): string {
    const char = this.#peek();
    if (char === undefined) throw new RegexError('it ends where a character should follow');
    this.#next += 1;
    return char;
  }
}

function chars(set: CharSet): RegexNode {
  return { kind: 'chars', set };
}

function cased(set: CharSet, flags: Flags): CharSet {
  return flags.i ? withBothCases(set) : set;
}

function isSingle(set: CharSet): boolean {
  const [range] = set;
  return set.length === 1 && range !== undefined && range[0] === range[1];
}

function codeOf(char: string): number {
  return char.codePointAt(0) ?? 0;
}

function changed(flags: Flags, letters: string): Flags {
  let on = true;
  const result = { ...flags };
  for (const letter of letters.split('')) {
    if (letter === '-') on = false;
    else if (letter === 'i' || letter === 'm' || letter === 's') result[letter] = on;
    else throw new RegexError(`the flag (?${letter}) is not supported: there are i, m and s`);
  }
  return result;
}
