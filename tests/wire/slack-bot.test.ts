import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { NotificationGroup, Notification } from '../../src/notify/message/notification.ts';
import type { DeliveryError, Receiver } from '../../src/notify/receivers/receiver.ts';
import { createSlackBot } from '../../src/notify/receivers/slack-bot.ts';
import { renderSlack } from '../../src/notify/render/slack.ts';
import { startMisbehavingServer, type MisbehavingServer, type Script } from '../support/misbehaving-server.ts';
import { completion, rootAgain, rootLogin } from '../unit/notify/specimens.ts';
import { never, notificationOf } from './notification.ts';

const posted: Script = { body: '{"ok":true,"channel":"C0123456789","ts":"1773479564.000100"}' };
const receipt = { channel: 'C0123456789', ts: '1773479564.000100' };
const says = (error: string): Script => ({ body: JSON.stringify({ ok: false, error }) });

let server: MisbehavingServer;

beforeEach(async () => {
  server = await startMisbehavingServer(posted);
});

afterEach(() => server.close());

function bot(): Receiver {
  return createSlackBot({
    token: async () => 'xoxb-very-secret',
    channel: '#alerts',
    api: new URL('/api/', server.url),
    fetch,
    sleep: async () => {},
  });
}

const again = (group: Partial<NotificationGroup> = {}): Notification => ({
  ...notificationOf(rootLogin),
  group: { ...rootAgain, receipt, ...group },
});

const calls = (): readonly { readonly method: string; readonly body: Record<string, unknown> }[] =>
  server.posts.map(({ url, body }) => ({
    method: url.replace('/api/', ''),
    body: JSON.parse(body) as Record<string, unknown>,
  }));

async function failure(notification: Notification): Promise<DeliveryError> {
  return bot()
    .send(notification, never)
    .then(
      () => {
        throw new Error('it was delivered');
      },
      (error: unknown) => error as DeliveryError,
    );
}

test('posts to the channel with its token, and remembers where the message is', async () => {
  expect(await bot().send(notificationOf(rootLogin), never)).toEqual(receipt);
  expect(calls()).toEqual([
    { method: 'chat.postMessage', body: { channel: '#alerts', ...renderSlack(notificationOf(rootLogin).message) } },
  ]);
  expect(server.posts[0]?.headers).toMatchObject({ authorization: 'Bearer xoxb-very-secret' });
});

test('buttons lead to the web, and to nothing that would have to answer', async () => {
  await bot().send(notificationOf(rootLogin), never);
  const blocks = calls()[0]?.body['blocks'] as { type: string; elements?: object[] }[];
  const buttons = blocks.filter(({ type }) => type === 'actions').flatMap(({ elements = [] }) => elements);
  expect(buttons.length).toBeGreaterThan(0);
  for (const button of buttons)
    expect(button).toEqual(expect.objectContaining({ url: expect.stringMatching(/^https:/) }));
});

describe('an update of a group', () => {
  test('changes the counter of the first message, then lists what is new in its thread', async () => {
    expect(await bot().send(again(), never)).toEqual(receipt);
    expect(calls()).toMatchObject([
      { method: 'chat.update', body: receipt },
      { method: 'chat.postMessage', body: { channel: receipt.channel, thread_ts: receipt.ts } },
    ]);
    const [update, reply] = calls().map(({ body }) => JSON.stringify(body['blocks']));
    expect(update).toContain('14 times since 09:12 UTC');
    // The first message keeps all that it said; the reply is short.
    expect(update).toContain('Why it matched');
    expect(reply).toContain('2026-03-14 09:57:02 UTC');
    expect(reply).not.toContain('Why it matched');
  });

  test('names the actor in the thread, and leaves the counter alone', async () => {
    await bot().send({ ...notificationOf(completion), group: { ...rootAgain, receipt } }, never);
    expect(calls().map(({ method }) => method)).toEqual(['chat.postMessage']);
    expect(calls()[0]?.body).toMatchObject({ thread_ts: receipt.ts });
  });

  test('names several actors in the thread, and leaves the counter alone, which counts others', async () => {
    await bot().send(again({ count: 2, additions: true }), never);
    expect(calls().map(({ method }) => method)).toEqual(['chat.postMessage']);
    expect(calls()[0]?.body).toMatchObject({ thread_ts: receipt.ts });
    expect(calls()[0]?.body['text']).toContain('Now known');
  });

  test('without a receipt is a message of its own', async () => {
    const { receipt: _receipt, ...group } = rootAgain;
    await bot().send({ ...notificationOf(rootLogin), group }, never);
    expect(calls()).toMatchObject([{ method: 'chat.postMessage', body: { channel: '#alerts' } }]);
    expect(calls()[0]?.body).not.toHaveProperty('thread_ts');
  });

  test.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    'goes into the thread although the first message says %s',
    async (error) => {
      server.script = [says(error), posted];
      await bot().send(again(), never);
      expect(calls().map(({ method }) => method)).toEqual(['chat.update', 'chat.postMessage']);
    },
  );

  test.each(['thread_not_found', 'channel_not_found', 'is_archived'])(
    'is a message of its own in the channel when the thread says %s',
    async (error) => {
      server.script = [posted, says(error), { body: '{"ok":true,"channel":"C9","ts":"2.0"}' }];
      expect(await bot().send(again(), never)).toEqual({ channel: 'C9', ts: '2.0' });
      expect(calls()[2]?.body).toMatchObject({ channel: '#alerts' });
    },
  );

  test('does not go into the thread before the counter could be changed: a second try repeats nothing', async () => {
    server.script = [{ status: 500 }];
    expect(await failure(again())).toMatchObject({ reason: 'unavailable', retryable: true });
    expect(calls().map(({ method }) => method)).toEqual(['chat.update']);
  });
});

