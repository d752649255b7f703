import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { MessageAttributeValue, SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../../notify/delivery/state/index.ts';

export interface SqsDeadLettersOptions {
  readonly client: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
}

const maxWhyChars = 500;

/** createSqsDeadLetters puts dead letters into the queue, and why they are there into the message's attributes. */
export function createSqsDeadLetters({ client, queueUrl }: SqsDeadLettersOptions): DeadLetters {
  return {
    send: async ({ body, receiver, reason, why, group, findings }) => {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageAttributes: {
            receiver: text(receiver),
            reason: text(reason),
            why: text(why),
            group: text(group),
            findings: { DataType: 'Number', StringValue: String(findings) },
          },
        }),
      );
    },
  };
}

// SQS takes no empty values, and no characters that XML doesn't have.
function text(value: string): MessageAttributeValue {
  const plain = value
    .slice(0, maxWhyChars)
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '?');
  return { DataType: 'String', StringValue: plain === '' ? '-' : plain };
}
