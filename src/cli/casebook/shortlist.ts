/** Shortlist keeps the first `limit` items in an order of importance, whatever order they come in. */
export interface Shortlist<Item> {
  /** add returns the items that fell out to make room. */
  add(item: Item): readonly Item[];
  readonly kept: () => readonly Item[];
}

/** createShortlist holds at most twice the limit in memory: it lets go in batches, so that adding stays cheap. */
export function createShortlist<Item>(
  limit: number,
  moreImportantFirst: (a: Item, b: Item) => number,
): Shortlist<Item> {
  let items: Item[] = [];
  const cut = (): readonly Item[] => {
    items.sort(moreImportantFirst);
    return items.splice(limit);
  };
  return {
    add(item) {
      items.push(item);
      return items.length >= Math.max(2 * limit, limit + 16) ? cut() : [];
    },
    kept() {
      cut();
      items = [...items];
      return items;
    },
  };
}
