import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { zipArchive } from '../support/zip-archive.ts';
import { cloudTrailRecord } from './cloudtrail-record.ts';
import { commandLine } from './trailwatch.ts';

/** A bucket is read as a folder is: by `scan` and `run` as by `verify` and `report`. */
describe('a bucket in the place of a folder', () => {
  const variables = ['AWS_ENDPOINT_URL_S3', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
  const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
  const folder = 'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03';
  const nameOf = (day: number) =>
    `${folder}/${day}/111122223333_CloudTrail_eu-west-1_202603${day}T1200Z_abcdefghijklmnop.json.gz`;
  const stopped = (day: number) =>
    JSON.stringify(
      cloudTrailRecord({
        eventID: `e${day}`,
        eventTime: `2026-03-${day}T10:00:00Z`,
        eventSource: 'cloudtrail.amazonaws.com',
        eventName: 'StopLogging',
      }),
    );
  let aws: FauxqsServer;
  let s3: S3Client;
  let scratch: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'trailwatch-'));
    aws = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1', defaultRegion: 'eu-west-1' });
    aws.createBucket('trail');
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${aws.port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    s3 = new S3Client({});
    const put = (Key: string, Body: Buffer | string) => s3.send(new PutObjectCommand({ Bucket: 'trail', Key, Body }));
    for (const day of [10, 11, 12, 13]) await put(nameOf(day), gzipSync(`{"Records":[${stopped(day)}]}`));
    await put('AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/10/x_CloudTrail-Digest_x.json.gz', 'no log');
    await put('export/logs.zip', zipArchive([{ name: 'x.jsonl', content: stopped(14) }]));
    await put('cut/x.json.gz', gzipSync(`{"Records":[${stopped(15)}]}`).subarray(0, 60));
  }, 30_000);
  afterAll(async () => {
    s3.destroy();
    await aws.stop();
    await rm(scratch, { recursive: true, force: true });
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  const eventsOf = (stdout: string) =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { event: { id: string } }).event.id)
      .toSorted();

  test.each<[string, readonly string[], readonly string[]]>([
    ['a trail', ['s3://trail/AWSLogs'], ['e10', 'e11', 'e12', 'e13']],
    ['the days of a range alone', ['s3://trail/AWSLogs/', '--from', '2026-03-11', '--to', '2026-03-11'], ['e11']],
    ['one object', [`s3://trail/${nameOf(12)}`], ['e12']],
    ['an archive', ['s3://trail/export/'], ['e14']],
  ])('scan reads %s', async (_what, args, ids) => {
    const { code, stdout } = await commandLine(['scan', ...args, '--format', 'ndjson']);
    expect([code, eventsOf(stdout)]).toEqual([0, ids]);
  });

  test('run reads it as well, and says where each finding lies', async () => {
    const { code, stdout } = await commandLine(['run', 's3://trail/AWSLogs', '--format', 'ndjson', '--no-report']);
    expect(code).toBe(0);
    expect(stdout).toContain(`"path":"s3://trail/${nameOf(10)}"`);
  });

  test('an object that is cut off is named, and the exit code says so', async () => {
    const { code, stderr } = await commandLine(['scan', 's3://trail/cut/']);
    expect(code).toBe(3);
    expect(stderr).toContain('s3://trail/cut/x.json.gz: gzip data is cut off');
  });

  test.each([
    ['a bucket that is not there', 's3://no-such-trail/', /NoSuchBucket|does not exist/],
    ['a prefix that holds nothing', 's3://trail/elsewhere/', /no log files found/],
  ])('%s is refused', async (_what, path, says) => {
    const { code, stderr } = await commandLine(['scan', path]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});
