import { describe, expect, test } from '@jest/globals';
import { namesOf } from '../../../deploy/functions/row.ts';
import { functionRows } from '../../../deploy/functions/rows.ts';
import { openLetter, type Letter } from '../../../src/replay/letter.ts';
import type { DeadLetterQueue, LetterQueue } from '../../../src/replay/dead-letter-queue.ts';
import { resendQueue, surveyQueue, type ResendOptions } from '../../../src/replay/resend.ts';

const startedAt = new Date('2026-03-11T12:00:00Z');
const earlier = new Date('2026-03-11T08:00:00Z');

interface Waiting extends Letter {
  held: boolean;
}

/** officeOf is a queue of dead letters and a function that takes them, unless told otherwise. */
function officeOf(bodies: readonly string[], over: Partial<DeadLetterQueue> = {}) {
  const waiting: Waiting[] = bodies.map((body, index) => ({
    id: `letter-${index}`,
    receipt: `receipt-${index}`,
    body,
    attributes: {},
    sent: earlier,
    held: false,
  }));
  const queue: LetterQueue = { name: 'trailwatch-dev-event-bus-dead-letters', url: 'u', waiting: bodies.length };
  const sent: string[] = [];
  const deadLetters: DeadLetterQueue = {
    queues: async () => [queue],
    async take() {
      const letters = waiting.filter(({ held }) => !held).slice(0, 10);
      for (const letter of letters) letter.held = true;
      return letters;
    },
    async giveBack(_queue, letters) {
      for (const letter of waiting) if (letters.some(({ id }) => id === letter.id)) letter.held = false;
    },
    async remove(_queue, { id }) {
      waiting.splice(
        waiting.findIndex((letter) => letter.id === id),
        1,
      );
    },
    enqueue: async () => {},
    invoke: async (_name, body) => void sent.push(body),
    publish: async () => {},
    ...over,
  };
  return { deadLetters, queue, sent, waiting };
}

const options = (over: Partial<ResendOptions> = {}): ResendOptions => ({
  stage: 'dev',
  step: 'event-bus',
  limit: Infinity,
  startedAt,
  signal: new AbortController().signal,
  progress: () => {},
  ...over,
});
const event = (index: number): string => JSON.stringify({ index });
const many = (times: number): readonly string[] => Array.from({ length: times }, (_, index) => event(index));

describe('sending letters again', () => {
  test('sends each once, and leaves none', async () => {
    const { deadLetters, queue, sent, waiting } = officeOf(many(57));
    expect(await resendQueue(deadLetters, queue, options())).toMatchObject({ sent: 57, leftCount: 0 });
    expect(sent.toSorted()).toEqual(many(57).toSorted());
    expect(waiting).toEqual([]);
  });

  test('deletes a letter only after it was sent', async () => {
    const order: string[] = [];
    const { deadLetters, queue } = officeOf(many(1), {
      invoke: async () => void order.push('sent'),
      remove: async () => void order.push('deleted'),
    });
    await resendQueue(deadLetters, { ...queue, waiting: 1 }, options());
    expect(order).toEqual(['sent', 'deleted']);
  });

  test('keeps what is not taken, says why, and does not try it for ever', async () => {
    const refused = new Set([event(3), event(12)]);
    const { deadLetters, queue, sent, waiting } = officeOf(many(30), {
      invoke: async (_name, body) => {
        if (refused.has(body)) throw new Error('throttled');
        sent.push(body);
      },
    });
    const done = await resendQueue(deadLetters, queue, options());
    expect(done).toMatchObject({ sent: 28, leftCount: 2 });
    expect(done.left.map(({ reason }) => reason)).toEqual([
      'could not be sent: throttled',
      'could not be sent: throttled',
    ]);
    expect(waiting.map(({ body, held }) => [body, held])).toEqual([
      [event(3), false],
      [event(12), false],
    ]);
  });

  test('leaves what comes back while it runs to the next run, so that it ends', async () => {
    const { deadLetters, queue, sent, waiting } = officeOf(many(3), {
      // A function that fails at once: its letter is among the others before the run has ended.
      invoke: async (_name, body) => {
        sent.push(body);
        waiting.push({ id: `again-${sent.length}`, receipt: 'r', body, attributes: {}, sent: startedAt, held: false });
      },
    });
    expect(await resendQueue(deadLetters, queue, options())).toMatchObject({ sent: 3, leftCount: 3 });
    expect(sent).toHaveLength(3);
    expect(waiting).toHaveLength(3);
  });

  test('sends no more than it may, and holds nothing', async () => {
    const { deadLetters, queue, sent, waiting } = officeOf(many(25));
    expect(await resendQueue(deadLetters, queue, options({ limit: 12 }))).toMatchObject({ sent: 12 });
    expect([sent.length, waiting.length, waiting.filter(({ held }) => held).length]).toEqual([12, 13, 0]);
  });

  test('stops when it is aborted, and holds nothing', async () => {
    const stop = new AbortController();
    const { deadLetters, queue, waiting } = officeOf([...many(30), 'unreadable']);
    await resendQueue(deadLetters, queue, options({ signal: stop.signal, progress: () => stop.abort() }));
    expect(waiting).toHaveLength(21);
    expect(waiting.filter(({ held }) => held)).toEqual([]);
  });

  test('throws when a letter that was sent cannot be deleted: it would be sent again and again', async () => {
    const { deadLetters, queue } = officeOf(many(1), { remove: async () => Promise.reject(new Error('AccessDenied')) });
    await expect(resendQueue(deadLetters, queue, options())).rejects.toThrow('AccessDenied');
  });

  test('names the first of many that stay, and counts all', async () => {
    const { deadLetters, queue } = officeOf(Array.from({ length: 45 }, () => 'unreadable'));
    const done = await resendQueue(deadLetters, queue, options());
    expect([done.left.length, done.leftCount, done.sent]).toEqual([20, 45, 0]);
  });
});

test('looking counts reasons and changes nothing', async () => {
  const { deadLetters, queue, waiting } = officeOf(many(25));
  const survey = await surveyQueue(deadLetters, queue, 1_000, new AbortController().signal);
  expect([survey.looked, [...survey.reasons.values()]]).toEqual([25, [25]]);
  expect(waiting.filter(({ held }) => held)).toEqual([]);
  expect((await surveyQueue(deadLetters, queue, 10, new AbortController().signal)).looked).toBe(10);
});

test('every step of the stack that sets work aside has a way back, or says why not', () => {
  const steps = [...Object.keys(functionRows).map((key) => namesOf(key).name), 'findings-table'];
  expect(steps.length).toBeGreaterThanOrEqual(10);
  for (const step of steps) {
    const opened = openLetter(step, { body: '{}' });
    expect([step, opened.kind === 'left' ? opened.reason : '']).not.toEqual([
      step,
      expect.stringContaining('no way back'),
    ]);
  }
});
