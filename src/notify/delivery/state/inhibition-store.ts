/** InhibitionStore remembers the inhibitions in force, each started by a finding. */
export interface InhibitionStore {
  /** start puts a key in force until then (milliseconds since 1970); a later end stays. */
  readonly start: (key: string, untilMs: number) => Promise<void>;
  /** active gives the keys that are in force. */
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
