/** Shortlist keeps the first `limit` items in an order of importance, whatever order they come in. */
export interface Shortlist<Item> {
  /** add returns the items that fell out to make room, perhaps the one just added. */
  add(item: Item): readonly Item[];
  readonly kept: () => readonly Item[];
}

/** createShortlist holds at most twice the limit in memory: it lets go in batches, so that adding stays cheap. */
export function createShortlist<Item>(
  limit: number,
  moreImportantFirst: (a: Item, b: Item) => number,
): Shortlist<Item> {
  const items: Item[] = [];
  // Once the list has been full, nothing that comes after its last item can get in any more.
  let last: Item | undefined;
  const cut = (): readonly Item[] => {
    items.sort(moreImportantFirst);
    const dropped = items.splice(limit);
    if (items.length === limit) last = items.at(-1);
    return dropped;
  };
  return {
    add(item) {
      if (last !== undefined && moreImportantFirst(last, item) <= 0) return [item];
      items.push(item);
      return items.length >= 2 * limit + 16 ? cut() : [];
    },
    kept() {
      cut();
      return [...items];
    },
  };
}
