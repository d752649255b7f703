import { describe, expect, test } from '@jest/globals';
import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../../src/notify/message.ts';
import { deliver } from '../../../src/notify/pipeline.ts';
import { ReceiverConfigError } from '../../../src/notify/receiver-kind.ts';
import type { ReceiverConfig, ReceiverTools } from '../../../src/notify/receiver-kind.ts';
import { createReceivers } from '../../../src/notify/receiver-table.ts';
import { createConsole } from '../../../src/notify/receivers/console.ts';
import { createMemorySeenStore } from '../../../src/notify/seen-store.ts';
import { hostile, rootLogin } from './specimens.ts';

const unused = (): never => {
  throw new Error('no receiver asked for this');
};

function toolsWith(tools: Partial<ReceiverTools>): ReceiverTools {
  return {
    sns: unused,
    eventBridge: unused,
    secret: unused,
    fetch: unused,
    terminal: { stream: new PassThrough(), colour: false },
    sleep: unused,
    random: unused,
    ...tools,
  };
}

describe('createReceivers', () => {
  test('makes each kind, in order, and builds only the clients they need', async () => {
    const client = { send: unused };
    const receivers = await createReceivers(
      [
        { kind: 'console', name: 'screen' },
        { kind: 'sns', name: 'mail', topicArn: 'arn:aws:sns:eu-central-1:111122223333:alerts' },
        { kind: 'slack-webhook', name: 'chat', address: '/trailwatch/dev/slack' },
        { kind: 'findings-bus', name: 'bus', bus: 'findings' },
      ],
      toolsWith({ sns: () => client, eventBridge: () => client }),
    );
    expect(receivers.map(({ name }) => name)).toEqual(['screen', 'mail', 'chat', 'bus']);
  });

  test.each<[string, ReceiverConfig[], string]>([
    ['an unknown kind', [{ kind: 'pigeon', name: 'a' }], 'a: unknown kind "pigeon", known are console, sns,'],
    ['an object’s own key as kind', [{ kind: 'toString', name: 'a' }], 'a: unknown kind "toString"'],
    ['a missing option', [{ kind: 'sns', name: 'mail' }], 'mail: topicArn: '],
    ['an unknown option', [{ kind: 'console', name: 'a', color: true }], 'a: color: '],
    ['a wrong option', [{ kind: 'sns', name: 'mail', topicArn: 'alerts' }], 'mail: topicArn: '],
    [
      'an address where a parameter’s name belongs',
      [{ kind: 'slack-webhook', name: 'chat', address: 'https://hooks.slack.com/services/T0/B0/x' }],
      'chat: address: must name a parameter',
    ],
    [
      'two of one name',
      [
        { kind: 'console', name: 'a' },
        { kind: 'console', name: 'a' },
      ],
      'a: the name of two receivers',
    ],
  ])('refuses %s', async (_what, configs, reason) => {
    const made = createReceivers(configs, toolsWith({}));
    await expect(made).rejects.toThrow(ReceiverConfigError);
    await expect(made).rejects.toThrow(reason);
  });
});

describe('the console', () => {
  test('writes a block for each finding, in their order', async () => {
    const stream = new PassThrough();
    const receivers = [createConsole({ stream, colour: false, width: 80 })];
    const outcomes = await deliver([rootLogin, hostile], {
      receivers,
      seen: createMemorySeenStore(),
      now: () => new Date(0),
    });
    stream.end();
    const blocks = (await text(stream)).split('\n\n');
    expect(outcomes.map(({ kind }) => kind)).toEqual(['delivered', 'delivered']);
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
