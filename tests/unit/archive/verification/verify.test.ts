import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createFolderSource } from '../../../../src/archive/trail/folder-source.ts';
import { dayVerdict, summaryOf } from '../../../../src/archive/verification/verdict.ts';
import { verifyTrail } from '../../../../src/archive/verification/verify.ts';
import type { Verification } from '../../../../src/archive/verification/verdict.ts';
import { bucket, bucketSource, deliver, digestKey, logKey, putDigest, putLog, rewrite } from '../signed-trail.ts';
import { cloudtrailKeys, sixHours } from '../../../support/tamperings.ts';
import type { Bucket } from '../signed-trail.ts';

const [ours, rotated] = cloudtrailKeys;
const keys = (): Promise<(typeof ours.publicKey)[]> => Promise.resolve([ours.publicKey, rotated.publicKey]);
const hour = { files: 2, key: ours };

const told = ({ problems }: Verification): readonly string[] => problems.map(({ kind, key }) => `${kind} ${key}`);

describe('an untouched trail', () => {
  test('in its bucket is intact: every signature, link and file', async () => {
    const found = await verifyTrail(bucketSource(sixHours()), { keys });
    expect(found).toMatchObject({ problems: [], unread: [], notes: [] });
    expect(found.days).toEqual([
      expect.objectContaining({ day: '2026-03-11', digests: 6, signed: 6, quiet: 1, files: 10, uncovered: 0 }),
    ]);
    expect(summaryOf(found)).toMatchObject({ intact: true, proven: true });
    expect(found.days.map(dayVerdict)).toEqual(['intact']);
  });

  test('as a copy is intact: signatures come from the digest that follows, the last one has none', async () => {
    const found = await verifyTrail(bucketSource(sixHours(), true), { keys });
    expect(told(found)).toEqual([]);
    // The last hour's digest has no signature here: it vouches for nothing.
    expect(found.days[0]).toMatchObject({ digests: 6, signed: 5, files: 8, uncovered: 2 });
    expect(found.notes).toEqual([{ key: digestKey(5), note: expect.stringContaining('no signature here') }]);
  });

  test('without public keys is intact as far as hashes and links go, and says so', async () => {
    const found = await verifyTrail(bucketSource(sixHours()));
    expect(told(found)).toEqual([]);
    expect(found.days.map(dayVerdict)).toEqual(['intact, signatures not checked']);
    expect(summaryOf(found)).toMatchObject({ intact: true, proven: false });
  });

  test('of which only the end was copied is intact, and the chain is said to go on before', async () => {
    const trail = sixHours();
    for (const early of [0, 1]) {
      trail.delete(digestKey(early));
      for (const file of [0, 1]) trail.delete(logKey(early, file));
    }
    const found = await verifyTrail(bucketSource(trail), { keys });
    expect(told(found)).toEqual([]);
    expect(found.notes).toEqual([{ key: digestKey(2), note: expect.stringContaining(digestKey(1)) }]);
  });

  test('with files newer than its last digest is intact; those files are counted as not covered', async () => {
    const trail = sixHours();
    putLog(trail, logKey(6, 0));
    const found = await verifyTrail(bucketSource(trail), { keys });
    expect(told(found)).toEqual([]);
    expect(found.days[0]).toMatchObject({ uncovered: 1 });
    expect(summaryOf(found)).toMatchObject({ intact: true, proven: false });
  });

  test('with a file that only a backfill digest names is intact', async () => {
    const trail = sixHours();
    putLog(trail, logKey(1, 3));
    putDigest(trail, digestKey(1, true), {
      hour: 1,
      logs: [logKey(1, 3)],
      signer: rotated,
      metadata: { 'backfill-generation-timestamp': '2026-03-14T00:00:00Z' },
    });
    const asked: string[] = [];
    const found = await verifyTrail(bucketSource(trail), {
      keys: (_region, _from, to) => {
        asked.push(to);
        return keys();
      },
    });
    expect(told(found)).toEqual([]);
    expect(found.days[0]).toMatchObject({ digests: 7, signed: 7, files: 11 });
    // The backfill digest is signed when it is made, days later, maybe with another key.
    expect(asked).toContain('2026-03-14T00:00:00.000Z');
  });
});

describe('a bucket whose life cycle deletes whole days', () => {
  const at = { minute: 10 };
  const hours = Array.from({ length: 30 }, () => ({ files: 2, key: ours }));
  /** All of 2026-03-11 is gone: the first digest left, of 23:10 to 00:10, names files of that day. */
  const expired = (): Bucket => new Map([...deliver(hours, at)].filter(([key]) => !key.includes('/2026/03/11/')));

  test('is not tampered with: what is older than all that is left has expired or was deleted', async () => {
    for (const copy of [false, true]) {
      const found = await verifyTrail(bucketSource(expired(), copy), { keys });
      expect(told(found)).toEqual([]);
      expect(found.notes.filter(({ note }) => note.includes('older than everything that is left'))).toHaveLength(2);
    }
  });

  test('a file that is not older than all that is left is missing', async () => {
    const trail = expired();
    trail.delete(logKey(24, 0, at));
    expect(told(await verifyTrail(bucketSource(trail), { keys }))).toEqual([`file-missing ${logKey(24, 0, at)}`]);
  });

  test('a file is missing, whatever is left in the range, when the digest before is still there', async () => {
    const trail = deliver(hours, at);
    trail.delete(logKey(24, 0, at));
    const range = { from: '2026-03-12', to: '2026-03-12' };
    expect(told(await verifyTrail(bucketSource(trail), { keys, ...range }))).toEqual([
      `file-missing ${logKey(24, 0, at)}`,
    ]);
  });

  test('in a period that begins before it, the beginning is a gap', async () => {
    const range = { from: '2026-03-10', to: '2026-03-11', wholePeriod: true };
    const found = await verifyTrail(bucketSource(expired()), { keys, ...range });
    expect(found.problems.map(({ kind }) => kind)).toEqual(['gap']);
  });
});

