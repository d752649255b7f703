/** eachOf runs `work` for every item, `parallel` at a time, until all are done or the signal aborts. */
export async function eachOf<Item>(
  items: readonly Item[],
  parallel: number,
  signal: AbortSignal | undefined,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    // All workers share one iterator: each takes the next item.
    for (const item of queue) {
      signal?.throwIfAborted();
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, worker));
}
