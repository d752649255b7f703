import { openLetter, reasonOf, type Letter, type WayBack } from './letter.ts';
import type { DeadLetterQueue, LetterQueue } from './dead-letter-queue.ts';

/** Survey is the dead letters of a queue by reason. */
export interface Survey {
  readonly queue: LetterQueue;
  /** How many of the letters that were read have each reason. */
  readonly reasons: ReadonlyMap<string, number>;
  readonly looked: number;
}

/** Resent is the result of sending a queue's letters again. */
export interface Resent {
  readonly queue: LetterQueue;
  readonly sent: number;
  /** The first of the letters that stay. */
  readonly left: readonly { readonly id: string; readonly reason: string }[];
  readonly leftCount: number;
}

export interface ResendOptions {
  readonly stage: string;
  readonly step: string;
  /** How many letters are sent at most. */
  readonly limit: number;
  /** When this run began: a newer letter came back, and is left to the next run. */
  readonly startedAt: Date;
  readonly signal: AbortSignal;
  readonly progress: (sent: number, left: number) => void;
}

/** Long enough to send the letters that were taken; after an abort, the next run gets the rest. */
const holdSeconds = 120;
/** SQS asks only some of its servers: two empty answers in a row are an end. */
const emptyAnswers = 2;
const namedLetters = 20;

/** surveyQueue reads up to `most` letters, and leaves them in the queue. */
export async function surveyQueue(
  deadLetters: DeadLetterQueue,
  queue: LetterQueue,
  most: number,
  signal: AbortSignal,
): Promise<Survey> {
  const seen = new Map<string, Letter>();
  const reasons = new Map<string, number>();
  try {
    for await (const letters of lettersOf(deadLetters, queue, signal, () => seen.size < most)) {
      for (const letter of letters) {
        if (!seen.has(letter.id)) reasons.set(reasonOf(letter), (reasons.get(reasonOf(letter)) ?? 0) + 1);
        seen.set(letter.id, withoutBody(letter));
      }
    }
  } finally {
    await giveBack(deadLetters, queue, [...seen.values()]);
  }
  return { queue, reasons, looked: seen.size };
}

/**
 * resendQueue sends a queue's letters again, and deletes each after its destination took it: a crash between the two repeats one
 * letter, and loses none. A letter that cannot be sent or read stays, and is named.
 */
export async function resendQueue(
  deadLetters: DeadLetterQueue,
  queue: LetterQueue,
  options: ResendOptions,
): Promise<Resent> {
  const { limit, progress, signal, startedAt, step } = options;
  const left = new Map<string, { readonly letter: Letter; readonly reason: string }>();
  let sent = 0;
  const leave = (letter: Letter, reason: string): void =>
    void left.set(letter.id, { letter: withoutBody(letter), reason });
  const sendOne = async (letter: Letter): Promise<void> => {
    // It was left before, and is visible again.
    if (left.has(letter.id)) return leave(letter, left.get(letter.id)?.reason ?? '');
    if (letter.sent.getTime() >= startedAt.getTime())
      return leave(letter, 'came during this run: left to the next run');
    const opened = openLetter(step, letter);
    if (opened.kind === 'left') return leave(letter, opened.reason);
    try {
      await send(deadLetters, opened.way, options, letter.body);
    } catch (error) {
      return leave(letter, `could not be sent: ${error instanceof Error ? error.message : String(error)}`);
    }
    sent += 1;
    // The destination took it: a letter that cannot be deleted is sent twice, and the next run reports it.
    await deadLetters.remove(queue, letter);
  };
  try {
    for await (const letters of lettersOf(deadLetters, queue, signal, () => sent < limit)) {
      const known = letters.every(({ id }) => left.has(id));
      const within = letters.slice(0, limit - sent);
      const beyond = letters.slice(limit - sent);
      await Promise.all(within.map(sendOne));
      await giveBack(deadLetters, queue, beyond);
      progress(sent, left.size);
      // Every further letter was left before.
      if (known) break;
    }
  } finally {
    await giveBack(
      deadLetters,
      queue,
      [...left.values()].map(({ letter }) => letter),
    );
  }
  const named = [...left.values()].slice(0, namedLetters).map(({ letter, reason }) => ({ id: letter.id, reason }));
  return { queue, sent, left: named, leftCount: left.size };
}

async function* lettersOf(
  deadLetters: DeadLetterQueue,
  queue: LetterQueue,
  signal: AbortSignal,
  wanted: () => boolean,
): AsyncIterable<readonly Letter[]> {
  let [empty, taken] = [0, 0];
  while (wanted() && !signal.aborted) {
    // Once as many came as SQS counted, a last look is enough.
    const all = taken >= queue.waiting;
    const letters = await deadLetters.take(queue, { holdSeconds, patient: !all });
    taken += letters.length;
    empty = letters.length === 0 ? empty + 1 : 0;
    if (letters.length > 0) yield letters;
    else if (all || empty === emptyAnswers) return;
  }
}

async function send(
  deadLetters: DeadLetterQueue,
  way: WayBack,
  { stage, step }: ResendOptions,
  body: string,
): Promise<void> {
  const name = `trailwatch-${stage}-${step}`;
  switch (way.kind) {
    case 'queue':
      return deadLetters.enqueue(name, body);
    case 'function':
      return deadLetters.invoke(name, body);
    case 'findings-bus':
      return deadLetters.publish(`trailwatch-${stage}-findings`, body);
    case 'none':
      throw new Error(way.why);
    default:
      throw new Error(way satisfies never);
  }
}

/** Thousands of letters are kept until the end; their bodies would fill the memory. */
function withoutBody(letter: Letter): Letter {
  return { ...letter, body: '' };
}

/** A letter that cannot be given back becomes visible by itself, some minutes later. */
async function giveBack(deadLetters: DeadLetterQueue, queue: LetterQueue, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return;
  try {
    await deadLetters.giveBack(queue, letters);
  } catch {
    // Nothing is lost, and nothing can be done.
  }
}
