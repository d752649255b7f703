import { startOf, dayMs } from '../../time/days.ts';
import { covers, type Stretch } from './periods.ts';
import type {
  ChainNote,
  DayTally,
  Place,
  ProblemKind,
  UnreadObject,
  Verification,
  VerificationProblem,
} from './verdict.ts';

export type OpenTally = { -readonly [Name in keyof DayTally]: DayTally[Name] };

/** Ledger collects the results by account, region and day. */
export interface Ledger {
  day(place: Place): OpenTally;
  problem(place: Place, problem: { readonly kind: ProblemKind; readonly key: string; readonly reason: string }): void;
  unread(place: Place, key: string, error: unknown): void;
  note(note: ChainNote): void;
  /** Of an account and region, the time that digests with a valid signature cover. */
  proven(place: Omit<Place, 'day'>, stretches: readonly Stretch[]): void;
  /** Counts one more checked digest or file. */
  count(what: 'digests' | 'files'): { readonly digests: number; readonly files: number };
  result(): Omit<Verification, 'source' | 'others'>;
}

export function createLedger(): Ledger {
  const days = new Map<string, OpenTally>();
  const proofs = new Map<string, Stretch[]>();
  const problems: VerificationProblem[] = [];
  const unread: UnreadObject[] = [];
  const notes: ChainNote[] = [];
  const looked = { digests: 0, files: 0 };
  const day = ({ account, region, day: date }: Place): OpenTally => {
    const name = [account, region, date].join(' ');
    const known = days.get(name);
    if (known !== undefined) return known;
    const none = { digests: 0, signed: 0, quiet: 0, files: 0, uncovered: 0, unread: 0, problems: 0, gaps: 0 };
    const fresh = { account, region, day: date, ...none, proven: false };
    days.set(name, fresh);
    return fresh;
  };
  const finished = (tally: OpenTally): DayTally => {
    const { account, region, day: date, gaps, problems: wrong, uncovered, unread: left } = tally;
    if (date === '' || wrong + left + gaps + uncovered > 0) return tally;
    const whole = { from: startOf(date), to: startOf(date) + dayMs };
    return { ...tally, proven: covers(proofs.get(`${account} ${region}`) ?? [], whole) };
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
    proven({ account, region }, stretches) {
      const name = `${account} ${region}`;
      proofs.set(name, [...(proofs.get(name) ?? []), ...stretches]);
    },
    count(what) {
      looked[what]++;
      return looked;
    },
    // Objects are read several at a time, in no order: the result is sorted.
    result: () => ({
      days: [...days.entries()].toSorted(byFirst).map(([, tally]) => finished(tally)),
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
