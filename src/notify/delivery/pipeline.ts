import { createAcceptor, type Accepted, type Acceptor, type Arrival, type AcceptOutcome } from './accept.ts';
import type { Random } from '../../retry/backoff.ts';
import { createBreaker } from './breaker.ts';
import type { DeadLetters } from './state/dead-letters.ts';
import type { DeliveryState } from './state/delivery-state.ts';
import type { Dispatcher } from './dispatch.ts';
import { createFallback, type Fallback } from './fallback.ts';
import type { MessageContext } from '../message/message.ts';
import type { Due } from './state/outbox-store.ts';
import type { Receiver } from '../receivers/receiver.ts';
import { createGroupDelivery, type DeliveryOutcome } from './deliver-group.ts';

export type { Accepted, Arrival, AcceptOutcome } from './accept.ts';
export type { DeliveryOutcome } from './deliver-group.ts';

export interface PipelineParts {
  readonly state: DeliveryState;
  /** Decides where a finding goes: see `createDispatch`. */
  readonly dispatch: Dispatcher;
  readonly receivers: readonly Receiver[];
  readonly deadLetters: DeadLetters;
  readonly fallback?: Fallback | undefined;
  readonly now: () => Date;
  readonly random: Random;
  /** Names each dead letter. */
  readonly newId: () => string;
  readonly context?: MessageContext;
  /** Milliseconds that one send may take; after that it counts as failed and is tried again. */
  readonly sendTimeoutMs?: number;
  /** Gets every outcome as it happens, with its reason. */
  readonly observe?: (fact: AcceptOutcome | DeliveryOutcome) => void;
}

/** Deadline is the time that is left. */
export interface Deadline {
  readonly remainingMs: () => number;
}

/** sooner is a deadline that many milliseconds from now, or the given one where that is sooner. */
export function sooner({ remainingMs }: Deadline, ms: number): Deadline {
  const startMs = remainingMs();
  return { remainingMs: () => Math.min(remainingMs(), ms - (startMs - remainingMs())) };
}

/**
 * Pipeline delivers findings in two halves. An accepted finding is in the state, so that the queue's message can be deleted; the
 * outbox holds the pending groups by the time of their next delivery step, which any copy of the functions can do.
 */
export interface Pipeline {
  /** accept takes a finding. It never throws: a failed outcome means that the queue must bring the finding again. */
  readonly accept: (arrival: Arrival) => Promise<Accepted>;
  /** notify does the delivery steps that are due now; groups beyond the deadline stay in the outbox. It never throws. */
  readonly notify: (due: readonly Due[], deadline: Deadline) => Promise<void>;
  /**
   * flush does all delivery steps that are due, the oldest first, each receiver by itself, so that none waits for another.
   * @throws {Error} when the due groups of a receiver could not be read; the steps of the others are done then.
   */
  readonly flush: (deadline: Deadline) => Promise<void>;
}

const defaultSendTimeoutMs = 10_000;
/** Time reserved to record a notification. */
const recordMs = 5_000;
const pageSize = 100;

/** createPipeline makes the stages of delivery: dedupe, suppress, inhibit, route, group, throttle, deliver, record. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { state, now, receivers, fallback, sendTimeoutMs = defaultSendTimeoutMs, observe = () => {} } = parts;
  const acceptor = observed(createAcceptor(parts), observe);
  const deliverGroup = createGroupDelivery({
    ...parts,
    sendTimeoutMs,
    breaker: createBreaker(state.circuits),
    fallback: createFallback(fallback, state, acceptor, now),
  });
  const byName = new Map([...(fallback ? [fallback.receiver] : []), ...receivers].map((each) => [each.name, each]));

  const deliverAt = async (name: string, due: readonly Due[], deadline: Deadline): Promise<void> => {
    const receiver = byName.get(name);
    await eachOf(groupsOf(due), receiver?.concurrency ?? 1, async (entries) => {
      // A step that is not begun stays in the outbox; the next flush begins with it, since it is the oldest.
      if (deadline.remainingMs() < sendTimeoutMs + recordMs) return;
      const step = await deliverGroup(entries, receiver);
      observe(step.outcome);
      if (step.due.length > 0) await notify(step.due, deadline);
    });
  };

  const notify = async (due: readonly Due[], deadline: Deadline): Promise<void> => {
    const names = [...new Set(due.map(({ receiver }) => receiver))];
    const of = (name: string): readonly Due[] => due.filter(({ receiver }) => receiver === name);
    await Promise.all(names.map((name) => deliverAt(name, of(name), deadline)));
  };

  const flushAt = async (name: string, deadline: Deadline): Promise<void> => {
    const looked = new Set<string>();
    // Groups leased by another copy stay in front: the page grows by their number, or the groups behind would stay unseen.
    let passedOver = 0;
    while (deadline.remainingMs() >= sendTimeoutMs + recordMs) {
      const most = pageSize + passedOver;
      const due = await state.outbox.list(name, now(), most);
      const fresh = due.filter(({ key }) => !looked.has(key));
      passedOver = due.length - fresh.length;
      if (fresh.length === 0 && due.length < most) return;
      for (const { key } of fresh) looked.add(key);
      await deliverAt(name, fresh, deadline);
    }
  };

  return {
    accept: acceptor.accept,
    notify,
    flush: async (deadline) => {
      const names = new Set([...byName.keys(), ...(await state.outbox.receivers())]);
      const flushed = await Promise.allSettled([...names].map((name) => flushAt(name, deadline)));
      const failed = flushed.filter((each) => each.status === 'rejected').map(({ reason }) => reason as unknown);
      // The first error is the cause as well, since a log shows causes.
      const [cause] = failed;
      if (failed.length > 0) throw new AggregateError(failed, 'the due groups could not be read', { cause });
    },
  };
}

function observed(acceptor: Acceptor, observe: (fact: AcceptOutcome) => void): Acceptor {
  const reported = async (accepted: Promise<Accepted>): Promise<Accepted> => {
    for (const outcome of (await accepted).outcomes) observe(outcome);
    return accepted;
  };
  return {
    accept: (arrival) => reported(acceptor.accept(arrival)),
    acceptAt: (arrival, destination, why) => reported(acceptor.acceptAt(arrival, destination, why)),
  };
}

/** Several entries of a group are one delivery step. */
function groupsOf(due: readonly Due[]): readonly (readonly [Due, ...Due[]])[] {
  const groups = new Map<string, [Due, ...Due[]]>();
  for (const entry of due) {
    const known = groups.get(entry.key);
    if (known === undefined) groups.set(entry.key, [entry]);
    else known.push(entry);
  }
  return [...groups.values()];
}

async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
