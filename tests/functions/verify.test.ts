import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { startHttpServer } from '../support/http-server.ts';
import { bucket, deliver, digestKey, logKey, signingKey } from '../unit/archive/signed-trail.ts';
import type { Bucket } from '../unit/archive/signed-trail.ts';
import { startLocalLambda, type LocalLambda } from './local-lambda.ts';

const key = signingKey();
const before = { ...process.env };
let lambda: LocalLambda;
let s3: S3Client;
let cloudtrail: Awaited<ReturnType<typeof startHttpServer>>;
let handler: (event: unknown) => Promise<unknown>;
let output: CapturedOutput;
let trail: Bucket;

beforeAll(async () => {
  lambda = await startLocalLambda();
  lambda.aws.createBucket(bucket);
  s3 = new S3Client({});
  const { fingerprint, value } = key.publicKey;
  cloudtrail = await startHttpServer(() => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({
      PublicKeyList: [{ Fingerprint: fingerprint, Value: Buffer.from(value).toString('base64') }],
    }),
  }));
  process.env['AWS_ENDPOINT_URL_CLOUDTRAIL'] = cloudtrail.url;
  process.env['TRAILWATCH_TRAIL_BUCKET'] = bucket;
  handler = await lambda.load('verify');
  // A whole day, up to the digest that ends at 23:00.
  trail = deliver(Array.from({ length: 23 }, () => ({ files: 1, key })));
  for (const name of trail.keys()) await put(name);
}, 30_000);
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.clear();
});
afterAll(async () => {
  s3.destroy();
  await Promise.all([lambda.close(), cloudtrail.close()]);
  for (const name of ['AWS_ENDPOINT_URL_CLOUDTRAIL', 'TRAILWATCH_TRAIL_BUCKET']) {
    if (before[name] === undefined) delete process.env[name];
  }
});

async function put(name: string, content = trail.get(name)?.content ?? Buffer.alloc(0)): Promise<void> {
  const { metadata = {} } = trail.get(name) ?? {};
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: content, Metadata: { ...metadata } }));
}

const scheduled = (time: string): unknown => ({
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  time,
});
const findings = (): readonly {
  readonly id: string;
  readonly rule: { readonly title: string; readonly level: string };
}[] => lambda.bus.entries.map(({ Detail }) => JSON.parse(Detail) as never);

describe('the daily verification', () => {
  test('raises nothing over an intact trail', async () => {
    await handler(scheduled('2026-03-12T04:20:00Z'));
    expect(findings()).toEqual([]);
  });

  test('raises a critical finding for a changed file, the same one each day that it is found', async () => {
    await put(logKey(3, 0), Buffer.from('{"Records":[]}'));
    await handler(scheduled('2026-03-12T04:20:00Z'));
    await handler(scheduled('2026-03-13T04:20:00Z'));
    const changed = findings().filter(({ rule }) => rule.level === 'critical');
    expect(changed.map(({ rule }) => rule.title)).toEqual([
      'Trail is not as CloudTrail delivered it',
      'Trail is not as CloudTrail delivered it',
    ]);
    expect(new Set(changed.map(({ id }) => id)).size).toBe(1);
    await put(logKey(3, 0));
  });

  test('raises a finding when no digest came for a day, and when there is none at all', async () => {
    await handler(scheduled('2026-03-13T04:20:00Z'));
    await handler(scheduled('2026-04-13T04:20:00Z'));
    expect(findings().map(({ rule }) => `${rule.level}: ${rule.title}`)).toEqual([
      'high: Gap in the digests of a trail',
      'high: Gap in the digests of a trail',
    ]);
    expect(lambda.bus.entries[0]?.Detail).toContain(digestKey(22));
  });
});
