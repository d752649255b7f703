import { createHash } from 'node:crypto';
import type { LogRecord } from '../../model/log-record.ts';
import type { Days } from '../trail/object-source.ts';
import type { Verification } from './verdict.ts';
import { daysAfter } from '../../time/days.ts';

/**
 * verificationRecords makes a record of each problem of a verification, as input for rules. The same problem has the same id on each
 * day that it is found, so that it is one finding.
 */
export function verificationRecords(found: Verification, time: string, days: Days): readonly LogRecord[] {
  return [...found.problems, ...nothingAtAll(found, days)].map(
    ({ kind, account, region, day, key, reason }, index) => ({
      id: createHash('sha256')
        .update(JSON.stringify([found.source, kind, key]))
        .digest('hex')
        .slice(0, 32),
      time,
      source: { product: 'trailwatch', services: ['verify'] },
      fields: { problem: kind, source: found.source, key, reason, account, region, day },
      origin: { path: found.source, index },
      ...(account !== '' && { account, region }),
    }),
  );
}

/** A trail without any digest has no chain that could be broken. */
function nothingAtAll({ days, unread, source }: Verification, { from, to }: Days): Verification['problems'] {
  if (unread.length > 0 || days.some(({ digests, problems }) => digests > 0 || problems > 0)) return [];
  const reason = `has no digests from ${from} to ${to}: logging or validation is off, or the digests were deleted`;
  return [{ kind: 'gap', account: '', region: '', day: to, key: source, reason }];
}

/** lastDays are the whole days, yyyy-MM-dd, that end with the day before a time: the last one still gets files for some hours. */
export function lastDays(time: string, days: number): Days {
  const today = time.slice(0, 10);
  return { from: daysAfter(today, -days), to: daysAfter(today, -1) };
}
