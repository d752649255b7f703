import type { Notification } from '../../src/notify/message/notification.ts';

/** Ledger records every send, independent of delivery's state: what receivers took, and which faults excuse a repeat. */
export interface Ledger {
  /** took notes that a receiver took a notification. `recorded` is how many findings the state had as notified at that time. */
  readonly took: (receiver: string, key: string, notification: Notification, recorded: number) => void;
  /** A fault prevented the record of a notification: it may be sent once more. */
  readonly excuse: (receiver: string, key: string) => void;
  readonly joined: (receiver: string, telling: string, group: string) => void;
  /** How many findings of a group a receiver got. */
  readonly known: (receiver: string, key: string) => number;
  readonly repeats: () => number;
  readonly violations: readonly string[];
  /** Dedupe keys that are in more than one group of a receiver. */
  readonly twice: () => number;
}

export function createLedger(): Ledger {
  const known = new Map<string, number>();
  const excused = new Set<string>();
  const groups = new Map<string, Set<string>>();
  const violations: string[] = [];
  let repeats = 0;

  return {
    violations,
    took: (receiver, key, notification, recorded) => {
      const at = `${receiver} ${key}`;
      const count = countOf(notification);
      const before = known.get(at) ?? 0;
      if (count <= before) {
        repeats += 1;
        if (recorded >= before) violations.push(`${at}: ${count} sent again, though ${recorded} were on record`);
        if (!excused.has(at)) violations.push(`${at}: ${count} sent again, and no fault fell between send and record`);
        excused.delete(at);
      }
      known.set(at, Math.max(before, count));
    },
    excuse: (receiver, key) => void excused.add(`${receiver} ${key}`),
    joined: (receiver, telling, group) => {
      const at = `${receiver} ${telling}`;
      const all = groups.get(at) ?? new Set();
      groups.set(at, all.add(group));
    },
    known: (receiver, key) => known.get(`${receiver} ${key}`) ?? 0,
    repeats: () => repeats,
    twice: () => [...groups.values()].filter(({ size }) => size > 1).length,
  };
}

// A single addition goes out under the count of its alert.
function countOf({ group }: Notification): number {
  return group === undefined || group.latest.length < 2 ? 1 : group.count;
}
