import type { Labels } from './labels.ts';
import type { Condition } from './match.ts';
import { createWithEnd } from './with-end.ts';

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

const kinds = { fits: 'suppresses', passes: 'passes', ended: 'expired' } as const;

export function createSuppressions(all: readonly SuppressionSettings[]): Suppressions {
  const { verdicts, ended } = createWithEnd(all, (each) => ({ condition: each, lastDay: each.expires }));
  return {
    decide: (labels, now) =>
      verdicts(labels, now).map(({ item, kind, why }) => ({ kind: kinds[kind], suppression: item, why })),
    expired: ended,
  };
}
