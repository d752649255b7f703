import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { ArchiveReplays } from '../../replay/archive-replay.ts';
import type { DeadLetterQueue } from '../../replay/dead-letter-queue.ts';
import { createArchiveReplays } from './archive-replays.ts';
import { createDeadLetterQueue } from './dead-letter-queue.ts';

/** A person waits at a terminal. */
const patience = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
} as const;

/** openDeadLetterQueue reaches the queues and functions of a region with the credentials of the environment. */
export function openDeadLetterQueue(region: string): DeadLetterQueue {
  const options = { ...patience, region };
  return createDeadLetterQueue({
    // The endpoint that the environment names, not the one that a queue's URL does.
    sqs: new SQSClient({ ...options, useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient(options),
    eventBridge: new EventBridgeClient(options),
  });
}

/** openArchiveReplays reaches the archives of a region, in the account that the credentials belong to. */
export async function openArchiveReplays(region: string): Promise<ArchiveReplays> {
  const options = { ...patience, region };
  const { Arn = '', Account: account = '' } = await new STSClient(options).send(new GetCallerIdentityCommand({}));
  const [, partition = 'aws'] = Arn.split(':');
  return createArchiveReplays({ client: new EventBridgeClient(options), partition, region, account });
}
