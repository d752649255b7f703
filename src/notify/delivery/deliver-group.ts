import { attempt } from './attempt.ts';
import type { Random } from '../../retry/backoff.ts';
import type { Breaker } from './breaker.ts';
import { deadLetterBody } from './dead-letter-body.ts';
import type { DeadLetters } from './state/dead-letters.ts';
import type { DeliveryState } from './state/delivery-state.ts';
import type { Failing } from './fallback.ts';
import { rollOfOne } from './group-members.ts';
import type { MemberRoll } from './state/member-roll.ts';
import { groupNotification } from './group-notification.ts';
import type { FindingGroup, GroupLease, GroupState } from './state/group-store.ts';
import type { MessageContext } from '../message/message.ts';
import type { NotificationGroup } from '../message/notification.ts';
import type { Due } from './state/outbox-store.ts';
import type { DeliveryError, Receiver } from '../receivers/receiver.ts';
import { graceMs, isTooOld, retryOf, nextStepOf } from './next-step.ts';

/** DeliveryOutcome is the result of a group's delivery step at its receiver, with the reason. */
export type DeliveryOutcome = {
  readonly receiver: string;
  readonly key: string;
  /** Absent where the group is unknown. */
  readonly group?: FindingGroup;
  readonly why: string;
} & (
  | {
      readonly kind: 'notified';
      readonly notification: NotificationGroup['kind'];
      readonly count: number;
      /** How many of them are new to the receiver. */
      readonly fresh: number;
      /** Set when the notification arrived but could not be recorded: it may arrive once more. */
      readonly unrecorded?: Error;
    }
  | { readonly kind: 'waiting' | 'circuit-open'; readonly untilMs: number }
  | { readonly kind: 'retrying'; readonly error: DeliveryError; readonly atMs: number }
  | { readonly kind: 'dead-lettered'; readonly reason: string; readonly findings: number }
  | { readonly kind: 'closed' | 'nothing' | 'busy' }
  | { readonly kind: 'not-closed'; readonly error: DeliveryError }
  /** The state failed: the delivery step is due again. */
  | { readonly kind: 'failed'; readonly error: unknown }
);

export interface GroupDeliveryParts {
  readonly state: Pick<DeliveryState, 'seen' | 'groups' | 'outbox'>;
  readonly breaker: Breaker;
  readonly deadLetters: DeadLetters;
  readonly fallback: (failing: Failing) => Promise<readonly Due[]>;
  readonly now: () => Date;
  readonly random: Random;
  readonly newId: () => string;
  readonly context?: MessageContext | undefined;
  readonly sendTimeoutMs: number;
}

export interface StepResult {
  readonly outcome: DeliveryOutcome;
  /** Other groups that are due now. */
  readonly due: readonly Due[];
}

/** Over this time groups that waited for a receiver are spread, so that they do not all come at once. */
const spreadMs = 30_000;

/** How long copies of the functions may run that are older than a receiver, and how often a step looks for the receiver. */
const deploymentMs = 15 * 60_000;
const lookMs = 60_000;

/**
 * createGroupDelivery makes the second half of the pipeline: deliver and record. A delivery step holds the group's lease, and orders
 * its writes so that a later step can go on after a crash: it writes the next due entry before the state that relies on it, and the
 * state before it removes its own due entries. Only a crash between the send and its record can notify a receiver twice.
 */
