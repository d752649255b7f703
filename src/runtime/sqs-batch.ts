import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { errorFacts, type Logger } from './logger.ts';
import type { Meter } from './metrics.ts';

/** Time kept to answer the queue: an invocation that times out answers nothing, and the whole batch comes again. */
const answerMs = 2_000;

/** ComeAgain says that a message must come again although nothing is wrong: another invocation holds it. */
export class ComeAgain extends Error {
  override readonly name = 'ComeAgain';
}

interface Instruments {
  readonly logger: Logger;
  readonly meter: Meter;
}

type Handle = (message: SQSRecord, signal: AbortSignal) => Promise<void>;
type RemainingTime = Pick<Context, 'getRemainingTimeInMillis'>;

/**
 * eachMessage handles a batch's messages one after the other, so that one big file at a time is in memory, and reports
 * those that failed: the queue brings only these again, and hands them to the dead letters when that doesn't help.
 * Each has an equal share of the time that is left, so that one that never ends doesn't take the others along with it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export async function eachMessage(
  event: SQSEvent,
  instruments: Instruments,
  context: RemainingTime,
  handle: Handle,
): Promise<SQSBatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const [index, message] of event.Records.entries()) {
    const shareMs = (context.getRemainingTimeInMillis() - answerMs) / (event.Records.length - index);
    const failed = await failureOf(message, shareMs, instruments, handle);
    if (failed) batchItemFailures.push({ itemIdentifier: message.messageId });
  }
  return { batchItemFailures };
}

/**
 * messagesAtOnce handles a batch's messages side by side, for small ones that mostly wait for others; and reports those that
 * failed, as `eachMessage` does. All have the same share of the time that is left: what comes after them needs the rest.
 */
export async function messagesAtOnce(
  event: SQSEvent,
  instruments: Instruments,
  context: RemainingTime,
  handle: Handle,
  share = 0.5,
): Promise<SQSBatchResponse> {
  const shareMs = (context.getRemainingTimeInMillis() - answerMs) * share;
  const failed = await Promise.all(event.Records.map((message) => failureOf(message, shareMs, instruments, handle)));
  const failures = event.Records.filter((_message, index) => failed[index]);
  return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function failureOf(
  message: SQSRecord,
  shareMs: number,
  { logger, meter }: Instruments,
  handle: Handle,
): Promise<boolean> {
  const { messageId, attributes } = message;
  const facts = { messageId, received: attributes.ApproximateReceiveCount };
  try {
    await within(shareMs, (signal) => handle(message, signal));
    return false;
  } catch (error) {
    if (error instanceof ComeAgain) {
      logger.info('a message will come again', { ...facts, why: error.message });
    } else {
      meter.count('MessagesFailed', 1);
      logger.error('a message failed; the queue will bring it again', { ...facts, error: errorFacts(error) });
    }
    return true;
  }
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
