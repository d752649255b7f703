import type { MemberRoll } from './state/member-roll.ts';
import type { FindingGroup, GroupState } from './state/group-store.ts';
import { quietUntil } from '../routing/quiet-hours.ts';
import type { DeliveryError } from '../receivers/receiver.ts';
import type { Random } from '../../retry/backoff.ts';
import { hourMs } from '../../time/duration.ts';

/** NextStep is the delivery step that a group needs now, and why. */
export type NextStep =
  | { readonly kind: 'notify'; readonly notification: 'first' | 'update'; readonly why: string }
  /** `scheduled`: a due entry for that time exists. */
  | { readonly kind: 'wait'; readonly untilMs: number; readonly why: string; readonly scheduled: boolean }
  | { readonly kind: 'close'; readonly why: string }
  | { readonly kind: 'nothing'; readonly why: string };

export interface NextStepFacts {
  readonly group: FindingGroup;
  readonly state: GroupState;
  readonly roll: MemberRoll;
  /** The state of the alert that the group adds to. */
  readonly parent?: GroupState | undefined;
  /** Whether the receiver closes groups. */
  readonly closes: boolean;
  readonly now: Date;
}

/**
 * graceMs is the time after a generation's end in which its last findings may still be written: longer than an invocation can
 * take, so that a delivery step after it sees all of them.
 */
export const graceMs = 120_000;

/** How long an addition waits for a pending alert without a known time. */
const longestParentMs = hourMs;
const parentLookMs = 60_000;

/** nextStepOf decides the next delivery step of a group. */
export function nextStepOf({ group, state, roll, parent, closes, now }: NextStepFacts): NextStep {
  const nowMs = now.getTime();
  const { policy } = group;
  if (roll.count <= state.settled) {
    const ended = nowMs >= group.closesMs + graceMs;
    if (closes && ended && state.notified > 0 && !state.closed)
      return { kind: 'close', why: 'the repeat interval is over' };
    return { kind: 'nothing', why: 'nothing new' };
  }
  if (state.notBeforeMs !== undefined && nowMs < state.notBeforeMs) {
    return { kind: 'wait', untilMs: state.notBeforeMs, why: 'retry scheduled', scheduled: true };
  }
  const wait = (untilMs: number, why: string): NextStep => ({ kind: 'wait', untilMs, why, scheduled: false });
  if (state.notified === 0 && nowMs < group.openedMs + policy.waitMs) {
    return wait(group.openedMs + policy.waitMs, 'waits for more findings');
  }
  // Steps come at regular times and notifications a little later: half an interval is enough between two.
  if (state.notifiedMs !== undefined && nowMs < state.notifiedMs + policy.updateMs / 2) {
    return wait(state.notifiedMs + policy.updateMs, 'notified a short while ago');
  }
  if (parent !== undefined && parent.settled === 0) {
    const known = parent.notBeforeMs !== undefined && nowMs < parent.notBeforeMs;
    if (known || nowMs < group.openedMs + longestParentMs) {
      return wait(Math.max(parent.notBeforeMs ?? 0, nowMs + parentLookMs), 'its alert is pending');
    }
  }
  const quiet = quietUntil(policy.quiet, group.finding.rule.level, now);
  if (quiet !== undefined) return wait(quiet.getTime(), 'quiet hours');
  if (state.notified === 0) return { kind: 'notify', notification: 'first', why: 'first notification' };
  return {
    kind: 'notify',
    notification: 'update',
    why: `${roll.count - state.settled} more since the last notification`,
  };
}

/** Retry says whether and when a group that a receiver did not take is tried again. */
export type Retry = { readonly kind: 'later'; readonly atMs: number } | { readonly kind: 'dead'; readonly why: string };

/** How often, and for how long, a receiver is tried before a group becomes a dead letter. */
const mostFailures = 30;
const longestFailingMs = 6 * hourMs;
const firstRetryMs = 20_000;
const longestRetryMs = 15 * 60_000;

/**
 * retryOf decides whether trying again can help, and when: with full jitter, so that groups that failed together don't come
 * back together, and never before the time that the receiver asked for.
 */
export function retryOf(
  state: Pick<GroupState, 'failures' | 'failingSinceMs'>,
  error: Pick<DeliveryError, 'retryable' | 'retryAfterMs'>,
  now: Date,
  random: Random,
): Retry {
  const nowMs = now.getTime();
  const { failures } = state;
  if (!error.retryable) return { kind: 'dead', why: 'trying again cannot help' };
  if (failures + 1 >= mostFailures) return { kind: 'dead', why: `failed ${failures + 1} times` };
  if (isTooOld(state, now)) return { kind: 'dead', why: 'has failed for six hours' };
  const jitterMs = Math.floor(random() * Math.min(longestRetryMs, firstRetryMs * 2 ** failures));
  return { kind: 'later', atMs: nowMs + Math.max(jitterMs, Math.min(error.retryAfterMs ?? 0, longestFailingMs)) };
}

/** isTooOld says whether a group has failed for too long to be tried again. */
export function isTooOld({ failingSinceMs }: Pick<GroupState, 'failingSinceMs'>, now: Date): boolean {
  return failingSinceMs !== undefined && now.getTime() - failingSinceMs > longestFailingMs;
}
