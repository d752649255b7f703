/** ThrottleStore counts the groups that open under one name within an interval, each group once. */
export interface ThrottleStore {
  /**
   * take gives a group one of `most` places within `forMs`, which begin with the first group; a group that has a place gets it
   * again. When all places are taken, it says until when (milliseconds since 1970).
   */
  readonly take: (
    scope: string,
    group: string,
    limit: { readonly most: number; readonly forMs: number },
    now: Date,
  ) => Promise<{ readonly kind: 'taken' } | { readonly kind: 'full'; readonly untilMs: number }>;
}

/** createMemoryThrottle counts within one process: for a laptop and for tests. */
export function createMemoryThrottle(): ThrottleStore {
  const scopes = new Map<string, { readonly untilMs: number; readonly groups: Set<string> }>();
  return {
    take: async (scope, group, { most, forMs }, now) => {
      const known = scopes.get(scope);
      const ended = known === undefined || known.untilMs <= now.getTime();
      const { untilMs, groups } = ended ? { untilMs: now.getTime() + forMs, groups: new Set<string>() } : known;
      if (ended) scopes.set(scope, { untilMs, groups });
      if (!groups.has(group) && groups.size >= most) return { kind: 'full', untilMs };
      groups.add(group);
      return { kind: 'taken' };
    },
  };
}
