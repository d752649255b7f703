import { describe, expect, test } from '@jest/globals';
import { deaggregate, isAggregated } from '../../../../src/ingest/envelopes/aggregated-record.ts';
import { aggregated, sealed } from '../../../support/kinesis-event.ts';

/** One record of the partition key `partition_key` and the data `data`, byte for byte as other implementations write it. */
const known = Buffer.from(
  'f3899ac20a0d706172746974696f6e5f6b65791a0808001a0464617461d03699da5a222fa32108ad1bd955a14e',
  'hex',
);

const textsOf = (data: Buffer) => {
  const parts = deaggregate(data);
  return 'reason' in parts ? parts.reason : parts.records.map(String);
};

describe('records aggregated by the producer library', () => {
  test('what other implementations write is read', () => {
    expect(isAggregated(known)).toBe(true);
    expect(textsOf(known)).toEqual(['data']);
  });

  test('keys, tags and unknown fields are passed over; long and empty parts are parts', () => {
    const long = 'x'.repeat(70_000);
    expect(textsOf(aggregated(['a', long, '', 'ü']))).toEqual(['a', long, '', 'ü']);
    const unknown = Buffer.from([
      0x29, 1, 2, 3, 4, 5, 6, 7, 8, 0x35, 1, 2, 3, 4, 0x38, 0xff, 0x01, 0x1a, 3, 0x1a, 1, 0x61,
    ]);
    expect(textsOf(sealed(unknown))).toEqual(['a']);
  });

  test.each([
    ['a byte changed', Buffer.from(known.map((byte, at) => (at === 30 ? byte ^ 1 : byte))), /checksum is wrong/],
    ['a part without data', sealed(Buffer.from([0x1a, 2, 0x08, 0])), /has no data/],
    ['a length beyond the end', sealed(Buffer.from([0x1a, 100, 1])), /not valid protobuf/],
    [
      'a length of 2^63',
      sealed(Buffer.from([0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])),
      /not valid/,
    ],
    [
      'a number without end',
      sealed(Buffer.from([0x1a, ...Array.from({ length: 12 }, () => 0xff)])),
      /not valid protobuf/,
    ],
    ['a group', sealed(Buffer.from([0x1b, 0x1c])), /not valid protobuf/],
    ['a field cut off', sealed(Buffer.from([0x09, 1, 2])), /not valid protobuf/],
    ['more parts than any producer packs', aggregated(Array.from({ length: 100_001 }, () => '')), /more than 100000/],
  ])('%s is refused', (_name, data, reason) => {
    expect(isAggregated(data)).toBe(true);
    expect(textsOf(data)).toMatch(reason);
  });

  test.each([
    ['JSON', Buffer.from('{"a":1}')],
    ['gzip', Buffer.from('1f8b0800', 'hex')],
    ['nothing', Buffer.alloc(0)],
    ['the magic bytes alone', Buffer.from('f3899ac2', 'hex')],
  ])('%s is no aggregate', (_name, data) => {
    expect(isAggregated(data)).toBe(false);
  });
});
