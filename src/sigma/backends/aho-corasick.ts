/** Searcher answers whether any of its literals stands in the first `length` characters of a text. */
export type Searcher = (text: string, length: number) => boolean;

// A state needs one number for each class of characters; larger automatons are split, so that memory grows in steps.
const maxEntries = 4_000_000;

/**
 * compileSearcher looks for all literals at once, in one step a character however many there are and whatever the text:
 * Aho and Corasick's automaton with its failure links worked into the table.
 */
export function compileSearcher(literals: readonly string[]): Searcher {
  const groups = groupsOf(literals);
  const searchers = groups.map(compileGroup);
  const [only] = searchers;
  if (only !== undefined && searchers.length === 1) return only;
  return (text, length) => searchers.some((search) => search(text, length));
}

/** passesOf says how often compileSearcher's result may read each character. */
export function passesOf(literals: readonly string[]): number {
  return groupsOf(literals).length;
}

function groupsOf(literals: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  const alphabet = new Set(literals.flatMap((literal) => [...new Set(units(literal))])).size + 1;
  let states = Number.POSITIVE_INFINITY;
  for (const literal of literals) {
    if ((states + literal.length) * alphabet > maxEntries) {
      groups.push([]);
      states = 1;
    }
    groups.at(-1)?.push(literal);
    states += literal.length;
  }
  return groups;
}

function units(text: string): readonly number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

function compileGroup(literals: readonly string[]): Searcher {
  const classes = new Uint16Array(65_536);
  let width = 1;
  for (const literal of literals) {
    for (const unit of units(literal)) {
      if (classes[unit] === 0) {
        classes[unit] = width;
        width += 1;
      }
    }
  }
  const size = literals.reduce((sum, literal) => sum + literal.length, 1);
  const next = new Int32Array(size * width).fill(-1);
  const final = new Uint8Array(size);
  let states = 1;
  for (const literal of literals) {
    let state = 0;
    for (const unit of units(literal)) {
      const edge = state * width + (classes[unit] ?? 0);
      if (next[edge] === -1) {
        next[edge] = states;
        states += 1;
      }
      state = next[edge] ?? 0;
    }
    final[state] = 1;
  }
  linkFailures(next, final, states, width);
  return (text, length) => {
    let state = 0;
    if (final[0] === 1) return true;
    for (let index = 0; index < length; index += 1) {
      state = next[state * width + (classes[text.charCodeAt(index)] ?? 0)] ?? 0;
      if (final[state] === 1) return true;
    }
    return false;
  };
}

/** linkFailures fills each missing edge with the edge of the longest proper suffix, breadth first. */
function linkFailures(next: Int32Array, final: Uint8Array, states: number, width: number): void {
  const failure = new Int32Array(states);
  const queue = new Int32Array(states);
  let tail = 0;
  for (let char = 0; char < width; char += 1) {
    const state = next[char] ?? -1;
    if (state > 0) {
      queue[tail] = state;
      tail += 1;
    } else next[char] = 0;
  }
  for (let head = 0; head < tail; head += 1) {
    const state = queue[head] ?? 0;
    const suffix = failure[state] ?? 0;
    if (final[suffix] === 1) final[state] = 1;
    for (let char = 0; char < width; char += 1) {
      const edge = state * width + char;
      const target = next[edge] ?? -1;
      const fallback = next[suffix * width + char] ?? 0;
      if (target === -1) next[edge] = fallback;
      else {
        failure[target] = fallback;
        queue[tail] = target;
        tail += 1;
      }
    }
  }
}
