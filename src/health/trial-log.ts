/** TrialCount is what a trial would have sent. */
export interface TrialCount {
  readonly findings: number;
  /** How many findings each receiver would have got; findings without a receiver count under `none`. */
  readonly receivers: Readonly<Record<string, number>>;
  /** A few of the findings, as titles. */
  readonly examples: readonly string[];
}

/** TrialNote is one finding that a trial muted. */
export interface TrialNote {
  readonly trial: string;
  readonly finding: string;
  /** The receivers that it would have gone to. */
  readonly receivers: readonly string[];
  /** The title of its message. */
  readonly title: string;
}

/** TrialLog counts the findings that trials mute: close, not exact, as a digest needs it. */
export interface TrialLog {
  readonly note: (note: TrialNote, at: Date) => Promise<void>;
  readonly of: (trial: string) => Promise<TrialCount>;
}

/** mostExamples is the number of examples in the summary of a trial. */
export const mostExamples = 5;

/** receiversOf lists the receivers that a finding would have gone to. */
export function receiversOf({ receivers }: TrialNote): readonly string[] {
  return receivers.length > 0 ? receivers : ['none'];
}
