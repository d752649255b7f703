import type { Finding } from '../../../model/finding.ts';
import type { GroupPolicy } from '../../routing/group-policy.ts';
import { createMemberRoll, type GroupMember, type MemberRoll } from './member-roll.ts';
import type { Receipt } from '../../message/notification.ts';
import { dayMs } from '../../../time/days.ts';

/** Generation is a group while findings join it, from the first finding to the end of the repeat interval. */
export interface Generation {
  /** 32 hex digits, another one for each generation. */
  readonly key: string;
  /** Milliseconds since 1970: from when, and until when findings join it. */
  readonly openedMs: number;
  readonly closesMs: number;
  /** The telling that it began with. */
  readonly lead: string;
}

/** FindingGroup is what is known of a group from its beginning; none of it ever changes, so it may be remembered. */
export interface FindingGroup extends Generation {
  readonly receiver: string;
  /** The first finding: whoever tells of the group has to show it. */
  readonly finding: Finding;
  readonly policy: GroupPolicy;
  /** Why its findings are together, for a person. */
  readonly groupReason: string;
  /** Whether it is one finding that nothing can join. Then it has no members of its own. */
  readonly alone: boolean;
  /** The group of the alert that this one completes, which is told first and in whose thread this belongs. */
  readonly parent?: string;
  /** The receivers that the first finding went to, with this one. */
  readonly allReceivers: readonly string[];
  /** Milliseconds since 1970: when the queue got the first finding. */
  readonly queuedMs?: number;
}

/** GroupState is what was told of a group so far, and what came of trying. */
export interface GroupState {
  /** How many of its findings the receiver knows of. */
  readonly notified: number;
  /** How many are told or stand among the dead letters: what is beyond has still to be told. */
  readonly settled: number;
  /** Failures in a row, and when the first of them was (milliseconds since 1970). */
  readonly failures: number;
  readonly failingSinceMs?: number;
  /** Until when nobody need look: there is a due entry for then. */
  readonly notBeforeMs?: number;
  readonly notifiedMs?: number;
  readonly receipt?: Receipt;
  /** Whether the receiver was told that nothing more comes. */
  readonly closed: boolean;
}

/** The state of a group that nobody has been told of. */
export const initialGroupState: GroupState = { notified: 0, settled: 0, failures: 0, closed: false };

/** GroupLease is the short right to tell of a group, with its state as it is now. */
export interface GroupLease {
  readonly key: string;
  readonly token: string;
  readonly state: GroupState;
  /** How often the group was revived when the lease was taken: what is recorded must not undo a revival since. */
  readonly revivals: number;
}

/**
 * GroupStore keeps groups. All writes are idempotent, and in an order in which a crash between any two leaves something
 * that the next try goes on from: the first finding before the generation that names it, the generation before its members.
 * A group is open when it has a member; what was prepared by whoever lost the race to open it has none, ever.
 */
export interface GroupStore {
  /** latest gives the last generation of a base; findings join it until it closes. */
  readonly latest: (base: string) => Promise<Generation | undefined>;
  /**
   * open begins a generation, unless one is open: it returns the one that is, so that of any who race all get the same.
   * A group that is alone has no base, and is there as soon as it is written.
   */
  readonly open: (base: string | undefined, group: FindingGroup, now: Date) => Promise<Generation>;
  /** join adds a finding, once however often it is called. */
  readonly join: (generation: Generation, member: GroupMember) => Promise<void>;
  /** has says whether a finding has joined, by its telling. */
  readonly has: (generation: Generation, member: string) => Promise<boolean>;
  readonly find: (key: string) => Promise<FindingGroup | undefined>;
  /** members counts all that have joined; it reads every one that was written before the call. */
  readonly members: (key: string) => Promise<MemberRoll>;
  readonly state: (key: string) => Promise<GroupState>;
  /** lease gives the right to tell to one holder at a time; undefined while another has it. */
  readonly lease: (group: FindingGroup, now: Date) => Promise<GroupLease | undefined>;
  /**
   * record writes the new state and gives the lease back. What was told stays told: whoever lost the lease meanwhile, or
   * finds the group revived, records that alone and gets false: the group is to be looked at again.
   */
  readonly record: (group: FindingGroup, lease: GroupLease, state: GroupState) => Promise<boolean>;
  /** revive makes what stands among the dead letters untold again. */
  readonly revive: (group: FindingGroup) => Promise<void>;
}

export interface GroupStoreTimes {
  /** How long a lease holds: longer than one send and its record may take. */
  readonly leaseMs: number;
  /**
   * How long a group is kept after its end: longer than quiet hours may hold it back, a receiver is tried, and its dead letter
   * waits to be sent again.
   */
  readonly keepMs: number;
}

/** The default times: a minute to tell, 22 days to keep (up to 7 of quiet hours, 6 hours of tries, 14 days of waiting). */
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
