import { expect, test } from '@jest/globals';
import { openKinesisRecord } from '../../../../src/ingest/envelopes/kinesis.ts';
import { aggregated, kinesisEvent } from '../../../support/kinesis-event.ts';
import { cloudTrailRecord, gzip, idsOf, sorted } from '../reading.ts';

const recordOf = (data: Buffer | string): unknown => kinesisEvent([data]).Records[0];
const line = 'Mar 11 09:08:37 web-1 sshd[1]: Accepted password for root from 198.51.100.23 port 1 ssh2';

test.each([
  ['no object', null, /not a Kinesis record \(kinesis\.data\): null/],
  ['a record of another stream service', { dynamodb: {}, eventSource: 'aws:dynamodb' }, /not a Kinesis record/],
  ['a bomb', recordOf(gzip(Buffer.alloc(65 * 1024 * 1024))), /unpacks to more than .* \(gzip bomb\?\)/],
  ['a bomb in an aggregate', recordOf(aggregated([gzip(Buffer.alloc(65 * 1024 * 1024))])), /gzip bomb/],
  ['an aggregate in an aggregate', recordOf(aggregated([aggregated(['a'])])), /not a log: binary data/],
])('%s is a failure with its reason', (_name, record, reason) => {
  const { records, failures } = sorted(openKinesisRecord(record));
  expect(records).toEqual([]);
  expect(failures).toEqual([expect.stringMatching(reason)]);
});

test('a line without a year is dated by its arrival, and keeps its place in the stream', () => {
  const { records } = sorted(openKinesisRecord(recordOf(aggregated([JSON.stringify(cloudTrailRecord('a')), line]))));
  expect(records).toMatchObject([
    { id: 'a', origin: { path: expect.stringMatching(/^kinesis:trailwatch-dev-logs\/shardId-.*:\d+\.0$/), index: 0 } },
    { time: '2026-03-11T09:08:37.000Z', origin: { path: expect.stringMatching(/\.1$/), index: 0 } },
  ]);
});

test('an empty aggregate holds no records', () => {
  expect(idsOf(sorted(openKinesisRecord(recordOf(aggregated([])))))).toEqual([]);
});
