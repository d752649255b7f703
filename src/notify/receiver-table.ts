import * as v from 'valibot';
import type { Receiver } from './receiver.ts';
import { createOf, receiverKind, type ReceiverConfig, type ReceiverKind, type ReceiverTools } from './receiver-kind.ts';
import { stageReceiverKinds } from './stage-receivers.ts';

/** receiverKinds is the table of receivers: a new one is a row here and a file in `receivers/`. */
const receiverKinds: Readonly<Record<string, ReceiverKind<ReceiverTools>>> = {
  console: receiverKind({
    options: v.strictObject({}),
    create: async (name, _options, { terminal }: ReceiverTools) =>
      (await import('./receivers/console.ts')).createConsole({ name, ...terminal }),
  }),
  ...stageReceiverKinds,
  'findings-bus': receiverKind({
    options: v.strictObject({ bus: v.pipe(v.string(), v.minLength(1)) }),
    create: async (name, { bus }, { eventBridge, sleep, random }: ReceiverTools) =>
      (await import('./receivers/findings-bus.ts')).createFindingsBus({
        name,
        client: eventBridge(),
        bus,
        sleep,
        random,
      }),
  }),
};

/**
 * createReceivers makes the configured receivers, in their order.
 * @throws {ReceiverConfigError} for an unknown kind, wrong or unknown options, or a name that is used twice.
 */
export async function createReceivers(
  configs: readonly ReceiverConfig[],
  tools: ReceiverTools,
): Promise<readonly Receiver[]> {
  return createOf(receiverKinds, configs, tools);
}
