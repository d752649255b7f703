import { createHash, createPublicKey, verify } from 'node:crypto';
import { ContentError } from './content.ts';

/** DigestedFile is a digest's entry for a log file. */
export interface DigestedFile {
  readonly bucket: string;
  readonly key: string;
  /** SHA-256 of the uncompressed content, in hex. */
  readonly hash: string;
  readonly hashAlgorithm: string;
}

/** PreviousDigest is a chain's link: a digest's entry for the digest before it. */
export interface PreviousDigest {
  readonly bucket: string;
  readonly key: string;
  readonly hash: string;
  /** In hex. */
  readonly signature: string;
}

/** Digest is the content of one digest file. */
export interface Digest {
  readonly bucket: string;
  readonly key: string;
  /** ISO 8601, UTC, to the second; times of delivery, not of events. */
  readonly start: string;
  readonly end: string;
  readonly fingerprint: string;
  readonly signatureAlgorithm: string;
  /** Absent in the first digest after validation or logging was turned on. */
  readonly previous?: PreviousDigest;
  readonly files: readonly DigestedFile[];
  /** SHA-256 of the digest file's content, in hex. */
  readonly hash: string;
}

/** PublicKey is one of the keys that CloudTrail signs a region's digests with, as `ListPublicKeys` gives it. */
export interface PublicKey {
  readonly fingerprint: string;
  /** PKCS #1, DER. */
  readonly value: Uint8Array;
}

/**
 * parseDigest reads the content of a digest file.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 * @throws {ContentError} when the content is not a digest.
 */
export function parseDigest(content: Buffer): Digest {
  const fields = object(parseJson(content), 'it');
  const text = (name: string): string => required(fields[name], name);
  const start = time(text('digestStartTime'), 'digestStartTime');
  const previousKey = fields['previousDigestS3Object'];
  return {
    bucket: text('digestS3Bucket'),
    key: text('digestS3Object'),
    start,
    end: time(text('digestEndTime'), 'digestEndTime'),
    fingerprint: text('digestPublicKeyFingerprint'),
    signatureAlgorithm: text('digestSignatureAlgorithm'),
    ...(previousKey !== null &&
      previousKey !== undefined && {
        previous: {
          bucket: text('previousDigestS3Bucket'),
          key: text('previousDigestS3Object'),
          hash: text('previousDigestHashValue').toLowerCase(),
          signature: text('previousDigestSignature').toLowerCase(),
        },
      }),
    files: list(fields['logFiles']).map((value, index) => digestedFile(value, `logFiles[${index}]`)),
    hash: createHash('sha256').update(content).digest('hex'),
  };
}

/**
 * stringToSign is the text that CloudTrail signs for a digest: its end, its location, its content's hash, and the previous signature.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
export function stringToSign({ end, bucket, key, hash, previous }: Digest): string {
  return [end, `${bucket}/${key}`, hash, previous?.signature ?? 'null'].join('\n');
}

/** isSignedBy checks a digest's signature (hex) against a public key. False for a key or signature in another form. */
export function isSignedBy(digest: Digest, signature: string, { value }: PublicKey): boolean {
  if (!/^(?:[0-9a-f]{2}){64,1024}$/i.test(signature)) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(value), format: 'der', type: 'pkcs1' });
    return verify('RSA-SHA256', Buffer.from(stringToSign(digest)), key, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

function digestedFile(value: unknown, place: string): DigestedFile {
  const fields = object(value, place);
  const text = (name: string): string => required(fields[name], `${place}.${name}`);
  return {
    bucket: text('s3Bucket'),
    key: text('s3Object'),
    hash: text('hashValue').toLowerCase(),
    hashAlgorithm: text('hashAlgorithm'),
  };
}

function parseJson(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch (cause) {
    throw new ContentError('is not JSON', { cause });
  }
}

function object(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new ContentError(`is not a digest: ${place} is not an object`);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new ContentError('is not a digest: logFiles is not a list');
}

function required(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new ContentError(`is not a digest: ${name} is missing`);
}

function time(text: string, name: string): string {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new ContentError(`is not a digest: ${name} is not a time`);
}
