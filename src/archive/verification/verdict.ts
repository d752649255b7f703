/**
 * ProblemKind names a problem. All kinds but `gap` mean that an object was changed after CloudTrail delivered it; a gap is a time
 * range that can't be verified, because validation or logging was off.
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

/** Place is an account, a region and a day. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** yyyy-MM-dd */
  readonly day: string;
}

/** VerificationProblem is one object that differs from its delivery, or one gap. */
export interface VerificationProblem extends Place {
  readonly kind: ProblemKind;
  readonly key: string;
  /** For a person: the predicate of a sentence whose subject is the key. */
  readonly reason: string;
}

/** UnreadObject could not be read, so its content is unknown. */
export interface UnreadObject {
  readonly key: string;
  readonly reason: string;
}

/** DayTally counts the results of an account, a region and a day. */
export interface DayTally extends Place {
  readonly digests: number;
  /** ISO 8601, UTC: start of the day's first digest and end of its last one; absent without digests. */
  readonly start?: string;
  readonly end?: string;
  /** Digests with a valid signature. */
  readonly signed: number;
  /** Digests without log files: nothing was delivered in their hour. */
  readonly quiet: number;
  /** Log files that match their digest. */
  readonly files: number;
  /** Log files from before the first digest or after the last: they can't be verified yet. */
  readonly uncovered: number;
  readonly unread: number;
  readonly problems: number;
  readonly gaps: number;
  /**
   * Whether digests with valid signatures cover the whole day without a gap, every file that they name is as delivered, and there is
   * no other.
   */
  readonly proven: boolean;
}

export type DayVerdict =
  'intact' | 'intact, signatures not checked' | 'not intact' | 'not proven' | 'no digests' | 'not read';

/** dayVerdict is a day's verdict: the worst result decides. */
export function dayVerdict(day: DayTally): DayVerdict {
  if (day.problems > 0) return 'not intact';
  if (day.unread > 0) return 'not read';
  if (day.gaps > 0) return 'not proven';
  if (day.digests === 0 && day.files === 0) return 'no digests';
  return day.signed === day.digests ? 'intact' : 'intact, signatures not checked';
}

/** ChainNote is an observation that is not a problem. */
export interface ChainNote {
  readonly key: string;
  readonly note: string;
}

/** Verification is the result of verifying a trail bucket or a copy of one. */
export interface Verification {
  readonly source: string;
  readonly days: readonly DayTally[];
  readonly problems: readonly VerificationProblem[];
  readonly unread: readonly UnreadObject[];
  readonly notes: readonly ChainNote[];
  /** How many objects lie outside of any trail's folders: they were not looked at. */
  readonly others: number;
}

/** Summary is the verdict over all days. */
export interface Summary {
  readonly intact: boolean;
  /** Intact, all signatures checked, and no log file outside the digests. */
  readonly proven: boolean;
  readonly digests: number;
  readonly signed: number;
  readonly files: number;
  readonly uncovered: number;
}

/** summaryOf adds the days up. Unread objects are neither intact nor damaged: they are in `unread`. */
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
