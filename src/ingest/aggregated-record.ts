import { createHash } from 'node:crypto';

const magic = Buffer.from([0xf3, 0x89, 0x9a, 0xc2]);
const digestBytes = 16;

/** No producer packs more: a Kinesis record holds a few megabytes. */
const maxRecords = 100_000;

/** isAggregated recognises what the Kinesis Producer Library makes of many records, by its first bytes. */
export function isAggregated(data: Buffer): boolean {
  return data.length > magic.length + digestBytes && data.subarray(0, magic.length).equals(magic);
}

/**
 * deaggregate takes such a record apart, or says why it can't. Between the magic bytes and an MD5 digest stands a protobuf
 * message; all that matters of it here is `data` of each `records`. The parts share the memory of the whole.
 * https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
 */
export function deaggregate(data: Buffer): { readonly records: readonly Buffer[] } | { readonly reason: string } {
  const message = data.subarray(magic.length, data.length - digestBytes);
  const digest = createHash('md5').update(message).digest();
  if (!digest.equals(data.subarray(data.length - digestBytes))) {
    return { reason: 'aggregated Kinesis record whose checksum is wrong' };
  }
  const records: Buffer[] = [];
  for (const field of fieldsOf(message)) {
    if (field === undefined) return { reason: 'aggregated Kinesis record that is no valid protobuf' };
    if (field.number !== 3 || field.bytes === undefined) continue;
    let body: Buffer | undefined;
    for (const inner of fieldsOf(field.bytes)) {
      if (inner === undefined) return { reason: 'aggregated Kinesis record that is no valid protobuf' };
      if (inner.number === 3) body = inner.bytes;
    }
    if (body === undefined) return { reason: 'aggregated Kinesis record with a part that has no data' };
    records.push(body);
    if (records.length > maxRecords) return { reason: `aggregated Kinesis record of more than ${maxRecords} records` };
  }
  return { records };
}

interface Field {
  readonly number: number;
  /** Only of fields that say their length. */
  readonly bytes?: Buffer;
}

/** Walks a message's fields; undefined, and then no more, where it is no protobuf. https://protobuf.dev/programming-guides/encoding/ */
function* fieldsOf(message: Buffer): Iterable<Field | undefined> {
  let at = 0;
  while (at < message.length) {
    const key = varintAt(message, at);
    if (key === undefined) return yield undefined;
    at = key.end;
    const number = Math.floor(key.value / 8);
    switch (key.value % 8) {
      case 0: {
        const value = varintAt(message, at);
        if (value === undefined) return yield undefined;
        at = value.end;
        yield { number };
        break;
      }
      case 1:
        at += 8;
        yield { number };
        break;
      case 2: {
        const length = varintAt(message, at);
        if (length === undefined || length.value > message.length - length.end) return yield undefined;
        at = length.end + length.value;
        yield { number, bytes: message.subarray(length.end, at) };
        break;
      }
      case 5:
        at += 4;
        yield { number };
        break;
      default:
        return yield undefined;
    }
    if (at > message.length) return yield undefined;
  }
}

/** Seven bits a byte, the lowest first. Ten bytes hold 64 bits; beyond 2^53 the value is no length of anything here. */
function varintAt(bytes: Buffer, from: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let at = from; at < from + 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * (at - from));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  return undefined;
}
