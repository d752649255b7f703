import type { LogRecord } from '../../model/log-record.ts';

/** WindowMatch is one match as correlations see it: a rule's, or the firing of another correlation. */
export interface WindowMatch {
  /** What the record tells of, or the firing's id. */
  readonly id: string;
  /** Event time, in ms since 1970. */
  readonly time: number;
  /** Key of the rule, or of the correlation, that matched. */
  readonly rule: string;
  readonly record: LogRecord;
  /** Of a firing: the records that made it, in order of time, the last hundred of them at most; `record` is the last. */
  readonly through?: readonly LogRecord[];
  /** Of a firing: its group, whose values stand before the record's fields. */
  readonly group?: GroupValues;
}

/** GroupValues are the values that the matches of a group share; null where they have none. */
export type GroupValues = Readonly<Record<string, string | null>>;

/** WindowKey names the matches that are counted together: one group of one correlation. */
export interface WindowKey {
  readonly correlation: string;
  /** The group's values, as one text. */
  readonly group: string;
}

/** WindowSpan is a stretch of event time, in ms, both ends included. */
export interface WindowSpan {
  readonly from: number;
  readonly to: number;
}

/** FiringMark remembers that a group crossed its correlation's condition at a time, and that this was told. */
export interface FiringMark {
  /** Event time of the crossing, in ms. */
  readonly time: number;
  /** Ids of the new matches that brought it: when one of them comes again, so does the finding, in case it got lost. */
  readonly by: readonly string[];
  /** Where late matches moved a crossing that had fired: the time it fired at. */
  readonly of?: number;
}

/** Window is what a store knows of a group's stretch of time. */
export interface Window {
  /** In order of time, then id; each rule and id once. */
  readonly matches: readonly WindowMatch[];
  /** Event time, in ms, from which on `matches` is complete; -Infinity when nothing had to be left out. */
  readonly completeFrom: number;
  readonly fired: readonly FiringMark[];
  /** Changes whenever `fired` does. */
  readonly version: number;
}

/**
 * WindowStore remembers matches and firings of groups. Adding what is there already changes nothing.
 * Its methods throw WindowStoreError when the store can't be reached; trying again can then help.
 */
export interface WindowStore {
  /** add stores matches of a group and returns what is known of the span afterwards, other writers' matches included. */
  readonly add: (key: WindowKey, matches: readonly WindowMatch[], span: WindowSpan) => Promise<Window>;
  /** mark replaces a group's firings, unless another writer did since `version`; it says whether it could. */
  readonly mark: (key: WindowKey, fired: readonly FiringMark[], version: number) => Promise<boolean>;
}

/** WindowStoreError says which store failed at what. */
export class WindowStoreError extends Error {
  override readonly name = 'WindowStoreError';
}

/** inOrder sorts matches by time, then id, then rule, and drops repetitions of the same rule and id. */
export function inOrder(matches: readonly WindowMatch[]): WindowMatch[] {
  // Of two records of one fact the same one stays, whichever came first.
  const sorted = matches.toSorted((a, b) => compareMatches(a, b) || compareText(a.record.id, b.record.id));
  return sorted.filter((match, index) => {
    const before = sorted[index - 1];
    return before === undefined || compareMatches(before, match) !== 0;
  });
}

/** compareMatches orders by time, then id, then rule; 0 is the same match. */
function compareMatches(a: WindowMatch, b: WindowMatch): number {
  return a.time - b.time || compareText(a.id, b.id) || compareText(a.rule, b.rule);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
