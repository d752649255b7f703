import type { Finding } from '../../../model/finding.ts';
import type { GroupPolicy } from '../../routing/group-policy.ts';
import { createMemberRoll, type GroupMember, type MemberRoll } from './member-roll.ts';
import type { Receipt } from '../../message/notification.ts';
import { dayMs } from '../../../time/days.ts';

/** Generation is a group while findings join it, from the first finding to the end of the repeat interval. */
export interface Generation {
  /** 32 hex digits, different for each generation. */
  readonly key: string;
  /** Milliseconds since 1970: findings join it from openedMs until closesMs. */
  readonly openedMs: number;
  readonly closesMs: number;
  /** The dedupe key of its first finding. */
  readonly lead: string;
}

/** FindingGroup is the facts of a group that never change, so a copy of the function may remember them. */
export interface FindingGroup extends Generation {
  readonly receiver: string;
  /** The first finding, which notifications show. */
  readonly finding: Finding;
  readonly policy: GroupPolicy;
  /** Why its findings are one group, for a person. */
  readonly groupReason: string;
  /** Whether it is a single finding that no other can join. Such a group has no members in the store. */
  readonly alone: boolean;
  /** The group of the alert that this one adds to: it notifies first, and this one goes into its thread. */
  readonly parent?: string;
  /** All receivers of the first finding, including this one. */
  readonly allReceivers: readonly string[];
  /** Milliseconds since 1970: when the queue got the first finding. */
  readonly queuedMs?: number;
}

/** GroupState is how far a group's notifications have come, and its failures. */
export interface GroupState {
  /** How many of its findings the receiver was notified of. */
  readonly notified: number;
  /** How many were notified or are among the dead letters; the findings beyond are pending. */
  readonly settled: number;
  /** Failures in a row, and the time of the first of them (milliseconds since 1970). */
  readonly failures: number;
  readonly failingSinceMs?: number;
  /** No delivery step before this time, for which a due entry exists. */
  readonly notBeforeMs?: number;
  readonly notifiedMs?: number;
  readonly receipt?: Receipt;
  /** Whether the group is closed at the receiver. */
  readonly closed: boolean;
}

/** initialGroupState is the state of a group without notifications. */
export const initialGroupState: GroupState = { notified: 0, settled: 0, failures: 0, closed: false };

/** GroupLease is the right to a group's delivery step, for a short time, with the group's current state. */
export interface GroupLease {
  readonly key: string;
  readonly token: string;
  readonly state: GroupState;
  /** How often the group had been revived when the lease was taken: a record must not undo a later revival. */
  readonly revivals: number;
}

/**
 * GroupStore keeps groups. All writes are idempotent, and in an order that lets the next attempt go on after a crash between any
 * two: the first finding before the generation that names it, the generation before its members. A group is open when it has a
 * member; a group that lost the race to be opened never gets one.
 */
export interface GroupStore {
  /** latest gives the last generation of a base; findings join it until it closes. */
  readonly latest: (base: string) => Promise<Generation | undefined>;
  /**
   * open begins a generation, unless one is open, and returns the open one: all callers in a race get the same. A group that is
   * alone has no base, and exists as soon as it is written.
   */
  readonly open: (base: string | undefined, group: FindingGroup, now: Date) => Promise<Generation>;
  /** join adds a finding, once however often it is called. */
  readonly join: (generation: Generation, member: GroupMember) => Promise<void>;
  /** has says whether a finding has joined, by its dedupe key. */
  readonly has: (generation: Generation, member: string) => Promise<boolean>;
  readonly find: (key: string) => Promise<FindingGroup | undefined>;
  /** members sums up all members; it includes every member that was written before the call. */
  readonly members: (key: string) => Promise<MemberRoll>;
  readonly state: (key: string) => Promise<GroupState>;
  /** lease gives the right to a delivery step to one holder at a time; undefined while another holds it. */
  readonly lease: (group: FindingGroup, now: Date) => Promise<GroupLease | undefined>;
  /**
   * record writes the new state and gives the lease back. After a lost lease, or when the group was revived meanwhile, it records
   * only the notification and returns false: the group then needs another delivery step.
   */
  readonly record: (group: FindingGroup, lease: GroupLease, state: GroupState) => Promise<boolean>;
  /** revive makes the findings that are among the dead letters pending again. */
  readonly revive: (group: FindingGroup) => Promise<void>;
}

