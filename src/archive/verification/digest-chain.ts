import { isSignedBy } from './digest.ts';
import type { Digest, PublicKey } from './digest.ts';
import { parseTrailKey } from '../trail/trail-layout.ts';
import type { ChainNote, ProblemKind } from './verdict.ts';
import { hourMs } from '../../time/duration.ts';

/** FoundDigest is a digest with the key of its object. */
export interface FoundDigest {
  readonly key: string;
  /** Undefined in a copy, which may have come from any bucket. */
  readonly bucket?: string;
  readonly digest: Digest;
  /** The signature in the object's metadata; undefined when it is missing or the source has no metadata. */
  readonly signature?: string;
  /** Whether the source has object metadata, as S3 does. */
  readonly keepsSignature: boolean;
}

export interface ChainProblem {
  readonly kind: ProblemKind;
  readonly key: string;
  readonly reason: string;
}

/** Chain is the result of checking the digests of one trail, account and region. */
export interface Chain {
  /** In order of time. */
  readonly digests: readonly FoundDigest[];
  readonly problems: readonly ChainProblem[];
  readonly notes: readonly ChainNote[];
  /** Keys of digests with a valid signature. */
  readonly signed: ReadonlySet<string>;
  /** Keys of digests whose signature is wrong, of an unknown key, or missing where it should be. */
  readonly invalid: ReadonlySet<string>;
}

export interface ChainInput {
  readonly found: readonly FoundDigest[];
  /** Trail paths of digests that exist but can't be read; they are reported elsewhere. */
  readonly unreadable: ReadonlySet<string>;
  /** The region's public keys; undefined when there are none to check signatures with. */
  readonly keys?: readonly PublicKey[];
  /** Backfill digests are not hourly: time between them is not a gap. */
  readonly backfill: boolean;
}

