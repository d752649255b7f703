import type { Finding } from '../../src/model/finding.ts';
import type { DeadLetter } from '../../src/notify/delivery/state/dead-letters.ts';
import { createMemoryDeliveryState, type DeliveryState } from '../../src/notify/delivery/state/delivery-state.ts';
import type { Dispatcher } from '../../src/notify/delivery/dispatch.ts';
import type { Fallback } from '../../src/notify/delivery/fallback.ts';
import type { GroupPolicy } from '../../src/notify/routing/group-policy.ts';
import { labelsOf } from '../../src/notify/routing/labels.ts';
import type { ClosedGroup, Notification, Receipt } from '../../src/notify/message/notification.ts';
import {
  createPipeline,
  type AcceptOutcome,
  type Pipeline,
  type DeliveryOutcome,
} from '../../src/notify/delivery/pipeline.ts';
import { defaultPolicy } from '../../src/notify/routing/policy.ts';
import { DeliveryError, type DeliveryReason, type Receiver } from '../../src/notify/receivers/receiver.ts';

/** Heard is a receiver that keeps its notifications, and can be made to fail. */
export interface Heard extends Receiver {
  readonly notifications: Notification[];
  readonly closed: ClosedGroup[];
  /** How often it was called, with any result. */
  asked: number;
  /** Takes the next notification, unless a test replaces it. */
  behave: (notification: Notification) => Promise<Receipt | void> | Receipt | void;
}

export function heard(name: string, options: Partial<Receiver> & { readonly closes?: boolean } = {}): Heard {
  const { closes = false, ...rest } = options;
  const receiver: Heard = {
    name,
    concurrency: 1,
    notifications: [],
    closed: [],
    asked: 0,
    behave: () => ({ thread: name }),
    async send(notification) {
      receiver.asked += 1;
      const receipt = await receiver.behave(notification);
      receiver.notifications.push(notification);
      return receipt;
    },
    ...(closes && { close: async (group: ClosedGroup) => void receiver.closed.push(group) }),
    ...rest,
  };
  return receiver;
}

export function refusal(reason: DeliveryReason, retryable: boolean, retryAfterMs?: number): () => never {
  return () => {
    throw new DeliveryError(`no: ${reason}`, { reason, retryable, retryAfterMs });
  };
}

export interface DeliveryStageOptions {
  readonly receivers: readonly Heard[];
  readonly state?: DeliveryState;
  readonly policy?: Partial<GroupPolicy>;
  readonly dispatch?: Dispatcher;
  readonly fallback?: Fallback;
  readonly start?: string;
  readonly sendTimeoutMs?: number;
}

/** DeliveryStage is a pipeline with a clock that stands still until it is moved. */
export interface DeliveryStage {
  readonly pipeline: Pipeline;
  readonly letters: DeadLetter[];
  readonly facts: (AcceptOutcome | DeliveryOutcome)[];
  readonly now: () => Date;
  /** Another copy of the functions, which shares the state and has an empty memory. */
  readonly another: () => Pipeline;
  /** Does the work of the delivering function with a batch: accepts, then notifies of the due groups. */
  readonly deliver: (...findings: readonly Finding[]) => Promise<readonly AcceptOutcome[]>;
  /** Lets time pass, and the flushing function run each minute. */
  readonly pass: (ms: number) => Promise<void>;
  /** Lets time pass without a flush. */
  readonly skip: (ms: number) => void;
  readonly flush: () => Promise<void>;
}

export const forever = { remainingMs: () => Infinity };

export function deliveryStage(options: DeliveryStageOptions): DeliveryStage {
  const { receivers, policy, fallback, state = createMemoryDeliveryState(), sendTimeoutMs = 1_000 } = options;
  let nowMs = Date.parse(options.start ?? '2026-03-14T09:00:00Z');
  const now = (): Date => new Date(nowMs);
  const letters: DeadLetter[] = [];
  const facts: (AcceptOutcome | DeliveryOutcome)[] = [];
  const toAll: Dispatcher = (finding) => ({
    labels: labelsOf(finding),
    to: receivers
      .filter(({ name }) => name !== fallback?.receiver.name)
      .map((receiver) => ({ receiver, policy: { ...defaultPolicy, ...policy } })),
    muting: [],
    starts: [],
    why: { route: 'test' },
  });
  const another = (): Pipeline =>
    createPipeline({
      state,
      receivers,
      dispatch: options.dispatch ?? toAll,
      ...(fallback && { fallback }),
      deadLetters: { send: async (letter) => void letters.push(letter) },
      now,
      random: () => 0.5,
      newId: () => 'letter',
      sendTimeoutMs,
      observe: (fact) => facts.push(fact),
    });
  const pipeline = another();
  return {
    pipeline,
    letters,
    facts,
    now,
    another,
    deliver: async (...findings) => {
      const accepted = await Promise.all(findings.map((finding) => pipeline.accept({ finding, queuedMs: nowMs })));
      await pipeline.notify(
        accepted.flatMap(({ due }) => due),
        forever,
      );
      return accepted.flatMap(({ outcomes }) => outcomes);
    },
    pass: async (ms) => {
      const untilMs = nowMs + ms;
      while (nowMs < untilMs) {
        nowMs = Math.min(untilMs, nowMs + 60_000);
        await pipeline.flush(forever);
      }
    },
    skip: (ms) => void (nowMs += ms),
    flush: () => pipeline.flush(forever),
  };
}

/** said gives a receiver's notifications in short: `first 1`, `update 14`, `finding` for a program. */
export function said({ notifications }: Heard): readonly string[] {
  return notifications.map(({ group, message }) => {
    if (message.completes) return 'completion';
    return group === undefined ? 'finding' : `${group.kind} ${group.count}`;
  });
}
