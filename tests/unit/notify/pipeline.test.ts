import { describe, expect, test } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import type { Finding } from '../../../src/model/finding.ts';
import type { Notification } from '../../../src/notify/notification.ts';
import { deliver, failuresOf } from '../../../src/notify/pipeline.ts';
import type { Outcome } from '../../../src/notify/pipeline.ts';
import { DeliveryError } from '../../../src/notify/receiver.ts';
import type { Receiver } from '../../../src/notify/receiver.ts';
import { createMemorySeenStore } from '../../../src/notify/seen-store.ts';
import type { SeenStore } from '../../../src/notify/seen-store.ts';
import { bruteForce, completion, instanceStopped, instanceStoppedByBen, rootLogin, sshRootLogin } from './specimens.ts';

const findings = [rootLogin, sshRootLogin, bruteForce];
const now = (): Date => new Date('2026-03-14T12:00:00Z');

describe('deliver', () => {
  test('gives each finding to each receiver once, in the findings’ order', async () => {
    const [mail, chat] = [recording('mail'), recording('chat')];
    const outcomes = await deliver(findings, { receivers: [mail, chat], seen: createMemorySeenStore(), now });
    expect(mail.sent).toEqual(findings.map(({ id }) => id));
    expect(chat.sent).toEqual(mail.sent);
    expect(outcomes.map(brief)).toEqual(findings.flatMap(({ id }) => [`${id} mail delivered`, `${id} chat delivered`]));
  });

  test('does not repeat what was delivered, and says when that was', async () => {
    const mail = recording('mail');
    const delivery = { receivers: [mail], seen: createMemorySeenStore(), now };
    await deliver(findings, delivery);
    const again = await deliver(findings, delivery);
    expect(mail.sent).toHaveLength(3);
    expect(again).toEqual(
      findings.map(({ id }) => ({
        findingId: id,
        receiver: 'mail',
        kind: 'already-delivered',
        why: 'delivered at 2026-03-14T12:00:00.000Z',
      })),
    );
  });

  test('sends a copy within one batch once', async () => {
    const mail = recording('mail');
    const copies = [rootLogin, sshRootLogin, { ...rootLogin }];
    const outcomes = await deliver(copies, { receivers: [mail], seen: createMemorySeenStore(), now });
    expect(mail.sent).toEqual([rootLogin.id, sshRootLogin.id]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'already-delivered']);
  });

  test('fails the copies in a batch with their first, so that none of them leaves the queue', async () => {
    const outcomes = await deliver([rootLogin, rootLogin], {
      receivers: [recording('mail', () => Promise.reject(refusal('unavailable', true)))],
      seen: createMemorySeenStore(),
      now,
    });
    expect(outcomes.map(brief)).toEqual(Array(2).fill(`${rootLogin.id} mail failed unavailable retryable`));
  });

  test('tries a failed finding again, and only where it failed', async () => {
    let down = true;
    const mail = recording('mail');
    const chat = recording('chat', async () => {
      if (down) throw refusal('unavailable', true);
    });
    const delivery = { receivers: [mail, chat], seen: createMemorySeenStore(), now };
    expect((await deliver([rootLogin], delivery)).map(brief)).toEqual([
      `${rootLogin.id} mail delivered`,
      `${rootLogin.id} chat failed unavailable retryable`,
    ]);
    down = false;
    expect((await deliver([rootLogin], delivery)).map(({ kind }) => kind)).toEqual(['already-delivered', 'delivered']);
    expect(mail.sent).toHaveLength(1);
  });

  test('one finding that a receiver refuses does not hide the others', async () => {
    const chat = recording('chat', async ({ id }) => {
      if (id === sshRootLogin.id) throw refusal('rejected', false);
    });
    const outcomes = await deliver(findings, { receivers: [chat], seen: createMemorySeenStore(), now });
    expect(failuresOf(outcomes).map(({ findingId, error }) => [findingId, error.retryable])).toEqual([
      [sshRootLogin.id, false],
    ]);
    expect(outcomes.filter(({ kind }) => kind === 'delivered')).toHaveLength(2);
  });

  test('a receiver that hangs delays no other, and is given up in time', async () => {
    const order: string[] = [];
    const slow = recording('slow', () => new Promise(() => {}));
    const mail = recording('mail', async () => void order.push('mail'));
    const outcomes = await deliver([rootLogin], {
      receivers: [slow, mail],
      seen: createMemorySeenStore(),
      now,
      sendTimeoutMs: 50,
    }).then((result) => (order.push('done'), result));
    expect(order).toEqual(['mail', 'done']);
    expect(outcomes.map(brief)).toEqual([
      `${rootLogin.id} slow failed timeout retryable`,
      `${rootLogin.id} mail delivered`,
    ]);
  });

  test('tells the receiver when its time is up', async () => {
    let aborted = false;
    const slow: Receiver = {
      name: 'slow',
      concurrency: 1,
      send: (_notification, signal) => new Promise(() => signal.addEventListener('abort', () => void (aborted = true))),
    };
    await deliver([rootLogin], { receivers: [slow], seen: createMemorySeenStore(), now, sendTimeoutMs: 20 });
    expect(aborted).toBe(true);
  });

  test('an unknown error is worth retrying: nobody knows that it is not', async () => {
    const odd = recording('odd', () => {
      throw new TypeError('x is not a function');
    });
    const [outcome] = await deliver([rootLogin], { receivers: [odd], seen: createMemorySeenStore(), now });
    expect(outcome).toMatchObject({
      error: { message: 'odd: x is not a function', reason: 'unexpected', retryable: true },
    });
  });

  test('a finding that another function delivers right now stays in the queue', async () => {
    const seen = createMemorySeenStore();
    await seen.claim({ findingId: rootLogin.id, receiver: 'mail' }, now());
    const mail = recording('mail');
    const outcomes = await deliver([rootLogin], { receivers: [mail], seen, now });
    expect(outcomes.map(brief)).toEqual([`${rootLogin.id} mail failed held retryable`]);
    expect(mail.sent).toEqual([]);
  });

  test('without its state it sends nothing and keeps all', async () => {
    const seen = { ...createMemorySeenStore(), claim: () => Promise.reject(new Error('table is throttled')) };
    const mail = recording('mail');
    const outcomes = await deliver([rootLogin], { receivers: [mail], seen, now });
    expect(outcomes.map(brief)).toEqual([`${rootLogin.id} mail failed state-unavailable retryable`]);
    expect(mail.sent).toEqual([]);
  });

  test('what arrived but could not be recorded counts as delivered, and says so', async () => {
    const seen: SeenStore = { ...createMemorySeenStore(), record: () => Promise.reject(new Error('no answer')) };
    const [outcome] = await deliver([rootLogin], { receivers: [recording('mail')], seen, now });
    expect(outcome).toMatchObject({
      kind: 'delivered',
      unrecorded: { message: 'mail: delivered, but that could not be recorded: no answer', retryable: false },
    });
  });

  test('records after the send, never before it', async () => {
    const steps: string[] = [];
    const seen = createMemorySeenStore();
    const traced: SeenStore = {
      ...seen,
      record: async (lease, at) => {
        steps.push('record');
        await seen.record(lease, at);
      },
    };
    const mail = recording('mail', async () => {
      await wait(5);
      steps.push('sent');
    });
    await deliver([rootLogin], { receivers: [mail], seen: traced, now });
    expect(steps).toEqual(['sent', 'record']);
  });

  test.each([1, 2])('has no more than %d sends of a receiver under way', async (concurrency) => {
    let [under, most] = [0, 0];
    const busy: Receiver = {
      name: 'busy',
      concurrency,
      send: async () => {
        most = Math.max(most, (under += 1));
        await wait(2);
        under -= 1;
      },
    };
    await deliver(findings, { receivers: [busy], seen: createMemorySeenStore(), now });
    expect(most).toBe(concurrency);
  });

  test('has nothing to do for no findings, and nobody to tell without receivers', async () => {
    const seen = createMemorySeenStore();
    expect(await deliver([], { receivers: [recording('mail')], seen, now })).toEqual([]);
    expect(await deliver(findings, { receivers: [], seen, now })).toEqual([]);
  });

  test('gives 2,000 findings and their copies to a receiver that fails at random, each once', async () => {
    const many = Array.from({ length: 2000 }, (_, index): Finding => ({ ...rootLogin, id: `finding-${index}` }));
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const flaky = recording('flaky', async () => {
      if (random() < 0.4) throw refusal('unavailable', true);
    });
    const delivery = { receivers: [flaky], seen: createMemorySeenStore(), now };
    let queue = [...many, ...many];
    for (let round = 0; queue.length > 0 && round < 50; round += 1) {
      const failed = new Set(failuresOf(await deliver(queue, delivery)).map(({ findingId }) => findingId));
      queue = queue.filter(({ id }) => failed.has(id));
    }
    expect(queue).toEqual([]);
    expect(flaky.delivered.toSorted()).toEqual(many.map(({ id }) => id).toSorted());
  });
});

