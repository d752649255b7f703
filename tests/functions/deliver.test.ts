import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { SQSBatchResponse } from 'aws-lambda';
import type { Finding } from '../../src/model/finding.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import type { PutEntry } from '../support/local-event-bridge.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { lambdaEvent, queueBody, startLocalLambda, type LocalLambda } from './local-lambda.ts';

const fakedOnlyIsTheDate = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
const scheduled = {
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  time: '2026-03-11T10:00:00Z',
};
const none: SQSBatchResponse = { batchItemFailures: [] };

let lambda: LocalLambda;
let handler: (event: unknown) => Promise<SQSBatchResponse>;
let detect: (event: unknown) => Promise<void>;
let flush: (event: unknown) => Promise<void>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  detect = await lambda.load<void>('event-bus');
  handler = await lambda.load<SQSBatchResponse>('deliver');
  flush = await lambda.load<void>('flush');
});
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.clear();
  lambda.aws.reset();
  lambda.slack.posts.splice(0);
  lambda.slack.status = 200;
  lambda.daemon.clear();
});
afterAll(() => lambda.close());

describe('deliver', () => {
  test('sends what the queue behind the findings bus brings', async () => {
    expect(await handler(lambdaEvent('deliver-sqs/findings'))).toEqual(none);
    expect(lambda.alerts().map(({ Subject }) => Subject)).toEqual([
      expect.stringContaining('Root user was active'),
      expect.stringContaining('SSH login as root'),
    ]);
    expect(lambda.slack.posts).toHaveLength(2);
  });

  test('sends a finding to the topic and to Slack, once', async () => {
    const [entry] = await found('delivered-once');
    expect(await handler(sqsEvent([queueBody(entry)]))).toEqual(none);
    expect(lambda.alerts()).toHaveLength(1);
    expect(lambda.alerts()[0]?.Subject).toContain('Root user was active');
    // Ready to paste, whichever database the console has open.
    expect(lambda.alerts()[0]?.Message).toContain('\nFROM trailwatch_dev.cloudtrail\n');
    expect(lambda.slack.posts).toHaveLength(1);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({
        message: 'delivered',
        level: 'INFO',
        severity: 'high',
        receiver: 'slack',
        news: 'first',
      }),
    );
    expect(output.text()).not.toContain('reserved key');

    expect(await handler(sqsEvent([queueBody(entry)]))).toEqual(none);
    expect(lambda.alerts()).toHaveLength(1);
    expect(lambda.slack.posts).toHaveLength(1);
    expect(countsOf(output)).toMatchObject({ FindingsRepeated: [1, 1] });
  });

  test('what is below medium is kept from people, counted once and said with its route', async () => {
    const [entry] = await found('quiet');
    const body = altered(entry, (finding) => ({ rule: { ...finding.rule, level: 'low' } }));
    expect(await handler(sqsEvent([body, body]))).toEqual(none);
    expect(lambda.alerts()).toEqual([]);
    expect(lambda.slack.posts).toEqual([]);
    expect(countsOf(output)).toMatchObject({ FindingsRoutedToNone: 1, FindingsRepeated: 1 });
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ message: 'not sent', receiver: 'none', route: 'route › quiet: level is low' }),
    );
  });

  test('what is suppressed is counted once, and logged with who suppresses it and why', async () => {
    const [entry] = await found('suppressed');
    const body = altered(entry, ({ rule, event }) => ({
      rule: { ...rule, level: 'medium' },
      event: { ...event, actor: { kind: 'service', name: 'rds.amazonaws.com', chain: [] } },
    }));
    expect(await handler(sqsEvent([body, body]))).toEqual(none);
    expect(lambda.alerts()).toEqual([]);
    expect(lambda.slack.posts).toEqual([]);
    expect(countsOf(output)).toMatchObject({ FindingsSuppressed: 1, FindingsRepeated: 1 });
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ message: 'not sent', suppression: 'aws-services', owner: 'trailwatch' }),
    );
  });

  test('the same event by two paths is one alert', async () => {
    const byBus = await found('by-two-paths');
    lambda.bus.clear();
    const byAnotherPath = await found('by-two-paths', { id: '00000000-0000-4000-8000-000000000002' });
    await handler(sqsEvent([queueBody(byBus[0]), queueBody(byAnotherPath[0])]));
    expect(lambda.alerts()).toHaveLength(1);
    expect(lambda.slack.posts).toHaveLength(1);
  });

  test('the flush sends what one receiver did not take, to that one alone', async () => {
    const [failing] = await found('slack-is-away');
    lambda.slack.status = 503;
    expect(await handler(sqsEvent([queueBody(failing)]))).toEqual(none);
    expect(lambda.alerts()).toHaveLength(1);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ message: 'not delivered', receiver: 'slack', retryable: true, reason: 'unavailable' }),
    );

    lambda.slack.status = 200;
    lambda.slack.posts.splice(0);
    await flushUntil(() => lambda.slack.posts.length > 0);
    expect(lambda.alerts()).toHaveLength(1);
    expect(lambda.slack.posts).toHaveLength(1);
  });

  test('of two copies at the same time one is sent, and the other waits without being a failed delivery', async () => {
    const [entry] = await found('twice-at-once');
    const copy = sqsEvent([queueBody(entry)]);
    const answers = await Promise.all([handler(copy), handler(copy)]);
    expect(lambda.alerts()).toHaveLength(1);
    expect(lambda.slack.posts).toHaveLength(1);
    const waiting = answers.flatMap(({ batchItemFailures }) => batchItemFailures);
    // None waits where the first was done before the second asked.
    expect(waiting.length).toBeLessThanOrEqual(1);
    expect(output.text().includes('DeliveriesHeld')).toBe(waiting.length === 1);
    expect(output.text()).not.toMatch(/DeliveriesFailed|not delivered|MessagesFailed|"ERROR"/);

    expect(await handler(copy)).toEqual(none);
    expect(lambda.alerts()).toHaveLength(1);
  });

  test('what trying again cannot help is a dead letter with its reason, which arrives when it is sent again, there alone', async () => {
    const [refused] = await found('slack-refuses');
    lambda.slack.status = 404;
    expect(await handler(sqsEvent([queueBody(refused)]))).toEqual(none);
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ level: 'ERROR', receiver: 'slack', retryable: false, reason: 'misconfigured' }),
    );
    const [letter] = lambda.deadLetters();
    expect(letter?.attributes).toMatchObject({ receiver: 'slack', reason: 'misconfigured', findings: '1' });

    lambda.slack.status = 200;
    lambda.slack.posts.splice(0);
    const replayed = sqsEvent([letter?.body ?? '']);
    expect(await handler(replayed)).toEqual(none);
    expect(await handler(replayed)).toEqual(none);
    expect(lambda.slack.posts).toHaveLength(1);
    expect(lambda.alerts()).toHaveLength(1);
  });

  test('findings of one group in one batch are one notification with a count', async () => {
    const [entry] = await found('same-news');
    const bodies = ['a', 'b', 'c'].map((id) => altered(entry, () => ({ id: id.repeat(32) })));
    expect(await handler(sqsEvent(bodies))).toEqual(none);
    expect(lambda.alerts()).toHaveLength(1);
    expect(countsOf(output)).toMatchObject({ FindingsAccepted: expect.anything(), FindingsJoined: expect.anything() });
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ message: 'delivered', news: 'first', receiver: 'sns', count: 3 }),
    );
  });

  test('says how long it took from the event and from the queue', async () => {
    const [entry] = await found('timed');
    await handler(sqsEvent([queueBody(entry)]));
    expect(countsOf(output)).toMatchObject({ EventToAlert: expect.anything(), QueueToAlert: expect.anything() });
  });

  test.each([
    { rule: 'is no JSON', body: 'hello' },
    { rule: 'is no event', body: '{}' },
    {
      rule: 'is an event from elsewhere',
      body: JSON.stringify({ source: 'aws.ec2', 'detail-type': 'x', detail: {} }),
    },
  ])('a message that $rule comes again, the others are delivered', async ({ body }) => {
    const [entry] = await found(`beside-a-message-that-${body.length}`);
    expect(await handler(sqsEvent([body, queueBody(entry)]))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
    expect(lambda.alerts()).toHaveLength(1);
  });

  test("a trace shows each delivery with its finding's rule and level; the log has no secret and no event", async () => {
    const [entry] = await found('traced');
    await handler(sqsEvent([queueBody(entry)]));
    // The call to SNS hangs below the delivery that made it.
    const sent = await lambda.daemon.until((segments) =>
      segments.some(
        ({ name, id }) =>
          name === 'deliver' && segments.some((inner) => inner.name === 'SNS' && inner.parent_id === id),
      ),
    );
    const delivery = sent.find(({ name }) => name === 'deliver');
    expect(delivery).toMatchObject({ annotations: { rule: expect.any(String), level: expect.any(String) } });
    expect(output.text()).not.toMatch(/services\/T0|ConsoleLogin/);
  });
});

