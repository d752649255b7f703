import { s3Client } from '../../aws/clients.ts';
import { createS3ObjectSource } from '../../aws/s3/object-source.ts';
import type { S3Object } from '../../aws/s3/object-source.ts';
import { listObjects } from '../../aws/s3/trail-source.ts';
import { failure } from '../../ingest/ingested.ts';
import { createOpener } from '../../ingest/open.ts';
import { readLogStream } from '../../ingest/files/read-log-stream.ts';
import { reasonToSkip, trailFileKind } from '../../ingest/files/trail-file-name.ts';
import type { Ingested } from '../../model/log-record.ts';
import { UsageError } from '../shell/exit.ts';
import { reasonOf } from '../shell/write-error.ts';
import type { SourceFile } from './source-file.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { parseTimeRange } from '../shell/time-range.ts';
import { daysAfter } from '../../time/days.ts';

/** CloudTrail's files lie on the day that they were delivered, which may be the one after their events. */

/**
 * bucketFiles lists what lies below `s3://bucket/prefix`, oldest folder first; with days, of a trail only their folders and the
 * next one. @throws {UsageError} when the bucket can't be listed, or has nothing there.
 */
export async function bucketFiles(
  path: string,
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
  { now, stop }: Pick<Surroundings, 'now' | 'stop'>,
): Promise<readonly SourceFile[]> {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(path);
  const [, bucket, prefix = ''] = found ?? [];
  if (bucket === undefined) throw new UsageError(`${path}: expected s3://bucket/prefix`);
  const range = parseTimeRange(from, to, now());
  const days =
    range.from === undefined && range.to === undefined
      ? undefined
      : {
          from: (range.from ?? '2013-01-01').slice(0, 10),
          to: daysAfter((range.to ?? now().toISOString()).slice(0, 10), 1),
        };
  const client = s3Client();
  const source = createS3ObjectSource(client);
  const files: SourceFile[] = [];
  try {
    for await (const { key, size, time } of listObjects(client, { bucket, prefix, ...(days && { days }) })) {
      stop.throwIfAborted();
      // Digests, folder markers and AWS Config's files hold no records.
      if (size === 0 || key.endsWith('/') || reasonToSkip(key) !== undefined) continue;
      files.push(objectFile({ bucket, key, size, time }, source));
    }
  } catch (error) {
    if (stop.aborted) return files;
    throw new UsageError(
      `${path}: ${reasonOf(error)}`,
      'The import needs s3:ListBucket on the bucket and s3:GetObject on its objects.',
      error,
    );
  }
  if (files.length === 0)
    throw new UsageError(`${path}: no log files found`, 'Check the prefix and the range of days.');
  return files;
}

function objectFile(
  {
    bucket,
    key,
    size,
    time,
  }: { readonly bucket: string; readonly key: string; readonly size: number; readonly time: string },
  source: ReturnType<typeof createS3ObjectSource>,
): SourceFile {
  const path = `s3://${bucket}/${key}`;
  let opening: Promise<S3Object> | undefined;
  const open = (signal?: AbortSignal): Promise<S3Object> => {
    opening ??= source.open({ bucket, key }, signal);
    // Reading the file reports the failure; until then it must not count as unhandled.
    opening.catch(() => undefined);
    return opening;
  };
  return {
    path,
    size,
    time,
    ahead: (signal) => void open(signal),
    async read(onBytes) {
      const object = await open().catch((error: unknown) => reasonOf(error));
      opening = undefined;
      return readObject(object, path, onBytes);
    },
  };
}

async function* readObject(
  object: S3Object | string,
  path: string,
  onBytes: (bytes: number) => void,
): AsyncIterable<Ingested> {
  const origin = { path, index: 0 };
  if (typeof object === 'string') {
    yield failure(origin, object);
    return;
  }
  const { body, time } = object;
  const counted = async function* (): AsyncIterable<Uint8Array> {
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      onBytes(bytes);
      yield chunk;
    }
  };
  yield* readLogStream(counted(), path, {
    ...(time && { time }),
    onlyLogs: trailFileKind(path) === 'unknown',
    trustNames: true,
    opener: createOpener(),
  });
}
