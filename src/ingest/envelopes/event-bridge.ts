import type { Fields, Ingested } from '../../model/log-record.ts';
import { failure, isObject, kindOf } from '../ingested.ts';
import type { Opener, OpenOrigin } from '../ingested.ts';
import { openValue, standardOpener } from '../open.ts';
import { isEventBridgeEvent } from '../shapes/event-bridge.ts';
import { isSnsRecord, isSqsMessage } from '../shapes/queue-message.ts';

/**
 * openEventBridgeEvent opens what an EventBridge rule hands to a Lambda, of any bus and account, by itself or by way of an
 * SNS topic or an SQS queue. Anything else is a failure.
 */
export function* openEventBridgeEvent(
  event: unknown,
  origin: OpenOrigin = { path: 'event-bus', index: 0 },
  opener: Opener = standardOpener,
): Iterable<Ingested> {
  if (isObject(event) && (isEventBridgeEvent(event) || isBatchOfMessages(event))) {
    yield* openValue(event, origin, opener);
  } else yield failure(origin, `not an EventBridge event (detail-type, source, detail): ${kindOf(event)}`);
}

function isBatchOfMessages({ Records: records }: Fields): boolean {
  return (
    Array.isArray(records) &&
    records.length > 0 &&
    records.every((record: unknown) => isObject(record) && (isSnsRecord(record) || isSqsMessage(record)))
  );
}
