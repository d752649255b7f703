import type { Letter } from './letter.ts';

/** LetterQueue is a queue of dead letters. */
export interface LetterQueue {
  readonly name: string;
  readonly url: string;
  /** The approximate number of messages; SQS has no exact one. */
  readonly waiting: number;
}

/** DeadLetterQueue is access to a stage's dead letters, and to where they go back. Every method throws when AWS refuses. */
export interface DeadLetterQueue {
  /** queues lists the queues whose names have the prefix. */
  readonly queues: (prefix: string) => Promise<readonly LetterQueue[]>;
  /**
   * take gives some letters, which other callers do not get for a while; none when the queue seems to be empty. With `patient`, it
   * waits a moment for all of SQS's servers.
   */
  readonly take: (
    queue: LetterQueue,
    how: { readonly holdSeconds: number; readonly patient: boolean },
  ) => Promise<readonly Letter[]>;
  /** giveBack makes letters visible to other callers again. */
  readonly giveBack: (queue: LetterQueue, letters: readonly Letter[]) => Promise<void>;
  readonly remove: (queue: LetterQueue, letter: Letter) => Promise<void>;
  readonly enqueue: (queueName: string, body: string) => Promise<void>;
  /** invoke calls a function asynchronously, as the first time: Lambda tries it again when it fails. */
  readonly invoke: (functionName: string, body: string) => Promise<void>;
  /** publish puts an event's body on a bus again. */
  readonly publish: (bus: string, body: string) => Promise<void>;
}
