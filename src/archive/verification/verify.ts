import { ContentError, contentHash, readContent } from './content.ts';
import { checkChain } from './digest-chain.ts';
import type { Chain, FoundDigest } from './digest-chain.ts';
import { parseDigest } from './digest.ts';
import type { DigestedFile, PublicKey } from './digest.ts';
import { eachOf } from './each-of.ts';
import { besideOf } from '../trail/folder-source.ts';
import type { ObjectSource } from '../trail/object-source.ts';
import { listTrail } from '../trail/trail-listing.ts';
import type { ListedKey, RegionFiles } from '../trail/trail-listing.ts';
import { parseTrailKey } from '../trail/trail-layout.ts';
import { uncoveredFiles } from './uncovered.ts';
import type {
  ChainNote,
  DayTally,
  Place,
  ProblemKind,
  UnreadObject,
  Verification,
  VerificationProblem,
} from './verdict.ts';

/** KeySource finds the public keys for a region's digests of a time range; undefined when it has no keys at all. */
export type KeySource = (region: string, from: string, to: string) => Promise<readonly PublicKey[] | undefined>;

/** VerifyOptions select what to verify. Days are yyyy-MM-dd, both ends included. */
export interface VerifyOptions {
  readonly keys?: KeySource;
  readonly from?: string;
  readonly to?: string;
  readonly account?: string;
  readonly region?: string;
  /** ISO 8601: a chain that ends before this time has a gap. Absent for a copy, which may be of any age. */
  readonly expectedUntil?: string;
  /** How many objects are read at once. */
  readonly parallel?: number;
  readonly onProgress?: (progress: { readonly digests: number; readonly files: number }) => void;
  readonly signal?: AbortSignal;
}

/** verifyTrail checks that the log files of a trail are unchanged since CloudTrail delivered them, and that none is missing or added. */
export async function verifyTrail(source: ObjectSource, options: VerifyOptions = {}): Promise<Verification> {
  const regions = await listTrail(source, options);
  const ledger = createLedger();
  for (const region of regions) await verifyRegion(source, region, options, ledger);
  return { source: source.name, ...ledger.result() };
}

async function verifyRegion(
  source: ObjectSource,
  region: RegionFiles,
  options: VerifyOptions,
  ledger: Ledger,
): Promise<void> {
  const named = new Set<string>();
  const hourly: Chain[] = [];
  for (const { keys, backfill } of region.chains) {
    const { found, unreadable, generated } = await loadDigests(source, keys, options, ledger);
    const times = found
      .flatMap(({ digest }) => [digest.start, digest.end])
      .concat(generated)
      .toSorted();
    const [from, to] = [times[0], times.at(-1)];
    const publicKeys =
      from === undefined || to === undefined ? undefined : await options.keys?.(region.region, from, to);
    const chain = checkChain({ found, unreadable, backfill, ...(publicKeys !== undefined && { keys: publicKeys }) });
    for (const problem of chain.problems) ledger.problem(placeOf(problem.key, region), problem);
    chain.notes.forEach((note) => ledger.note(note));
    for (const { key, digest } of chain.digests) {
      const tally = ledger.day(placeOf(key, region));
      tally.digests++;
      if (chain.signed.has(key)) tally.signed++;
      if (digest.files.length === 0) tally.quiet++;
      if (backfill) continue;
      if (tally.start === undefined || digest.start < tally.start) tally.start = digest.start;
      if (tally.end === undefined || digest.end > tally.end) tally.end = digest.end;
    }
    await checkFiles(source, chain, region, named, options, ledger);
    if (backfill) continue;
    hourly.push(chain);
    const last = chain.digests.at(-1);
    if (last !== undefined && options.expectedUntil !== undefined && last.digest.end < options.expectedUntil) {
      ledger.problem(placeOf(last.key, region), {
        kind: 'gap',
        key: last.key,
        reason: `is the last digest, although CloudTrail delivers one each hour: logging or validation was turned off, or the files after ${last.digest.end} were deleted`,
      });
    }
  }
  const periods = hourly.flatMap(({ digests }) => digests.map(({ digest }) => digest));
  for (const { key, added } of uncoveredFiles(region.files, named, periods)) {
    if (!added) ledger.day(placeOf(key, region)).uncovered++;
    else
      ledger.problem(placeOf(key, region), {
        kind: 'file-added',
        key,
        reason: 'is not in any digest of its time: another party added it, or a trail without validation wrote it',
      });
  }
}

interface LoadedDigests {
  readonly found: readonly FoundDigest[];
  readonly unreadable: ReadonlySet<string>;
  /** The times at which backfill digests were written: they are signed with the key of that time. */
  readonly generated: readonly string[];
}

async function loadDigests(
  source: ObjectSource,
  keys: readonly ListedKey[],
  { parallel = 8, onProgress, signal }: VerifyOptions,
  ledger: Ledger,
): Promise<LoadedDigests> {
  const found: FoundDigest[] = [];
  const unreadable = new Set<string>();
  const generated: string[] = [];
  await eachOf(keys, parallel, signal, async ({ key, trail }) => {
    try {
      const object = await source.open({ bucket: source.bucket ?? '', key });
      if (object === undefined) throw new ContentError('was deleted after the files were listed');
      const digest = parseDigest(await readContent(object.body));
      const signature = object.metadata?.['signature'];
      const made = object.metadata?.['backfill-generation-timestamp'];
      if (made !== undefined && !Number.isNaN(Date.parse(made))) generated.push(new Date(made).toISOString());
      found.push({
        key,
        ...(source.bucket !== undefined && { bucket: source.bucket }),
        digest,
        ...(signature !== undefined && { signature }),
        keepsSignature: object.metadata !== undefined,
      });
    } catch (error) {
      unreadable.add(trail.path);
      if (error instanceof ContentError)
        ledger.problem(trail, { kind: 'digest-unreadable', key, reason: error.message });
      else ledger.unread(trail, key, error);
    }
    onProgress?.(ledger.count('digests'));
  });
  return { found, unreadable, generated };
}

