import { isObject, kindOf, quote } from '../ingested.ts';
import { parseJson } from '../json/json-text.ts';
import { isEventBridgeEvent } from '../shapes/event-bridge.ts';
import { isS3EventRecord, isS3TestEvent, isSnsNotification } from '../shapes/queue-message.ts';

/** S3ObjectRef names an object that was written. The key is decoded. */
export interface S3ObjectRef {
  readonly bucket: string;
  readonly key: string;
  readonly region?: string;
  readonly versionId?: string;
  /** In bytes. */
  readonly size?: number;
}

/** S3NotificationError says that a message is none of the ways in which S3 names its objects. */
class S3NotificationError extends Error {
  override readonly name = 'S3NotificationError';
}

/**
 * openS3Notification gives the objects that a queue message names: an S3 notification, the same by EventBridge, either
 * wrapped in SNS. `s3:TestEvent` and removals name none. Throws S3NotificationError for anything else, so that the
 * message is retried and ends in the dead-letter queue instead of vanishing.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function openS3Notification(body: string): readonly S3ObjectRef[] {
  return openMessage(body, 0);
}

function openMessage(body: string, wrappings: number): readonly S3ObjectRef[] {
  const parsed = parseJson(body);
  if (!parsed.ok) throw new S3NotificationError(`S3 notification: ${parsed.reason}`);
  const { value } = parsed;
  if (!isObject(value)) throw new S3NotificationError(`S3 notification: expected an object, got ${kindOf(value)}`);
  if (isS3TestEvent(value)) return [];
  if (isSnsNotification(value) && wrappings < 3) return openMessage(String(value['Message']), wrappings + 1);
  if (isEventBridgeEvent(value)) return ofEventBridge(value);
  if (Array.isArray(value['Records'])) return value['Records'].flatMap((record: unknown) => ofRecord(record));
  // Its text stays out of the message, which is logged; the message itself waits among the dead letters.
  throw new S3NotificationError('S3 notification: an unknown shape');
}

/** S3 itself: the key is URL-encoded with `+` for a space. */
function ofRecord(record: unknown): readonly S3ObjectRef[] {
  if (!isObject(record) || !isS3EventRecord(record))
    throw new S3NotificationError('S3 notification: a record is not of aws:s3');
  const eventName = String(record['eventName']);
  if (!eventName.startsWith('ObjectCreated:')) return [];
  const s3 = isObject(record['s3']) ? record['s3'] : {};
  const region = record['awsRegion'];
  return [refOf(s3['bucket'], s3['object'], decodeKey, typeof region === 'string' ? region : undefined)];
}

/** S3 by EventBridge: the key is not encoded. https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function ofEventBridge(event: Readonly<Record<string, unknown>>): readonly S3ObjectRef[] {
  if (event['source'] !== 'aws.s3')
    throw new S3NotificationError('S3 notification: an EventBridge event of another source than aws.s3');
  if (event['detail-type'] !== 'Object Created') return [];
  const detail = isObject(event['detail']) ? event['detail'] : {};
  const region = event['region'];
  return [refOf(detail['bucket'], detail['object'], (key) => key, typeof region === 'string' ? region : undefined)];
}

function refOf(
  bucket: unknown,
  object: unknown,
  decode: (key: string) => string,
  region: string | undefined,
): S3ObjectRef {
  const name = isObject(bucket) ? bucket['name'] : undefined;
  const key = isObject(object) ? object['key'] : undefined;
  if (typeof name !== 'string' || typeof key !== 'string' || !isObject(object)) {
    throw new S3NotificationError('S3 notification: a record without bucket name and object key');
  }
  // S3 spells it `versionId`, EventBridge `version-id`.
  const version = object['versionId'] ?? object['version-id'];
  return {
    bucket: name,
    key: decode(key),
    ...(region !== undefined && { region }),
    ...(typeof version === 'string' && version !== '' && { versionId: version }),
    ...(typeof object['size'] === 'number' && { size: object['size'] }),
  };
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new S3NotificationError(`S3 notification: the key ${quote(key)} is not URL-encoded`, { cause });
  }
}
