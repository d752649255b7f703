/** FallbackStore remembers the receivers that a finding has failed at. */
export interface FallbackStore {
  /** fail adds a receiver, and returns all receivers that the finding has failed at. */
  readonly fail: (findingId: string, receiver: string, now: Date) => Promise<ReadonlySet<string>>;
}

/** createMemoryFallbacks remembers within one process: for a laptop and for tests. */
export function createMemoryFallbacks(): FallbackStore {
  const failed = new Map<string, Set<string>>();
  return {
    fail: async (findingId, receiver) => {
      const receivers = (failed.get(findingId) ?? new Set<string>()).add(receiver);
      failed.set(findingId, receivers);
      return new Set(receivers);
    },
  };
}
