import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '../../../src/runtime/logger.ts';
import { createMeter } from '../../../src/runtime/metrics.ts';
import { ComeAgain, eachMessage, messagesAtOnce } from '../../../src/runtime/sqs-batch.ts';
import { captureOutput, type CapturedOutput } from '../../support/captured-output.ts';
import { lambdaContext } from '../../support/lambda-context.ts';
import { sqsEvent } from '../../support/sqs-event.ts';

const config = { stage: 'dev', logLevel: 'INFO' } as const;
const event = sqsEvent(['a', 'b', 'c']);
let output: CapturedOutput;
let meter: ReturnType<typeof createMeter>;

beforeEach(() => {
  output = captureOutput();
  meter = createMeter('test', config);
});
afterEach(() => output.restore());

describe.each([
  ['one after the other', eachMessage],
  ['side by side', messagesAtOnce],
])('a batch %s', (_how, handleBatch) => {
  const handled = (handle: Parameters<typeof eachMessage>[3], remainingMs = 30_000) =>
    handleBatch(event, { logger: createLogger('test', config), meter }, lambdaContext('test', remainingMs), handle);
  const ids = ({ batchItemFailures }: Awaited<ReturnType<typeof eachMessage>>): readonly string[] =>
    batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

  test('brings only what failed again, and says why', async () => {
    const answer = await handled(async ({ body }) => {
      if (body === 'b') throw new Error('not this one');
    });
    meter.flush();
    expect(ids(answer)).toEqual(['message-2']);
    expect(output.lines()).toContainEqual(expect.objectContaining({ level: 'ERROR', messageId: 'message-2' }));
    expect(output.lines()).toContainEqual(expect.objectContaining({ MessagesFailed: 1 }));
  });

  test('what somebody else is at comes again without being a failure', async () => {
    const answer = await handled(async () => {
      throw new ComeAgain('another copy is under way');
    });
    meter.flush();
    expect(ids(answer)).toEqual(['message-1', 'message-2', 'message-3']);
    expect(output.text()).not.toMatch(/MessagesFailed|ERROR/);
  });

  test('what takes longer than its share comes again, and the others are done', async () => {
    const aborted: string[] = [];
    const answer = await handled(
      ({ body }, signal) =>
        body === 'a'
          ? new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                aborted.push(body);
                reject(new Error('too late'));
              });
            })
          : Promise.resolve(),
      2_100,
    );
    expect(ids(answer)).toEqual(['message-1']);
    expect(aborted).toEqual(['a']);
  });
});

test('a batch side by side is under way at once', async () => {
  let [under, most] = [0, 0];
  const instruments = { logger: createLogger('test', config), meter };
  await messagesAtOnce(event, instruments, lambdaContext('test'), async () => {
    most = Math.max(most, (under += 1));
    await Promise.resolve();
    under -= 1;
  });
  expect(most).toBe(3);
});
