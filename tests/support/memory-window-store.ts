import {
  inOrder,
  type FiringMark,
  type WindowKey,
  type WindowMatch,
  type WindowStore,
} from '../../src/detect/correlation/window-store.ts';

export interface MemoryWindowLimits {
  /** Matches kept of one group: the newest ones. */
  readonly perGroup: number;
  /** Groups kept: those that were added to last. */
  readonly groups: number;
}

/** The default limits hold tens of thousands of attempts of one source, and a spray over as many sources. */
const memoryWindowLimits: MemoryWindowLimits = { perGroup: 20_000, groups: 20_000 };

interface Group {
  matches: readonly WindowMatch[];
  completeFrom: number;
  fired: readonly FiringMark[];
  version: number;
}

/** createMemoryWindowStore remembers within one process, and forgets the oldest first. */
export function createMemoryWindowStore({ perGroup, groups: maxGroups } = memoryWindowLimits): WindowStore {
  // A Map keeps the order of insertion, so its first group is the one that was added to least lately.
  const groups = new Map<string, Group>();

  const touch = (key: WindowKey): Group => {
    const text = JSON.stringify([key.correlation, key.group]);
    const group = groups.get(text) ?? { matches: [], completeFrom: -Infinity, fired: [], version: 0 };
    groups.delete(text);
    groups.set(text, group);
    if (groups.size > maxGroups) {
      const [oldest] = groups.keys();
      if (oldest !== undefined) groups.delete(oldest);
    }
    return group;
  };

  return {
    add: async (key, matches, { from, to }) => {
      const group = touch(key);
      const all = inOrder([...group.matches, ...matches]);
      group.matches = all.slice(-perGroup);
      // Of the oldest kept time, matches may be missing already: completeness begins after it.
      if (all.length > perGroup) group.completeFrom = Math.max(group.completeFrom, (group.matches[0]?.time ?? 0) + 1);
      return {
        matches: group.matches.filter(({ time }) => time >= from && time <= to),
        completeFrom: group.completeFrom,
        fired: group.fired,
        version: group.version,
      };
    },
    mark: async (key, fired, version) => {
      const group = touch(key);
      if (group.version !== version) return false;
      group.fired = fired;
      group.version += 1;
      return true;
    },
  };
}
