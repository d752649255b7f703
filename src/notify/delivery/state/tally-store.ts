/** The kinds of what is tallied for the daily digest, and what each one's name is. */
export const tallyKinds = [
  /** By receiver. */
  'told',
  'joined',
  'throttled',
  'dead-lettered',
  /** By what kept findings back: a suppression, an inhibition, a rule on trial. */
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
 * TallyStore counts by day, for people who read a digest: close, and not exact. A crash may leave out what one invocation
 * counted; exact are the metrics and the log.
 */
export interface TallyStore {
  readonly add: (at: Date, entries: readonly TallyEntry[]) => Promise<void>;
  /** of gives a day's counts, the largest first. @param day in UTC, as 2026-03-14 */
  readonly of: (day: string) => Promise<readonly Tally[]>;
}

/** largestFirst puts the largest first, and makes an order of what is equal. */
export function largestFirst(tallies: readonly Tally[]): readonly Tally[] {
  return tallies.toSorted(
    (a, b) =>
      b.count - a.count || tallyKinds.indexOf(a.kind) - tallyKinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1),
  );
}
