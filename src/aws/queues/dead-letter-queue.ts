import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  paginateListQueues,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Letter } from '../../replay/letter.ts';
import type { DeadLetterQueue } from '../../replay/dead-letter-queue.ts';

export interface DeadLetterQueueClients {
  readonly sqs: SQSClient;
  readonly lambda: Pick<LambdaClient, 'send'>;
  readonly eventBridge: Pick<EventBridgeClient, 'send'>;
}

/** The most that SQS gives at a time, and lets be changed at a time. */
const atOnce = 10;

/** createDeadLetterQueue takes dead letters out of SQS, and sends them where they belong. */
export function createDeadLetterQueue({ eventBridge, lambda, sqs }: DeadLetterQueueClients): DeadLetterQueue {
  const urls = new Map<string, Promise<string>>();
  const urlOf = (name: string): Promise<string> => {
    const known =
      urls.get(name) ?? sqs.send(new GetQueueUrlCommand({ QueueName: name })).then(({ QueueUrl = '' }) => QueueUrl);
    urls.set(name, known);
    return known;
  };

  return {
    async queues(prefix) {
      const found: string[] = [];
      for await (const { QueueUrls = [] } of paginateListQueues({ client: sqs }, { QueueNamePrefix: prefix })) {
        found.push(...QueueUrls);
      }
      return Promise.all(
        found.map(async (url) => {
          const { Attributes = {} } = await sqs.send(
            new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
          );
          const name = url.slice(url.lastIndexOf('/') + 1);
          return { name, url, waiting: Number(Attributes['ApproximateNumberOfMessages'] ?? 0) };
        }),
      );
    },

    async take({ url }, { holdSeconds, patient }) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: atOnce,
          VisibilityTimeout: holdSeconds,
          WaitTimeSeconds: patient ? 2 : 0,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      return Messages.map(letterOf);
    },

    async giveBack({ url }, letters) {
      for (let index = 0; index < letters.length; index += atOnce) {
        const Entries = letters.slice(index, index + atOnce).map(({ receipt }, place) => ({
          Id: String(place),
          ReceiptHandle: receipt,
          VisibilityTimeout: 0,
        }));
        await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
      }
    },

    async remove({ url }, { receipt }) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: receipt }));
    },

    async enqueue(queueName, body) {
      await sqs.send(new SendMessageCommand({ QueueUrl: await urlOf(queueName), MessageBody: body }));
    },

    async invoke(functionName, body) {
      await lambda.send(
        new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: Buffer.from(body) }),
      );
    },

    async publish(bus, body) {
      const { detail, source, time, ...rest } = JSON.parse(body) as Readonly<Record<string, unknown>>;
      const { Entries: [entry] = [] } = await eventBridge.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: bus,
              Source: String(source),
              DetailType: String(rest['detail-type']),
              Detail: JSON.stringify(detail),
              ...(typeof time === 'string' && { Time: new Date(time) }),
            },
          ],
        }),
      );
      if (entry?.ErrorCode !== undefined) throw new Error(`${entry.ErrorCode}: ${entry.ErrorMessage}`);
    },
  };
}

function letterOf({
  Attributes,
  Body = '',
  MessageAttributes = {},
  MessageId = '',
  ReceiptHandle = '',
}: Message): Letter {
  return {
    id: MessageId,
    body: Body,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '']),
    ),
    sent: new Date(Number(Attributes?.SentTimestamp ?? 0)),
    receipt: ReceiptHandle,
  };
}
