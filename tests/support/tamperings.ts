import { gzipSync } from 'node:zlib';
import {
  deliver,
  digestKey,
  logKey,
  putDigest,
  putLog,
  rewrite,
  signingKey,
  type Bucket,
  type Delivery,
} from '../unit/archive/signed-trail.ts';

/** Tampering is one thing that may be done to a trail's objects, and what verification reports of it. */
export interface Tampering {
  readonly what: string;
  readonly tamper: (trail: Bucket) => void;
  /** Problems, as `kind key`, when the bucket is verified; and of a copy of it, with public keys. */
  readonly bucket: readonly string[];
  readonly copy: readonly string[];
  /** Whether `aws cloudtrail validate-logs` ends with 1. */
  readonly awsReports: boolean;
}

/** TamperedTrail is an untouched trail, and what may be done to it. */
export interface TamperedTrail {
  readonly name: string;
  readonly trail: () => Bucket;
  /** ISO 8601: until when CloudTrail has delivered digests to the bucket. */
  readonly until: string;
  /** Days, yyyy-MM-dd, both included: the whole period is asked for. */
  readonly period?: { readonly from: string; readonly to: string };
  readonly tamperings: readonly Tampering[];
}

/** Keys as a region has them: two of CloudTrail's, one after the other, and another party's. */
export const cloudtrailKeys = [signingKey(), signingKey()] as const;
const [ours, rotated] = cloudtrailKeys;
const theirs = signingKey();
/** Another party that says its key is CloudTrail's. */
const pretender = { ...theirs, publicKey: { ...theirs.publicKey, fingerprint: ours.publicKey.fingerprint } };

const hour = { files: 2, key: ours };
const quiet = { files: 0, key: ours };

/** Six hours: files in each but the third, and the key rotated after the fourth. */
export const sixHours = (): Bucket =>
  deliver([hour, hour, quiet, hour, { files: 2, key: rotated }, { files: 2, key: rotated }]);

const at = (key: string) => (trail: Bucket) => {
  const stored = trail.get(key);
  if (stored === undefined) throw new Error(`no ${key}`);
  return stored;
};
const replace = (trail: Bucket, key: string, content: Buffer): void =>
  void trail.set(key, { content, metadata: at(key)(trail).metadata });
const append = (trail: Bucket, key: string, bytes: Buffer): void =>
  replace(trail, key, Buffer.concat([at(key)(trail).content, bytes]));
/** A log file's folder, with another name. */
const beside = (key: string, name: string): string => `${key.slice(0, key.lastIndexOf('/') + 1)}${name}`;
const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

const both = (...problems: readonly string[]) => ({ bucket: problems, copy: problems });
const added = (what: string, key: string): Tampering => ({
  what,
  tamper: (trail) => putLog(trail, key),
  ...both(`file-added ${key}`),
  awsReports: false,
});

