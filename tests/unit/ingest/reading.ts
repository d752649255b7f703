import { gzipSync } from 'node:zlib';
import type { Ingested, LogRecord } from '../../../src/model/log-record.ts';
import { readLogStream } from '../../../src/ingest/files/read-log-stream.ts';
import type { ReadOptions } from '../../../src/ingest/files/read-log-stream.ts';

/** cloudTrailRecord is a small record of the shape CloudTrail writes. */
export function cloudTrailRecord(id: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', userName: 'alice', arn: 'arn:aws:iam::111122223333:user/alice' },
    eventTime: '2026-03-01T10:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'ListUsers',
    awsRegion: 'us-east-1',
    eventID: id,
    ...more,
  };
}

export const gzip = (text: string | Buffer): Buffer => gzipSync(text);

/** inChunks hands out bytes in pieces of a size. */
export async function* inChunks(bytes: Uint8Array, size = 64 * 1024): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Read is what came out of a stream, by kind. */
export interface Read {
  readonly records: readonly LogRecord[];
  readonly failures: readonly string[];
  readonly skips: readonly string[];
}

/** read reads bytes as a file of that name. */
export async function read(
  bytes: Buffer | string,
  path = 'file.json',
  options: ReadOptions = {},
  size?: number,
): Promise<Read> {
  const all: Ingested[] = [];
  for await (const item of readLogStream(inChunks(Buffer.from(bytes), size), path, options)) all.push(item);
  return sorted(all);
}

/** sorted parts what was ingested by kind. */
export function sorted(all: Iterable<Ingested>): Read {
  const records: LogRecord[] = [];
  const failures: string[] = [];
  const skips: string[] = [];
  for (const item of all) {
    if (item.kind === 'record') records.push(item.record);
    else if (item.kind === 'failure') failures.push(item.failure.reason);
    else skips.push(item.reason);
  }
  return { records, failures, skips };
}

export const idsOf = ({ records }: Read): readonly string[] => records.map(({ id }) => id);