export function createGroupDelivery(parts: GroupDeliveryParts) {
  const { breaker, deadLetters, fallback, now, random, newId, context, sendTimeoutMs } = parts;
  const { groups, outbox, seen } = parts.state;

  type Stepped = Pick<StepResult, 'due'> & { readonly outcome: Facts };

  const finish = async (
    { group, lease, entries }: Held,
    state: GroupState,
    next?: { readonly atMs: number },
  ): Promise<void> => {
    if (next !== undefined) await outbox.put(group.receiver, group.key, next.atMs);
    // Another lease holder that changed the state may rely on one of the entries.
    if (await groups.record(group, lease, state)) await outbox.remove(entries);
  };

  const moveToDeadLetters = async (held: Held, reason: string, why: string): Promise<Facts> => {
    const { group, lease, roll } = held;
    const findings = roll.count - lease.state.settled;
    // Claimable first: a dead letter that is sent again must find it so.
    await seen.park({ findingId: group.lead, receiver: group.receiver }, group.key, now());
    await deadLetters.send({
      body: deadLetterBody(group.finding, newId(), now()),
      receiver: group.receiver,
      reason,
      why,
      group: group.key,
      findings,
    });
    await finish(held, { ...settledState(lease.state), settled: roll.count });
    return { kind: 'dead-lettered', reason, why, findings };
  };

  const send = async (
    held: Held,
    receiver: Receiver,
    notification: NotificationGroup['kind'],
    why: string,
  ): Promise<Stepped> => {
    const { group, lease, roll, parent } = held;
    const { state } = lease;
    const circuit = await breaker.ask(receiver.name, now());
    if (circuit.kind === 'open') {
      const due = await falling(held, true);
      return { outcome: await holdBack(held, circuit), due };
    }

    // A finding that cannot be rendered must end among the dead letters too.
    const sent = await attempt(receiver, sendTimeoutMs, (signal) =>
      receiver.send(groupNotification({ group, state, roll, notification, parent, receiver, context }), signal),
    );
    if ('error' in sent) return afterFailure(held, receiver, sent.error);

    const receipt = sent.result ?? state.receipt;
    const after: GroupState = {
      ...settledState(state),
      notified: roll.count,
      settled: roll.count,
      notifiedMs: now().getTime(),
      closed: false,
      ...(receipt && { receipt }),
    };
    const outcome = {
      kind: 'notified',
      notification,
      count: roll.count,
      fresh: roll.count - state.settled,
      why,
    } as const;
    const last = receiver.close === undefined || group.alone ? undefined : { atMs: group.closesMs + graceMs };
    try {
      await finish(held, after, state.notified === 0 || state.closed ? last : undefined);
    } catch (cause) {
      return { outcome: { ...outcome, unrecorded: asError(cause) }, due: [] };
    }
    await breaker.succeeded(receiver.name, now());
    return { outcome, due: [] };
  };

  const afterFailure = async (held: Held, receiver: Receiver, error: DeliveryError): Promise<Stepped> => {
    const { state } = held.lease;
    await breaker.failed(receiver.name, error, now());
    const retry = retryOf(state, error, now(), random);
    // Before any write: a finding that is given up here must not be lost there.
    const due = await falling(held, retry.kind === 'dead');
    if (retry.kind === 'dead') {
      return { outcome: await moveToDeadLetters(held, error.reason, `${error.message}: ${retry.why}`), due };
    }
    await finish(held, { ...failingState(state, now()), notBeforeMs: retry.atMs }, retry);
    return { outcome: { kind: 'retrying', error, atMs: retry.atMs, why: error.message }, due };
  };

  const holdBack = async (
    held: Held,
    { untilMs, why }: { readonly untilMs: number; readonly why: string },
  ): Promise<Facts> => {
    const { state } = held.lease;
    if (isTooOld(state, now())) return moveToDeadLetters(held, 'unavailable', `${why}; has failed for six hours`);
    const atMs = untilMs + Math.floor(random() * spreadMs);
    await finish(held, { ...failingState(state, now()), failures: state.failures, notBeforeMs: atMs }, { atMs });
    return { kind: 'circuit-open', untilMs: atMs, why };
  };

  const falling = ({ group, lease: { state } }: Held, givenUp: boolean): Promise<readonly Due[]> =>
    fallback({ group, state, failures: state.failures + 1, givenUp });

  const close = async (held: Held, receiver: Receiver, why: string): Promise<Facts> => {
    const { group, lease, roll } = held;
    const { state } = lease;
    const { key, finding } = group;
    const closed = { key, finding, count: roll.count, ...(state.receipt && { receipt: state.receipt }) };
    const done = await attempt(receiver, sendTimeoutMs, async (signal) => receiver.close?.(closed, signal));
    if (!('error' in done)) {
      await finish(held, { ...settledState(state), closed: true });
      return { kind: 'closed', why };
    }
    const retry = retryOf(state, done.error, now(), random);
    // Nothing is pending, so there is no dead letter: the incident stays open, and a person closes it.
    if (retry.kind === 'dead') await finish(held, { ...settledState(state), closed: true });
    else await finish(held, { ...failingState(state, now()), notBeforeMs: retry.atMs }, retry);
    return { kind: 'not-closed', error: done.error, why: done.error.message };
  };

  const withoutReceiver = async (held: Held): Promise<Facts> => {
    const { group, lease, roll } = held;
    const why = `${group.receiver} is not a receiver of this stage`;
    if (roll.count <= lease.state.settled) {
      await finish(held, lease.state);
      return { kind: 'nothing', why };
    }
    const nowMs = now().getTime();
    const sinceMs = lease.state.failingSinceMs ?? nowMs;
    if (nowMs >= sinceMs + deploymentMs) return moveToDeadLetters(held, 'receiver-gone', why);
    const untilMs = nowMs + lookMs;
    await finish(held, { ...lease.state, failingSinceMs: sinceMs }, { atMs: untilMs });
    return { kind: 'waiting', untilMs, why };
  };

  const step = async (held: Held, receiver: Receiver | undefined): Promise<Stepped> => {
    if (receiver === undefined) return { outcome: await withoutReceiver(held), due: [] };
    const { group, lease, roll, parent } = held;
    const decided = nextStepOf({
      group,
      roll,
      parent,
      state: lease.state,
      closes: receiver.close !== undefined && !group.alone,
      now: now(),
    });
    switch (decided.kind) {
      case 'notify':
        return send(held, receiver, decided.notification, decided.why);
      case 'close':
        return { outcome: await close(held, receiver, decided.why), due: [] };
      case 'wait': {
        const { untilMs, why, scheduled } = decided;
        await finish(held, { ...lease.state, notBeforeMs: untilMs }, scheduled ? undefined : { atMs: untilMs });
        return { outcome: { kind: 'waiting', untilMs, why }, due: [] };
      }
      case 'nothing':
        await finish(held, lease.state);
        return { outcome: { kind: 'nothing', why: decided.why }, due: [] };
      default:
        throw new Error(decided satisfies never);
    }
  };

  // The entry is written before the group: the group may still come, until the grace is over.
  const ghost = async (entries: readonly Due[]): Promise<Facts> => {
    const old = entries.filter(({ atMs }) => atMs + graceMs <= now().getTime());
    await outbox.remove(old);
    return { kind: 'nothing', why: 'the group was never opened' };
  };

  /** deliverGroup does one delivery step of a group. It never throws. @param entries the due entries, all of one group */
  return async function deliverGroup(
    entries: readonly [Due, ...Due[]],
    receiver: Receiver | undefined,
  ): Promise<StepResult> {
    const [{ key, receiver: name }] = entries;
    const at = { key, receiver: name };
    try {
      const group = await groups.find(key);
      if (group === undefined) return { outcome: { ...at, ...(await ghost(entries)) }, due: [] };
      const roll = group.alone ? rollOfOne(group.finding) : undefined;
      const lease = await groups.lease(group, now());
      if (lease === undefined)
        return { outcome: { ...at, group, kind: 'busy', why: 'another invocation holds the lease' }, due: [] };
      const held: Held = {
        group,
        lease,
        entries,
        roll: roll ?? (await groups.members(key)),
        parent: group.parent === undefined ? undefined : await groups.state(group.parent),
      };
      if (held.roll.count === 0) {
        await groups.record(group, lease, lease.state);
        return { outcome: { ...at, group, ...(await ghost(entries)) }, due: [] };
      }
      const { outcome, due } = await step(held, receiver);
      return { outcome: { ...at, group, ...outcome }, due };
    } catch (error) {
      // The entries stay, and the lease ends by itself.
      return { outcome: { ...at, kind: 'failed', error, why: asError(error).message }, due: [] };
    }
  };
}

interface Held {
  readonly group: FindingGroup;
  readonly lease: GroupLease;
  readonly roll: MemberRoll;
  readonly parent: GroupState | undefined;
  /** The due entries of this step. */
  readonly entries: readonly Due[];
}

type WithoutPlace<T> = T extends unknown ? Omit<T, 'receiver' | 'key' | 'group'> : never;
/** What came of a step, without the group and receiver it was for. */
type Facts = WithoutPlace<DeliveryOutcome>;

/** A state without failures and waiting times. */
function settledState({ failingSinceMs: _since, notBeforeMs: _until, ...state }: GroupState): GroupState {
  return { ...state, failures: 0 };
}

function failingState(state: GroupState, now: Date): GroupState {
  return { ...state, failures: state.failures + 1, failingSinceMs: state.failingSinceMs ?? now.getTime() };
}

function asError(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause));
}
