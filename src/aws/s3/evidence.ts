import { createReadStream } from 'node:fs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import type { EvidenceStore } from '../../report/stage/file-report.ts';

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
};

/** createS3Evidence keeps evidence in a bucket. S3 refuses a file that is not what its SHA-256 says. */
export function createS3Evidence(client: S3Client, bucket: string, region: string): EvidenceStore {
  return {
    async keep(name, path, { bytes, sha256 }) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: name,
          Body: createReadStream(path),
          ContentLength: bytes,
          ContentType: types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
          ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64'),
          ServerSideEncryption: 'AES256',
        }),
      );
    },
    placeOf(name) {
      const key = encodeURIComponent(name);
      return {
        address: `s3://${bucket}/${name}`,
        // The console asks for credentials: a presigned address in a chat would open the file to all its readers.
        link: `https://${region}.console.aws.amazon.com/s3/object/${bucket}?region=${region}&prefix=${key}`,
      };
    },
  };
}
