import {
  CancelReplayCommand,
  DescribeReplayCommand,
  StartReplayCommand,
  type EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import type { ArchiveReplays } from '../../replay/archive-replay.ts';

export interface ArchiveReplaysOptions {
  readonly client: Pick<EventBridgeClient, 'send'>;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** createArchiveReplays replays the archives of findings buses, which are named as the stack names them. */
export function createArchiveReplays({ account, client, partition, region }: ArchiveReplaysOptions): ArchiveReplays {
  const arn = (resource: string): string => `arn:${partition}:events:${region}:${account}:${resource}`;
  return {
    async start(name, stage, { from, to }) {
      const findings = `trailwatch-${stage}-findings`;
      const { State, StateReason } = await client.send(
        new StartReplayCommand({
          ReplayName: name,
          Description: 'trailwatch replay',
          EventSourceArn: arn(`archive/${findings}`),
          EventStartTime: from,
          EventEndTime: to,
          Destination: {
            Arn: arn(`event-bus/${findings}`),
            // Other subscribers of the bus, and the table of findings, have had them.
            FilterArns: [arn(`rule/${findings}/trailwatch-${stage}-deliver`)],
          },
        }),
      );
      if (State === 'FAILED') throw new Error(`the replay failed: ${StateReason ?? 'EventBridge says no more'}`);
    },

    async state(name) {
      const { EventLastReplayedTime, State, StateReason } = await client.send(
        new DescribeReplayCommand({ ReplayName: name }),
      );
      return {
        state: State ?? 'STARTING',
        ...(StateReason !== undefined && StateReason !== '' && { why: StateReason }),
        ...(EventLastReplayedTime !== undefined && { reached: EventLastReplayedTime }),
      };
    },

    async cancel(name) {
      await client.send(new CancelReplayCommand({ ReplayName: name }));
    },
  };
}
