/** Due says when a group has to be looked at. A group may have several; whoever looks removes those it found. */
export interface Due {
  readonly receiver: string;
  /** The group's. */
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** Its own name: what is added while somebody looks is not removed with what he found. */
  readonly id: string;
}

/**
 * OutboxStore is what has to be told, by receiver and time. Each receiver has entries of its own, so that one that takes
 * nothing doesn't fill the list of another.
 */
export interface OutboxStore {
  readonly put: (receiver: string, key: string, atMs: number) => Promise<Due>;
  /** list gives what is due at a receiver, the oldest first. */
  readonly list: (receiver: string, now: Date, most: number) => Promise<readonly Due[]>;
  readonly remove: (entries: readonly Due[]) => Promise<void>;
  /** receivers names all that ever had an entry, also those that are no longer configured. */
  readonly receivers: () => Promise<readonly string[]>;
}

/** createMemoryOutbox keeps entries within one process: for a laptop and for tests. */
export function createMemoryOutbox(): OutboxStore {
  const entries = new Map<string, Map<string, Due>>();
  let ids = 0;
  return {
    put: async (receiver, key, atMs) => {
      const due = { receiver, key, atMs, id: String((ids += 1)) };
      const own = entries.get(receiver) ?? new Map<string, Due>();
      entries.set(receiver, own.set(due.id, due));
      return due;
    },
    list: async (receiver, now, most) =>
      [...(entries.get(receiver)?.values() ?? [])]
        .filter(({ atMs }) => atMs <= now.getTime())
        .sort((a, b) => a.atMs - b.atMs || Number(a.id) - Number(b.id))
        .slice(0, most),
    remove: async (gone) => {
      for (const { receiver, id } of gone) entries.get(receiver)?.delete(id);
    },
    receivers: async () => [...entries.keys()],
  };
}
