import { s3Client } from '../../aws/clients.ts';
import { createS3ObjectSource } from '../../aws/s3/object-source.ts';
import type { S3Object } from '../../aws/s3/object-source.ts';
import { listObjects } from '../../aws/s3/trail-source.ts';
import type { GivenSource } from '../../ingest/files/local-files.ts';
import { ReadError } from '../../ingest/files/read-error.ts';
import { daysAfter } from '../../time/days.ts';
import { UsageError } from './exit.ts';
import type { TimeRange } from './time-range.ts';
import { reasonOf } from './write-error.ts';

/**
 * bucketFiles lists what lies below `s3://bucket/prefix`, oldest folder first; with a range, of a trail only the folders of its days
 * and of the day after, since CloudTrail's files lie on the day that they were delivered.
 * @throws {UsageError} when the bucket can't be listed, or has nothing there.
 */
export async function bucketFiles(
  path: string,
  { from, to }: TimeRange,
  { now, stop }: { readonly now: Date; readonly stop: AbortSignal },
): Promise<readonly GivenSource[]> {
  const found = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(path);
  const [, bucket, prefix = ''] = found ?? [];
  if (bucket === undefined) throw new UsageError(`${path}: expected s3://bucket/prefix`);
  const days =
    from === undefined && to === undefined
      ? undefined
      : { from: (from ?? '2013-01-01').slice(0, 10), to: daysAfter((to ?? now.toISOString()).slice(0, 10), 1) };
  const client = s3Client();
  const source = createS3ObjectSource(client);
  const files: GivenSource[] = [];
  try {
    for await (const { key, size, time } of listObjects(client, { bucket, prefix, ...(days && { days }) })) {
      stop.throwIfAborted();
      // A folder's marker holds nothing.
      if (size === 0 || key.endsWith('/')) continue;
      files.push({
        path: `s3://${bucket}/${key}`,
        size,
        time,
        given: key === prefix,
        ...readingOf(bucket, key, source),
      });
    }
  } catch (error) {
    if (stop.aborted) return files;
    throw new UsageError(
      `${path}: ${reasonOf(error)}`,
      'To read a bucket needs s3:ListBucket on it and s3:GetObject on its objects.',
      error,
    );
  }
  if (files.length === 0)
    throw new UsageError(`${path}: no log files found`, 'Check the prefix and the range of days.');
  return files;
}

/** Begins to fetch an object before it is read, so that nobody waits for the network between two files. */
function readingOf(
  bucket: string,
  key: string,
  source: ReturnType<typeof createS3ObjectSource>,
): Pick<GivenSource, 'ahead' | 'bytes'> {
  let opening: Promise<S3Object> | undefined;
  const open = (signal?: AbortSignal): Promise<S3Object> => {
    opening ??= source.open({ bucket, key }, signal);
    // The reader of the file names the error; until then nobody handles it.
    opening.catch(() => undefined);
    return opening;
  };
  return {
    ahead: (signal) => void open(signal),
    async *bytes() {
      try {
        const { body } = await open();
        opening = undefined;
        yield* body;
      } catch (error) {
        throw new ReadError(reasonOf(error), { cause: error });
      }
    },
  };
}
