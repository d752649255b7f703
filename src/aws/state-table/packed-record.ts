import { gunzipSync, gzipSync } from 'node:zlib';
import type { Fields, LogRecord } from '../../model/log-record.ts';

/** An item may hold 400 KB; a record that is larger than this when packed keeps its short fields only. */
const maxPackedBytes = 100_000;
const maxFieldChars = 1_000;
/** What is packed is unpacked again with this limit. */
const maxRecordBytes = 16_000_000;

/** packRecord makes a record small enough for its place in an item: whole, or with its short fields. */
export function packRecord(record: LogRecord): Uint8Array {
  return packWhole(record) ?? gzipSync(JSON.stringify(withShortFields(record)));
}

/** packLastRecords packs the last ones of some records, as many as there is room for; undefined for none. */
export function packLastRecords(records: readonly LogRecord[]): Uint8Array | undefined {
  const short = records.map(withShortFields);
  for (let kept = records.length; kept > 0; kept = Math.floor(kept / 2)) {
    const packed = packWhole(records.slice(-kept)) ?? packWhole(short.slice(-kept));
    if (packed !== undefined) return packed;
  }
  return undefined;
}

/** unpack reads what packRecord or packLastRecords wrote. */
export function unpack(bytes: Uint8Array = new Uint8Array()): unknown {
  return JSON.parse(gunzipSync(bytes, { maxOutputLength: maxRecordBytes }).toString('utf8'));
}

function packWhole(value: unknown): Uint8Array | undefined {
  try {
    const text = JSON.stringify(value);
    if (Buffer.byteLength(text) > maxRecordBytes) return undefined;
    const packed = gzipSync(text);
    return packed.length <= maxPackedBytes ? packed : undefined;
  } catch {
    // Nested deeper than the stack: as too large.
    return undefined;
  }
}

/** A correlation shows who, what and where: that is in short fields. The whole record is in the archive, by its id. */
function withShortFields(record: LogRecord): LogRecord {
  return { ...record, fields: shortFields(record.fields) };
}

function shortFields(fields: Fields): Fields {
  let room = maxPackedBytes;
  const short = Object.entries(fields).filter(([, value]) => {
    const length = jsonLength(value);
    if (length > maxFieldChars || length > room) return false;
    room -= length;
    return true;
  });
  return Object.fromEntries(short);
}

function jsonLength(value: unknown): number {
  try {
    return JSON.stringify(value)?.length ?? 0;
  } catch {
    return Infinity;
  }
}
