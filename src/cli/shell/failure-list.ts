import type { RecordFailure } from '../../model/log-record.ts';
import { shown } from '../../text/escape.ts';
import { count } from '../../text/amounts.ts';

/** FailureList keeps the first failures and counts the rest: a folder of broken files must not fill memory or the screen. */
export interface FailureList {
  add(failure: RecordFailure): void;
  readonly kept: readonly RecordFailure[];
  total(): number;
}

const keptLimit = 1000;

export function createFailureList(): FailureList {
  const kept: RecordFailure[] = [];
  let total = 0;
  return {
    kept,
    add(failure) {
      total++;
      if (kept.length < keptLimit) kept.push(failure);
    },
    total: () => total,
  };
}

/** failureLines names failures for a terminal, up to a limit, and says how many are left. */
export function failureLines(list: FailureList, limit: number): readonly string[] {
  const lines = list.kept.slice(0, limit).map(({ origin, reason }) => `${placeOf(origin)}: ${shown(reason, 300)}`);
  const rest = list.total() - lines.length;
  return rest > 0 ? [...lines, `… and ${count(rest)} more`] : lines;
}

// A whole file that can't be read fails at its first record; naming that record would say nothing.
function placeOf({ path, index }: RecordFailure['origin']): string {
  return index === 0 ? shown(path, 300) : `${shown(path, 300)} #${index}`;
}
