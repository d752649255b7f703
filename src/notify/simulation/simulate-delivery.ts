import type { Finding } from '../../model/finding.ts';
import type { AcceptOutcome } from '../delivery/accept.ts';
import { dedupeKeyOf } from '../delivery/dedupe-key.ts';
import { createDispatch, type Dispatch } from '../delivery/dispatch.ts';
import { createPipeline, type DeliveryOutcome } from '../delivery/pipeline.ts';
import { placementOf } from '../delivery/placement.ts';
import { createMemoryDeliveryState } from '../delivery/state/delivery-state.ts';
import type { MessageContext } from '../message/message.ts';
import type { Notification } from '../message/notification.ts';
import type { Receiver } from '../receivers/receiver.ts';
import { canaryReceiver } from '../routing/canary-route.ts';
import type { Decider } from '../routing/decide.ts';
import { quietUntil } from '../routing/quiet-hours.ts';

/** SimulatedFact is one thing that a stage would have done, and when. */
export type SimulatedFact =
  | {
      readonly kind: 'decided';
      readonly at: Date;
      readonly finding: Finding;
      /** One a receiver, or one that says what mutes the finding. */
      readonly outcomes: readonly AcceptOutcome[];
      /** placementAt names what the finding shares with the others of its group at a receiver; at each receiver it is the same. */
      readonly placementAt: (outcome: Extract<AcceptOutcome, { kind: 'accepted' }>) => string;
    }
  | {
      readonly kind: 'notified';
      readonly at: Date;
      readonly receiver: string;
      /** The group that the receiver is notified of; of an addition to an alert, the alert's. */
      readonly group: string;
      readonly notification: Notification;
      /** How many findings the receiver did not know of. */
      readonly fresh: number;
      /** Whether the notification waited for quiet hours to end. */
      readonly afterQuietHours: boolean;
    };

export interface DeliverySimulation {
  readonly decider: Pick<Decider, 'decide' | 'inhibitions'>;
  /** The receivers of the stage: none of them is reached. */
  readonly receivers: readonly Pick<Receiver, 'name' | 'grouping'>[];
  readonly context?: MessageContext;
  readonly observe: (fact: SimulatedFact) => void;
}

/** A stage's clock shows a year of four digits; a record may carry any time, by a wrong clock or by intent. */
const [earliestMs, latestMs] = [0, Date.UTC(9999, 11, 31)];

/** After so many findings, timers and signals get their turn. */
const yieldEvery = 500;

/**
 * simulateDelivery gives findings to the pipeline that a stage runs, with receivers that take everything, and reports what a
 * stage would have done.
 *
 * Its clock follows the findings: each arrives at the time at which it happened, and what is due in between is sent when it
 * is due. After the last finding the clock runs on until nothing is pending. A stage looks for what is due once a minute, so
 * its updates come up to a minute later; findings reach it some seconds (through S3, minutes) after they happened.
 *
 * @param findings in order of time.
 * @throws {Error} when the pipeline fails: nothing here can be unavailable, so that is a defect.
 */
export async function simulateDelivery(
  findings: Iterable<Finding>,
  { decider, receivers, context, observe }: DeliverySimulation,
): Promise<void> {
  let now = new Date(earliestMs);
  const sent = new Map<string, Notification>();
  const quiet = new Set<string>();
  let steps = 0;

  const record = ({ name, grouping }: DeliverySimulation['receivers'][number]): Receiver => ({
    name,
    concurrency: 1,
    ...(grouping && { grouping }),
    send: async (notification) => void sent.set(name, notification),
  });
  const observed = (fact: AcceptOutcome | DeliveryOutcome): void => {
    if (fact.kind === 'failed') throw new Error(`${fact.receiver}: delivery failed`, { cause: fact.error });
    if (!('key' in fact)) return;
    steps += 1;
    const { key, group, receiver } = fact;
    if (fact.kind === 'waiting' && group !== undefined) {
      const until = quietUntil(group.policy.quiet, group.finding.rule.level, now);
      if (until?.getTime() === fact.untilMs) quiet.add(key);
    }
    const notification = sent.get(receiver);
    if (fact.kind !== 'notified' || notification === undefined) return;
    const { fresh } = fact;
    observe({
      kind: 'notified',
      at: now,
      receiver,
      group: notification.group?.key ?? key,
      notification,
      fresh,
      afterQuietHours: quiet.delete(key),
    });
  };

  const state = createMemoryDeliveryState();
  const stage = receivers.map(record);
  const own = [record({ name: canaryReceiver, grouping: 'each' })];
  const dispatch = createDispatch(decider, stage, own);
  let dispatched: Dispatch | undefined;
  const pipeline = createPipeline({
    state,
    dispatch: (finding, at) => (dispatched = dispatch(finding, at)),
    receivers: [...stage, ...own],
    deadLetters: { send: async () => {} },
    now: () => now,
    random: () => 0,
    newId: () => '',
    ...(context && { context }),
    observe: observed,
  });

  const runUntil = async (untilMs: number): Promise<void> => {
    for (;;) {
      const dueMs = state.outbox.nextMs();
      if (dueMs === undefined || dueMs > untilMs) return;
      now = new Date(Math.max(dueMs, now.getTime()));
      const before = steps;
      // One flush looks at a group once: a second entry of it is left for the next.
      await pipeline.flush(forever);
      if (steps === before) throw new Error('delivery did not take up what is due');
    }
  };

  let count = 0;
  for (const finding of findings) {
    const atMs = Math.min(Math.max(Date.parse(finding.time), earliestMs), latestMs);
    await runUntil(atMs);
    now = new Date(atMs);
    const { due, outcomes } = await pipeline.accept({ finding });
    const decided = dispatched;
    observe({ kind: 'decided', at: now, finding, outcomes, placementAt: (outcome) => placementAt(outcome, decided) });
    await pipeline.notify(due, forever);
    count += 1;
    if (count % yieldEvery === 0) await new Promise(setImmediate);
  }
  await runUntil(Infinity);
}

function placementAt(
  { finding, receiver, throttled }: Extract<AcceptOutcome, { kind: 'accepted' }>,
  dispatched: Dispatch | undefined,
): string {
  const destination = dispatched?.to.find((each) => each.receiver.name === receiver);
  if (dispatched === undefined || destination === undefined) return dedupeKeyOf(finding);
  const { grouping } = destination.receiver;
  const { base, overflow } = placementOf({
    finding,
    labels: dispatched.labels,
    policy: destination.policy,
    receiver: { name: '', ...(grouping && { grouping }) },
  });
  return (throttled ? overflow?.base : base) ?? dedupeKeyOf(finding);
}

const forever = { remainingMs: () => Infinity };
