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
  const fields = fieldsOf(message);
  if (fields === undefined) return { reason: 'aggregated Kinesis record: not valid protobuf' };
  for (const { number, bytes } of fields) {
    if (number !== 3 || bytes === undefined) continue;
    const body = fieldsOf(bytes)?.findLast((field) => field.number === 3)?.bytes;
    if (body === undefined) return { reason: 'aggregated Kinesis record with a part that has no data' };
    if (records.push(body) > maxRecords)
      return { reason: `aggregated Kinesis record of more than ${maxRecords} records` };
  }
  return { records };
}

interface Field {
  readonly number: number;
  readonly end: number;
  /** Only of fields that say their length. */
  readonly bytes?: Buffer;
}

/** fieldsOf splits a message into its fields; undefined if it isn't protobuf. https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(message: Buffer): readonly Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < message.length;) {
    const field = fieldAt(message, at);
    if (field === undefined || field.end > message.length) return undefined;
    fields.push(field);
    at = field.end;
  }
  return fields;
}

function fieldAt(message: Buffer, from: number): Field | undefined {
  const key = varintAt(message, from);
  if (key === undefined) return undefined;
  const number = Math.floor(key.value / 8);
  switch (key.value % 8) {
    case 0: {
      const end = varintAt(message, key.end)?.end;
      return end === undefined ? undefined : { number, end };
    }
    case 1:
      return { number, end: key.end + 8 };
    case 2: {
      const length = varintAt(message, key.end);
      if (length === undefined) return undefined;
      const end = length.end + length.value;
      return { number, end, bytes: message.subarray(length.end, end) };
    }
    case 5:
      return { number, end: key.end + 4 };
    default:
      // Groups, which are obsolete, and unknown wire types.
      return undefined;
  }
}

/** Seven bits a byte, the lowest first. Ten bytes encode 64 bits; no length here exceeds 2^53. */
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
