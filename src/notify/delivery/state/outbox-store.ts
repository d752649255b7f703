/** Due is an entry for a group's next delivery step. A group may have several; a step removes the entries that it found. */
export interface Due {
  readonly receiver: string;
  /** The group's key. */
  readonly key: string;
  /** Milliseconds since 1970: when the step is due. */
  readonly atMs: number;
  /** Names the entry, so that a step removes no entry that was added during the step. */
  readonly id: string;
}

/**
 * OutboxStore is the pending groups, by receiver and time. Each receiver has a list of its own, so that a receiver that takes
 * nothing does not fill the list of another.
 */
export interface OutboxStore {
  readonly put: (receiver: string, key: string, atMs: number) => Promise<Due>;
  /** list gives the due entries of a receiver, the oldest first. */
  readonly list: (receiver: string, now: Date, most: number) => Promise<readonly Due[]>;
  readonly remove: (entries: readonly Due[]) => Promise<void>;
  /** receivers lists all receivers that ever had an entry, also those that are no longer configured. */
  readonly receivers: () => Promise<readonly string[]>;
}

/** MemoryOutbox also says when the next entry is due, for a clock that jumps there. */
export interface MemoryOutbox extends OutboxStore {
  /** Milliseconds since 1970; undefined when nothing is pending. */
  readonly nextMs: () => number | undefined;
}

/** createMemoryOutbox keeps entries within one process: for a laptop and for tests. */
export function createMemoryOutbox(): MemoryOutbox {
  // Each receiver's entries in the order in which they are due, so that the first ones are found without a search.
  const entries = new Map<string, Due[]>();
  let ids = 0;
  return {
    put: async (receiver, key, atMs) => {
      const due = { receiver, key, atMs, id: String((ids += 1)) };
      const own = entries.get(receiver) ?? [];
      own.splice(placeOf(own, due), 0, due);
      entries.set(receiver, own);
      return due;
    },
    list: async (receiver, now, most) => {
      const own = entries.get(receiver) ?? [];
      const later = own.findIndex(({ atMs }, index) => index === most || atMs > now.getTime());
      return own.slice(0, later === -1 ? most : later);
    },
    remove: async (gone) => {
      for (const due of gone) {
        const own = entries.get(due.receiver) ?? [];
        const place = placeOf(own, due);
        if (own[place]?.id === due.id) own.splice(place, 1);
      }
    },
    receivers: async () => [...entries.keys()],
    nextMs: () => {
      const firsts = [...entries.values()].flatMap(([first]) => (first === undefined ? [] : [first.atMs]));
      return firsts.length === 0 ? undefined : Math.min(...firsts);
    },
  };
}

/** placeOf finds by halving where an entry stands, or would stand, among entries in order. */
function placeOf(entries: readonly Due[], due: Due): number {
  let [from, to] = [0, entries.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = entries[middle];
    if (other !== undefined && inOrder(other, due) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function inOrder(a: Due, b: Due): number {
  return a.atMs - b.atMs || Number(a.id) - Number(b.id);
}
