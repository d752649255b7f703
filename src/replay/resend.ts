import { openLetter, reasonOf, type Letter, type WayBack } from './letter.ts';
import type { DeadLetterQueue, LetterQueue } from './dead-letter-queue.ts';

/** Survey is what waits in a queue, and why. */
export interface Survey {
  readonly queue: LetterQueue;
  /** Reasons, and how many letters have each: of those that were looked at. */
  readonly reasons: ReadonlyMap<string, number>;
  readonly looked: number;
}

/** Resent is what became of a queue's letters. */
export interface Resent {
  readonly queue: LetterQueue;
  readonly sent: number;
  /** Those that stay, the first ones named. */
  readonly left: readonly { readonly id: string; readonly reason: string }[];
  readonly leftCount: number;
}

export interface ResendOptions {
  readonly stage: string;
  readonly step: string;
  /** How many letters are sent at most. */
  readonly limit: number;
  /** When this run began: what is newer came back, and is for the next run. */
  readonly startedAt: Date;
  readonly signal: AbortSignal;
  readonly progress: (sent: number, left: number) => void;
}

/** Long enough to send what was taken; whoever is stopped leaves the rest to the next run. */
const holdSeconds = 120;
/** SQS asks only some of its servers: two empty answers in a row are an end. */
const emptyAnswers = 2;
const namedLetters = 20;

/** surveyQueue looks at up to so many letters, and leaves them as they are. */
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
 * resendQueue sends a queue's letters back to where they belong, and deletes each once it was taken there: a crash in between sends one
 * again, and loses none. What can't be sent, or that nobody could read, stays and is named.
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
    // Held again, since it was left before.
    if (left.has(letter.id)) return leave(letter, left.get(letter.id)?.reason ?? '');
    if (letter.sent.getTime() >= startedAt.getTime())
      return leave(letter, 'came while this ran: it is for the next run');
    const opened = openLetter(step, letter);
    if (opened.kind === 'left') return leave(letter, opened.reason);
    try {
      await send(deadLetters, opened.way, options, letter.body);
    } catch (error) {
      return leave(letter, `could not be sent: ${error instanceof Error ? error.message : String(error)}`);
    }
    sent += 1;
    // It was taken: that it can't be deleted makes it arrive twice, and is told by the next run.
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
      // Whatever comes now was held before.
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

/** Thousands of letters are held until the end, and their bodies would fill the memory. */
function withoutBody(letter: Letter): Letter {
  return { ...letter, body: '' };
}

/** What can't be given back comes back by itself, some minutes later. */
async function giveBack(deadLetters: DeadLetterQueue, queue: LetterQueue, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return;
  try {
    await deadLetters.giveBack(queue, letters);
  } catch {
    // Nothing is lost, and nothing can be done.
  }
}
