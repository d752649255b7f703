import type { Finding } from '../../model/finding.ts';
import { findingLineOf } from '../message/message.ts';
import { clip } from '../../text/escape.ts';
import { dedupeKeyOf } from './dedupe-key.ts';
import { createMemberRoll, type GroupMember, type MemberRoll } from './state/member-roll.ts';

/** Texts of events may be of any length; a line is for reading. */
const lineChars = 200;

/** memberOf gives the part of a finding that a group keeps. */
export function memberOf(finding: Finding): GroupMember {
  const { account, who, what, target, from, outcome, rule } = findingLineOf(finding);
  return {
    id: dedupeKeyOf(finding),
    fingerprint: finding.fingerprint,
    line: {
      time: clip(finding.time, lineChars),
      who: clip(who, lineChars),
      what: clip(what, lineChars),
      ...(target !== undefined && { target: clip(target, lineChars) }),
      ...(from !== undefined && { from: clip(from, lineChars) }),
      outcome: outcome.kind === 'success' ? outcome : { kind: 'failure', code: clip(outcome.code, lineChars) },
      ...(account !== undefined && { account: clip(account, lineChars) }),
      ...(rule && { rule: { title: clip(rule.title, lineChars), level: rule.level } }),
    },
  };
}

/** rollOfOne is the roll of a group of a single finding. */
export function rollOfOne(finding: Finding): MemberRoll {
  const roll = createMemberRoll();
  roll.add(memberOf(finding));
  return roll.read();
}
