import { isSignedBy } from './digest.ts';
import type { Digest, PublicKey } from './digest.ts';
import { parseTrailKey } from '../trail/trail-layout.ts';
import type { ChainNote, ProblemKind } from './verdict.ts';
import { hourMs } from '../../time/duration.ts';

/** FoundDigest is a digest with the place it was found at. */
export interface FoundDigest {
  readonly key: string;
  /** Undefined in a copy, which may have come from any bucket. */
  readonly bucket?: string;
  readonly digest: Digest;
  /** The signature that S3 keeps beside the object; undefined where it is missing or there is no such place. */
  readonly signature?: string;
  /** Whether there is a place for signatures beside the object, as in S3. */
  readonly keepsSignature: boolean;
}

export interface ChainProblem {
  readonly kind: ProblemKind;
  readonly key: string;
  readonly reason: string;
}

/** Chain is what was found out about the digests of one trail, account and region. */
export interface Chain {
  /** In order of time. */
  readonly digests: readonly FoundDigest[];
  readonly problems: readonly ChainProblem[];
  readonly notes: readonly ChainNote[];
  /** Keys of digests whose signature was checked and is right. */
  readonly signed: ReadonlySet<string>;
}

export interface ChainInput {
  readonly found: readonly FoundDigest[];
  /** Trail paths of digests that are there but can't be read: told of elsewhere. */
  readonly unreadable: ReadonlySet<string>;
  /** The region's public keys; undefined when there are none to check signatures with. */
  readonly keys?: readonly PublicKey[];
  /** Backfill digests come when they must, not each hour: time between them is no gap. */
  readonly backfill: boolean;
}

/**
 * checkChain checks that digests lie where they were delivered, bear CloudTrail's signature and follow each other without a break.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
export function checkChain(input: ChainInput): Chain {
  const digests = input.found.toSorted((a, b) => compare(a.digest.end, b.digest.end) || compare(a.key, b.key));
  const byPath = new Map<string, FoundDigest>();
  // Of two that claim the same place, the one that is there counts; the other one is told of as moved.
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
  for (const [index, found] of digests.entries()) {
    problems.push(...placeProblems(found), ...linkProblems(found, byPath));
    problems.push(...orderProblems(found, digests[index - 1], { ...input, byPath, followers }));
    const { previous } = found.digest;
    if (index === 0 && previous !== undefined && !byPath.has(pathOf(previous.key)) && !input.backfill) {
      notes.push({
        key: found.key,
        note: `is the first digest here; the chain goes on before it, with ${previous.key}`,
      });
    }
    const signature = found.signature ?? followers.get(found)?.digest.previous?.signature;
    const problem = signatureProblem(found, signature, input.keys);
    if (problem !== undefined) problems.push({ key: found.key, ...problem });
    else if (signature !== undefined && input.keys !== undefined) signed.add(found.key);
    else if (input.keys !== undefined) {
      notes.push({
        key: found.key,
        note: 'has no signature here: S3 keeps it beside the object, and no later digest holds it',
      });
    }
  }
  return { digests, problems, notes, signed };
}

function placeProblems({ key, bucket, digest }: FoundDigest): readonly ChainProblem[] {
  // A copy may lie below any folder, so that there only what follows it can be compared.
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
      reason: `holds another hash of the digest before it, ${before.key}: one of the two was changed`,
    });
  }
  if (before.signature !== undefined && before.signature.toLowerCase() !== previous.signature) {
    problems.push({
      kind: 'link-broken',
      key,
      reason: `holds another signature of the digest before it, ${before.key}, than lies beside that one`,
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
    const reason = `begins a new chain: nothing proves what was logged from ${before.digest.end} to ${digest.start}, when validation or logging was off`;
    return [{ kind: 'gap', key, reason }];
  }
  const path = pathOf(previous.key);
  if (unreadable.has(path)) return [];
  if (!byPath.has(path)) {
    const reason = `is gone, which ${key} follows${span(before.digest.end, digest.start)}`;
    return [{ kind: 'digest-missing', key: previous.key, reason }];
  }
  if (byPath.get(path) === before || followers.has(before)) return [];
  // A copy of another digest that claims its place is told of as moved.
  if (byPath.get(pathOf(before.digest.key)) !== before) return [];
  return [{ kind: 'link-broken', key: before.key, reason: `is not in the chain: ${key} follows another digest` }];
}

function span(from: string, to: string): string {
  const hours = Math.round((Date.parse(to) - Date.parse(from)) / hourMs);
  if (hours <= 1) return '';
  return `, and the ones before it: nothing proves what was logged from ${from} to ${to} (${hours} hours)`;
}

function signatureProblem(
  { digest, signature: own, keepsSignature }: FoundDigest,
  signature: string | undefined,
  keys: readonly PublicKey[] | undefined,
): Pick<ChainProblem, 'kind' | 'reason'> | undefined {
  if (keepsSignature && own === undefined) return { kind: 'signature-missing', reason: 'has no signature beside it' };
  if (keys === undefined || signature === undefined) return undefined;
  if (digest.signatureAlgorithm !== 'SHA256withRSA') {
    return {
      kind: 'signature-wrong',
      reason: `names another algorithm than CloudTrail signs with: ${JSON.stringify(digest.signatureAlgorithm)}`,
    };
  }
  const candidates = keys.filter(({ fingerprint }) => fingerprint === digest.fingerprint);
  if (candidates.length === 0) {
    return {
      kind: 'key-unknown',
      reason: `is signed with a key that is none of the region's: ${JSON.stringify(digest.fingerprint)}`,
    };
  }
  if (candidates.some((key) => isSignedBy(digest, signature, key))) return undefined;
  return {
    kind: 'signature-wrong',
    reason: "does not bear CloudTrail's signature: it was changed, or written by somebody else",
  };
}

function pathOf(key: string): string {
  return parseTrailKey(key)?.path ?? key;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
