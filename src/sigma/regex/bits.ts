/** Bits is a set of positions, 32 to a word. */
export type Bits = Uint32Array;

export function bitsOf(positions: Iterable<number>, words: number): Bits {
  const bits = new Uint32Array(words);
  for (const position of positions) bits[position >>> 5] = (bits[position >>> 5] ?? 0) | (1 << (position & 31));
  return bits;
}

/** spanOf gives the first word that holds a bit and the one behind the last. */
export function spanOf(bits: Bits): readonly [number, number] {
  const from = bits.findIndex((word) => word !== 0);
  return from < 0 ? [0, 0] : [from, bits.findLastIndex((word) => word !== 0) + 1];
}
