import { AsyncLocalStorage } from 'node:async_hooks';
import type { Finding } from '../../src/model/finding.ts';
import type { Dispatcher } from '../../src/notify/delivery/dispatch.ts';
import type { DeadLetter } from '../../src/notify/delivery/state/dead-letters.ts';
import type { DeliveryState } from '../../src/notify/delivery/state/delivery-state.ts';
import type { Fallback } from '../../src/notify/delivery/fallback.ts';
import { openFindingEvent } from '../../src/contract/open.ts';
import { createPipeline, type Pipeline } from '../../src/notify/delivery/pipeline.ts';
import { DeliveryError, type Receiver } from '../../src/notify/receivers/receiver.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createQueue, type Message, type Queue } from './queue.ts';
import type { Copy, Network } from './network.ts';

/** Health is the condition of a receiver at a moment. */
export type Health = 'well' | 'down' | 'busy';

export interface SimulationParts {
  readonly network: Network;
  /** The state that all copies share, without faults. */
  readonly truth: DeliveryState;
  /** The same state as one copy reaches it: through calls that can fail. */
  readonly stateOf: (copy: Copy, through: Through) => DeliveryState;
  readonly receivers: readonly Receiver[];
  readonly dispatch: (receivers: readonly Receiver[]) => Dispatcher;
  readonly fallback?: (receivers: readonly Receiver[]) => Fallback;
  readonly health: (receiver: string, now: Date) => Health;
  /** Whether a receiver refuses a finding for good. */
  readonly refuses: (receiver: string, finding: Finding) => boolean;
  readonly copies: number;
}

/** Through makes a copy's call to the state one that can fail. */
export type Through = <T>(label: string, work: () => Promise<T>) => Promise<T>;

export interface Simulation {
  readonly queue: Queue<Finding>;
  readonly letters: DeadLetter[];
  readonly ledger: Ledger;
  /** replay sends all dead letters to the queue again. */
  readonly replay: () => number;
  readonly start: (untilMs: number) => void;
}

/** The time limit of a function, and how long the queue hides a message that it handed out, in milliseconds. */
const timeoutMs = 90_000;
const visibilityMs = 6 * timeoutMs;
const answerMs = 3_000;

