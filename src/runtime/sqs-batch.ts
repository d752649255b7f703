import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Logger } from './logger.ts';
import type { Meter } from './metrics.ts';

/**
 * eachMessage handles a batch's messages one after the other, so that one big file at a time is in memory, and reports
 * those that failed: the queue brings only these again, and hands them to the dead letters when that doesn't help.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function eachMessage(
  event: SQSEvent,
  { logger, meter }: { readonly logger: Logger; readonly meter: Meter },
  handle: (message: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const message of event.Records) {
    try {
      await handle(message);
    } catch (error) {
      batchItemFailures.push({ itemIdentifier: message.messageId });
      meter.count('MessagesFailed', 1);
      logger.error('a message failed; the queue will bring it again', {
        messageId: message.messageId,
        received: message.attributes.ApproximateReceiveCount,
        error: error as Error,
      });
    }
  }
  return { batchItemFailures };
}
