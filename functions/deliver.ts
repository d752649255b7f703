import type { SQSEvent } from 'aws-lambda';
import { openFindingEvent } from '../src/contract/open.ts';
import type { Due } from '../src/notify/delivery/state/index.ts';
import { sooner } from '../src/notify/index.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { ComeAgain, messagesAtOnce } from '../src/runtime/sqs-batch.ts';
import { createFindingDelivery } from '../src/app/delivery.ts';

const { instruments, invocation, pipeline } = await createFindingDelivery('deliver');

/** A slow receiver must not hold up the queue's next findings: `flush` goes on for it. */
const notifyMs = 30_000;

/**
 * handler accepts findings, which the queue is done with then, and sends the notifications that are due at once. What a receiver
 * doesn't take, or there is no time for, `flush` sends later.
 */
export const handler = instrument(
  (event: SQSEvent, context) =>
    invocation(async (deadline) => {
      const due = new Map<string, readonly Due[]>();
      const answer = await messagesAtOnce(event, instruments, context, async ({ messageId, body, attributes }) => {
        const finding = openFindingEvent(body);
        const accepted = await pipeline.accept({ finding, queuedMs: Number(attributes.SentTimestamp) });
        due.set(messageId, accepted.due);
        for (const outcome of accepted.outcomes) {
          if (outcome.kind !== 'failed') continue;
          const { error } = outcome;
          throw error.reason === 'held' ? new ComeAgain(error.message, { cause: error }) : error;
        }
      });
      // In the order of the batch, for receivers that are notified one at a time.
      await pipeline.notify(
        event.Records.flatMap(({ messageId }) => due.get(messageId) ?? []),
        sooner(deadline, notifyMs),
      );
      return answer;
    }, context),
  instruments,
);
