import type { Fields, Ingested } from '../../model/log-record.ts';
import { isObject, skipped } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';

/** isSqsMessage recognises one message of the event that SQS hands to a Lambda. https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function isSqsMessage(value: Fields): boolean {
  return value['eventSource'] === 'aws:sqs' && typeof value['body'] === 'string';
}

/** openSqsMessage opens the message's body. */
export function* openSqsMessage(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  yield* open.text(String(value['body']), origin);
}

/** isSnsRecord recognises one message of the event that SNS hands to a Lambda. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function isSnsRecord(value: Fields): boolean {
  return value['EventSource'] === 'aws:sns' && isObject(value['Sns']) && typeof value['Sns']['Message'] === 'string';
}

/** openSnsRecord opens the message inside. */
export function* openSnsRecord(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  if (isObject(value['Sns'])) yield* open.text(String(value['Sns']['Message']), origin);
}

/** isSnsNotification recognises SNS's own envelope, as queues and webhooks get it. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export function isSnsNotification(value: Fields): boolean {
  return (
    value['Type'] === 'Notification' && typeof value['TopicArn'] === 'string' && typeof value['Message'] === 'string'
  );
}

/** openSnsNotification opens the message inside. */
export function* openSnsNotification(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  yield* open.text(String(value['Message']), origin);
}

/** isS3EventRecord recognises one element of an S3 notification. https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export function isS3EventRecord(value: Fields): boolean {
  return value['eventSource'] === 'aws:s3' && isObject(value['s3']);
}

/** isS3TestEvent recognises what S3 sends when a notification is set up. */
export function isS3TestEvent(value: Fields): boolean {
  return value['Event'] === 's3:TestEvent';
}

/** openS3Notice skips it: callers of `openS3Notification` read the object that it names. */
export function* openS3Notice(_value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  yield skipped(origin, 'S3 notification: names an object, contains no records');
}
