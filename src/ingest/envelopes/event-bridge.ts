import type { Fields, Ingested } from '../../model/log-record.ts';
import { failure, isObject, kindOf } from '../ingested.ts';
import type { Opener, OpenOrigin } from '../ingested.ts';
import { isDeeperValue, maxDepth, parseJson } from '../json/json-text.ts';
import { standardOpener } from '../open.ts';
import { isEventBridgeEvent, openEventBridgeEnvelope } from '../shapes/event-bridge.ts';
import { isSnsNotification, isSnsRecord, isSqsMessage } from '../shapes/queue-message.ts';

/** A queue behind a topic makes two wrappings. */
const maxWrappings = 3;

/**
 * openEventBridgeEvent opens what an EventBridge rule hands to a Lambda, of any bus and account, by itself or by way of an
 * SNS topic or an SQS queue. Anything else is a failure: a message with a bare record doesn't come from EventBridge.
 */
export function* openEventBridgeEvent(
  event: unknown,
  origin: OpenOrigin = { path: 'event-bus', index: 0 },
  opener: Opener = standardOpener,
): Iterable<Ingested> {
  if (isDeeperValue(event)) {
    yield failure(origin, `nested deeper than ${maxDepth} levels`);
    return;
  }
  const messages = isObject(event) ? messagesOf(event) : undefined;
  for (const [index, one] of (messages ?? [event]).entries()) {
    const value = messages === undefined ? one : contentOf(one, 0);
    const here = { ...origin, index: origin.index + index };
    if (isObject(value) && isEventBridgeEvent(value)) yield* openEventBridgeEnvelope(value, here, opener);
    else yield failure(here, `not an EventBridge event: expected detail-type, source and detail, got ${kindOf(value)}`);
  }
}

/** The messages of a batch from SNS or SQS; undefined when it isn't one. */
function messagesOf({ Records: records }: Fields): readonly Fields[] | undefined {
  if (!Array.isArray(records) || records.length === 0) return undefined;
  const messages = records.filter((record): record is Fields => isObject(record) && isMessage(record));
  return messages.length === records.length ? messages : undefined;
}

function isMessage(record: Fields): boolean {
  return isSnsRecord(record) || isSqsMessage(record);
}

/** What a message holds, out of its queue and topic. */
function contentOf(value: unknown, wrappings: number): unknown {
  const text = isObject(value) && wrappings < maxWrappings ? textOf(value) : undefined;
  if (text === undefined) return value;
  const parsed = parseJson(text);
  return parsed.ok ? contentOf(parsed.value, wrappings + 1) : text;
}

function textOf(value: Fields): string | undefined {
  if (isSqsMessage(value)) return String(value['body']);
  if (isSnsRecord(value)) return isObject(value['Sns']) ? String(value['Sns']['Message']) : undefined;
  return isSnsNotification(value) ? String(value['Message']) : undefined;
}
