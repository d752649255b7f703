import type { Letter } from './letter.ts';

/** LetterQueue is a queue of dead letters. */
export interface LetterQueue {
  readonly name: string;
  readonly url: string;
  /** About how many wait: SQS counts no better. */
  readonly waiting: number;
}

/** DeadLetterQueue is what sending dead letters again needs of a stage. Every method throws when AWS refuses. */
export interface DeadLetterQueue {
  /** queues gives all queues whose names begin so. */
  readonly queues: (prefix: string) => Promise<readonly LetterQueue[]>;
  /**
   * take gives some letters that nobody else gets for a while; none when there seem to be no more. Patient, it waits a moment
   * for all of SQS's servers.
   */
  readonly take: (
    queue: LetterQueue,
    how: { readonly holdSeconds: number; readonly patient: boolean },
  ) => Promise<readonly Letter[]>;
  /** giveBack lets others see letters again at once. */
  readonly giveBack: (queue: LetterQueue, letters: readonly Letter[]) => Promise<void>;
  readonly remove: (queue: LetterQueue, letter: Letter) => Promise<void>;
  readonly enqueue: (queueName: string, body: string) => Promise<void>;
  /** invoke calls a function as the first time: it is called again by Lambda itself when it fails. */
  readonly invoke: (functionName: string, body: string) => Promise<void>;
  /** publish puts an event's body on a bus again. */
  readonly publish: (bus: string, body: string) => Promise<void>;
}
