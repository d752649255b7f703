import type { Labels } from './labels.ts';
import { createWithEnd } from './with-end.ts';

/** TrialSettings is a trial as configured: rules that run without notifying anybody, to see first what they would send. */
export interface TrialSettings {
  readonly name: string;
  /** Ids or titles of rules, in which * stands for any characters. */
  readonly rules: readonly string[];
  /** The last day of the trial, in UTC, as 2026-12-31. */
  readonly until: string;
  readonly owner?: string;
}

/** TrialStep is what one trial did with a finding. */
export interface TrialStep {
  readonly kind: 'tries' | 'passes' | 'ended';
  readonly trial: TrialSettings;
  readonly why: string;
}

export interface Trials {
  /** decide asks every trial; a finding counts for the first one that tries its rule. */
  readonly decide: (labels: Labels, now: Date) => readonly TrialStep[];
  /** ended lists the trials that are over: their rules notify again. */
  readonly ended: (now: Date) => readonly TrialSettings[];
}

const kinds = { fits: 'tries', passes: 'passes', ended: 'ended' } as const;

export function createTrials(all: readonly TrialSettings[]): Trials {
  const { verdicts, ended } = createWithEnd(all, ({ rules, until }) => ({
    condition: { match: { rule: rules } },
    lastDay: until,
  }));
  return {
    decide: (labels, now) =>
      verdicts(labels, now).map(({ item, kind, why }) => ({ kind: kinds[kind], trial: item, why })),
    ended,
  };
}
