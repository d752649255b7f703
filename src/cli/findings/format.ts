import type { Finding } from '../../model/finding.ts';
import type { DetectOutcome } from './detect-files.ts';

/** FindingWriter turns findings into one format's text, piece by piece, so that no format has to hold them all. */
export interface FindingWriter {
  /** begin is what stands before the first finding. */
  begin(): string;
  finding(finding: Finding): string;
  /** end is what stands after the last, with what became of the input. */
  end(outcome: DetectOutcome): string | Promise<string>;
}
