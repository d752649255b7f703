import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { canaryDetailType, canarySource, type CanaryDetail } from '../health/canary.ts';

export interface CanarySenderOptions {
  readonly client: Pick<EventBridgeClient, 'send'>;
  readonly stage: string;
}

/** createCanarySender puts canaries on the default bus, where the events of AWS come by as well. */
export function createCanarySender({ client, stage }: CanarySenderOptions): (canary: string) => Promise<void> {
  return async (canary) => {
    const detail: CanaryDetail = { canary, stage };
    const { Entries: [entry] = [] } = await client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: 'default',
            Source: canarySource,
            DetailType: canaryDetailType,
            Detail: JSON.stringify(detail),
          },
        ],
      }),
    );
    // PutEvents answers with success also when it didn't take the only event there was.
    if (entry?.ErrorCode !== undefined) {
      throw new Error(`the canary ${canary} is not on the bus: ${entry.ErrorCode}: ${entry.ErrorMessage}`);
    }
  };
}