const fileTamperings: readonly Tampering[] = [
  {
    what: 'a log file was changed',
    tamper: (trail) => replace(trail, logKey(1, 0), gzipSync('{"Records":[]}')),
    ...both(`file-changed ${logKey(1, 0)}`),
    awsReports: true,
  },
  {
    what: 'a log file was cut off',
    tamper: (trail) => replace(trail, logKey(1, 0), at(logKey(1, 0))(trail).content.subarray(0, -12)),
    ...both(`file-changed ${logKey(1, 0)}`),
    awsReports: true,
  },
  {
    what: 'other bytes follow the gzip data of a log file',
    tamper: (trail) => append(trail, logKey(1, 0), Buffer.from('{"Records":[]}')),
    ...both(`file-changed ${logKey(1, 0)}`),
    awsReports: true,
  },
  {
    what: 'more records follow in a second gzip member',
    tamper: (trail) => append(trail, logKey(1, 0), gzipSync('{"Records":[{"eventID":"forged"}]}')),
    ...both(`file-changed ${logKey(1, 0)}`),
    awsReports: true,
  },
  {
    what: 'an empty gzip member follows',
    tamper: (trail) => append(trail, logKey(1, 0), gzipSync('')),
    ...both(`file-changed ${logKey(1, 0)}`),
    awsReports: true,
  },
  {
    what: 'a log file was deleted',
    tamper: (trail) => void trail.delete(logKey(3, 1)),
    ...both(`file-missing ${logKey(3, 1)}`),
    awsReports: true,
  },
  {
    what: 'the first log file of all was deleted',
    tamper: (trail) => void trail.delete(logKey(0, 0)),
    ...both(`file-missing ${logKey(0, 0)}`),
    awsReports: true,
  },
  {
    what: 'a log file was moved to another day',
    tamper: (trail) => {
      trail.set(logKey(3, 1).replace('/03/11/', '/03/12/'), at(logKey(3, 1))(trail));
      trail.delete(logKey(3, 1));
    },
    ...both(`file-moved ${logKey(3, 1)}`),
    awsReports: true,
  },
  {
    what: 'a log file was moved to a subfolder of its day',
    tamper: (trail) => {
      trail.set(beside(logKey(3, 1), `old/${nameOf(logKey(3, 1))}`), at(logKey(3, 1))(trail));
      trail.delete(logKey(3, 1));
    },
    ...both(`file-moved ${logKey(3, 1)}`),
    awsReports: true,
  },
  added('a file was added among those of a digested hour', logKey(1, 4)),
  added('a file was added to an hour without log files', logKey(2, 0)),
  added('a file was added under another name', beside(logKey(1, 0), 'extra.json.gz')),
  added('a file was added under a hidden name', beside(logKey(1, 0), '.extra.json.gz')),
  added('a file was added with an upper-case ending', logKey(1, 4).replace('.json.gz', '.JSON.GZ')),
  added('a file was added without an ending', beside(logKey(1, 0), 'extra')),
  added('a file was added in a subfolder of a day', beside(logKey(1, 0), `more/${nameOf(logKey(1, 4))}`)),
  added('a file was added in a subfolder called AWSLogs', beside(logKey(1, 0), logKey(1, 4))),
  added("a file was added in a region's folder, in no day", logKey(1, 4).replace('/2026/03/11/', '/')),
  added("a file was added in the account's folder", logKey(1, 4).replace('/eu-west-1/2026/03/11/', '/')),
  added('a file was added among the digests', beside(digestKey(1), 'extra.json.gz')),
];

const digestTamperings: readonly Tampering[] = [
  {
    what: 'a log file was deleted, also from its digest',
    tamper: (trail) => {
      trail.delete(logKey(1, 0));
      rewrite(trail, digestKey(1), (digest) => (digest['logFiles'] as unknown[]).shift());
    },
    ...both(`link-broken ${digestKey(2)}`, `signature-wrong ${digestKey(1)}`),
    awsReports: true,
  },
  {
    what: 'the last digest was changed',
    tamper: (trail) => rewrite(trail, digestKey(5), (digest) => (digest['logFiles'] as unknown[]).pop()),
    bucket: [`signature-wrong ${digestKey(5)}`],
    copy: [],
    awsReports: true,
  },
  {
    what: 'a digest was deleted',
    tamper: (trail) => void trail.delete(digestKey(3)),
    ...both(`digest-missing ${digestKey(3)}`),
    awsReports: true,
  },
  {
    what: 'two digests in a row were deleted',
    tamper: (trail) => {
      trail.delete(digestKey(2));
      trail.delete(digestKey(3));
    },
    ...both(`digest-missing ${digestKey(3)}`),
    awsReports: true,
  },
  {
    what: 'a digest was overwritten with something else',
    tamper: (trail) => trail.set(digestKey(3), { content: Buffer.from('{}'), metadata: {} }),
    ...both(`digest-unreadable ${digestKey(3)}`),
    awsReports: true,
  },
  {
    what: 'a digest was forged with another key',
    tamper: (trail) =>
      putDigest(trail, digestKey(5), {
        hour: 5,
        logs: [logKey(5, 0), logKey(5, 1)],
        signer: theirs,
        previous: digestKey(4),
      }),
    ...both(`key-unknown ${digestKey(5)}`),
    awsReports: true,
  },
  {
    what: 'a forged digest names a key of CloudTrail',
    tamper: (trail) =>
      putDigest(trail, digestKey(5), {
        hour: 5,
        logs: [logKey(5, 0), logKey(5, 1)],
        signer: pretender,
        previous: digestKey(4),
      }),
    bucket: [`signature-wrong ${digestKey(5)}`],
    copy: [],
    awsReports: true,
  },
  {
    what: 'the signature of a digest was removed',
    tamper: (trail) => trail.set(digestKey(5), { ...at(digestKey(5))(trail), metadata: {} }),
    bucket: [`signature-missing ${digestKey(5)}`],
    copy: [],
    awsReports: true,
  },
  {
    what: 'the signature of a digest was exchanged',
    tamper: (trail) =>
      trail.set(digestKey(3), { ...at(digestKey(3))(trail), metadata: at(digestKey(4))(trail).metadata }),
    bucket: [`link-broken ${digestKey(4)}`, `signature-wrong ${digestKey(3)}`],
    copy: [],
    awsReports: true,
  },
  {
    what: 'a digest names another bucket',
    tamper: (trail) => rewrite(trail, digestKey(5), (digest) => (digest['digestS3Bucket'] = 'elsewhere')),
    bucket: [`digest-moved ${digestKey(5)}`, `signature-wrong ${digestKey(5)}`],
    copy: [],
    awsReports: true,
  },
  {
    what: 'an older digest took the place of a deleted one',
    tamper: (trail) => trail.set(digestKey(3), at(digestKey(1))(trail)),
    ...both(`digest-missing ${digestKey(3)}`, `digest-moved ${digestKey(3)}`),
    awsReports: true,
  },
  {
    what: 'a digest has a wrong hash of the one before',
    tamper: (trail) => rewrite(trail, digestKey(4), (digest) => (digest['previousDigestHashValue'] = '0'.repeat(64))),
    ...both(`link-broken ${digestKey(4)}`, `link-broken ${digestKey(5)}`, `signature-wrong ${digestKey(4)}`),
    awsReports: true,
  },
];