describe('who did it, when that becomes known later', () => {
  const told = ({ message }: Notification): string => (message.completes ? 'completion' : message.who.name);

  test.each<[rule: string, deliveries: readonly (readonly Finding[])[], sent: readonly string[]]>([
    ['is sent after the alert, once', [[instanceStopped], [completion], [completion]], ['unknown', 'completion']],
    ['is sent beside the alert in one batch', [[instanceStopped, completion]], ['unknown', 'completion']],
    [
      'is not sent when the alert said it',
      [[instanceStoppedByBen], [completion], [instanceStopped]],
      ['ben@example.com'],
    ],
    ['is in the alert that it overtakes', [[completion], [instanceStopped], [completion]], ['ben@example.com']],
    [
      'is sent again when it is another',
      [[instanceStopped], [completion], [{ ...completion, completes: 'another call' }]],
      ['unknown', 'completion', 'completion'],
    ],
  ])('%s', async (_rule, deliveries, sent) => {
    const seen = createMemorySeenStore();
    const messages: string[] = [];
    const mail = recording('mail', async (notification) => void messages.push(told(notification)));
    for (const delivered of deliveries) {
      const outcomes = await deliver(delivered, { receivers: [mail], seen, now });
      expect(failuresOf(outcomes)).toEqual([]);
      expect(outcomes.map(({ findingId }) => findingId)).toEqual(delivered.map(({ id }) => id));
    }
    expect(messages).toEqual(sent);
  });

  test('waits while another function sends the alert, and leaves no lease behind', async () => {
    const seen = createMemorySeenStore();
    const claim = await seen.claim({ findingId: instanceStopped.id, receiver: 'mail' }, now());
    const mail = recording('mail');
    expect((await deliver([completion], { receivers: [mail], seen, now })).map(brief)).toEqual([
      `${completion.id} mail failed held retryable`,
    ]);
    if (claim.kind === 'granted') await seen.record(claim.lease, now());
    expect((await deliver([completion], { receivers: [mail], seen, now })).map(({ kind }) => kind)).toEqual([
      'delivered',
    ]);
  });

  test('is tried again, whole, where sending it whole failed', async () => {
    const messages: string[] = [];
    let down = true;
    const mail = recording('mail', async (notification) => {
      if (down) throw refusal('unavailable', true);
      messages.push(told(notification));
    });
    const delivery = { receivers: [mail], seen: createMemorySeenStore(), now };
    expect(failuresOf(await deliver([completion], delivery))).toHaveLength(1);
    down = false;
    expect(failuresOf(await deliver([completion], delivery))).toEqual([]);
    expect(messages).toEqual(['ben@example.com']);
  });
});

function recording(
  name: string,
  behave: (notification: Notification) => Promise<void> = async () => {},
): Receiver & { readonly sent: string[]; readonly delivered: string[] } {
  const [sent, delivered]: [string[], string[]] = [[], []];
  return {
    name,
    concurrency: 1,
    sent,
    delivered,
    send: async (notification) => {
      sent.push(notification.id);
      await behave(notification);
      delivered.push(notification.id);
    },
  };
}

function refusal(reason: 'unavailable' | 'rejected', retryable: boolean): DeliveryError {
  return new DeliveryError('no', { reason, retryable });
}

function brief(outcome: Outcome): string {
  const end = outcome.kind === 'failed' ? ` ${outcome.error.reason}${outcome.error.retryable ? ' retryable' : ''}` : '';
  return `${outcome.findingId} ${outcome.receiver} ${outcome.kind}${end}`;
}