describe('a trail that was tampered with', () => {
  test('two deleted digests: the hours for which nothing is proved are named, from and to', async () => {
    const trail = sixHours();
    trail.delete(digestKey(2));
    trail.delete(digestKey(3));
    const { problems } = await verifyTrail(bucketSource(trail), { keys });
    expect(problems.find(({ kind }) => kind === 'digest-missing')?.reason).toContain(
      'from 2026-03-11T02:00:00Z to 2026-03-11T04:00:00Z (2 hours)',
    );
  });

  test('a whole bucket moved to another: every digest is where it was not delivered', async () => {
    const source = bucketSource(sixHours());
    const found = await verifyTrail(
      { ...source, bucket: 'elsewhere', open: (ref) => source.open({ ...ref, bucket }) },
      { keys },
    );
    expect(found.problems.map(({ kind }) => kind)).toEqual(Array.from({ length: 6 }, () => 'digest-moved'));
  });

  test('a gap: validation was off for two hours, for which nothing is proved', async () => {
    const trail = deliver([hour, hour, undefined, undefined, hour]);
    putLog(trail, logKey(2, 1));
    const found = await verifyTrail(bucketSource(trail), { keys });
    expect(told(found)).toEqual([`gap ${digestKey(4)}`]);
    expect(found.days.map(dayVerdict)).toEqual(['not proven']);
    expect(found.days[0]).toMatchObject({ uncovered: 1 });
    expect(summaryOf(found).intact).toBe(false);
  });

  test('the last digests and their log files were deleted: the chain ends before it should', async () => {
    const trail = sixHours();
    for (const key of [digestKey(5), logKey(5, 0), logKey(5, 1)]) trail.delete(key);
    const whole = { keys, expectedUntil: '2026-03-11T05:30:00Z' };
    expect(told(await verifyTrail(bucketSource(trail), whole))).toEqual([`gap ${digestKey(4)}`]);
    expect(told(await verifyTrail(bucketSource(sixHours()), whole))).toEqual([]);
  });

  test('without public keys, a change of a digest still breaks the chain', async () => {
    const trail = sixHours();
    rewrite(trail, digestKey(1), (digest) => (digest['logFiles'] as unknown[]).shift());
    const found = await verifyTrail(bucketSource(trail, true));
    expect(told(found)).toContain(`link-broken ${digestKey(2)}`);
  });
});

test('what cannot be read is named, and is no verdict on the file', async () => {
  const source = bucketSource(sixHours());
  const found = await verifyTrail(
    {
      ...source,
      open: (ref) => (ref.key === logKey(1, 0) ? Promise.reject(new Error('AccessDenied')) : source.open(ref)),
    },
    { keys },
  );
  expect(found).toMatchObject({ problems: [], unread: [{ key: logKey(1, 0), reason: 'AccessDenied' }] });
  expect(found.days.map(dayVerdict)).toEqual(['not read']);
});

test('a read that breaks off is no damage of the file', async () => {
  const source = bucketSource(sixHours());
  const found = await verifyTrail({
    ...source,
    async open(ref) {
      const object = await source.open(ref);
      return ref.key === logKey(1, 0) && object !== undefined ? { ...object, body: brokenOff(object.body) } : object;
    },
  });
  expect(found).toMatchObject({ problems: [], unread: [{ key: logKey(1, 0), reason: 'ECONNRESET' }] });
});

async function* brokenOff(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    yield chunk.subarray(0, 20);
    throw new Error('ECONNRESET');
  }
}

test('a trail of an organization, below a prefix, is verified for each account and region', async () => {
  const plain = sixHours();
  const [from, to] = [/AWSLogs\//g, 'audit/AWSLogs/o-abc123/'];
  const trail: Bucket = new Map();
  // Signatures go with the place, so that only hashes and links can be compared here.
  for (const [key, stored] of plain) {
    const content = gunzipSync(stored.content).toString();
    trail.set(key.replace(from, to), {
      ...stored,
      content: gzipSync(key.includes('Digest') ? content.replace(from, to) : content),
    });
  }
  const found = await verifyTrail(bucketSource(trail));
  expect(found.days).toEqual([expect.objectContaining({ account: '111122223333', region: 'eu-west-1', files: 10 })]);
  expect(new Set(found.problems.map(({ kind }) => kind))).toEqual(new Set(['link-broken']));
});

test('a folder is verified also from inside, and keys that lead out of it lead nowhere', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'trail-'));
  try {
    for (const [key, { content }] of sixHours()) {
      const path = join(folder, 'synced', key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    const inside = join(folder, 'synced/AWSLogs/111122223333/CloudTrail-Digest');
    const found = await verifyTrail(createFolderSource(inside), { keys });
    expect(found).toMatchObject({ problems: [], days: [{ files: 8, digests: 6, signed: 5 }] });
    const source = createFolderSource(join(folder, 'synced'));
    expect(await source.open({ bucket, key: '../../../../../../../../etc/passwd' })).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
