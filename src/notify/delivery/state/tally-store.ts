/** tallyKinds are the counts of the daily digest; the comments say what each is counted by. The state table holds these words. */
export const tallyKinds = [
  /** By receiver. */
  'told',
  'joined',
  'throttled',
  'dead-lettered',
  /** By the suppression, the inhibition, or the trial and its rule. */
  'suppressed',
  'inhibited',
  'trial',
  /** By rule. */
  'unrouted',
  /** By fast path. */
  'missed-by-fast-paths',
] as const;

export type TallyKind = (typeof tallyKinds)[number];

export interface Tally {
  readonly kind: TallyKind;
  /** The receiver, suppression, rule title … that is counted. */
  readonly name: string;
  readonly count: number;
}

export interface TallyEntry {
  readonly kind: TallyKind;
  readonly name: string;
  readonly by: number;
}

/**
 * TallyStore counts by day, for the daily digest. The counts are close, not exact: a crash may lose the counts of one invocation.
 * The metrics and the log are exact.
 */
export interface TallyStore {
  readonly add: (at: Date, entries: readonly TallyEntry[]) => Promise<void>;
  /** of gives a day's counts, the largest first. @param day in UTC, as 2026-03-14 */
  readonly of: (day: string) => Promise<readonly Tally[]>;
}

/** largestFirst sorts by count, the largest first, then by kind and name. */
export function largestFirst(tallies: readonly Tally[]): readonly Tally[] {
  return tallies.toSorted(
    (a, b) =>
      b.count - a.count || tallyKinds.indexOf(a.kind) - tallyKinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1),
  );
}
