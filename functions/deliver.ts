import type { SQSEvent } from 'aws-lambda';
import { openFindingEvent } from '../src/notify/open-finding.ts';
import { instrument } from '../src/runtime/middleware.ts';
import { eachMessage } from '../src/runtime/sqs-batch.ts';
import { createFindingDelivery } from './delivery.ts';

const { deliverFinding, instruments } = await createFindingDelivery('deliver');

/** handler sends findings to every receiver. What one of them didn't take comes again, and then only to that one. */
export const handler = instrument(
  (event: SQSEvent, context) =>
    eachMessage(event, instruments, context, ({ body }) => deliverFinding(openFindingEvent(body))),
  instruments,
);
