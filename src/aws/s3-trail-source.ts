import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { Days, ObjectSource } from '../archive/object-source.ts';

/** createS3TrailSource reads a trail bucket in place, with the signatures that S3 keeps beside digests. */
export function createS3TrailSource(client: S3Client, bucket: string, prefix = ''): ObjectSource {
  return {
    name: `s3://${bucket}/${prefix}`,
    bucket,
    list: (days) => (days === undefined ? listKeys(client, bucket, prefix) : listDays(client, bucket, prefix, days)),
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

const region = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/CloudTrail[^/]*\/[^/]+\/$/;

/** Down the folders to those of the days: a trail's bucket has millions of keys of other days. */
async function* listDays(client: S3Client, bucket: string, prefix: string, days: Days): AsyncGenerator<string> {
  if (region.test(prefix)) {
    for (const day of eachDay(days)) yield* listKeys(client, bucket, `${prefix}${day.replaceAll('-', '/')}/`);
    return;
  }
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: '/' })) {
    for (const { Prefix: folder } of page.CommonPrefixes ?? []) {
      if (folder !== undefined) yield* listDays(client, bucket, folder, days);
    }
    // Inside a folder of a day, there are only files left.
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
  }
}

function* eachDay({ from, to }: Days): Generator<string> {
  const dayMs = 86_400_000;
  for (let time = Date.parse(`${from}T00:00:00Z`); time <= Date.parse(`${to}T00:00:00Z`); time += dayMs) {
    yield new Date(time).toISOString().slice(0, 10);
  }
}

async function* listKeys(client: S3Client, bucket: string, prefix: string): AsyncGenerator<string> {
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    for (const { Key } of page.Contents ?? []) {
      if (Key !== undefined) yield Key;
    }
  }
}
