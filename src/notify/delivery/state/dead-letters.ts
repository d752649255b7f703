/** DeadLetter is a finding that a receiver did not take, as a message that can be sent to the deliver queue again. */
export interface DeadLetter {
  /** The event as the rule on the findings bus puts it into the queue. */
  readonly body: string;
  readonly receiver: string;
  /** From the list of reasons why a send fails, or `receiver-gone`. */
  readonly reason: string;
  readonly why: string;
  readonly group: string;
  /** How many findings of the group the receiver did not get. */
  readonly findings: number;
}

export interface DeadLetters {
  /** send keeps a letter, where people and `trailwatch replay` find it. */
  readonly send: (letter: DeadLetter) => Promise<void>;
}
