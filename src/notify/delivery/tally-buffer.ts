import type { TallyEntry, TallyKind, TallyStore } from './state/tally-store.ts';

/** TallyBuffer adds up counts, so that a burst is one write for each name. */
export interface TallyBuffer {
  readonly count: (kind: TallyKind, name: string, by?: number) => void;
  /** write hands over the counts since the last write. */
  readonly write: (at: Date) => Promise<void>;
}

/** createTallyBuffer counts in memory until the next write. */
export function createTallyBuffer(store: Pick<TallyStore, 'add'>): TallyBuffer {
  let counts = new Map<string, TallyEntry>();
  return {
    count: (kind, name, by = 1) => {
      const key = JSON.stringify([kind, name]);
      counts.set(key, { kind, name, by: by + (counts.get(key)?.by ?? 0) });
    },
    write: async (at) => {
      const entries = [...counts.values()].filter(({ by }) => by > 0);
      counts = new Map();
      if (entries.length > 0) await store.add(at, entries);
    },
  };
}
