import type { Ingested } from '../model/log-record.ts';
import { failure, isObject, kindOf } from './ingested.ts';
import type { OpenOrigin } from './ingested.ts';
import { openValue } from './open.ts';
import { isEventBridgeEvent } from './shapes/event-bridge.ts';

/** openEventBridgeEvent opens what an EventBridge rule hands to a Lambda. Anything else is a failure. */
export function* openEventBridgeEvent(
  event: unknown,
  origin: OpenOrigin = { path: 'event-bus', index: 0 },
): Iterable<Ingested> {
  if (isObject(event) && isEventBridgeEvent(event)) yield* openValue(event, origin);
  else yield failure(origin, `not an EventBridge event (detail-type, source, detail): ${kindOf(event)}`);
}
