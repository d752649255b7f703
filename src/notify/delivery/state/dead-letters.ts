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
