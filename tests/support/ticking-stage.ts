import type { Finding } from '../../src/model/finding.ts';
import { createDispatch } from '../../src/notify/delivery/dispatch.ts';
import { createPipeline } from '../../src/notify/delivery/pipeline.ts';
import { createMemoryDeliveryState } from '../../src/notify/delivery/state/delivery-state.ts';
import { createDecider, type DeliverySettings } from '../../src/notify/routing/decide.ts';
import type { Receiver } from '../../src/notify/receivers/receiver.ts';

/** Notified is what a receiver took, and when. */
export interface Notified {
  readonly receiver: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly fingerprint: string;
  /** The first finding of the group. */
  readonly finding: string;
  readonly kind: 'first' | 'update';
  readonly count: number;
}

/**
 * tickingStage is a stage that looks at its clock each second, from the first finding on: it sends what is due, then takes the
 * findings of that second. Findings happen at whole seconds, in order.
 */
export async function tickingStage(
  findings: readonly Finding[],
  settings: DeliverySettings,
  receivers: readonly Pick<Receiver, 'name' | 'grouping'>[],
): Promise<readonly Notified[]> {
  const notified: Notified[] = [];
  const startMs = Math.min(...findings.map(({ time }) => Date.parse(time)));
  const endMs = Math.max(...findings.map(({ time }) => Date.parse(time)));
  let nowMs = startMs;
  const taking = receivers.map((receiver): Receiver => ({
    ...receiver,
    concurrency: 1,
    send: async ({ finding, group }) => {
      notified.push({
        receiver: receiver.name,
        time: new Date(nowMs).toISOString(),
        fingerprint: finding.fingerprint,
        finding: finding.id,
        kind: group?.kind ?? 'first',
        count: group?.count ?? 1,
      });
    },
  }));
  const state = createMemoryDeliveryState();
  const pipeline = createPipeline({
    state,
    receivers: taking,
    dispatch: createDispatch(createDecider(settings), taking),
    deadLetters: { send: async () => {} },
    now: () => new Date(nowMs),
    random: () => 0.5,
    newId: () => '',
  });
  const forever = { remainingMs: () => Infinity };
  const waiting = [...findings];
  const pending = async (): Promise<boolean> => {
    const due = await Promise.all(receivers.map(({ name }) => state.outbox.list(name, new Date(8.64e15), 1)));
    return due.flat().length > 0;
  };
  for (; nowMs <= endMs || (await pending()); nowMs += 1000) {
    await pipeline.flush(forever);
    while (waiting[0] !== undefined && Date.parse(waiting[0].time) <= nowMs) {
      const { due } = await pipeline.accept({ finding: waiting.shift() as Finding });
      await pipeline.notify(due, forever);
    }
  }
  return notified;
}
