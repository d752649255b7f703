import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { gunzipSync, gzipSync } from 'node:zlib';
import { createFolderSource } from '../../../../src/archive/trail/folder-source.ts';
import { dayVerdict, summaryOf } from '../../../../src/archive/verification/verdict.ts';
import { verifyTrail } from '../../../../src/archive/verification/verify.ts';
import type { Verification } from '../../../../src/archive/verification/verdict.ts';
import {
  bucket,
  bucketSource,
  deliver,
  digestKey,
  logKey,
  putDigest,
  putLog,
  rewrite,
  signingKey,
} from '../signed-trail.ts';
import type { Bucket } from '../signed-trail.ts';

const ours = signingKey();
const rotated = signingKey();
const theirs = signingKey();
const keys = (): Promise<(typeof ours.publicKey)[]> => Promise.resolve([ours.publicKey, rotated.publicKey]);

const hour = { files: 2, key: ours };
/** Six hours: files in each, but the third, and the key rotated after the fourth. */
const sixHours = (): Bucket =>
  deliver([hour, hour, { files: 0, key: ours }, hour, { files: 2, key: rotated }, { files: 2, key: rotated }]);

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
    expect(found.days[0]).toMatchObject({ digests: 6, signed: 5, files: 10 });
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
    putDigest(trail, digestKey(1, true), 1, [logKey(1, 3)], rotated, undefined, {
      'backfill-generation-timestamp': '2026-03-14T00:00:00Z',
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

interface Tampering {
  readonly what: string;
  readonly tamper: (trail: Bucket) => void;
  readonly told: readonly string[];
}

const tamperings: readonly Tampering[] = [
  {
    what: 'a log file was changed',
    tamper: (trail) => trail.set(logKey(1, 0), { content: gzipSync('{"Records":[]}'), metadata: {} }),
    told: [`file-changed ${logKey(1, 0)}`],
  },
  {
    what: 'a log file was cut off in the middle of its gzip data',
    tamper: (trail) => {
      const whole = trail.get(logKey(1, 0))?.content ?? Buffer.alloc(0);
      trail.set(logKey(1, 0), { content: whole.subarray(0, whole.length - 12), metadata: {} });
    },
    told: [`file-changed ${logKey(1, 0)}`],
  },
  {
    what: 'a log file was deleted',
    tamper: (trail) => void trail.delete(logKey(3, 1)),
    told: [`file-missing ${logKey(3, 1)}`],
  },
  {
    what: 'a log file was moved to another day',
    tamper: (trail) => {
      const moved = logKey(3, 1).replace('/03/11/', '/03/12/');
      trail.set(moved, trail.get(logKey(3, 1)) as never);
      trail.delete(logKey(3, 1));
    },
    told: [`file-moved ${logKey(3, 1)}`],
  },
  {
    what: 'a log file was added among those of a digested hour',
    tamper: (trail) => putLog(trail, logKey(1, 4)),
    told: [`file-added ${logKey(1, 4)}`],
  },
  {
    what: 'a log file was added to an hour without log files',
    tamper: (trail) => putLog(trail, logKey(2, 0)),
    told: [`file-added ${logKey(2, 0)}`],
  },
  {
    what: 'a file was deleted, and its digest changed so that it no longer names the file',
    tamper: (trail) => {
      trail.delete(logKey(1, 0));
      rewrite(trail, digestKey(1), (digest) => (digest['logFiles'] as unknown[]).shift());
    },
    told: [`link-broken ${digestKey(2)}`, `signature-wrong ${digestKey(1)}`],
  },
  {
    what: 'the last digest was changed, which no digest follows',
    tamper: (trail) => rewrite(trail, digestKey(5), (digest) => (digest['logFiles'] as unknown[]).pop()),
    told: [`file-added ${logKey(5, 1)}`, `signature-wrong ${digestKey(5)}`],
  },
  {
    what: 'a digest was deleted',
    tamper: (trail) => void trail.delete(digestKey(3)),
    told: [`digest-missing ${digestKey(3)}`],
  },
  {
    what: 'two consecutive digests were deleted',
    tamper: (trail) => {
      trail.delete(digestKey(2));
      trail.delete(digestKey(3));
    },
    told: [`digest-missing ${digestKey(3)}`],
  },
  {
    what: 'a digest was overwritten with what is no digest',
    tamper: (trail) => trail.set(digestKey(3), { content: Buffer.from('{}'), metadata: {} }),
    told: [`digest-unreadable ${digestKey(3)}`],
  },
  {
    what: 'a digest was forged and signed with another key',
    tamper: (trail) => putDigest(trail, digestKey(5), 5, [logKey(5, 0), logKey(5, 1)], theirs, digestKey(4)),
    told: [`key-unknown ${digestKey(5)}`],
  },
  {
    what: 'a digest was forged, signed with another key, and names a key of CloudTrail',
    tamper: (trail) =>
      putDigest(
        trail,
        digestKey(5),
        5,
        [logKey(5, 0), logKey(5, 1)],
        { ...theirs, publicKey: { ...theirs.publicKey, fingerprint: ours.publicKey.fingerprint } },
        digestKey(4),
      ),
    told: [`signature-wrong ${digestKey(5)}`],
  },
  {
    what: 'the signature beside a digest was removed',
    tamper: (trail) => trail.set(digestKey(5), { content: trail.get(digestKey(5))?.content as Buffer, metadata: {} }),
    told: [`signature-missing ${digestKey(5)}`],
  },
  {
    what: 'the signature beside a digest was exchanged',
    tamper: (trail) => {
      const other = trail.get(digestKey(4))?.metadata ?? {};
      trail.set(digestKey(3), { content: trail.get(digestKey(3))?.content as Buffer, metadata: other });
    },
    told: [`link-broken ${digestKey(4)}`, `signature-wrong ${digestKey(3)}`],
  },
  {
    what: 'a digest says another bucket than the one it lies in',
    tamper: (trail) => rewrite(trail, digestKey(5), (digest) => (digest['digestS3Bucket'] = 'elsewhere')),
    told: [`digest-moved ${digestKey(5)}`, `signature-wrong ${digestKey(5)}`],
  },
  {
    what: 'an older digest was put in the place of a deleted one',
    tamper: (trail) => trail.set(digestKey(3), trail.get(digestKey(1)) as never),
    told: [`digest-missing ${digestKey(3)}`, `digest-moved ${digestKey(3)}`],
  },
  {
    what: 'a digest holds a wrong hash of the one before',
    tamper: (trail) => rewrite(trail, digestKey(4), (digest) => (digest['previousDigestHashValue'] = '0'.repeat(64))),
    told: [`link-broken ${digestKey(4)}`, `link-broken ${digestKey(5)}`, `signature-wrong ${digestKey(4)}`],
  },
];

describe('a trail that was tampered with', () => {
  test.each(tamperings)('$what', async ({ tamper, told: expected }) => {
    const trail = sixHours();
    tamper(trail);
    const found = await verifyTrail(bucketSource(trail), { keys });
    expect(
      [...told(found)].filter((text) => !text.startsWith('file-added') || expected.includes(text)).toSorted(),
    ).toEqual([...expected].toSorted());
    expect(summaryOf(found).intact).toBe(false);
    expect(found.days.map(dayVerdict)).toContain('not intact');
  });

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
    expect(found).toMatchObject({ problems: [], days: [{ files: 10, digests: 6, signed: 5 }] });
    const source = createFolderSource(join(folder, 'synced'));
    expect(await source.open({ bucket, key: '../../../../../../../../etc/passwd' })).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
