import type { EventLine } from '../../message/message.ts';

/** GroupMember is a finding in a group: only what a line needs. */
export interface GroupMember {
  /** The dedupe key: the same finding is one member. */
  readonly id: string;
  /** The finding's fingerprint, which says whether the members differ. */
  readonly fingerprint: string;
  readonly line: EventLine;
}

/** MemberRoll is the sum of a group's members. */
export interface MemberRoll {
  readonly count: number;
  /** ISO 8601, UTC: when the first and the last of them happened; empty without members. */
  readonly since: string;
  readonly until: string;
  /** The latest, oldest first. */
  readonly latest: readonly EventLine[];
  /** Whether the members have different fingerprints. */
  readonly mixed: boolean;
}

/** How many lines a notification shows of a group. */
const listed = 20;

/** createMemberRoll adds up members in any order, and holds no more of them than it lists. */
export function createMemberRoll(): { add(member: GroupMember): void; read(): MemberRoll } {
  let [count, since, until] = [0, '', ''];
  let fingerprint: string | undefined;
  let mixed = false;
  const latest: GroupMember[] = [];

  return {
    add(member) {
      const { time } = member.line;
      count += 1;
      if (since === '' || time < since) since = time;
      if (time > until) until = time;
      mixed ||= fingerprint !== undefined && fingerprint !== member.fingerprint;
      fingerprint = member.fingerprint;
      const earliest = latest[0];
      if (latest.length === listed && earliest !== undefined && inOrder(member, earliest) <= 0) return;
      const place = latest.findLastIndex((other) => inOrder(other, member) <= 0) + 1;
      latest.splice(place, 0, member);
      if (latest.length > listed) latest.shift();
    },
    read: () => ({ count, since, until, mixed, latest: latest.map(({ line }) => line) }),
  };
}

// By time, then by id, so that all copies of the functions list the same lines.
function inOrder(a: GroupMember, b: GroupMember): number {
  if (a.line.time !== b.line.time) return a.line.time < b.line.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
