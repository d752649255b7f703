/** How many different ids are remembered: equal records are usually close together. */
const remembered = 20_000;

/** createRepeatCounter counts how often each id came before, forgetting those that didn't come among the last 20,000 different ones or twice as many. */
export function createRepeatCounter(limit: number = remembered): (id: string) => number {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  return (id) => {
    const before = young.get(id) ?? old.get(id) ?? 0;
    young.set(id, before + 1);
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    return before;
  };
}
