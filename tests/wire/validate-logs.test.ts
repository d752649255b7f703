import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startHttpServer } from '../support/http-server.ts';
import { cloudtrailKeys, tamperedTrails } from '../support/tamperings.ts';
import { account, bucket, type Bucket } from '../unit/archive/signed-trail.ts';

/**
 * What AWS's own command reports of each tampering: the column of docs/verification.md. It takes minutes and depends on the command's
 * version, so that it runs only where AWS_CLI names the program: `AWS_CLI=aws npx jest tests/wire/validate-logs`.
 */
const cli = process.env['AWS_CLI'] ?? '';
const describeWithCli = cli === '' ? describe.skip : describe;

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

let aws: FauxqsServer;
let s3: S3Client;
let location: Server;
let cloudtrail: Awaited<ReturnType<typeof startHttpServer>>;
beforeAll(async () => {
  aws = await startFauxqs({ port: 0, logger: false });
  aws.createBucket(bucket);
  s3 = new S3Client({ endpoint: aws.address, region: 'us-east-1', credentials, forcePathStyle: true });
  // The local S3 answers GetBucketLocation with white space, which AWS's command takes for a region.
  location = createServer((asked, answer) => {
    if (asked.url?.endsWith('?location') === true) {
      answer.end('<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>');
      return;
    }
    const { hostname, port } = new URL(aws.address);
    const { method, url: path, headers } = asked;
    const passed = request({ hostname, port, method, path, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      given.pipe(answer);
    });
    asked.pipe(passed);
  });
  await once(location.listen(0, '127.0.0.1'), 'listening');
  cloudtrail = await startHttpServer(() => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({
      PublicKeyList: cloudtrailKeys.map(({ publicKey: { fingerprint, value } }) => ({
        Fingerprint: fingerprint,
        Value: Buffer.from(value).toString('base64'),
      })),
    }),
  }));
});
afterAll(async () => {
  s3.destroy();
  location.closeAllConnections();
  location.close();
  await Promise.all([aws.stop(), cloudtrail.close()]);
});

/** Runs the command once in each region, as it has to be, and gives the worst exit code. */
async function validateLogs(period: { readonly from: string; readonly to: string }): Promise<number> {
  const ends = await Promise.all(
    ['eu-west-1', 'us-east-1'].map(
      (region) =>
        new Promise<number>((done) => {
          const trail = `arn:aws:cloudtrail:eu-west-1:${account}:trail/audit`;
          const range = ['--start-time', `${period.from}T00:00:00Z`, '--end-time', `${period.to}T23:59:59Z`];
          const args = ['cloudtrail', 'validate-logs', '--region', region, '--trail-arn', trail, '--s3-bucket', bucket];
          const env = {
            PATH: process.env['PATH'],
            HOME: '/nonexistent',
            AWS_ACCESS_KEY_ID: 'test',
            AWS_SECRET_ACCESS_KEY: 'test',
            AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(location.address() as AddressInfo).port}`,
            AWS_ENDPOINT_URL_CLOUDTRAIL: cloudtrail.url,
          };
          const child = execFile(cli, [...args, ...range], { env }, () => done(child.exitCode ?? -1));
        }),
    ),
  );
  return Math.max(...ends);
}

async function put(trail: Bucket, key: string): Promise<void> {
  const { content, metadata } = trail.get(key)!;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, Metadata: metadata }));
}

describeWithCli.each(tamperedTrails)('aws cloudtrail validate-logs: $name', (kind) => {
  const untouched = kind.trail();
  const period = kind.period ?? { from: '2026-03-11', to: '2026-03-13' };
  beforeAll(async () => {
    for (const key of untouched.keys()) await put(untouched, key);
  });
  afterAll(async () => {
    for (const key of untouched.keys()) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  });

  test('untouched, it ends with 0', async () => expect(await validateLogs(period)).toBe(0));

  test.each(kind.tamperings)('$what', async ({ tamper, awsReports }) => {
    const tampered = new Map(untouched);
    tamper(tampered);
    for (const key of untouched.keys())
      if (!tampered.has(key)) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    for (const [key, stored] of tampered) if (untouched.get(key) !== stored) await put(tampered, key);
    const code = await validateLogs(period);
    for (const key of tampered.keys())
      if (!untouched.has(key)) await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    for (const [key, stored] of untouched) if (tampered.get(key) !== stored) await put(untouched, key);
    expect(code).toBe(awsReports ? 1 : 0);
  });
});
