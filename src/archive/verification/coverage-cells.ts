import type { CellState, CoverageCell } from '../coverage/coverage.ts';
import type { DayTally, Verification } from './verdict.ts';

/** coverageCells says of each account, region and day that was verified what the digests prove of it. */
export function coverageCells({ days }: Verification): readonly CoverageCell[] {
  // What lies in no day's folder belongs to no cell: it is a problem, or a file outside the time that digests cover.
  return days
    .filter(({ day, region }) => day !== '' && region !== '')
    .map((tally) => ({ account: tally.account, region: tally.region, day: tally.day, state: stateOf(tally) }));
}

function stateOf({ files, problems, proven, uncovered, unread }: DayTally): CellState {
  if (problems > 0) return 'altered';
  if (proven) return 'proven';
  return files + uncovered + unread > 0 ? 'present' : 'absent';
}