/**
 * checkChain checks that digests are where they were delivered, have valid signatures and form an unbroken chain.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
export function checkChain(input: ChainInput): Chain {
  const digests = input.found.toSorted((a, b) => compare(a.digest.end, b.digest.end) || compare(a.key, b.key));
  const byPath = new Map<string, FoundDigest>();
  // Of two that name the same key, the one at that key counts; the other is reported as moved.
  for (const found of digests) {
    const path = pathOf(found.digest.key);
    if (!byPath.has(path) || path === pathOf(found.key)) byPath.set(path, found);
  }
  const followers = new Map<FoundDigest, FoundDigest>();
  for (const found of digests) {
    const before = found.digest.previous && byPath.get(pathOf(found.digest.previous.key));
    if (before !== undefined) followers.set(before, found);
  }
  const problems: ChainProblem[] = [];
  const notes: ChainNote[] = [];
  const signed = new Set<string>();
  const invalid = new Set<string>();
  for (const [index, found] of digests.entries()) {
    problems.push(...placeProblems(found), ...linkProblems(found, byPath));
    problems.push(...orderProblems(found, digests[index - 1], { ...input, byPath, followers }));
    const { previous } = found.digest;
    if (index === 0 && previous !== undefined && !byPath.has(pathOf(previous.key)) && !input.backfill) {
      notes.push({
        key: found.key,
        note: `is the first digest here; the chain continues before it, with ${previous.key}`,
      });
    }
    const signature = found.signature ?? followers.get(found)?.digest.previous?.signature;
    const problem = signatureProblem(found, signature, input.keys);
    if (problem !== undefined) {
      problems.push({ key: found.key, ...problem });
      invalid.add(found.key);
    } else if (signature !== undefined && input.keys !== undefined) signed.add(found.key);
    else if (input.keys !== undefined) {
      notes.push({
        key: found.key,
        note: 'has no signature here: S3 keeps it in the object metadata, and no later digest contains it',
      });
    }
  }
  return { digests, problems, notes, signed, invalid };
}

function placeProblems({ key, bucket, digest }: FoundDigest): readonly ChainProblem[] {
  // A copy may be below any folder, so only the rest of the path can be compared.
  const moved =
    bucket === undefined ? pathOf(digest.key) !== pathOf(key) : digest.key !== key || digest.bucket !== bucket;
  if (!moved) return [];
  return [{ kind: 'digest-moved', key, reason: `was delivered to s3://${digest.bucket}/${digest.key}` }];
}

function linkProblems({ key, digest }: FoundDigest, byPath: ReadonlyMap<string, FoundDigest>): readonly ChainProblem[] {
  const { previous } = digest;
  const before = previous && byPath.get(pathOf(previous.key));
  if (previous === undefined || before === undefined) return [];
  const problems: ChainProblem[] = [];
  if (previous.hash !== before.digest.hash) {
    problems.push({
      kind: 'link-broken',
      key,
      reason: `has a different hash for the previous digest, ${before.key}: one of the two was changed`,
    });
  }
  if (before.signature !== undefined && before.signature.toLowerCase() !== previous.signature) {
    problems.push({
      kind: 'link-broken',
      key,
      reason: `has a different signature for the previous digest, ${before.key}, than that digest's metadata`,
    });
  }
  return problems;
}

interface Surroundings extends ChainInput {
  readonly byPath: ReadonlyMap<string, FoundDigest>;
  readonly followers: ReadonlyMap<FoundDigest, FoundDigest>;
}

function orderProblems(
  { key, digest }: FoundDigest,
  before: FoundDigest | undefined,
  { byPath, unreadable, backfill, followers }: Surroundings,
): readonly ChainProblem[] {
  if (before === undefined) return [];
  const { previous } = digest;
  if (previous === undefined) {
    if (backfill) return [];
    const reason = `begins a new chain: the log from ${before.digest.end} to ${digest.start} cannot be verified, because validation or logging was off`;
    return [{ kind: 'gap', key, reason }];
  }
  const path = pathOf(previous.key);
  if (unreadable.has(path)) return [];
  if (!byPath.has(path)) {
    const reason = `is missing, although ${key} continues from it${span(before.digest.end, digest.start)}`;
    return [{ kind: 'digest-missing', key: previous.key, reason }];
  }
  if (byPath.get(path) === before || followers.has(before)) return [];
  // A copy of another digest that names its key is reported as moved.
  if (byPath.get(pathOf(before.digest.key)) !== before) return [];
  return [
    { kind: 'link-broken', key: before.key, reason: `is not in the chain: ${key} continues from another digest` },
  ];
}

function span(from: string, to: string): string {
  const hours = Math.round((Date.parse(to) - Date.parse(from)) / hourMs);
  if (hours <= 1) return '';
  return `, as are the digests before it: the log from ${from} to ${to} (${hours} hours) cannot be verified`;
}

function signatureProblem(
  { digest, signature: own, keepsSignature }: FoundDigest,
  signature: string | undefined,
  keys: readonly PublicKey[] | undefined,
): Pick<ChainProblem, 'kind' | 'reason'> | undefined {
  if (keepsSignature && own === undefined)
    return { kind: 'signature-missing', reason: 'has no signature in its object metadata' };
  if (keys === undefined) return undefined;
  if (digest.signatureAlgorithm !== 'SHA256withRSA') {
    return {
      kind: 'signature-wrong',
      reason: `unknown signature algorithm: expected SHA256withRSA, got ${JSON.stringify(digest.signatureAlgorithm)}`,
    };
  }
  const candidates = keys.filter(({ fingerprint }) => fingerprint === digest.fingerprint);
  if (candidates.length === 0) {
    return {
      kind: 'key-unknown',
      reason: `is signed with an unknown key, not one of the region's public keys: ${JSON.stringify(digest.fingerprint)}`,
    };
  }
  if (signature === undefined) return undefined;
  if (candidates.some((key) => isSignedBy(digest, signature, key))) return undefined;
  return {
    kind: 'signature-wrong',
    reason: 'has a wrong signature: the digest was changed, or CloudTrail did not write it',
  };
}

function pathOf(key: string): string {
  return parseTrailKey(key)?.path ?? key;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
