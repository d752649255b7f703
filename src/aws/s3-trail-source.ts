import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { ObjectSource } from '../archive/object-source.ts';

/** createS3TrailSource reads a trail bucket in place, with the signatures that S3 keeps beside digests. */
export function createS3TrailSource(client: S3Client, bucket: string, prefix = ''): ObjectSource {
  return {
    name: `s3://${bucket}/${prefix}`,
    bucket,
    list: () => listKeys(client, bucket, prefix),
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

async function* listKeys(client: S3Client, bucket: string, prefix: string): AsyncGenerator<string> {
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key } of page.Contents ?? []) {
      if (Key !== undefined) yield Key;
    }
  }
}
