import type { Finding } from '../../model/finding.ts';
import { createMemoryDeliveryState } from './state/delivery-state.ts';
import type { MessageContext } from '../message/message.ts';
import { createPipeline } from './pipeline.ts';
import { defaultPolicy } from '../routing/policy.ts';
import type { Receiver } from '../receivers/receiver.ts';
import type { DeliveryOutcome } from './deliver-group.ts';

export interface DeliveryAtOnce {
  readonly receivers: readonly Receiver[];
  readonly now: () => Date;
  readonly context?: MessageContext;
  /** Milliseconds that one send may take. */
  readonly sendTimeoutMs?: number;
}

/**
 * deliverAtOnce gives each finding to each receiver, by itself and in the findings' order, without a stage: nothing is kept
 * for later. It returns what did not arrive, with the reason.
 */
export async function deliverAtOnce(
  findings: readonly Finding[],
  { receivers, ...delivery }: DeliveryAtOnce,
): Promise<readonly DeliveryOutcome[]> {
  const missing: DeliveryOutcome[] = [];
  const policy = { ...defaultPolicy, by: 'finding', most: Number.MAX_SAFE_INTEGER } as const;
  const pipeline = createPipeline({
    ...delivery,
    receivers,
    state: createMemoryDeliveryState(),
    dispatch: () => ({
      labels: {},
      to: receivers.map((receiver) => ({ receiver: { ...receiver, grouping: 'each' }, policy })),
      muting: [],
      starts: [],
      why: {},
    }),
    deadLetters: { send: async () => {} },
    random: () => 0,
    newId: () => '',
    observe: (fact) => {
      if (fact.kind !== 'accepted' && fact.kind !== 'already-accepted' && fact.kind !== 'notified' && 'key' in fact) {
        missing.push(fact);
      }
    },
  });
  const forever = { remainingMs: () => Infinity };
  for (const finding of findings) await pipeline.notify((await pipeline.accept({ finding })).due, forever);
  return missing;
}
