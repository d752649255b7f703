import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ScheduleResult } from './schedule.ts';

/** Run is the result of a schedule. */
export type Run = Omit<ScheduleResult, 'lost' | 'wrong' | 'violations'> & {
  /** The seed, or the request at which a copy died. */
  readonly number: number;
  readonly problems: readonly string[];
};

/** runsOf runs schedules in processes of their own, side by side: Jest's transformed code is slow for so many steps. */
export async function runsOf(
  what: 'schedules' | 'table' | 'deaths',
  { from = 1, to, findings = 50 }: { readonly from?: number; readonly to: number; readonly findings?: number },
  processes = 2,
): Promise<readonly Run[]> {
  const share = Math.ceil((to - from + 1) / processes);
  const parts = Array.from({ length: processes }, async (_each, index) => {
    const first = from + index * share;
    const last = Math.min(to, first + share - 1);
    if (first > last) return [];
    const options = [path.join(import.meta.dirname, 'run.ts'), what, ...[first, last, findings].map(String)];
    const { stdout } = await promisify(execFile)(process.execPath, options, { maxBuffer: 1e9 });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Run);
  });
  return (await Promise.all(parts)).flat();
}
