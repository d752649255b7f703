import { readFile, stat } from 'node:fs/promises';
import { createFolderSource } from '../../archive/trail/folder-source.ts';
import type { ObjectSource } from '../../archive/trail/object-source.ts';
import { parsePublicKeys, PublicKeyFileError } from '../../archive/verification/public-key-file.ts';
import { summaryOf } from '../../archive/verification/verdict.ts';
import type { Verification } from '../../archive/verification/verdict.ts';
import { verifyTrail } from '../../archive/verification/verify.ts';
import type { KeySource } from '../../archive/verification/check-digests.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import { reasonOf } from '../shell/write-error.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { parseTimeRange } from '../shell/time-range.ts';
import { verdictJson, verdictText } from './verdict-text.ts';
import { hourMs } from '../../time/duration.ts';

/** VerifyOptions are the flags of `trailwatch verify`. */
export interface VerifyOptions {
  readonly publicKeys?: string;
  readonly from?: string;
  readonly to?: string;
  readonly account?: string;
  readonly region?: string;
  readonly format: 'text' | 'json';
  readonly strict: boolean;
}

/** A digest is delivered each hour, shortly after its end: a chain that ends earlier than this is late. */
const lateMs = 3 * hourMs;

/** verifyPath verifies a trail bucket or a copy of one, prints the verdict and returns the exit code. */
export async function verifyPath(path: string, options: VerifyOptions, surroundings: Surroundings): Promise<number> {
  const { out, err, now, stop } = surroundings;
  const range = parseTimeRange(options.from, options.to, now());
  const source = await sourceOf(path);
  const keys = await keySourceOf(options.publicKeys ?? (source.bucket === undefined ? undefined : 'aws'));
  const wanted = {
    ...(range.from !== undefined && { from: range.from.slice(0, 10) }),
    // With both ends, only the folders of these days are listed in a bucket.
    ...((range.to ?? range.from) !== undefined && { to: (range.to ?? now().toISOString()).slice(0, 10) }),
    ...(options.account !== undefined && { account: options.account }),
    ...(options.region !== undefined && { region: options.region }),
  };
  const late = new Date(now().getTime() - lateMs).toISOString();
  let drawn = 0;
  const found = await verifyTrail(source, {
    ...wanted,
    ...(keys !== undefined && { keys }),
    ...(source.bucket !== undefined && { expectedUntil: late }),
    wholePeriod: range.from !== undefined || range.to !== undefined,
    parallel: source.bucket === undefined ? 4 : 32,
    signal: stop,
    onProgress: ({ digests, files }) => {
      if (!err.interactive || ++drawn % 50 !== 0) return;
      void err.write(`\r${digests} digests, ${files} log files\u001b[K`);
    },
  }).catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw new UsageError(`${path}: ${reasonOf(error)}`, undefined, error);
  });
  if (drawn > 49) await err.write('\r\u001b[K');
  if (found === undefined) return exitCode.interrupted;
  if (found.days.length === 0) {
    throw new UsageError(
      `${path}: no CloudTrail files found${options.from === undefined && options.to === undefined ? '' : ' for these days'}`,
      'Expected: [prefix/]AWSLogs/[o-…/]<account>/CloudTrail-Digest/<region>/yyyy/mm/dd/…json.gz',
    );
  }
  await out.write(options.format === 'json' ? verdictJson(found) : verdictText(found, out.colors));
  return codeOf(found, options.strict);
}

function codeOf(found: Verification, strict: boolean): number {
  const summary = summaryOf(found);
  // When no object could be read, nothing is known to be wrong.
  const wrong = found.problems.length > 0 || (summary.digests === 0 && found.unread.length === 0);
  if (wrong || (strict && !summary.proven && found.unread.length === 0)) return exitCode.checkFailed;
  return found.unread.length > 0 ? exitCode.someUnread : exitCode.done;
}

async function sourceOf(path: string): Promise<ObjectSource> {
  const remote = /^s3:\/\/([^/]+)\/?(.*)$/.exec(path);
  if (remote !== null) {
    const [{ createS3TrailSource }, { s3Client }] = await Promise.all([
      import('../../aws/s3/trail-source.ts'),
      import('../../aws/clients.ts'),
    ]);
    return createS3TrailSource(s3Client(), remote[1] ?? '', remote[2]);
  }
  const found = await stat(path).catch((error: unknown) => {
    throw new UsageError(
      `${path}: ${(error as { code?: unknown }).code === 'ENOENT' ? 'folder not found' : reasonOf(error)}`,
    );
  });
  if (!found.isDirectory())
    throw new UsageError(
      `${path}: expected a folder, got a file`,
      'Give the folder that contains AWSLogs, or a folder inside it.',
    );
  return createFolderSource(path);
}

async function keySourceOf(from: string | undefined): Promise<KeySource | undefined> {
  if (from === undefined) return undefined;
  if (from === 'aws') {
    const [{ createPublicKeySource }, { cloudtrailClient }] = await Promise.all([
      import('../../aws/cloudtrail-public-keys.ts'),
      import('../../aws/clients.ts'),
    ]);
    return createPublicKeySource(cloudtrailClient);
  }
  try {
    const keys = parsePublicKeys(await readFile(from, 'utf8'));
    return () => Promise.resolve(keys);
  } catch (error) {
    const reason = error instanceof PublicKeyFileError ? error.message : reasonOf(error);
    throw new UsageError(
      `--public-keys ${from}: ${reason}`,
      'Create the file with: aws cloudtrail list-public-keys --start-time … > FILE',
      error,
    );
  }
}
