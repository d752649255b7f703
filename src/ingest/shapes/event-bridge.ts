import type { Fields, Ingested, RecordSource } from '../../model/log-record.ts';
import { failure, ignoredAsOwn, isObject, kindOf, plainOrigin, quote, record } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';
import { isOwnEvent } from '../own.ts';
import { isoTime } from '../time.ts';
import { isCloudTrailRecord, openCloudTrailRecord } from './cloudtrail.ts';

/** Detail types whose log source has a name of its own. A new one is a row here. */
const sources: Readonly<Record<string, RecordSource>> = {
  'EC2 Instance State-change Notification': { product: 'aws', services: ['ec2_state_change'] },
};

/** isEventBridgeEvent recognises the envelope that EventBridge puts round every event. https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export function isEventBridgeEvent(value: Fields): boolean {
  return typeof value['detail-type'] === 'string' && typeof value['source'] === 'string' && 'detail' in value;
}

/**
 * openEventBridgeEnvelope opens it: what CloudTrail put on the bus is the CloudTrail record inside; of everything else the
 * whole envelope is the record, since its `resources`, `account` and `region` belong to it.
 */
export function* openEventBridgeEnvelope(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  if (isOwnEvent(value)) {
    yield ignoredAsOwn(origin, 'event');
    return;
  }
  const type = String(value['detail-type']);
  const detail = value['detail'];
  // `AWS API Call via CloudTrail`, `AWS Console Sign In via CloudTrail`, `AWS Service Event via CloudTrail`, `AWS Insight via CloudTrail`.
  // Somebody who forwards CloudTrail records over a bus of their own may name the type as they like.
  if (type.endsWith(' via CloudTrail') || (isObject(detail) && isWholeRecord(detail))) {
    if (isObject(detail)) yield* openCloudTrailRecord(detail, origin);
    else
      yield failure(
        origin,
        `EventBridge event ${quote(type)}: detail must be the CloudTrail record, it is ${kindOf(detail)}`,
      );
    return;
  }
  const { id, time } = value;
  if (typeof id !== 'string' || id === '') {
    yield failure(origin, `EventBridge event ${quote(type)} without an id`);
    return;
  }
  const when = typeof time === 'string' ? isoTime(time) : undefined;
  if (when === undefined) {
    const seen = typeof time === 'string' ? quote(time) : kindOf(time);
    yield failure(origin, `EventBridge event ${quote(id)}: time is not an ISO 8601 time: ${seen}`);
    return;
  }
  yield record({
    id,
    time: when,
    source: sources[type] ?? sourceOf(String(value['source'])),
    fields: value,
    origin: plainOrigin(origin),
    ...(typeof value['account'] === 'string' && { account: value['account'] }),
    ...(typeof value['region'] === 'string' && { region: value['region'] }),
  });
}

function isWholeRecord(detail: Fields): boolean {
  return (
    isCloudTrailRecord(detail) && typeof detail['eventVersion'] === 'string' && typeof detail['eventID'] === 'string'
  );
}

/** `aws.guardduty` is AWS's GuardDuty; any other source is somebody's own application. */
function sourceOf(source: string): RecordSource {
  return source.startsWith('aws.')
    ? { product: 'aws', services: [source.slice('aws.'.length)] }
    : { product: 'unknown', services: [source] };
}
