import type { Ingested } from '../../model/log-record.ts';
import { failure, isObject, kindOf } from '../ingested.ts';
import type { Opener, OpenOrigin } from '../ingested.ts';
import { standardOpener } from '../open.ts';
import { isSubscriptionEvent, openSubscriptionEvent, subscriptionPath } from '../shapes/logs-subscription.ts';

/**
 * openLogsSubscription opens what a CloudWatch Logs subscription hands to a Lambda: one record or failure for each log event, read
 * as the row of its log group says.
 */
export function* openLogsSubscription(
  event: unknown,
  origin: OpenOrigin = { path: subscriptionPath, index: 0 },
  opener: Opener = standardOpener,
): Iterable<Ingested> {
  if (isObject(event) && isSubscriptionEvent(event)) yield* openSubscriptionEvent(event, origin, opener);
  else yield failure(origin, `not a CloudWatch Logs subscription event: expected awslogs.data, got ${kindOf(event)}`);
}
