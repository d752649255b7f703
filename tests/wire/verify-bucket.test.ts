import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { createPublicKeySource } from '../../src/aws/cloudtrail-public-keys.ts';
import { createS3TrailSource } from '../../src/aws/s3/trail-source.ts';
import { verifyTrail } from '../../src/archive/verification/verify.ts';
import { trailwatch } from '../cli/trailwatch.ts';
import { startHttpServer } from '../support/http-server.ts';
import { bucket, deliver, digestKey, logKey, signingKey } from '../unit/archive/signed-trail.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const ours = signingKey();
const later = signingKey();
const asked: { readonly region: string | undefined; readonly body: unknown }[] = [];

let aws: FauxqsServer;
let s3: S3Client;
let cloudtrail: Awaited<ReturnType<typeof startHttpServer>>;

beforeAll(async () => {
  aws = await startFauxqs({ port: 0, logger: false });
  s3 = new S3Client({ endpoint: aws.address, region: 'eu-west-1', credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const trail = deliver([
    { files: 2, key: ours },
    { files: 1, key: ours },
    { files: 1, key: later },
  ]);
  for (const [Key, { content, metadata }] of trail) {
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: `audit/${Key}`, Body: content, Metadata: metadata }));
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: content, Metadata: metadata }));
  }
  // Answers ListPublicKeys as CloudTrail does, in two pages.
  cloudtrail = await startHttpServer(({ headers, body }) => {
    expect(String(headers['x-amz-target'])).toMatch(/CloudTrail_20131101\.ListPublicKeys$/);
    const request = JSON.parse(body) as { readonly NextToken?: string };
    asked.push({ region: /\/([a-z0-9-]+)\/cloudtrail\//.exec(String(headers['authorization']))?.[1], body: request });
    const { fingerprint, value } = (request.NextToken === undefined ? ours : later).publicKey;
    const page = { PublicKeyList: [{ Fingerprint: fingerprint, Value: Buffer.from(value).toString('base64') }] };
    return {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(request.NextToken === undefined ? { ...page, NextToken: 'more' } : page),
    };
  });
});

afterAll(async () => {
  s3.destroy();
  await Promise.all([aws.stop(), cloudtrail.close()]);
});

const keys = () =>
  createPublicKeySource((region) => new CloudTrailClient({ endpoint: cloudtrail.url, region, credentials }));

test('a bucket is verified in place: keys by region and time, signatures from beside the digests', async () => {
  const found = await verifyTrail(createS3TrailSource(s3, bucket, 'AWSLogs/'), { keys: keys() });
  expect(found).toMatchObject({ problems: [], unread: [], notes: [] });
  expect(found.days).toEqual([expect.objectContaining({ digests: 3, signed: 3, files: 4 })]);
  // From an hour before the first digest's beginning to an hour after the last one's end.
  const range = { StartTime: Date.UTC(2026, 2, 10, 23) / 1000, EndTime: Date.UTC(2026, 2, 11, 4) / 1000 };
  expect(asked).toEqual([
    { region: 'eu-west-1', body: range },
    { region: 'eu-west-1', body: { ...range, NextToken: 'more' } },
  ]);
});

test('digests below another prefix than they were delivered to are told of as moved', async () => {
  const { problems } = await verifyTrail(createS3TrailSource(s3, bucket, 'audit/'), { keys: keys() });
  expect(problems.map(({ kind, key }) => `${kind} ${key}`)).toContain(`digest-moved audit/${digestKey(0)}`);
});

test('with days, only the folders of these days are listed, at any depth of the prefix', async () => {
  const keysOf = async (prefix: string, from: string, to: string): Promise<number> => {
    const found: string[] = [];
    for await (const key of createS3TrailSource(s3, bucket, prefix).list({ from, to })) {
      // Folders of regions are listed too.
      if (!key.endsWith('/')) found.push(key);
    }
    return found.length;
  };
  for (const prefix of ['AWSLogs', 'AWSLogs/', 'AWSLogs/111122223333', 'audit/AWSLogs/111122223333/']) {
    expect([prefix, await keysOf(prefix, '2026-03-10', '2026-03-11')]).toEqual([prefix, 7]);
    expect([prefix, await keysOf(prefix, '2026-03-12', '2026-03-13')]).toEqual([prefix, 0]);
  }
  expect(await keysOf('', '2026-03-11', '2026-03-11')).toBe(14);
  expect(await keysOf(`AWSLogs/111122223333/CloudTrail/eu-west-1/2026/`, '2026-03-11', '2026-03-11')).toBe(4);
});

test('an object that is not there is missing, a bucket that is not there could not be read', async () => {
  const source = createS3TrailSource(s3, bucket);
  expect(await source.open({ bucket, key: logKey(9, 0) })).toBeUndefined();
  await expect(source.open({ bucket: 'no-such-bucket', key: 'x' })).rejects.toThrow(/bucket/i);
});

describe('the command, on a bucket that CloudTrail writes to', () => {
  const hours = Array.from({ length: 75 }, (_, hour) => ({ files: hour % 8 === 0 ? 1 : 0, key: ours }));
  const trail = deliver(hours, { minute: 10 });
  let live: FauxqsServer;
  let client: S3Client;
  beforeAll(async () => {
    live = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1' });
    client = new S3Client({ endpoint: live.address, region: 'eu-west-1', credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const [Key, { content, metadata }] of trail)
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: content, Metadata: metadata }));
  });
  afterAll(async () => {
    client.destroy();
    await live.stop();
  });
  const verify = (...args: readonly string[]) =>
    trailwatch(['verify', `s3://${bucket}`, ...args], {
      env: {
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_ENDPOINT_URL_S3: live.address,
        AWS_ENDPOINT_URL_CLOUDTRAIL: cloudtrail.url,
      },
    });

  test('--strict with a range passes: the next day’s digest has the last files of the range', async () => {
    const { code, stdout } = await verify('--from', '2026-03-12', '--to', '2026-03-13', '--strict');
    expect(stdout).toContain('Intact: 6 log files in 48 digests, all signatures valid.');
    expect(code).toBe(0);
  });

  test('a range that goes on after the last digest is not proven, and its days are shown', async () => {
    const { code, stdout } = await verify('--from', '2026-03-13', '--to', '2026-03-15');
    expect(stdout).toMatch(/2026-03-15 +- +0 +0 +0 +no digests/);
    expect(stdout).toContain('is the last digest, although the range goes on until 2026-03-16T00:00:00Z');
    expect(stdout).toContain('Not proven: the digests have 1 gap.');
    expect(code).toBe(1);
  });
});
