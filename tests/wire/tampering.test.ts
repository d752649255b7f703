import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createFolderSource } from '../../src/archive/trail/folder-source.ts';
import type { ObjectSource } from '../../src/archive/trail/object-source.ts';
import { dayVerdict, summaryOf, type Verification } from '../../src/archive/verification/verdict.ts';
import { verifyTrail } from '../../src/archive/verification/verify.ts';
import { createS3TrailSource } from '../../src/aws/s3/trail-source.ts';
import { cloudtrailKeys, sixHours, tamperedTrails, type TamperedTrail } from '../support/tamperings.ts';
import { bucket, logKey, type Bucket } from '../unit/archive/signed-trail.ts';

const keys = () => Promise.resolve(cloudtrailKeys.map(({ publicKey }) => publicKey));

let aws: FauxqsServer;
let s3: S3Client;
let folder: string;
beforeAll(async () => {
  aws = await startFauxqs({ port: 0, logger: false });
  aws.createBucket(bucket);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  s3 = new S3Client({ endpoint: aws.address, region: 'eu-west-1', credentials, forcePathStyle: true });
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-tampering-'));
});
afterAll(async () => {
  s3.destroy();
  await aws.stop();
  await rm(folder, { recursive: true });
});

/** Place is where a trail lies: a bucket on the wire, or a copy of one on disk. */
interface Place {
  readonly name: 'bucket' | 'copy';
  readonly source: () => ObjectSource;
  readonly put: (key: string, stored: Bucket extends Map<string, infer Stored> ? Stored : never) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
}

const places: readonly Place[] = [
  {
    name: 'bucket',
    source: () => createS3TrailSource(s3, bucket),
    put: async (key, { content, metadata }) =>
      void (await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content, Metadata: metadata }))),
    remove: async (key) => void (await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))),
  },
  {
    name: 'copy',
    source: () => createFolderSource(folder),
    put: async (key, { content }) => {
      await mkdir(dirname(join(folder, key)), { recursive: true });
      await writeFile(join(folder, key), content);
    },
    remove: (key) => rm(join(folder, key)),
  },
];

/** Makes what lies there what it should be, with as few writes as that takes. */
async function change({ put, remove }: Place, there: Bucket, wanted: Bucket): Promise<void> {
  for (const key of there.keys()) if (!wanted.has(key)) await remove(key);
  for (const [key, stored] of wanted) if (there.get(key) !== stored) await put(key, stored);
}

const verified = (
  { source, name }: Place,
  { period, until }: Pick<TamperedTrail, 'period' | 'until'>,
): Promise<Verification> =>
  verifyTrail(source(), {
    keys,
    ...(period && { ...period, wholePeriod: true }),
    // A bucket that CloudTrail writes to goes on until now, of a copy nobody knows.
    ...(name === 'bucket' && { expectedUntil: until }),
  });

const problemsOf = ({ problems }: Verification): readonly string[] => problems.map(({ kind, key }) => `${kind} ${key}`);

describe.each(places)('a $name', (place) => {
  describe.each(tamperedTrails)('$name', (kind) => {
    const untouched = kind.trail();
    beforeAll(() => change(place, new Map(), untouched));
    afterAll(() => change(place, untouched, new Map()));

    test('untouched, is intact', async () => {
      const found = await verified(place, kind);
      expect(problemsOf(found)).toEqual([]);
      expect(found.unread).toEqual([]);
      expect(summaryOf(found)).toMatchObject({ intact: true });
      // With the next day's digests, a whole day is proven, of a bucket as of a copy.
      if (kind.period !== undefined) {
        expect(summaryOf(found)).toMatchObject({ proven: true });
        expect(found.days.map(({ region, day, proven }) => [region, day, proven])).toEqual([
          ['eu-west-1', '2026-03-12', true],
          ['us-east-1', '2026-03-12', true],
        ]);
      }
    });

    test.each(kind.tamperings)('$what', async ({ tamper, ...reported }) => {
      const tampered = new Map(untouched);
      tamper(tampered);
      await change(place, untouched, tampered);
      const found = await verified(place, kind);
      await change(place, tampered, untouched);
      expect(problemsOf(found).toSorted()).toEqual([...reported[place.name]].toSorted());
      expect(found.unread).toEqual([]);
      expect(summaryOf(found).proven).toBe(false);
      expect(found.days.every(({ proven }) => proven)).toBe(false);
      if (reported[place.name].length > 0) {
        expect(summaryOf(found).intact).toBe(false);
        expect(found.days.map(dayVerdict).filter((verdict) => verdict.startsWith('intact'))).not.toHaveLength(
          found.days.length,
        );
      }
    });
  });
});

test('a link in a copy is followed, as every other command does', async () => {
  const [, copy] = places;
  const trail = sixHours();
  await change(copy!, new Map(), trail);
  const elsewhere = join(folder, 'elsewhere.json.gz');
  await writeFile(elsewhere, trail.get(logKey(1, 0))!.content);
  await symlink(elsewhere, join(folder, logKey(1, 4)));
  await symlink('..', join(folder, 'AWSLogs/loop'));
  const found = await verified(copy!, { until: '' });
  expect(problemsOf(found)).toEqual([`file-added ${logKey(1, 4)}`]);
  expect(found.others).toBe(1);
});
