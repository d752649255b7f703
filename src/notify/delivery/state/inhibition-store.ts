/** InhibitionStore remembers which inhibitions work at the moment: a finding has begun each of them. */
export interface InhibitionStore {
  /** start makes a key work until then (milliseconds since 1970), or longer when it does already. */
  readonly start: (key: string, untilMs: number) => Promise<void>;
  /** active gives those of the keys that work. */
  readonly active: (keys: readonly string[], now: Date) => Promise<ReadonlySet<string>>;
}

/** createMemoryInhibitions remembers within one process: for a laptop and for tests. */
export function createMemoryInhibitions(): InhibitionStore {
  const ends = new Map<string, number>();
  return {
    start: async (key, untilMs) => {
      ends.set(key, Math.max(untilMs, ends.get(key) ?? 0));
    },
    active: async (keys, now) => new Set(keys.filter((key) => now.getTime() < (ends.get(key) ?? 0))),
  };
}
