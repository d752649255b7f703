/** Random is a stream of numbers that is the same for the same seed on every machine. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  readonly next: () => number;
  /** A whole number from `low` to `high`, both included. */
  readonly whole: (low: number, high: number) => number;
  readonly of: <Item>(items: readonly Item[]) => Item;
  readonly hex: (length: number) => string;
  readonly chance: (share: number) => boolean;
}

/** createRandom is mulberry32: small, even enough, and nobody's secret depends on it. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    of: (items) => {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new Error('nothing to choose from');
      return item;
    },
    hex: (length) => Array.from({ length }, () => whole(0, 15).toString(16)).join(''),
    chance: (share) => next() < share,
  };
}
