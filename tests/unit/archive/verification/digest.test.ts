import { describe, expect, test } from '@jest/globals';
import { parseDigest, stringToSign } from '../../../../src/archive/verification/digest.ts';
import { parsePublicKeys } from '../../../../src/archive/verification/public-key-file.ts';
import { digestName, parseTrailKey } from '../../../../src/archive/trail/trail-layout.ts';

const fields = {
  digestStartTime: '2026-03-11T07:10:42Z',
  digestEndTime: '2026-03-11T08:10:42Z',
  digestS3Bucket: 'example-trail',
  digestS3Object: 'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/11/x.json.gz',
  digestPublicKeyFingerprint: '826af9d256d2e5f7fd860780c9d63330',
  digestSignatureAlgorithm: 'SHA256withRSA',
  previousDigestS3Bucket: null,
  previousDigestS3Object: null,
  previousDigestHashValue: null,
  previousDigestSignature: null,
  logFiles: [],
};
const content = (changes: Readonly<Record<string, unknown>> = {}): Buffer =>
  Buffer.from(JSON.stringify({ ...fields, ...changes }));

describe('what CloudTrail signs', () => {
  test('is end, place, hash and `null` of the first digest of a chain', () => {
    const digest = parseDigest(content());
    expect(stringToSign(digest)).toBe(
      `2026-03-11T08:10:42Z\nexample-trail/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/11/x.json.gz\n${digest.hash}\nnull`,
    );
    expect(digest.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('ends in the signature before, of every later digest', () => {
    const previous = {
      previousDigestS3Bucket: 'example-trail',
      previousDigestS3Object: 'before.json.gz',
      previousDigestHashValue: 'ab'.repeat(32),
      previousDigestSignature: 'cd'.repeat(256),
    };
    expect(stringToSign(parseDigest(content(previous))).split('\n')[3]).toBe('cd'.repeat(256));
  });
});

describe('a digest is refused', () => {
  test.each([
    ['that is not JSON', Buffer.from('{'), 'is not JSON'],
    ['that is a list', Buffer.from('[]'), 'it is not an object'],
    ['without an end', content({ digestEndTime: undefined }), 'digestEndTime is missing'],
    ['whose end is no time', content({ digestEndTime: 'yesterday' }), 'digestEndTime is not a time'],
    ['without a list of files', content({ logFiles: {} }), 'logFiles is not a list'],
    ['whose file has no hash', content({ logFiles: [{ s3Bucket: 'b', s3Object: 'k' }] }), 'logFiles[0].hashValue'],
    ['that links to a digest without its hash', content({ previousDigestS3Object: 'x' }), 'previousDigestS3Bucket is'],
  ])('%s', (_what, bytes, reason) => {
    expect(() => parseDigest(bytes)).toThrow(reason);
  });
});

describe('keys of a trail bucket', () => {
  const digest =
    'CloudTrail-Digest/eu-west-1/2026/03/11/111122223333_CloudTrail-Digest_eu-west-1_my_trail_eu-west-1_20260311T081042Z';

  test('name prefix, organization, account, region, day and time', () => {
    const name = '111122223333_CloudTrail_eu-west-1_20260311T0730Z_DWIN86tKvycm7L8g.json.gz';
    expect(
      parseTrailKey(`a/b/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/2026/03/11/${name}`),
    ).toMatchObject({
      prefix: 'a/b/',
      organization: 'o-a1b2c3d4e5',
      account: '111122223333',
      folder: 'CloudTrail',
      region: 'eu-west-1',
      day: '2026-03-11',
      time: '2026-03-11T07:30:00Z',
    });
  });

  test('of digests name their chain; backfill digests have one of their own', () => {
    const chainOf = (key: string) => {
      const parsed = parseTrailKey(`AWSLogs/111122223333/${key}`);
      return parsed && digestName(parsed);
    };
    expect(chainOf(`${digest}.json.gz`)).toMatchObject({ backfill: false, chain: expect.stringContaining('my_trail') });
    expect(chainOf(`${digest}_backfill.json.gz`)).toMatchObject({ backfill: true });
    expect(chainOf(`${digest}.json.gz`)?.chain).not.toBe(chainOf(`${digest}_backfill.json.gz`)?.chain);
  });

  test.each([
    'notes.txt',
    'AWSLogs/README.md',
    'AWSLogs/1/CloudTrail/x/2026/03/11/f.json',
    'AWSLogs/111122223333/elasticloadbalancing/eu-west-1/2026/03/11/f.log',
  ])('%s is no key of CloudTrail', (key) => expect(parseTrailKey(key)).toBeUndefined());
});

test('public keys are read from one answer of list-public-keys, or from several', () => {
  const answer = { PublicKeyList: [{ Fingerprint: 'f', Value: 'AAEC' }] };
  const key = { fingerprint: 'f', value: Buffer.from([0, 1, 2]) };
  expect(parsePublicKeys(JSON.stringify(answer))).toEqual([key]);
  expect(parsePublicKeys(JSON.stringify([answer, answer]))).toEqual([key, key]);
});
