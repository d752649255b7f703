import type { Labels } from './labels.ts';
import { isOver } from '../../time/days.ts';
import { compileCondition, type Condition } from './match.ts';

/** SuppressionSettings is a suppression as configured: findings that notify nobody, who decided so, why, and for how long. */
export interface SuppressionSettings extends Condition {
  readonly name: string;
  readonly owner: string;
  readonly reason: string;
  /** The last day on which it works, in UTC, as 2026-12-31; or `never`. */
  readonly expires: string;
}

/** SuppressionStep is what one suppression did with a finding. */
export interface SuppressionStep {
  readonly kind: 'suppresses' | 'passes' | 'expired';
  readonly suppression: SuppressionSettings;
  readonly why: string;
}

export interface Suppressions {
  /** decide asks every suppression; a finding counts for the first one that suppresses it. */
  readonly decide: (labels: Labels, now: Date) => readonly SuppressionStep[];
  /** expired lists the suppressions that have ended. */
  readonly expired: (now: Date) => readonly SuppressionSettings[];
}

export function createSuppressions(all: readonly SuppressionSettings[]): Suppressions {
  const compiled = all.map((suppression) => ({ suppression, test: compileCondition(suppression) }));
  return {
    decide: (labels, now) =>
      compiled.map(({ suppression, test }) => {
        if (isOver(suppression.expires, now)) {
          return { kind: 'expired', suppression, why: `ended with ${suppression.expires}` };
        }
        const { fits, why } = test(labels);
        return { kind: fits ? 'suppresses' : 'passes', suppression, why };
      }),
    expired: (now) => all.filter(({ expires }) => isOver(expires, now)),
  };
}
