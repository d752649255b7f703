import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { S3ObjectRef } from '../../ingest/envelopes/s3-notification.ts';

/** ObjectReadError says which object could not be read; reading it again later may help. */
export class ObjectReadError extends Error {
  override readonly name = 'ObjectReadError';
}

export interface S3Object {
  readonly body: AsyncIterable<Uint8Array>;
  /** ISO 8601: when it was written, as S3 says. */
  readonly time?: string;
  /**
   * brokenOff is the error that ended the transfer early. A reader of the body may take it for the file's own fault,
   * like a truncated gzip: this says which of the two it was.
   */
  readonly brokenOff: () => ObjectReadError | undefined;
}

export interface S3ObjectSource {
  /**
   * open begins to read an object, in the version that was announced; it throws ObjectReadError when S3 doesn't have it.
   * @param signal breaks the transfer off.
   */
  readonly open: (ref: S3ObjectRef, signal?: AbortSignal) => Promise<S3Object>;
}

/** s3Path names an object in messages and in records' origins. */
export function s3Path(ref: Pick<S3ObjectRef, 'bucket' | 'key'>): string {
  return `s3://${ref.bucket}/${ref.key}`;
}

/** keyOf gives the key of an object that s3Path named. */
export function keyOf(path: string): string {
  return path.replace(/^s3:\/\/[^/]*\//, '');
}

/** createS3ObjectSource streams objects: a trail file takes far more memory than its size. */
export function createS3ObjectSource(client: S3Client): S3ObjectSource {
  return {
    async open(ref, signal) {
      const request = new GetObjectCommand({
        Bucket: ref.bucket,
        Key: ref.key,
        ...(ref.versionId !== undefined && { VersionId: ref.versionId }),
      });
      const { Body, LastModified } = await client
        .send(request, signal && { abortSignal: signal })
        .catch((cause: unknown) => {
          throw readError(ref, cause);
        });
      // In Node the SDK's body is a Readable, which is AsyncIterable; its type also allows the browser's kinds.
      const object = watched((Body ?? []) as AsyncIterable<Uint8Array>, ref);
      return LastModified === undefined ? object : { ...object, time: LastModified.toISOString() };
    },
  };
}

function watched(stream: AsyncIterable<Uint8Array>, ref: S3ObjectRef): S3Object {
  let broken: ObjectReadError | undefined;
  async function* body(): AsyncIterable<Uint8Array> {
    try {
      yield* stream;
    } catch (cause) {
      broken = readError(ref, cause);
      throw broken;
    }
  }
  return { body: body(), brokenOff: () => broken };
}

function readError(ref: S3ObjectRef, cause: unknown): ObjectReadError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new ObjectReadError(`${s3Path(ref)}: ${reason}`, { cause });
}