/** createSimulation runs delivery's own code over a simulated network: copies of both functions, the queue, and the receivers. */
export function createSimulation(parts: SimulationParts): Simulation {
  const { network, truth, receivers, health, refuses } = parts;
  const letters: DeadLetter[] = [];
  const ledger = createLedger();
  const queue = createQueue<Finding>(network, { visibilityMs, tries: 6, repeats: () => network.random() < 0.02 });
  const telling = new AsyncLocalStorage<string>();
  let ids = 0;

  const startCopy = (name: string, work: (copy: Copy, pipeline: Pipeline) => void): void => {
    const copy = network.copy(name);
    copy.onDeath = () => {
      for (const open of unrecorded.get(copy)?.values() ?? []) ledger.excuse(...open);
      unrecorded.delete(copy);
      network.at(network.now().getTime() + 200, () => startCopy(name, work));
    };
    work(copy, pipelineOf(copy));
  };

  const pipelineOf = (copy: Copy): Pipeline => {
    const state = watched(
      parts.stateOf(copy, (label, call) => network.call(copy, label, call)),
      copy,
    );
    const reached = receivers.map((receiver): Receiver => ({
      ...receiver,
      send: (notification) => {
        const key = telling.getStore() ?? '';
        let took = false;
        const sent = network.call(copy, `send ${receiver.name}`, async () => {
          const condition = health(receiver.name, network.now());
          const at = `${receiver.name}: `;
          if (condition === 'down') throw new DeliveryError(`${at}is down`, { reason: 'unavailable', retryable: true });
          if (condition === 'busy') {
            throw new DeliveryError(`${at}is busy`, { reason: 'rate-limited', retryable: true, retryAfterMs: 30_000 });
          }
          if (refuses(receiver.name, notification.finding)) {
            throw new DeliveryError(`${at}doesn't take this`, { reason: 'rejected', retryable: false });
          }
          ledger.took(receiver.name, key, notification, (await truth.groups.state(key)).notified);
          took = true;
          untilRecorded(copy, receiver.name, key);
          return { channel: receiver.name, message: key };
        });
        return sent.catch((error: unknown) => {
          if (took) ledger.excuse(receiver.name, key);
          throw error;
        });
      },
      ...(receiver.close && { close: () => network.call(copy, `close ${receiver.name}`, async () => {}) }),
    }));
    return createPipeline({
      state,
      receivers: reached,
      dispatch: parts.dispatch(reached),
      ...(parts.fallback && { fallback: parts.fallback(reached) }),
      deadLetters: { send: (letter) => network.call(copy, 'dead-letter', async () => void letters.push(letter)) },
      now: network.now,
      random: network.random,
      newId: () => String((ids += 1)),
    });
  };

  // Notifications that a copy has sent and not yet recorded: without the record, one may be sent once more.
  const unrecorded = new Map<Copy, Map<string, readonly [string, string]>>();
  const untilRecorded = (copy: Copy, receiver: string, key: string): void => {
    const own = unrecorded.get(copy) ?? new Map<string, readonly [string, string]>();
    unrecorded.set(copy, own.set(key, [receiver, key]));
  };
  const excuse = (copy: Copy, key: string): void => {
    const open = unrecorded.get(copy)?.get(key);
    if (open !== undefined) ledger.excuse(...open);
  };

  /** Sees the writes of a copy to the state, with the answers that the copy gets. */
  const watched = (state: DeliveryState, copy: Copy): DeliveryState => {
    const { groups, outbox } = state;
    const watch = async <T>(key: string, work: Promise<T>): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        excuse(copy, key);
        throw error;
      }
    };
    return {
      ...state,
      outbox: { ...outbox, put: (receiver, key, atMs) => watch(key, outbox.put(receiver, key, atMs)) },
      groups: {
        ...groups,
        find: (key) => {
          telling.enterWith(key);
          return groups.find(key);
        },
        record: async (group, lease, notified) => {
          const recorded = await watch(group.key, groups.record(group, lease, notified));
          unrecorded.get(copy)?.delete(group.key);
          return recorded;
        },
      },
    };
  };

  const invoke = async (
    copy: Copy,
    work: (deadline: { remainingMs: () => number }) => Promise<void>,
  ): Promise<void> => {
    const endMs = network.now().getTime() + timeoutMs;
    let running = true;
    network.at(endMs, () => {
      if (running) network.kill(copy);
    });
    await work({ remainingMs: () => endMs - answerMs - network.now().getTime() });
    running = false;
  };
  /** As functions/deliver.ts: the queue deletes accepted messages when the invocation has ended. */
  const deliver = (copy: Copy, pipeline: Pipeline): void => {
    const next = (): void => {
      if (!copy.alive) return;
      const batch = queue.receive(10);
      if (batch.length === 0) return queue.wake(() => network.at(network.now().getTime() + 1, next));
      void invoke(copy, async (deadline) => {
        const accepted = await Promise.all(batch.map((message) => acceptOne(pipeline, message)));
        await pipeline.notify(
          accepted.flatMap(({ due }) => due),
          deadline,
        );
        if (!copy.alive) return;
        for (const { id } of accepted.filter(({ failed }) => !failed)) queue.delete(id);
      }).then(() => {
        if (copy.alive) network.at(network.now().getTime() + 1, next);
      });
    };
    next();
  };

  /** Each minute, as deployed; after the faults have ended, every half hour is enough. */
  const everyMs = (): number => (network.healed() ? 1_800_000 : 60_000);

  const flush = (copy: Copy, pipeline: Pipeline, untilMs: number): void => {
    const tick = (): void => {
      if (!copy.alive) return;
      void invoke(copy, (deadline) => pipeline.flush(deadline).catch(() => {})).then(() => {
        const nowMs = network.now().getTime();
        if (copy.alive && nowMs < untilMs) network.at(nowMs - (nowMs % everyMs()) + everyMs(), tick);
      });
    };
    tick();
  };

  return {
    queue,
    letters,
    ledger,
    replay: () => {
      const sent = letters.splice(0);
      const unread = queue.dead.splice(0);
      for (const { body } of sent) queue.send(openFindingEvent(body));
      for (const { body } of unread) queue.send(body);
      return sent.length + unread.length;
    },
    start: (untilMs) => {
      for (let copy = 0; copy < parts.copies; copy += 1) startCopy(`deliver-${copy}`, deliver);
      startCopy('flush', (copy, pipeline) => flush(copy, pipeline, untilMs));
    },
  };
}

async function acceptOne(
  pipeline: Pipeline,
  { id, body, sentMs }: Message<Finding>,
): Promise<Pick<Awaited<ReturnType<Pipeline['accept']>>, 'due'> & { readonly id: string; readonly failed: boolean }> {
  const { outcomes, due } = await pipeline.accept({ finding: body, queuedMs: sentMs });
  return { id, due, failed: outcomes.some(({ kind }) => kind === 'failed') };
}
