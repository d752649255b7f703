import { expect, test } from '@jest/globals';
import { openS3Notification } from '../../../../src/ingest/envelopes/s3-notification.ts';
import { fixture } from '../fixture.ts';

const key =
  'team a/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/03/01/111122223333_CloudTrail_eu-central-1_20260301T1005Z_0123456789abcdef.json.gz';
const put = {
  bucket: 'example-trail',
  key,
  region: 'eu-central-1',
  versionId: '096fKKXTRTtl3on89fVO.nfljtsv6qko',
  size: 1024,
};
const byBus = {
  bucket: 'example-trail',
  key: 'team a/plus+sign.json.gz',
  region: 'eu-central-1',
  versionId: 'v1',
  size: 5,
};
const inSns = (value: unknown) =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: 'm',
    TopicArn: 'arn:aws:sns:eu-central-1:111122223333:t',
    Message: JSON.stringify(value),
  });

test.each([
  ['S3 itself: the key is decoded, removals name nothing', JSON.stringify(fixture('s3-notification')), [put]],
  ['S3 by EventBridge: the key is not encoded', JSON.stringify(fixture('s3-by-eventbridge')), [byBus]],
  ['S3 through SNS', inSns(fixture('s3-notification')), [put]],
  ['S3 by EventBridge through SNS', inSns(fixture('s3-by-eventbridge')), [byBus]],
  [
    'another event of S3 on the bus',
    JSON.stringify({ ...fixture('s3-by-eventbridge'), 'detail-type': 'Object Deleted' }),
    [],
  ],
  [
    "S3's test event names nothing",
    '{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-03-01T10:00:00.000Z","Bucket":"example-trail"}',
    [],
  ],
  ['the test event through SNS', inSns({ Event: 's3:TestEvent' }), []],
  ['a notification of nothing', '{"Records":[]}', []],
])('%s', (_name, body, refs) => {
  expect(openS3Notification(body)).toEqual(refs);
});

test.each([
  ['text', 'hello', /not valid JSON/],
  ['an array', '[]', /expected an object, got an array/],
  ['an object of another shape', '{"hello":1}', /an unknown shape/],
  ["another service's event", JSON.stringify(fixture('eventbridge-ec2-state')), /of another source than aws\.s3/],
  ['a record of another service', '{"Records":[{"eventSource":"aws:sqs"}]}', /not of aws:s3/],
  [
    'a record without a key',
    '{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"}}}]}',
    /without bucket name and object key/,
  ],
  [
    'a key that is not URL-encoded',
    '{"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"%zz"}}}]}',
    /"%zz" is not URL-encoded/,
  ],
])('%s is refused, so that the message is retried and kept', (_name, body, reason) => {
  expect(() => openS3Notification(body)).toThrow(reason);
});
