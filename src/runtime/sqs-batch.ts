import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Logger } from './logger.ts';
import type { Meter } from './metrics.ts';

/** Time kept to answer the queue: an invocation that times out answers nothing, and the whole batch comes again. */
const answerMs = 2_000;

/**
 * eachMessage handles a batch's messages one after the other, so that one big file at a time is in memory, and reports
 * those that failed: the queue brings only these again, and hands them to the dead letters when that doesn't help.
 * Each has an equal share of the time that is left, so that one that never ends doesn't take the others along with it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function eachMessage(
  event: SQSEvent,
  { logger, meter }: { readonly logger: Logger; readonly meter: Meter },
  context: Pick<Context, 'getRemainingTimeInMillis'>,
  handle: (message: SQSRecord, signal: AbortSignal) => Promise<void>,
): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const [index, message] of event.Records.entries()) {
    const shareMs = (context.getRemainingTimeInMillis() - answerMs) / (event.Records.length - index);
    try {
      await within(shareMs, (signal) => handle(message, signal));
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

async function within(ms: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  if (ms <= 0) throw new Error('not begun: no time was left');
  const attempt = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`not done within its share of the time, ${Math.round(ms)} ms`);
      attempt.abort(error);
      reject(error);
    }, ms);
  });
  try {
    await Promise.race([work(attempt.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
