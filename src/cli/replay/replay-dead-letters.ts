import { shown } from '../../text/escape.ts';
import { stepOf, wayBackOf } from '../../replay/letter.ts';
import type { DeadLetterQueue, LetterQueue } from '../../replay/dead-letter-queue.ts';
import { resendQueue, surveyQueue, type Resent, type Survey } from '../../replay/resend.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { count } from '../../text/amounts.ts';

export interface DeadLettersRequest {
  readonly stage: string;
  readonly region: string;
  readonly queues: readonly string[];
  readonly limit: number;
  readonly dryRun: boolean;
}

interface StepQueue {
  readonly step: string;
  readonly queue: LetterQueue;
}

/** How many messages of a queue are read before any is sent. */
const surveyed = 1_000;

/** replayDeadLetters lists the dead letters with their reasons, and sends them again unless it is a dry run. */
export async function replayDeadLetters(request: DeadLettersRequest, surroundings: Surroundings): Promise<ExitCode> {
  const { dryRun, region, stage } = request;
  const { err, out, stop } = surroundings;
  const { openDeadLetterQueue } = await import('../../aws/queues/open-replay.ts');
  const deadLetters = openDeadLetterQueue(region);
  const all = await stepQueues(deadLetters, stage);
  if (all.length === 0) {
    throw new UsageError(
      `--stage ${stage}: no dead-letter queues in ${region}`,
      'Check that the stage is deployed in this region, or give another one with --region.',
    );
  }
  const chosen = chosenOf(all, request.queues, stage);

  const surveys: (Survey & StepQueue)[] = [];
  for (const one of chosen) {
    if (stop.aborted) break;
    // SQS's count may lag by a minute; waiting at each empty queue would take too long.
    if (one.queue.waiting === 0) continue;
    const survey = await withNote(err, `reading ${one.queue.name} …`, () =>
      surveyQueue(deadLetters, one.queue, surveyed, stop),
    );
    surveys.push({ ...survey, step: one.step });
  }
  const waiting = surveys.filter(({ looked }) => looked > 0);
  await out.write(surveyText(waiting, stage, region));
  if (waiting.length === 0) return exitCode.done;
  if (dryRun) {
    await err.write(
      `Nothing was sent. To send these messages again: trailwatch replay --stage ${stage} --dead-letters\n`,
    );
    return exitCode.done;
  }
  return sendAll(deadLetters, waiting, request, surroundings);
}

async function sendAll(
  deadLetters: DeadLetterQueue,
  waiting: readonly StepQueue[],
  { limit, stage }: DeadLettersRequest,
  { err, now, out, stop }: Surroundings,
): Promise<ExitCode> {
  const startedAt = now();
  const done: Resent[] = [];
  for (const { queue, step } of waiting) {
    const sent = done.reduce((sum, one) => sum + one.sent, 0);
    if (stop.aborted || sent >= limit) break;
    const progress = (now: number, left: number): void => {
      if (err.interactive)
        void err.write(`\r${step}: ${count(now)} of ${count(queue.waiting)} sent, ${count(left)} left\u001b[K`);
    };
    const one = await resendQueue(deadLetters, queue, {
      stage,
      step,
      limit: limit - sent,
      startedAt,
      signal: stop,
      progress,
    });
    if (err.interactive) await err.write('\r\u001b[K');
    done.push(one);
    await out.write(resentText(step, one));
  }
  const left = done.reduce((sum, { leftCount }) => sum + leftCount, 0);
  return left > 0 ? exitCode.someUnread : exitCode.done;
}

async function stepQueues(deadLetters: DeadLetterQueue, stage: string): Promise<readonly StepQueue[]> {
  const queues = await deadLetters.queues(`trailwatch-${stage}-`);
  return queues
    .flatMap((queue) => {
      const step = stepOf(queue.name, stage);
      return step === undefined ? [] : [{ step, queue }];
    })
    .toSorted((a, b) => (a.step < b.step ? -1 : 1));
}

function chosenOf(all: readonly StepQueue[], names: readonly string[], stage: string): readonly StepQueue[] {
  if (names.length === 0) return all;
  return names.map((name) => {
    const found = all.find(
      ({ queue, step }) => name === step || name === queue.name || name === `trailwatch-${stage}-${step}`,
    );
    if (found !== undefined) return found;
    throw new UsageError(
      `--dead-letters ${name}: unknown queue; expected one of ${all.map(({ step }) => step).join(', ')}`,
    );
  });
}

function surveyText(waiting: readonly (Survey & StepQueue)[], stage: string, region: string): string {
  if (waiting.length === 0) return `No dead letters in ${stage}, ${region}.\n`;
  const lines = waiting.flatMap(({ looked, queue, reasons, step }) => {
    const way = wayBackOf(step);
    const total = Math.max(looked, queue.waiting);
    const unseen = total > looked ? ` (reasons of the first ${count(looked)})` : '';
    return [
      `${step}: ${count(total)} ${total === 1 ? 'message' : 'messages'}${way === undefined || way.kind === 'none' ? ', which cannot be sent again' : ''}${unseen}`,
      ...[...reasons]
        .toSorted(([, a], [, b]) => b - a)
        .map(([reason, times]) => `  ${count(times).padStart(6)}  ${shown(reason, 200)}`),
    ];
  });
  return `Dead letters of ${stage}, ${region}\n\n${lines.join('\n')}\n\n`;
}

function resentText(step: string, { left, leftCount, sent }: Resent): string {
  const more = leftCount - left.length;
  return [
    `${step}: ${count(sent)} sent${leftCount > 0 ? `, ${count(leftCount)} left` : ''}`,
    ...left.map(({ id, reason }) => `  ${id}: ${shown(reason, 300)}`),
    ...(more > 0 ? [`  … and ${count(more)} more`] : []),
    '',
  ].join('\n');
}

async function withNote<T>(err: Surroundings['err'], note: string, work: () => Promise<T>): Promise<T> {
  if (!err.interactive) return work();
  await err.write(note);
  try {
    return await work();
  } finally {
    await err.write('\r\u001b[K');
  }
}
