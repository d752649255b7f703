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
  /** Decides who is told of a finding: `createDispatch`. */
  readonly dispatch: Dispatcher;
  readonly receivers: readonly Receiver[];
  readonly deadLetters: DeadLetters;
  readonly fallback?: Fallback | undefined;
  readonly now: () => Date;
  readonly random: Random;
  /** Names each dead letter. */
  readonly newId: () => string;
  readonly context?: MessageContext;
  /** Milliseconds that one send may take; then it counts as failed and worth retrying. */
  readonly sendTimeoutMs?: number;
  /** Hears of every decision as it is made, with its reason. */
  readonly observe?: (fact: AcceptOutcome | DeliveryOutcome) => void;
}

/** Deadline says how long there is. */
export interface Deadline {
  readonly remainingMs: () => number;
}

/** sooner is a deadline that many milliseconds from now, or the given one where that is sooner. */
export function sooner({ remainingMs }: Deadline, ms: number): Deadline {
  const startMs = remainingMs();
  return { remainingMs: () => Math.min(remainingMs(), ms - (startMs - remainingMs())) };
}

/**
 * Pipeline delivers findings in two halves. What is accepted is kept in the state, so that the queue's message is done with; the
 * outbox says what is to be told when, and whoever looks tells it.
 */
export interface Pipeline {
  /** accept takes a finding on. It never throws: what failed is to come again. */
  readonly accept: (arrival: Arrival) => Promise<Accepted>;
  /** tell tells of groups that want to be told now; what there is no time for stays in the outbox. It never throws. */
  readonly notify: (due: readonly Due[], deadline: Deadline) => Promise<void>;
  /**
   * flush tells of all that is due, the oldest first, each receiver by itself, so that none waits for another.
   * @throws {Error} when what is due at a receiver could not be read; the others have been told then.
   */
  readonly flush: (deadline: Deadline) => Promise<void>;
}

const defaultSendTimeoutMs = 10_000;
/** Time kept to record what was sent. */
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
      // What is not begun stays where it is; whoever looks next begins with it, since it is the oldest.
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
    // What another copy is at stays in front: the page grows by it, or nothing behind it would be seen.
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
      // The first is the cause as well: a log shows causes.
      const [cause] = failed;
      if (failed.length > 0) throw new AggregateError(failed, 'what is due could not be read', { cause });
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

/** Several entries of a group are one turn. */
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
