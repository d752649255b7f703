/** TrialCount is what a trial would have told, had it told anything. */
export interface TrialCount {
  readonly findings: number;
  /** How many each receiver would have got; those that no route sends anywhere are under `none`. */
  readonly receivers: Readonly<Record<string, number>>;
  /** A few of the findings, as titles. */
  readonly examples: readonly string[];
}

/** TrialNote is one finding that a trial kept back. */
export interface TrialNote {
  readonly trial: string;
  readonly finding: string;
  /** To whom it would have gone. */
  readonly receivers: readonly string[];
  /** What a person would have read first. */
  readonly title: string;
}

/** TrialLog counts what trials keep back: close, and not exact, as a digest needs it. */
export interface TrialLog {
  readonly note: (note: TrialNote, at: Date) => Promise<void>;
  readonly of: (trial: string) => Promise<TrialCount>;
}

/** How many examples a report shows. */
export const mostExamples = 5;

/** receiversOf names to whom a finding would have gone. */
export function receiversOf({ receivers }: TrialNote): readonly string[] {
  return receivers.length > 0 ? receivers : ['none'];
}
