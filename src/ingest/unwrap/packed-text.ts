import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import { deaggregate, isAggregated } from '../envelopes/aggregated-record.ts';
import { isGzip } from '../files/gunzip.ts';

/** Of one text: a stream's record holds 10 MB at most, and text gzipped six to one stays below this. */
const maxUnpackedBytes = 64 * 1024 * 1024;

/** Shorter texts hold no record. */
const minChars = 24;

/**
 * packedTexts gives the texts that a base64 text holds, as streams and queues carry them: plain, gzipped, or many in one as the
 * Kinesis Producer Library packs them. None for any other text.
 */
export function packedTexts(text: string): readonly string[] {
  if (text.length < minChars || text.length % 4 !== 0 || !isBase64(text)) return [];
  const bytes = Buffer.from(text, 'base64');
  if (!isAggregated(bytes)) return textOf(bytes);
  const parts = deaggregate(bytes);
  return 'reason' in parts ? [] : parts.records.flatMap(textOf);
}

function isBase64(text: string): boolean {
  // The beginning tells most texts apart, before all of a long one is looked at.
  return /^[A-Za-z0-9+/]{24}/.test(text) && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function textOf(packed: Buffer): readonly string[] {
  const bytes = isGzip(packed) ? unpack(packed) : packed;
  // Ids and keys are base64 as well: what isn't text holds no record.
  return bytes === undefined || bytes.includes(0) || !isUtf8(bytes) ? [] : [bytes.toString('utf8')];
}

function unpack(packed: Buffer): Buffer | undefined {
  try {
    return gunzipSync(packed, { maxOutputLength: maxUnpackedBytes });
  } catch {
    return undefined;
  }
}
