/** NotifiedOnce remember what was told once and for all: a day's digest, the report of a trial. */
export interface NotifiedOnce {
  readonly has: (what: string) => Promise<boolean>;
  readonly set: (what: string, at: Date) => Promise<void>;
}

/** createMemoryNotifiedOnce remembers within one process. */
export function createMemoryNotifiedOnce(): NotifiedOnce {
  const known = new Set<string>();
  return { has: async (what) => known.has(what), set: async (what) => void known.add(what) };
}
