import type { Finding } from '../../model/finding.ts';
import { findingDetail, findingDetailType, findingSource } from '../../contract/detail.ts';

/** DeadLetter is a finding that a receiver didn't take, as a message that can be sent to the deliver queue again. */
export interface DeadLetter {
  /** What the rule on the findings bus puts into the queue. */
  readonly body: string;
  readonly receiver: string;
  /** From the list of reasons why a send fails, or `receiver-gone`. */
  readonly reason: string;
  readonly why: string;
  readonly group: string;
  /** How many findings the group had that the receiver doesn't know of. */
  readonly findings: number;
}

export interface DeadLetters {
  /** send keeps a letter, where people and `trailwatch replay` find it. */
  readonly send: (letter: DeadLetter) => Promise<void>;
}

/** SQS takes 262,144 bytes in every region, attributes included. */
const maxDetailBytes = 250_000;

/** deadLetterBody writes the event that brought the finding, without the account and region of the bus. */
export function deadLetterBody(finding: Finding, id: string, now: Date): string {
  const detail = findingDetail(finding, maxDetailBytes);
  if (detail === undefined) throw new Error(`finding ${finding.id}: is too large for a dead letter`);
  const envelope = {
    version: '0',
    id,
    'detail-type': findingDetailType,
    source: findingSource,
    time: now.toISOString(),
    resources: [],
  };
  return `${JSON.stringify(envelope).slice(0, -1)},"detail":${detail.json}}`;
}
