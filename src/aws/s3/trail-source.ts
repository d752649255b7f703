import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client, type _Object } from '@aws-sdk/client-s3';
import type { Days, ObjectSource } from '../../archive/trail/object-source.ts';
import { daysFrom, folderOf } from '../../time/days.ts';

/** createS3TrailSource reads a trail bucket in place, with the signatures that S3 keeps beside digests. */
export function createS3TrailSource(client: S3Client, bucket: string, prefix = ''): ObjectSource {
  return {
    name: `s3://${bucket}/${prefix}`,
    bucket,
    async *list(days) {
      for await (const { key } of listObjects(client, { bucket, prefix, ...(days && { days }) })) yield key;
    },
    async open(ref) {
      try {
        const { Body, Metadata } = await client.send(new GetObjectCommand({ Bucket: ref.bucket, Key: ref.key }));
        // In Node the SDK's body is a Readable, which is AsyncIterable; its type also allows the browser's kinds.
        return { body: (Body ?? []) as AsyncIterable<Uint8Array>, metadata: Metadata ?? {} };
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
  };
}

/** ListedObject is an object as a bucket's list names it. */
export interface ListedObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** ISO 8601: when it was written. */
  readonly time: string;
}

/**
 * listObjects lists what lies below a prefix. Given days, it goes down only into their folders where it meets a trail's, and lists a
 * trail's regions too, as keys that end in `/`.
 */
export function listObjects(
  client: S3Client,
  { bucket, prefix, days }: { readonly bucket: string; readonly prefix: string; readonly days?: Days },
): AsyncGenerator<ListedObject> {
  return days === undefined ? listAll(client, bucket, prefix) : listDays(client, bucket, prefix, days);
}

const region = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/CloudTrail[^/]*\/[^/]+\/$/;

/** Down the folders to those of the days: a trail's bucket has millions of keys of other days. */
async function* listDays(client: S3Client, bucket: string, prefix: string, days: Days): AsyncGenerator<ListedObject> {
  if (region.test(prefix)) {
    yield { key: prefix, size: 0, time: '' };
    for (const day of daysFrom(days.from, days.to)) yield* listAll(client, bucket, `${prefix}${folderOf(day)}/`);
    return;
  }
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: '/' })) {
    for (const { Prefix: folder } of page.CommonPrefixes ?? []) {
      if (folder !== undefined) yield* listDays(client, bucket, folder, days);
    }
    // Inside a folder of a day, there are only files left.
    yield* listed(page.Contents);
  }
}

async function* listAll(client: S3Client, bucket: string, prefix: string): AsyncGenerator<ListedObject> {
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    yield* listed(page.Contents);
  }
}

function* listed(contents: readonly _Object[] = []): Generator<ListedObject> {
  for (const { Key, Size = 0, LastModified } of contents) {
    if (Key !== undefined) yield { key: Key, size: Size, time: (LastModified ?? new Date(0)).toISOString() };
  }
}