async function checkFiles(
  source: ObjectSource,
  chain: Chain,
  region: RegionFiles,
  named: Set<string>,
  { parallel = 8, onProgress, signal }: VerifyOptions,
  ledger: Ledger,
): Promise<void> {
  const files = chain.digests.flatMap((found) => found.digest.files.map((file) => ({ file, found })));
  await eachOf(files, parallel, signal, async ({ file, found }) => {
    const place = placeOf(file.key, region);
    const path = parseTrailKey(file.key)?.path ?? file.key;
    if (named.has(path)) return;
    named.add(path);
    const key = source.bucket === undefined ? besideOf(found.key, file.key) : file.key;
    try {
      const wrong = await checkFile(source, { ...file, key }, region);
      if (wrong === undefined) ledger.day(place).files++;
      else {
        ledger.problem(place, { key, ...wrong });
        if (wrong.at !== undefined) named.add(wrong.at);
      }
    } catch (error) {
      ledger.unread(place, key, error);
    }
    onProgress?.(ledger.count('files'));
  });
}

interface WrongFile {
  readonly kind: ProblemKind;
  readonly reason: string;
  /** The trail path of the moved file. */
  readonly at?: string;
}

async function checkFile(
  source: ObjectSource,
  file: DigestedFile,
  { files }: RegionFiles,
): Promise<WrongFile | undefined> {
  if (file.hashAlgorithm !== 'SHA-256') {
    return {
      kind: 'file-changed',
      reason: `unknown hash algorithm in its digest: expected SHA-256, got ${JSON.stringify(file.hashAlgorithm)}`,
    };
  }
  const hash = await hashOf(source, file.bucket, file.key);
  if (hash === file.hash) return undefined;
  if (typeof hash === 'string')
    return { kind: 'file-changed', reason: 'was changed: its hash differs from the digest' };
  if (hash instanceof ContentError) return { kind: 'file-changed', reason: hash.message };
  const name = file.key.slice(file.key.lastIndexOf('/') + 1);
  for (const { key, trail } of files) {
    if (trail.name !== name || (await hashOf(source, source.bucket ?? '', key)) !== file.hash) continue;
    return { kind: 'file-moved', reason: `was moved, unchanged, to ${key}`, at: trail.path };
  }
  return { kind: 'file-missing', reason: 'is missing' };
}

/** The content's hash; undefined when the file does not exist; a ContentError when it can't be read as a trail file. */
async function hashOf(source: ObjectSource, bucket: string, key: string): Promise<string | ContentError | undefined> {
  const object = await source.open({ bucket, key });
  if (object === undefined) return undefined;
  try {
    return await contentHash(object.body);
  } catch (error) {
    if (error instanceof ContentError) return error;
    throw error;
  }
}

function placeOf(key: string, { account, region }: Pick<Place, 'account' | 'region'>): Place {
  return { account, region, day: parseTrailKey(key)?.day ?? '' };
}

type OpenTally = { -readonly [Name in keyof DayTally]: DayTally[Name] };

/** Ledger collects the results by day. */
interface Ledger {
  day(place: Place): OpenTally;
  problem(place: Place, problem: { readonly kind: ProblemKind; readonly key: string; readonly reason: string }): void;
  unread(place: Place, key: string, error: unknown): void;
  note(note: ChainNote): void;
  /** Counts one more checked digest or file. */
  count(what: 'digests' | 'files'): { readonly digests: number; readonly files: number };
  result(): Omit<Verification, 'source'>;
}

function createLedger(): Ledger {
  const days = new Map<string, OpenTally>();
  const problems: VerificationProblem[] = [];
  const unread: UnreadObject[] = [];
  const notes: ChainNote[] = [];
  const looked = { digests: 0, files: 0 };
  const day = ({ account, region, day: date }: Place): OpenTally => {
    const name = [account, region, date].join(' ');
    const known = days.get(name);
    if (known !== undefined) return known;
    const none = { digests: 0, signed: 0, quiet: 0, files: 0, uncovered: 0, unread: 0, problems: 0, gaps: 0 };
    const fresh = { account, region, day: date, ...none };
    days.set(name, fresh);
    return fresh;
  };
  return {
    day,
    problem(place, { kind, key, reason }) {
      if (kind === 'gap') day(place).gaps++;
      else day(place).problems++;
      problems.push({ kind, account: place.account, region: place.region, day: place.day, key, reason });
    },
    unread(place, key, error) {
      day(place).unread++;
      unread.push({ key, reason: error instanceof Error ? error.message : String(error) });
    },
    note: (note) => void notes.push(note),
    count(what) {
      looked[what]++;
      return looked;
    },
    // Objects are read several at a time, in no order: the result is sorted.
    result: () => ({
      days: [...days.entries()].toSorted(byFirst).map(([, tally]) => tally),
      problems: problems.toSorted((a, b) => order(a.day, b.day) || order(a.key, b.key)),
      unread: unread.toSorted((a, b) => order(a.key, b.key)),
      notes,
    }),
  };
}

function byFirst(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return order(a[0], b[0]);
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
