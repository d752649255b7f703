/**
 * ProblemKind says what is wrong. All but `gap` say that something was changed after CloudTrail delivered it; a gap is a time for
 * which nothing can be proved, because validation or logging was off.
 */
export type ProblemKind =
  | 'file-changed'
  | 'file-missing'
  | 'file-moved'
  | 'file-added'
  | 'digest-unreadable'
  | 'digest-missing'
  | 'digest-moved'
  | 'link-broken'
  | 'signature-wrong'
  | 'signature-missing'
  | 'key-unknown'
  | 'gap';

/** Place says which account's and region's files something is about, and of which day. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** yyyy-MM-dd */
  readonly day: string;
}

/** VerificationProblem is one thing that is not as CloudTrail delivered it. */
export interface VerificationProblem extends Place {
  readonly kind: ProblemKind;
  readonly key: string;
  /** For a person: a sentence part that goes on after the key. */
  readonly reason: string;
}

/** UnreadObject could not be read, which says nothing about its content. */
export interface UnreadObject {
  readonly key: string;
  readonly reason: string;
}

/** DayTally counts what was found for an account, a region and a day. */
export interface DayTally extends Place {
  readonly digests: number;
  /** ISO 8601, UTC: where the day's first digest begins and its last one ends; absent without digests. */
  readonly start?: string;
  readonly end?: string;
  /** Digests whose signature was checked and is right. */
  readonly signed: number;
  /** Digests which say that no log file was delivered in their hour. */
  readonly quiet: number;
  /** Log files that are as their digest says. */
  readonly files: number;
  /** Log files from before the first digest, or after the last: nothing can be said of them yet. */
  readonly uncovered: number;
  readonly unread: number;
  readonly problems: number;
  readonly gaps: number;
}

export type DayVerdict =
  'intact' | 'intact, signatures not checked' | 'not intact' | 'not proven' | 'no digests' | 'not read';

/** dayVerdict sums up a day in a word. The worst that is known decides. */
export function dayVerdict(day: DayTally): DayVerdict {
  if (day.problems > 0) return 'not intact';
  if (day.unread > 0) return 'not read';
  if (day.gaps > 0) return 'not proven';
  if (day.digests === 0 && day.files === 0) return 'no digests';
  return day.signed === day.digests ? 'intact' : 'intact, signatures not checked';
}

/** ChainNote is worth knowing and no fault. */
export interface ChainNote {
  readonly key: string;
  readonly note: string;
}

/** Verification is what was found out about a trail bucket or a copy of one. */
export interface Verification {
  readonly source: string;
  readonly days: readonly DayTally[];
  readonly problems: readonly VerificationProblem[];
  readonly unread: readonly UnreadObject[];
  readonly notes: readonly ChainNote[];
}

/** Summary is the verdict on everything together. */
export interface Summary {
  readonly intact: boolean;
  /** Intact, every signature checked, and no log file outside the digests. */
  readonly proven: boolean;
  readonly digests: number;
  readonly signed: number;
  readonly files: number;
  readonly uncovered: number;
}

/** summaryOf adds the days up. What could not be read is neither intact nor not: it is in `unread`. */
export function summaryOf({ days, problems, unread }: Verification): Summary {
  const total = (of: (day: DayTally) => number): number => days.reduce((sum, day) => sum + of(day), 0);
  const [digests, signed, files, uncovered] = [
    total((day) => day.digests),
    total((day) => day.signed),
    total((day) => day.files),
    total((day) => day.uncovered),
  ];
  const intact = problems.length === 0 && digests > 0;
  return {
    intact,
    proven: intact && unread.length === 0 && signed === digests && uncovered === 0,
    digests,
    signed,
    files,
    uncovered,
  };
}
