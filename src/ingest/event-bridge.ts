import type { Ingested } from '../model/log-record.ts';
import { failure, isObject, kindOf } from './ingested.ts';
import type { Opener, OpenOrigin } from './ingested.ts';
import { openValue, standardOpener } from './open.ts';
import { isEventBridgeEvent } from './shapes/event-bridge.ts';

/** openEventBridgeEvent opens what an EventBridge rule hands to a Lambda. Anything else is a failure. */
export function* openEventBridgeEvent(
  event: unknown,
  origin: OpenOrigin = { path: 'event-bus', index: 0 },
  opener: Opener = standardOpener,
): Iterable<Ingested> {
  if (isObject(event) && isEventBridgeEvent(event)) yield* openValue(event, origin, opener);
  else yield failure(origin, `not an EventBridge event (detail-type, source, detail): ${kindOf(event)}`);
}