export interface GroupStoreTimes {
  /** Milliseconds that a lease holds: longer than one send and its record may take. */
  readonly leaseMs: number;
  /**
   * Milliseconds that a group is kept after its end: longer than quiet hours, all attempts at a receiver, and the wait of a dead
   * letter together.
   */
  readonly keepMs: number;
}

/** The default times: a minute for a step, 22 days to keep (up to 7 of quiet hours, 6 hours of attempts, 14 days of waiting). */
export const groupStoreTimes: GroupStoreTimes = { leaseMs: 60_000, keepMs: 22 * dayMs };

/** createMemoryGroupStore keeps groups within one process: for a laptop and for tests. */
export function createMemoryGroupStore({ leaseMs } = groupStoreTimes): GroupStore {
  const generations = new Map<string, Generation>();
  const groups = new Map<string, FindingGroup>();
  // Of members only what they add up to is kept, and their ids, so that none counts twice.
  const joined = new Map<string, { readonly ids: Set<string>; readonly roll: ReturnType<typeof createMemberRoll> }>();
  const states = new Map<string, GroupState>();
  const leases = new Map<string, { readonly token: string; readonly untilMs: number }>();
  const revived = new Map<string, number>();
  let tokens = 0;

  return {
    latest: async (base) => generations.get(base),
    open: async (base, group, now) => {
      const latest = base === undefined ? undefined : generations.get(base);
      if (latest !== undefined && now.getTime() < latest.closesMs) return latest;
      const { key, openedMs, closesMs, lead } = group;
      groups.set(key, group);
      const generation = { key, openedMs, closesMs, lead };
      if (base !== undefined) generations.set(base, generation);
      return generation;
    },
    join: async ({ key }, member) => {
      const members = joined.get(key) ?? { ids: new Set<string>(), roll: createMemberRoll() };
      joined.set(key, members);
      if (members.ids.has(member.id)) return;
      members.ids.add(member.id);
      members.roll.add(member);
    },
    has: async ({ key }, member) => joined.get(key)?.ids.has(member) ?? false,
    find: async (key) => groups.get(key),
    members: async (key) => (joined.get(key)?.roll ?? createMemberRoll()).read(),
    state: async (key) => states.get(key) ?? initialGroupState,
    lease: async ({ key }, now) => {
      const held = leases.get(key);
      if (held !== undefined && now.getTime() < held.untilMs) return undefined;
      const token = String((tokens += 1));
      leases.set(key, { token, untilMs: now.getTime() + leaseMs });
      return { key, token, state: states.get(key) ?? initialGroupState, revivals: revived.get(key) ?? 0 };
    },
    record: async ({ key }, { token, revivals }, state) => {
      const known = states.get(key) ?? initialGroupState;
      const mine = leases.get(key)?.token === token;
      if (mine) leases.delete(key);
      if (mine && (revived.get(key) ?? 0) === revivals) {
        states.set(key, state);
        return true;
      }
      if (state.notified > known.notified) {
        states.set(key, { ...known, notified: state.notified, settled: Math.max(known.settled, state.settled) });
      }
      return false;
    },
    revive: async ({ key }) => {
      const { notified, closed, notifiedMs, receipt } = states.get(key) ?? initialGroupState;
      revived.set(key, (revived.get(key) ?? 0) + 1);
      states.set(key, {
        ...initialGroupState,
        notified,
        settled: notified,
        closed,
        ...(notifiedMs !== undefined && { notifiedMs }),
        ...(receipt && { receipt }),
      });
    },
  };
}
