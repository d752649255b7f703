import type { EventLine } from '../../message/message.ts';

/** GroupMember is a finding in a group: as little of it as a line needs. */
export interface GroupMember {
  /** The telling: the same finding is one member. */
  readonly id: string;
  /** Says whether two members are the same news. */
  readonly fingerprint: string;
  readonly line: EventLine;
}

/** MemberRoll is what a group's members come to. */
export interface MemberRoll {
  readonly count: number;
  /** ISO 8601, UTC: when the first and the last of them happened; empty without members. */
  readonly since: string;
  readonly until: string;
  /** The latest, oldest first. */
  readonly latest: readonly EventLine[];
  /** Whether they are not all the same news. */
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

// By time, and by id where that says nothing, so that all who read the same members list the same lines.
function inOrder(a: GroupMember, b: GroupMember): number {
  if (a.line.time !== b.line.time) return a.line.time < b.line.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
