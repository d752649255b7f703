import type { Labels } from './labels.ts';
import { isOver } from '../../time/days.ts';
import { compileCondition } from './match.ts';

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

export function createTrials(all: readonly TrialSettings[]): Trials {
  const compiled = all.map((trial) => ({ trial, test: compileCondition({ match: { rule: trial.rules } }) }));
  return {
    decide: (labels, now) =>
      compiled.map(({ trial, test }) => {
        if (isOver(trial.until, now)) return { kind: 'ended', trial, why: `ended with ${trial.until}` };
        const { fits, why } = test(labels);
        return { kind: fits ? 'tries' : 'passes', trial, why };
      }),
    ended: (now) => all.filter(({ until }) => isOver(until, now)),
  };
}