describe('200 with ok: false', () => {
  test.each([
    ['ratelimited', 'rate-limited', true],
    ['internal_error', 'unavailable', true],
    ['fatal_error', 'unavailable', true],
    ['service_unavailable', 'unavailable', true],
    ['request_timeout', 'timeout', true],
    ['invalid_auth', 'unauthorized', false],
    ['not_authed', 'unauthorized', false],
    ['account_inactive', 'unauthorized', false],
    ['token_revoked', 'unauthorized', false],
    ['token_expired', 'unauthorized', false],
    ['missing_scope', 'unauthorized', false],
    ['restricted_action_read_only_channel', 'unauthorized', false],
    ['channel_not_found', 'misconfigured', false],
    ['not_in_channel', 'misconfigured', false],
    ['is_archived', 'misconfigured', false],
    ['msg_too_long', 'too-large', false],
    ['msg_blocks_too_long', 'too-large', false],
    ['invalid_blocks', 'rejected', false],
    ['something_new', 'rejected', false],
  ])('%s is %s', async (error, reason, retryable) => {
    server.script = [says(error)];
    expect(await failure(notificationOf(rootLogin))).toMatchObject({ reason, retryable });
  });

  test.each([
    ['no error', '{"ok":false}', 'rejected', false],
    ['an error that is no text', '{"ok":false,"error":{}}', 'rejected', false],
    ['neither', '{}', 'unexpected', true],
    ['a list', '[]', 'unexpected', true],
    ['a page of a proxy', '<html>', 'unexpected', true],
    ['nothing', '', 'unexpected', true],
    ['a yes without a place', '{"ok":true}', 'unexpected', true],
  ])('or with %s', async (_what, body, reason, retryable) => {
    server.script = [{ body }];
    expect(await failure(notificationOf(rootLogin))).toMatchObject({ reason, retryable });
  });
});

describe('what Slack refuses for how it is written goes in brief', () => {
  const withQueries = (): readonly boolean[] => server.posts.map(({ body }) => body.includes('SELECT eventtime'));

  test.each(['msg_blocks_too_long', 'msg_too_long', 'invalid_blocks'])('%s', async (error) => {
    server.script = [says(error), posted];
    expect(await bot().send(notificationOf(rootLogin), never)).toEqual(receipt);
    expect(withQueries()).toEqual([true, false]);
    expect(server.posts[1]?.body).toContain('Slack refused the rest of this message');
  });

  test('in its thread, too', async () => {
    server.script = [posted, says('invalid_blocks'), posted];
    await bot().send(again(), never);
    expect(calls()[2]?.body).toMatchObject({ thread_ts: receipt.ts });
  });

  test('and is refused for good when that is refused as well', async () => {
    server.script = [says('invalid_blocks')];
    expect(await failure(notificationOf(rootLogin))).toMatchObject({ reason: 'rejected', retryable: false });
    expect(server.posts).toHaveLength(2);
  });
});

test('a token that is none is never sent', async () => {
  const receiver = createSlackBot({
    token: async () => 'xoxb-a\r\nx-other: b',
    channel: '#alerts',
    api: new URL('/api/', server.url),
    fetch,
    sleep: async () => {},
  });
  await expect(receiver.send(notificationOf(rootLogin), never)).rejects.toMatchObject({ reason: 'misconfigured' });
  expect(server.posts).toEqual([]);
});
