import { gunzipSync } from 'node:zlib';
import type { Ingested } from '../../model/log-record.ts';
import { deaggregate, isAggregated } from './aggregated-record.ts';
import { isGzip } from '../files/gunzip.ts';
import { failure, isObject, kindOf } from '../ingested.ts';
import type { Opener } from '../ingested.ts';
import { standardOpener } from '../open.ts';
import { readLogBytes } from '../files/read-log-stream.ts';
import { transportPath } from '../shapes/logs-subscription.ts';
import { sniff } from '../files/sniff.ts';
import { codeOf, messageOf } from '../../text/system-error.ts';
import { epochTime } from '../../time/iso-time.ts';

/** A Kinesis record holds up to 10 MB; text gzipped six to one stays below this, a bomb doesn't. */
const maxUnpackedBytes = 64 * 1024 * 1024;

interface Place {
  readonly path: string;
  readonly time?: string;
}

/**
 * openKinesisRecord opens one record of the event that a Kinesis stream hands to a Lambda: what CloudWatch Logs
 * subscriptions of any account put there (gzip), JSON, lines of text, and any of these aggregated by the Kinesis Producer
 * Library. It never throws. https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export function* openKinesisRecord(record: unknown, opener: Opener = standardOpener): Iterable<Ingested> {
  const kinesis = isObject(record) ? record['kinesis'] : undefined;
  if (!isObject(record) || !isObject(kinesis) || typeof kinesis['data'] !== 'string') {
    yield failure({ path: 'kinesis', index: 0 }, `not a Kinesis record (kinesis.data): ${kindOf(record)}`);
    return;
  }
  const arrival = kinesis['approximateArrivalTimestamp'];
  const time = typeof arrival === 'number' ? epochTime(arrival) : undefined;
  const place = { path: pathOf(record['eventSourceARN'], record['eventID']), ...(time !== undefined && { time }) };
  yield* openData(Buffer.from(kinesis['data'], 'base64'), place, opener);
}

function* openData(data: Buffer, place: Place, opener: Opener): Iterable<Ingested> {
  const { path } = place;
  if (!isAggregated(data)) {
    yield* openPlain(data, place, opener);
    return;
  }
  const parts = deaggregate(data);
  if ('reason' in parts) yield failure({ path, index: 0 }, parts.reason);
  else
    for (const [index, part] of parts.records.entries())
      yield* openPlain(part, { ...place, path: `${path}.${index}` }, opener);
}

function* openPlain(data: Buffer, place: Place, opener: Opener): Iterable<Ingested> {
  const { path, time } = place;
  const bytes = isGzip(data) ? unpack(data) : data;
  if ('reason' in bytes) {
    yield failure({ path, index: 0 }, bytes.reason);
    return;
  }
  // A folder of logs may contain other files; a stream of logs may not contain other data.
  const format = sniff(bytes, path);
  if (format.kind === 'binary') yield failure({ path, index: 0 }, format.reason);
  else yield* readLogBytes(bytes, path, { opener, ...(time !== undefined && { time }) });
}

function unpack(data: Buffer): Buffer | { readonly reason: string } {
  try {
    return gunzipSync(data, { maxOutputLength: maxUnpackedBytes });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      return { reason: `unpacks to more than ${maxUnpackedBytes} bytes (gzip bomb?)` };
    return { reason: `gzip data is cut off or damaged (${messageOf(error)})` };
  }
}

/** `arn:aws:kinesis:<region>:<account>:stream/<name>` and `<shard>:<sequence number>` identify the record. */
function pathOf(arn: unknown, id: unknown): string {
  const stream = typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : 'unknown';
  return `${transportPath}${stream}/${typeof id === 'string' ? id : 'unknown'}`;
}
