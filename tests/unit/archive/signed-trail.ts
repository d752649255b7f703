import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseDigest, stringToSign } from '../../../src/archive/verification/digest.ts';
import type { PublicKey } from '../../../src/archive/verification/digest.ts';
import type { ObjectSource } from '../../../src/archive/trail/object-source.ts';

export const bucket = 'example-trail';
export const account = '111122223333';
const home = 'eu-west-1';

/** Where CloudTrail delivers: an account's region, at a minute of each hour, below a prefix. */
export interface Delivery {
  readonly account?: string;
  readonly region?: string;
  /** The minute at which hours of digests begin and end. */
  readonly minute?: number;
  /** `audit/`, and the organization's: `audit/` and `o-abc/` behind AWSLogs. */
  readonly prefix?: string;
  readonly organization?: string;
}

export interface Stored {
  readonly content: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Bucket is what a trail's bucket holds, by key. */
export type Bucket = Map<string, Stored>;

/** SigningKey is a key pair as CloudTrail has one for each region. */
export interface SigningKey {
  readonly sign: (text: string) => string;
  readonly publicKey: PublicKey;
}

export function signingKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const value = publicKey.export({ format: 'der', type: 'pkcs1' });
  return {
    sign: (text) => sign('RSA-SHA256', Buffer.from(text), privateKey).toString('hex'),
    publicKey: { fingerprint: createHash('md5').update(value).digest('hex'), value },
  };
}

export interface Hour {
  /** How many log files are delivered in the hour. */
  readonly files: number;
  readonly key: SigningKey;
  /** Begins a new chain, as after validation was off. */
  readonly unlinked?: boolean;
}

const at = (hour: number, minute = 0): Date => new Date(Date.UTC(2026, 2, 11, hour, minute));
const iso = (time: Date): string => time.toISOString().replace('.000Z', 'Z');
const compact = (time: Date): string => iso(time).replaceAll(/[-:]/g, '');
const dayPath = (time: Date): string => iso(time).slice(0, 10).replaceAll('-', '/');

function folderOf(kind: string, time: Date, delivery: Delivery): string {
  const { prefix = '', organization = '', region = home } = delivery;
  return `${prefix}AWSLogs/${organization}${delivery.account ?? account}/${kind}/${region}/${dayPath(time)}/`;
}

/** logKey is the key of a log file: the hour counts from 2026-03-11T00:00Z, plus the minute of the delivery. */
export function logKey(hour: number, index: number, delivery: Delivery = {}): string {
  const { region = home, minute = 0 } = delivery;
  const time = at(hour, minute + 5 + index * 10);
  const name = `${delivery.account ?? account}_CloudTrail_${region}_${compact(time).slice(0, 13)}Z`;
  return `${folderOf('CloudTrail', time, delivery)}${name}_${hash(`${hour}.${index}`).slice(0, 16)}.json.gz`;
}

export function digestKey(hour: number, backfill = false, delivery: Delivery = {}): string {
  const { region = home, minute = 0 } = delivery;
  const end = at(hour + 1, minute);
  const name = `${delivery.account ?? account}_CloudTrail-Digest_${region}_audit_${home}_${compact(end)}`;
  return `${folderOf('CloudTrail-Digest', end, delivery)}${name}${backfill ? '_backfill' : ''}.json.gz`;
}

const hash = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** deliver plays CloudTrail: an hour after the other, it delivers log files and the digest that names them. */
export function deliver(hours: readonly (Hour | undefined)[], delivery: Delivery = {}): Bucket {
  const trail: Bucket = new Map();
  let previous: string | undefined;
  for (const [index, hour] of hours.entries()) {
    if (hour === undefined) {
      previous = undefined;
      continue;
    }
    const keys = Array.from({ length: hour.files }, (_, file) => logKey(index, file, delivery));
    for (const key of keys) putLog(trail, key);
    const key = digestKey(index, false, delivery);
    const facts = { hour: index, logs: keys, signer: hour.key, minute: delivery.minute ?? 0 };
    putDigest(trail, key, { ...facts, ...(previous !== undefined && hour.unlinked !== true && { previous }) });
    previous = key;
  }
  return trail;
}

export function putLog(trail: Bucket, key: string, says = key): void {
  const content = Buffer.from(JSON.stringify({ Records: [{ eventID: says }] }));
  trail.set(key, { content: gzipSync(content), metadata: {} });
}

/** DigestFacts is what a digest says: its hour, the log files of the bucket that it names, and the digest before it. */
export interface DigestFacts {
  readonly hour: number;
  readonly minute?: number;
  readonly logs: readonly string[];
  readonly signer: SigningKey;
  readonly previous?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export function putDigest(
  trail: Bucket,
  key: string,
  { hour, minute = 0, logs, signer, previous: previousKey, metadata = {} }: DigestFacts,
): void {
  const previous = previousKey === undefined ? undefined : trail.get(previousKey);
  const content = Buffer.from(
    JSON.stringify({
      awsAccountId: account,
      digestStartTime: iso(at(hour, minute)),
      digestEndTime: iso(at(hour + 1, minute)),
      digestS3Bucket: bucket,
      digestS3Object: key,
      digestPublicKeyFingerprint: signer.publicKey.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: logs.length === 0 ? null : iso(at(hour, 50)),
      oldestEventTime: logs.length === 0 ? null : iso(at(hour)),
      previousDigestS3Bucket: previous === undefined ? null : bucket,
      previousDigestS3Object: previous === undefined ? null : previousKey,
      previousDigestHashValue: previous === undefined ? null : hash(gunzipSync(previous.content)),
      previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
      previousDigestSignature: previous?.metadata['signature'] ?? null,
      logFiles: logs.map((log) => ({
        s3Bucket: bucket,
        s3Object: log,
        hashValue: hash(gunzipSync(trail.get(log)?.content ?? gzipSync(''))),
        hashAlgorithm: 'SHA-256',
        newestEventTime: iso(at(hour, 50)),
        oldestEventTime: iso(at(hour)),
      })),
    }),
  );
  const signature = signer.sign(stringToSign(parseDigest(content)));
  trail.set(key, {
    content: gzipSync(content),
    metadata: { signature, 'signature-algorithm': 'SHA256withRSA', ...metadata },
  });
}

/** rewrite changes a stored digest's content and leaves everything else as it was. */
export function rewrite(trail: Bucket, key: string, change: (digest: Record<string, unknown>) => void): void {
  const stored = trail.get(key);
  if (stored === undefined) throw new Error(`no ${key}`);
  const digest = JSON.parse(gunzipSync(stored.content).toString()) as Record<string, unknown>;
  change(digest);
  trail.set(key, { ...stored, content: gzipSync(JSON.stringify(digest)) });
}

/** bucketSource serves a bucket as S3 does; `copy` serves it as a folder would: no metadata, no bucket's name. */
export function bucketSource(trail: Bucket, copy = false): ObjectSource {
  return {
    name: copy ? 'copy/' : `s3://${bucket}/`,
    ...(!copy && { bucket }),
    list: () => keysOf(trail),
    open: (ref) => {
      const stored = copy || ref.bucket === bucket ? trail.get(ref.key) : undefined;
      if (stored === undefined) return Promise.resolve(undefined);
      return Promise.resolve({ body: chunksOf(stored.content), ...(!copy && { metadata: stored.metadata }) });
    },
  };
}

async function* keysOf(trail: Bucket): AsyncGenerator<string> {
  yield* trail.keys();
}

async function* chunksOf(content: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += 100) yield content.subarray(start, start + 100);
}