/** Puts a digest without a valid signature: as a backfill digest it needs no place in the chain. */
function vouchFor(trail: Bucket, key: string, signature: string | undefined): void {
  const backfill = digestKey(1, true);
  const metadata = { 'backfill-generation-timestamp': '2026-03-11T03:00:00Z' };
  putDigest(trail, backfill, { hour: 1, logs: [key], signer: pretender, metadata });
  const stored = at(backfill)(trail);
  trail.set(backfill, {
    content: stored.content,
    metadata: { ...metadata, ...(signature !== undefined && { signature, 'signature-algorithm': 'SHA256withRSA' }) },
  });
}

const forgedVouchers: readonly Tampering[] = [
  {
    what: 'a digest without a signature names a changed file',
    tamper: (trail) => {
      replace(trail, logKey(1, 0), gzipSync('{"Records":[{"eventID":"forged"}]}'));
      vouchFor(trail, logKey(1, 0), undefined);
    },
    bucket: [`file-changed ${logKey(1, 0)}`, `signature-missing ${digestKey(1, true)}`],
    copy: [`file-changed ${logKey(1, 0)}`],
    awsReports: true,
  },
  {
    what: 'a wrongly signed digest names a changed file',
    tamper: (trail) => {
      replace(trail, logKey(1, 0), gzipSync('{"Records":[{"eventID":"forged"}]}'));
      vouchFor(trail, logKey(1, 0), 'ab'.repeat(256));
    },
    bucket: [`file-changed ${logKey(1, 0)}`, `signature-wrong ${digestKey(1, true)}`],
    copy: [`file-changed ${logKey(1, 0)}`],
    awsReports: true,
  },
  {
    what: 'a digest without a signature names an added file',
    tamper: (trail) => {
      putLog(trail, logKey(1, 4));
      vouchFor(trail, logKey(1, 4), undefined);
    },
    bucket: [`file-added ${logKey(1, 4)}`, `signature-missing ${digestKey(1, true)}`],
    copy: [`file-added ${logKey(1, 4)}`],
    awsReports: true,
  },
];

const ireland: Delivery = { minute: 10 };
const virginia: Delivery = { region: 'us-east-1', minute: 40 };

/** Two days and a few hours of a trail in two regions. */
const twoRegions = (): Bucket => {
  const hours = Array.from({ length: 51 }, (_, index) => ({ files: index % 8 === 0 ? 1 : 0, key: ours }));
  return new Map([...deliver(hours, ireland), ...deliver(hours, virginia)]);
};

