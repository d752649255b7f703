/** eachOf does a piece of work for every item, some of them at a time, until all are done or it is told to stop. */
export async function eachOf<Item>(
  items: readonly Item[],
  parallel: number,
  signal: AbortSignal | undefined,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    // One iterator for all workers: each takes what is next.
    for (const item of queue) {
      signal?.throwIfAborted();
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, parallel) }, worker));
}
