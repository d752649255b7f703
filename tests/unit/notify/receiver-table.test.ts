import { describe, expect, test } from '@jest/globals';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { deliverAtOnce } from '../../../src/notify/deliver-at-once.ts';
import { messageOf } from '../../../src/notify/message.ts';
import { ReceiverConfigError } from '../../../src/notify/receiver-kind.ts';
import type { ReceiverTools } from '../../../src/notify/receiver-kind.ts';
import { createReceivers } from '../../../src/notify/receiver-table.ts';
import type { ReceiverSettings } from '../../../src/notify/receiver-table.ts';
import { createConsole } from '../../../src/notify/receivers/console.ts';
import { hostile, rootLogin } from './specimens.ts';

const unused = (): never => {
  throw new Error('no receiver asked for this');
};
const tools: ReceiverTools = {
  sns: unused,
  eventBridge: unused,
  securityHub: unused,
  secret: unused,
  fetch: unused,
  sleep: unused,
  random: unused,
  now: unused,
};
const stage = { alertsTopic: 'arn:aws:sns:eu-central-1:111122223333:alerts', slackWebhookParameter: '' };

describe('createReceivers', () => {
  test('makes each kind, in order, and builds only the clients they need', async () => {
    const receivers = await createReceivers(
      {
        chat: { kind: 'slack-webhook', address: '/trailwatch/dev/slack' },
        mail: { kind: 'sns', topicArn: 'arn:aws:sns:eu-central-1:111122223333:others' },
      },
      stage,
      { ...tools, sns: () => ({ send: unused }) },
    );
    expect(receivers.map(({ name }) => name)).toEqual(['chat', 'mail']);
  });

  test.each([
    ['a topic alone', '', ['mail']],
    ['a topic and a Slack', '/trailwatch/dev/slack', ['mail', 'chat']],
  ])('makes of a stage with %s what is there', async (_what, slackWebhookParameter, names) => {
    const receivers = await createReceivers(
      { mail: { kind: 'sns' }, chat: { kind: 'slack-webhook' } },
      { ...stage, slackWebhookParameter },
      { ...tools, sns: () => ({ send: unused }) },
    );
    expect(receivers.map(({ name }) => name)).toEqual(names);
  });

  test.each<[string, Readonly<Record<string, ReceiverSettings>>, string]>([
    ['a missing option', { pager: { kind: 'pagerduty', region: 'eu' } }, 'pager: routingKey: is missing'],
    [
      'a misspelled option',
      { mail: { kind: 'sns', topic: 'x' } },
      'mail: topic: unknown key: known here are kind, top',
    ],
    ['an unknown option', { mail: { kind: 'sns', topicArn: stage.alertsTopic, color: true } }, 'mail: color: '],
    ['a wrong option', { mail: { kind: 'sns', topicArn: 'alerts' } }, 'mail: topicArn: '],
    [
      'an address where a parameter’s name belongs',
      { chat: { kind: 'slack-webhook', address: 'https://hooks.slack.com/services/T0/B0/x' } },
      'chat: address: must name a secret',
    ],
  ])('refuses %s', async (_what, settings, reason) => {
    const made = createReceivers(settings, stage, tools);
    await expect(made).rejects.toThrow(ReceiverConfigError);
    await expect(made).rejects.toThrow(reason);
  });
});

describe('the console', () => {
  test('writes a block for each finding, in their order', async () => {
    const stream = new PassThrough();
    const receivers = [createConsole({ stream, colour: false, width: 80 })];
    const missing = await deliverAtOnce([rootLogin, hostile], { receivers, now: () => new Date(0) });
    stream.end();
    const blocks = (await text(stream)).split('\n\n');
    expect(missing).toEqual([]);
    expect(blocks.map((block) => block.slice(0, 20))).toEqual(['HIGH  Root user sign', 'CRITICAL  User creat', '']);
  });

  test('colours only when asked to, and only by its own means', async () => {
    const stream = new PassThrough();
    await createConsole({ stream, colour: true }).send(notification(), AbortSignal.timeout(1000));
    stream.end();
    const written = await text(stream);
    expect(written).toContain('\u001b[1m');
    expect(written).not.toContain('\u001b[31mred');
  });

  test('reports a stream that is gone', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    stream.on('error', () => {});
    await expect(
      createConsole({ stream, colour: false }).send(notification(), AbortSignal.timeout(1000)),
    ).rejects.toMatchObject({
      name: 'DeliveryError',
      message: 'console: could not write: EPIPE',
    });
  });
});

function notification(): Parameters<ReturnType<typeof createConsole>['send']>[0] {
  return { id: hostile.id, finding: hostile, message: messageOf(hostile) };
}
