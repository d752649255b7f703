/** CharSet is a set of code points: sorted ranges, both ends included, neither overlapping nor touching. */
export type CharSet = readonly (readonly [number, number])[];

export const lastCodePoint = 0x10ffff;
const newline = 0x0a;

export const digits: CharSet = [[0x30, 0x39]];
export const wordChars: CharSet = union([
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]);
/** Blanks as PCRE counts them: tab, newline, vertical tab, form feed, carriage return and space. */
export const blanks: CharSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
export const anyChar: CharSet = [[0, lastCodePoint]];
export const notNewline: CharSet = complement([[newline, newline]]);

const lower: CharSet = [[0x61, 0x7a]];
const upper: CharSet = [[0x41, 0x5a]];

/** POSIX names for use inside a class: `[[:alpha:]]`. */
export const posixClasses: Readonly<Record<string, CharSet>> = {
  alnum: union([...digits, ...upper, ...lower]),
  alpha: union([...upper, ...lower]),
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0x00, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: digits,
  graph: [[0x21, 0x7e]],
  lower,
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: blanks,
  upper,
  word: wordChars,
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
};

/** union sorts ranges and joins those that overlap or touch. */
export function union(ranges: CharSet): CharSet {
  const result: [number, number][] = [];
  for (const [low, high] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last !== undefined && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else result.push([low, high]);
  }
  return result;
}

export function complement(set: CharSet): CharSet {
  const result: [number, number][] = [];
  let from = 0;
  for (const [low, high] of set) {
    if (low > from) result.push([from, low - 1]);
    from = high + 1;
  }
  if (from <= lastCodePoint) result.push([from, lastCodePoint]);
  return result;
}

export function single(codePoint: number): CharSet {
  return [[codePoint, codePoint]];
}

/**
 * withBothCases adds to a set the other case of each of its letters. ASCII letters only have ASCII partners: that the
 * Kelvin sign is a kind of k is nothing a rule counts on.
 */
export function withBothCases(set: CharSet): CharSet {
  // Twice, because some letters have two others: from final sigma over the capital to sigma.
  return withPartners(withPartners(set));
}

function withPartners(set: CharSet): CharSet {
  const added: [number, number][] = [];
  for (const [low, high] of set) {
    addShifted(added, low, high, 0x41, 0x5a, 32);
    addShifted(added, low, high, 0x61, 0x7a, -32);
  }
  const wide = set.filter(([low, high]) => high > 0x7f && !(low <= 0x80 && high === lastCodePoint));
  const pairs = wide.length > 0 ? casePairs() : [];
  for (const [low, high] of wide) {
    for (let index = firstFrom(pairs, Math.max(low, 0x80)); (pairs[index]?.[0] ?? Infinity) <= high; index += 1) {
      const to = pairs[index]?.[1] ?? 0;
      added.push([to, to]);
    }
  }
  return union([...set, ...added]);
}

function addShifted(
  added: [number, number][],
  low: number,
  high: number,
  first: number,
  last: number,
  shift: number,
): void {
  const from = Math.max(low, first);
  const to = Math.min(high, last);
  if (from <= to) added.push([from + shift, to + shift]);
}

type Pairs = readonly (readonly [number, number])[];

/** firstFrom finds where the pairs of a letter, or of the next one behind it, begin. */
function firstFrom(pairs: Pairs, letter: number): number {
  let low = 0;
  let high = pairs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pairs[middle]?.[0] ?? Infinity) < letter) low = middle + 1;
    else high = middle;
  }
  return low;
}

let known: Pairs | undefined;

/** casePairs lists the letters beyond ASCII with their other case, both ways, in order; only few rules ever need it. */
function casePairs(): Pairs {
  if (known !== undefined) return known;
  const found: [number, number][] = [];
  for (let code = 0x80; code <= 0x1e943; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const letter = String.fromCodePoint(code);
    for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
      const [first = ''] = other;
      if (other !== letter && other === first)
        found.push([code, other.codePointAt(0) ?? code], [other.codePointAt(0) ?? code, code]);
    }
  }
  known = found.toSorted((a, b) => a[0] - b[0]);
  return known;
}
