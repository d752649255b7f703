import { createHash } from 'node:crypto';
import type { KinesisStreamEvent } from 'aws-lambda';

/** kinesisEvent is a batch of one shard as Lambda reads it; the sequence numbers count on from `first`. */
export function kinesisEvent(data: readonly (Buffer | string)[], first = 1): KinesisStreamEvent {
  return {
    Records: data.map((bytes, index) => {
      const sequenceNumber = sequenceNumberOf(first + index);
      return {
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey: 'f1a5d3c2b4e60718',
          sequenceNumber,
          data: Buffer.from(bytes).toString('base64'),
          approximateArrivalTimestamp: 1773220118.212,
        },
        eventSource: 'aws:kinesis',
        eventVersion: '1.0',
        eventID: `shardId-000000000006:${sequenceNumber}`,
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: 'arn:aws:iam::111122223333:role/trailwatch-dev-kinesis-eu-west-1',
        awsRegion: 'eu-west-1',
        eventSourceARN: 'arn:aws:kinesis:eu-west-1:111122223333:stream/trailwatch-dev-logs',
      };
    }),
  };
}

/** sequenceNumberOf is the number of the nth record, of the length that Kinesis gives them. */
export function sequenceNumberOf(nth: number): string {
  return `49671246081${String(nth).padStart(45, '0')}`;
}

/** aggregated packs records as the Kinesis Producer Library does, which also writes keys and tags that nobody here reads. */
export function aggregated(records: readonly (Buffer | string)[]): Buffer {
  const message = Buffer.concat([
    field(1, Buffer.from('f1a5d3c2b4e60718')),
    field(2, Buffer.from('12345678901234567890')),
    ...records.map((data) =>
      field(
        3,
        Buffer.concat([
          Buffer.from([0x08, 0x00, 0x10, 0x00]),
          field(3, Buffer.from(data)),
          field(4, field(1, Buffer.from('tag'))),
        ]),
      ),
    ),
  ]);
  return sealed(message);
}

/** sealed puts a message between the magic bytes and its digest. */
export function sealed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from('f3899ac2', 'hex'), message, createHash('md5').update(message).digest()]);
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2]), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) + 0x80);
  return Buffer.from([...bytes, rest]);
}