/** Deletes the digests of hours of a region, with their log files unless those are to stay. */
function cut(trail: Bucket, from: number, to: number, files: 'too' | 'stay' = 'too', delivery = virginia): void {
  for (let each = from; each <= to; each++) {
    trail.delete(digestKey(each, false, delivery));
    if (files === 'too') trail.delete(logKey(each, 0, delivery));
  }
}

/** Fills hours of a region with digests of trails that there never were, none with a signature that CloudTrail made. */
function fill(trail: Bucket, from: number, to: number): void {
  for (let each = from; each <= to; each++) {
    const forged = digestKey(each, false, virginia).replace('_audit_', `_audit${each}_`);
    putDigest(trail, forged, { hour: each, minute: 40, logs: [], signer: pretender });
    trail.set(forged, { ...at(forged)(trail), metadata: {} });
  }
}

const folder = 'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/';
const key = (each: number): string => digestKey(each, false, virginia);

/** Of 2026-03-12, whose hours are 23 (whose digest ends on it) to 47 (whose digest lies on the next day). */
const periodTamperings: readonly Tampering[] = [
  {
    what: 'the digests and log files of a region end early',
    tamper: (trail) => cut(trail, 30, 50),
    ...both(`gap ${key(29)}`),
    awsReports: false,
  },
  {
    what: 'the digests of a region end, its log files go on',
    tamper: (trail) => cut(trail, 30, 50, 'stay'),
    ...both(`gap ${key(29)}`),
    awsReports: false,
  },
  {
    what: 'the digests and log files of a region begin late',
    tamper: (trail) => cut(trail, 0, 29),
    ...both(`gap ${key(30)}`),
    awsReports: true,
  },
  {
    what: 'a region has nothing in the period',
    tamper: (trail) => cut(trail, 22, 50),
    ...both(`gap ${folder}`),
    awsReports: false,
  },
  {
    what: 'a region has log files and no digests',
    tamper: (trail) => cut(trail, 0, 50, 'stay'),
    ...both(`gap ${folder}`),
    awsReports: false,
  },
  {
    what: 'the last digest, of the next day, was deleted',
    tamper: (trail) => cut(trail, 47, 50, 'stay'),
    ...both(`gap ${key(46)}`),
    awsReports: false,
  },
  {
    what: 'a region ends early, and forged digests fill the gap',
    tamper: (trail) => {
      cut(trail, 30, 50);
      fill(trail, 30, 50);
    },
    // Of the next day, two digests of each trail are read.
    bucket: Array.from(
      { length: 17 },
      (_, index) => `signature-missing ${key(30 + index).replace('_audit_', `_audit${30 + index}_`)}`,
    ),
    copy: [`gap ${key(29)}`],
    awsReports: false,
  },
  {
    what: 'digests were deleted in the middle of the period',
    tamper: (trail) => cut(trail, 30, 33),
    ...both(`digest-missing ${key(33)}`),
    awsReports: true,
  },
];

const copyTamperings: readonly Tampering[] = [
  {
    what: 'without a period: a region ends before another',
    tamper: (trail) => cut(trail, 30, 50),
    ...both(`gap ${key(29)}`),
    awsReports: false,
  },
  {
    what: 'without a period: a region begins after another',
    tamper: (trail) => cut(trail, 0, 29),
    ...both(`gap ${key(30)}`),
    awsReports: true,
  },
  {
    what: 'without a period: a region has no digests',
    tamper: (trail) => cut(trail, 0, 50, 'stay'),
    ...both(`gap ${folder}`),
    awsReports: false,
  },
];

/** tamperedTrails are all kinds of tampering, by the trail that they are tried on. */
export const tamperedTrails: readonly TamperedTrail[] = [
  { name: 'log files', trail: sixHours, until: '2026-03-11T05:30:00Z', tamperings: fileTamperings },
  {
    name: 'digests',
    trail: sixHours,
    until: '2026-03-11T05:30:00Z',
    tamperings: [...digestTamperings, ...forgedVouchers],
  },
  {
    name: 'a period',
    trail: twoRegions,
    until: '2026-03-13T02:00:00Z',
    period: { from: '2026-03-12', to: '2026-03-12' },
    tamperings: periodTamperings,
  },
  { name: 'regions', trail: twoRegions, until: '2026-03-13T02:00:00Z', tamperings: copyTamperings },
];
