import type { Fallback } from './fallback.ts';
import type { ReceiverTools, StageFacts } from '../receivers/receiver-kind.ts';
import { createReceivers, type ReceiverSettings } from '../receivers/receiver-table.ts';
import type { Receiver } from '../receivers/receiver.ts';

/** The name of the stage's own topic where no receiver has it. */
const fallbackName = 'fallback-sns';

/** createStageFallback makes the stage's own topic the receiver for when all chats fail. */
export async function createStageFallback(
  settings: Readonly<Record<string, ReceiverSettings>>,
  receivers: readonly Receiver[],
  stage: StageFacts,
  tools: ReceiverTools,
): Promise<Fallback | undefined> {
  const isTopic = ({ name }: Receiver): boolean => settings[name]?.kind === 'sns';
  const topics = receivers.filter(isTopic);
  const own = topics.find(({ name }) => settings[name]?.['topicArn'] === undefined);
  const [receiver] = own ? [own] : await createReceivers({ [fallbackName]: { kind: 'sns' } }, stage, tools);
  if (receiver === undefined) return undefined;
  return {
    receiver,
    chats: new Set(receivers.filter((each) => !isTopic(each) && each.grouping !== 'each').map(({ name }) => name)),
    topics: new Set(topics.map(({ name }) => name)),
  };
}