/** flushUntil calls the flush as its schedule does, with the clock of a minute later each time. */
async function flushUntil(done: () => boolean): Promise<void> {
  const real = Date.now();
  try {
    for (let minutes = 1; !done() && minutes < 30; minutes += 1) {
      jest.useFakeTimers({ now: real + minutes * 60_000, doNotFake: [...fakedOnlyIsTheDate] });
      await flush(scheduled);
    }
  } finally {
    jest.useRealTimers();
  }
}

/** found gives the findings that root's sign-in raises; `eventId` makes it an event, and news, of its own. */
async function found(eventId: string, envelope: object = {}): Promise<readonly [PutEntry, ...PutEntry[]]> {
  const event = lambdaEvent('event-bridge/console-sign-in') as { detail: object };
  await detect({ ...event, ...envelope, detail: { ...event.detail, eventID: eventId } });
  const entries = lambda.bus.entries
    .filter(({ Detail }) => Detail.includes('Root user was active'))
    .map((entry) => ({ ...entry, Detail: withNews(entry, eventId) }));
  const [first, ...others] = entries;
  if (first === undefined) throw new Error("root's sign-in raised no finding");
  return [first, ...others];
}

/** Of a rule of its own too: of one rule, only so many are told apart. */
function withNews({ Detail }: PutEntry, name: string): string {
  const finding = JSON.parse(Detail) as Finding;
  return JSON.stringify({ ...finding, fingerprint: `news-${name}`, rule: { ...finding.rule, id: `rule-${name}` } });
}

/** altered is the body of a message with an entry's finding, changed. */
function altered(entry: PutEntry, change: (finding: Finding) => object): string {
  const finding = JSON.parse(entry.Detail) as Finding;
  return queueBody({ ...entry, Detail: JSON.stringify({ ...finding, ...change(finding) }) });
}

function countsOf(captured: CapturedOutput): Readonly<Record<string, unknown>> {
  return captured.lines().findLast((line) => '_aws' in line) ?? {};
}
