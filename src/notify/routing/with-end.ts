import { isOver } from '../../time/days.ts';
import type { Labels } from './labels.ts';
import { compileCondition, type Condition } from './match.ts';

/** EndVerdict is what a condition with a last day says about labels at a time, and why, for a person. */
export interface EndVerdict<Item> {
  readonly item: Item;
  readonly kind: 'fits' | 'passes' | 'ended';
  readonly why: string;
}

export interface WithEnd<Item> {
  readonly verdicts: (labels: Labels, now: Date) => readonly EndVerdict<Item>[];
  /** ended lists the items whose last day is over. */
  readonly ended: (now: Date) => readonly Item[];
}

/**
 * createWithEnd compiles items that have a condition and a last day (in UTC, as 2026-12-31, or `never`): suppressions and
 * trials.
 */
export function createWithEnd<Item>(
  all: readonly Item[],
  termsOf: (item: Item) => { readonly condition: Condition; readonly lastDay: string },
): WithEnd<Item> {
  const compiled = all.map((item) => {
    const { condition, lastDay } = termsOf(item);
    return { item, lastDay, test: compileCondition(condition) };
  });
  return {
    verdicts: (labels, now) =>
      compiled.map(({ item, lastDay, test }) => {
        if (isOver(lastDay, now)) return { item, kind: 'ended', why: `ended with ${lastDay}` };
        const { fits, why } = test(labels);
        return { item, kind: fits ? 'fits' : 'passes', why };
      }),
    ended: (now) => compiled.filter(({ lastDay }) => isOver(lastDay, now)).map(({ item }) => item),
  };
}
