import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createFolderSource } from '../../archive/trail/folder-source.ts';
import { isLocalStore } from '../../archive/store/local-store.ts';
import { summaryOf } from '../../archive/verification/verdict.ts';
import type { Verification } from '../../archive/verification/verdict.ts';
import { verifyTrail } from '../../archive/verification/verify.ts';
import type { Period } from '../../report/definition/period.ts';
import { ReportError } from '../../report/definition/report-error.ts';
import { plural } from '../../text/amounts.ts';

/** IntegrityRequest selects the files to verify. */
export interface IntegrityRequest {
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly period: Period;
  readonly account: string;
  readonly region: string;
  readonly signal: AbortSignal;
}

/**
 * integrityOf says in words what CloudTrail's digests prove about the files that a report read. It claims no more than
 * was checked: it names files without digests, and signatures without keys.
 */
export async function integrityOf({ paths, cwd, period, account, region, signal }: IntegrityRequest): Promise<string> {
  const verdicts: string[] = [];
  for (const path of paths) {
    const folder = resolve(cwd, path);
    const found = path === '-' ? undefined : await stat(folder).catch(() => undefined);
    if (found?.isDirectory() !== true) continue;
    if (await isLocalStore(folder)) {
      verdicts.push(`${path}: local store: run trailwatch verify on the folder or bucket that it was imported from`);
      continue;
    }
    const result = await verifyTrail(createFolderSource(folder), {
      ...(period.from >= '0002' && { from: period.from.slice(0, 10) }),
      ...(period.to < '9999' && { to: period.to.slice(0, 10) }),
      ...(account !== '*' && { account }),
      ...(region !== '*' && { region }),
      signal,
    }).catch((error: unknown) => {
      if (signal.aborted)
        throw new ReportError('cancelled', 'stopped during the verification of the log files', { cause: error });
      return `not verified: ${error instanceof Error ? error.message : String(error)}`;
    });
    // A folder of other logs has no digests.
    if (typeof result !== 'string' && result.days.length === 0) continue;
    verdicts.push(`${path}: ${typeof result === 'string' ? result : wordsOf(result)}`);
  }
  return verdicts.length > 0 ? verdicts.join('\n') : 'not verified: the archive has no digest files';
}

function wordsOf(result: Verification): string {
  const { digests, signed, files, uncovered } = summaryOf(result);
  if (digests === 0) return `not verified: no digest files for ${plural(uncovered, 'log file')}`;
  const gaps = result.problems.filter(({ kind }) => kind === 'gap').length;
  const changed = result.problems.length - gaps;
  const outside = uncovered + result.others;
  const parts = [
    ...(changed > 0 ? [`NOT INTACT: ${plural(changed, 'object')} changed since delivery, see trailwatch verify`] : []),
    ...(gaps > 0 ? [`not proven: the digests have ${plural(gaps, 'gap')}, see trailwatch verify`] : []),
    ...(changed + gaps === 0 ? [outside > 0 ? 'intact, as far as digests cover the files' : 'intact'] : []),
    `${plural(digests, 'digest')}, ${signed === digests ? 'all signatures checked' : 'signatures not checked'}`,
    `${plural(files, 'log file')} unchanged since delivery`,
    ...(outside > 0 ? [`${plural(outside, 'file')} not covered by a digest`] : []),
    ...(result.unread.length > 0 ? [`${plural(result.unread.length, 'object')} could not be read`] : []),
  ];
  return parts.join('; ');
}
