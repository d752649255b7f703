import type { Finding } from '../../src/model/finding.ts';
import type { DeliveryState } from '../../src/notify/delivery/state/delivery-state.ts';
import type { Dispatcher } from '../../src/notify/delivery/dispatch.ts';
import { dedupeKeyOf } from '../../src/notify/delivery/dedupe-key.ts';
import type { Simulation } from './simulation.ts';

/** Account sums up each finding at each of its receivers: in = notified + muted + dead letters, or a finding was lost. */
export interface Account {
  /** Findings, each once for each of its receivers. */
  readonly into: number;
  readonly notified: number;
  /** Suppressed, inhibited, on trial or routed to nobody: each counts once. */
  readonly kept: number;
  readonly dead: number;
  readonly lost: readonly string[];
  /** Groups whose notifications give a wrong count. */
  readonly wrong: readonly string[];
}

const keepers = ['suppressed', 'inhibited', 'trial', 'none'] as const;

/** accountOf reads the state at the end, and compares it with the findings that the receivers got. */
export async function accountOf(
  findings: readonly Finding[],
  { ledger, letters, queue }: Simulation,
  state: DeliveryState,
  dispatch: Dispatcher,
  now: Date,
): Promise<Account> {
  const unread = new Set(queue.dead.map(({ body }) => dedupeKeyOf(body)));
  const buried = new Map<string, number>();
  for (const { group, findings: count } of letters) buried.set(group, (buried.get(group) ?? 0) + count);
  const lost: string[] = [];
  const wrong: string[] = [];
  const counts = new Map<string, number>();
  const inGroup = new Map<string, number>();
  let [into, notified, kept, dead] = [0, 0, 0, 0];

  const groupIsRight = async (receiver: string, key: string, alone: boolean): Promise<void> => {
    if (counts.has(key)) return;
    const count = alone ? 1 : (await state.groups.members(key)).count;
    counts.set(key, count);
    const { notified: recorded, settled } = await state.groups.state(key);
    const known = ledger.known(receiver, key);
    if (known !== recorded) wrong.push(`${receiver} ${key}: got ${known}, on record are ${recorded}`);
    if (settled !== count) wrong.push(`${receiver} ${key}: ${settled} of ${count} are settled`);
    if (settled - recorded > (buried.get(key) ?? 0)) {
      wrong.push(`${receiver} ${key}: ${settled - recorded} are given up, ${buried.get(key) ?? 0} in dead letters`);
    }
  };

  const unique = new Map(findings.map((finding) => [dedupeKeyOf(finding), finding]));
  for (const [findingId, finding] of unique) {
    const by = await Promise.all(keepers.map((receiver) => state.seen.find({ findingId, receiver }, now)));
    if (by.some((at) => at !== undefined)) {
      into += 1;
      kept += 1;
      continue;
    }
    for (const { receiver } of dispatch(finding, now).to) {
      into += 1;
      const at = `${receiver.name} ${findingId}`;
      const claim = await state.seen.claim({ findingId, receiver: receiver.name }, now);
      const key = claim.kind === 'delivered' ? claim.group : claim.kind === 'granted' ? claim.lease.parked : undefined;
      const group = key === undefined ? undefined : await state.groups.find(key);
      if (group === undefined || key === undefined) {
        if (unread.has(findingId)) dead += 1;
        else lost.push(`${at}: ${claim.kind}, in no group`);
        continue;
      }
      const generation = { key, openedMs: group.openedMs, closesMs: group.closesMs, lead: group.lead };
      // An alert may name its actor at once, and then counts for the addition as well.
      const holds = group.alone || (await state.groups.has(generation, findingId)) || finding.completes !== undefined;
      if (!holds) {
        lost.push(`${at}: is not in its group ${key}`);
        continue;
      }
      await groupIsRight(receiver.name, key, group.alone);
      const isMember = group.alone ? group.lead === findingId : await state.groups.has(generation, findingId);
      if (isMember) {
        inGroup.set(key, (inGroup.get(key) ?? 0) + 1);
      }
      const { notified: recorded } = await state.groups.state(key);
      if (recorded > 0) notified += 1;
      else if ((buried.get(key) ?? 0) > 0) dead += 1;
      else lost.push(`${at}: its group ${key} never notified`);
    }
  }
  for (const [key, count] of counts) {
    const findingsInIt = inGroup.get(key) ?? 0;
    // A finding that joined before the queue gave it up is a member without an acceptance.
    if (count < findingsInIt || count > findingsInIt + unread.size) {
      wrong.push(`${key}: counts ${count} findings and has ${findingsInIt}`);
    }
  }
  return { into, notified, kept, dead, lost, wrong };
}
