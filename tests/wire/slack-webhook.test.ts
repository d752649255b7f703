import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { DeliveryError, Receiver } from '../../src/notify/receivers/receiver.ts';
import { createSlackWebhook } from '../../src/notify/receivers/slack-webhook.ts';
import type { ChatWebhookOptions } from '../../src/notify/receivers/chat-webhook.ts';
import { renderSlack } from '../../src/notify/render/slack.ts';
import { closeServer } from '../support/http-server.ts';
import { hostile, rootLogin } from '../unit/notify/specimens.ts';
import { never, notificationOf } from './notification.ts';

const secret = '/services/T00000000/B00000000/very-secret-token';

/** What the misbehaving Slack answers to the next posts; the last one stays. */
interface Script {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fault?: 'hang' | 'hang up' | 'endless';
}

let server: Server;
let posts: { readonly url: string; readonly body: string; readonly type: string | undefined }[];
let script: Script[];
let slept: number[];

beforeEach(async () => {
  [posts, script, slept] = [[], [], []];
  server = createServer((request, response) => {
    void (async () => {
      posts.push({ url: request.url ?? '', body: await text(request), type: request.headers['content-type'] });
      const { status = 200, body = 'ok', headers, fault } = (script.length > 1 ? script.shift() : script[0]) ?? {};
      if (fault === 'hang') return;
      if (fault === 'hang up') {
        request.socket.destroy();
        return;
      }
      response.writeHead(status, headers);
      if (fault === 'endless') {
        while (!response.destroyed) {
          response.write('x'.repeat(65_536));
          await wait(1);
        }
        return;
      }
      response.end(body);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => closeServer(server));

function slack(options: Partial<ChatWebhookOptions> = {}): Receiver {
  const { port } = server.address() as AddressInfo;
  return createSlackWebhook({
    address: async () => `http://127.0.0.1:${port}${secret}`,
    fetch,
    sleep: async (ms) => void slept.push(ms),
    timeoutMs: 2000,
    ...options,
  });
}

async function failure(receiver: Receiver): Promise<DeliveryError> {
  return receiver.send(notificationOf(rootLogin), never).then(
    () => {
      throw new Error('it was delivered');
    },
    (error: unknown) => error as DeliveryError,
  );
}

test('posts the message to the secret address as JSON', async () => {
  await slack().send(notificationOf(rootLogin), never);
  expect(posts).toHaveLength(1);
  expect(posts[0]).toMatchObject({ url: secret, type: 'application/json; charset=utf-8' });
  expect(JSON.parse(posts[0]?.body ?? '')).toEqual(renderSlack(notificationOf(rootLogin).message));
});

test('nothing that a hostile finding says leaves as markup', async () => {
  await slack().send(notificationOf(hostile), never);
  const { text, blocks } = JSON.parse(posts[0]?.body ?? '') as { text: string; blocks: { type: string }[] };
  expect(text).not.toContain('<');
  expect(text).not.toContain('@here');
  // A header is plain text, in which Slack reads no markup.
  expect(JSON.stringify(blocks.filter(({ type }) => type !== 'header'))).not.toMatch(
    /<!channel>|<https:\/\/evil|<script>/,
  );
});

test('takes the answer of newer Slack endpoints, too', async () => {
  script = [{ body: '{"ok":true}' }];
  await slack().send(notificationOf(rootLogin), never);
});

describe('an answer that is not a yes is a failure', () => {
  test.each<[string, Script, Partial<DeliveryError>]>([
    ['500', { status: 500, body: 'oops' }, { reason: 'unavailable', retryable: true }],
    ['503 without a body', { status: 503, body: '' }, { reason: 'unavailable', retryable: true }],
    ['200 with another word', { body: 'invalid_payload' }, { reason: 'unexpected', retryable: true }],
    ['200 with a page of a proxy', { body: '<html>sign in</html>' }, { reason: 'unexpected', retryable: true }],
    [
      '200 with ok: false',
      { body: '{"ok":false,"error":"channel_not_found"}' },
      { reason: 'misconfigured', retryable: false },
    ],
    [
      '200 with ok: false that passes',
      { body: '{"ok":false,"error":"internal_error"}' },
      { reason: 'unavailable', retryable: true },
    ],
    ['200 with nothing', { body: '' }, { reason: 'unexpected', retryable: true }],
    ['200 with an endless body', { fault: 'endless' }, { reason: 'unexpected', retryable: true }],
    ['400', { status: 400, body: 'user_is_bot' }, { reason: 'rejected', retryable: false }],
    ['403', { status: 403, body: 'action_prohibited' }, { reason: 'unauthorized', retryable: false }],
    ['404', { status: 404, body: 'no_service' }, { reason: 'misconfigured', retryable: false }],
    ['410', { status: 410, body: 'channel_is_archived' }, { reason: 'misconfigured', retryable: false }],
    [
      'a redirect, which would hand the finding to another',
      { status: 307, headers: { location: 'http://127.0.0.1:1/' } },
      { reason: 'misconfigured', retryable: false },
    ],
    ['a connection that breaks', { fault: 'hang up' }, { reason: 'unreachable', retryable: true }],
  ])('%s', async (_what, answer, expected) => {
    script = [answer];
    expect(await failure(slack())).toMatchObject({ name: 'DeliveryError', ...expected });
    // Posted once: Slack may have shown it although it said no.
    expect(posts).toHaveLength(1);
  });

  test.each<[string, Script]>([
    ['too large', { status: 413 }],
    ['badly written', { status: 400, body: 'invalid_blocks' }],
  ])('what Slack finds %s goes in brief', async (_what, answer) => {
    script = [answer, {}];
    await slack().send(notificationOf(rootLogin), never);
    expect(posts.map(({ body }) => body.includes('SELECT eventtime'))).toEqual([true, false]);
  });

  test('no answer within the time', async () => {
    script = [{ fault: 'hang' }];
    expect(await failure(slack({ timeoutMs: 50 }))).toMatchObject({ reason: 'timeout', retryable: true });
  });

  test('the pipeline gave it up', async () => {
    script = [{ fault: 'hang' }];
    const error: unknown = await slack()
      .send(notificationOf(rootLogin), AbortSignal.timeout(50))
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ reason: 'timeout', retryable: true });
  });

  test('nobody listens', async () => {
    const error = await failure(slack({ address: async () => `http://127.0.0.1:1${secret}` }));
    expect(error).toMatchObject({ retryable: true, reason: 'unreachable' });
  });
});

describe('429', () => {
  test('waits as long as Slack asks, and posts again', async () => {
    script = [{ status: 429, headers: { 'retry-after': '2' } }, {}];
    await slack().send(notificationOf(rootLogin), never);
    expect(slept).toEqual([2000]);
    expect(posts).toHaveLength(2);
  });

  test('waits a second when Slack does not say', async () => {
    script = [{ status: 429 }, {}];
    await slack().send(notificationOf(rootLogin), never);
    expect(slept).toEqual([1000]);
  });

  test('leaves a long wait to the queue, and says how long', async () => {
    script = [{ status: 429, headers: { 'retry-after': '30' } }];
    expect(await failure(slack())).toMatchObject({ reason: 'rate-limited', retryable: true, retryAfterMs: 30_000 });
    expect(posts).toHaveLength(1);
  });

  test('gives up after three posts', async () => {
    script = [{ status: 429, headers: { 'retry-after': '1' } }];
    expect(await failure(slack())).toMatchObject({ reason: 'rate-limited' });
    expect(posts).toHaveLength(3);
  });
});

describe('the address is a secret', () => {
  test.each<[string, Partial<ChatWebhookOptions>, Script]>([
    ['the server quotes it', {}, { status: 500, body: `no such hook: ${secret}` }],
    ['nobody listens', { address: async () => `http://127.0.0.1:1${secret}` }, {}],
    ['there is no such host', { address: async () => `https://hooks.slack.invalid${secret}` }, {}],
    ['it is no address', { address: async () => `htt p://x${secret}` }, {}],
    ['it is not encrypted', { address: async () => `http://hooks.slack.com${secret}` }, {}],
    ['it is of another kind', { address: async () => `file://${secret}` }, {}],
  ])('which no error shows when %s', async (_when, options, answer) => {
    script = [answer];
    const error = await failure(slack(options));
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('very-secret');
  });

  test('and is only used over https', async () => {
    expect(await failure(slack({ address: async () => `http://hooks.slack.com${secret}` }))).toMatchObject({
      message: 'slack: its address must begin with https://, and hold no user and password',
      retryable: false,
    });
  });

  test('that can’t be read now may be read later', async () => {
    const error = await failure(slack({ address: () => Promise.reject(new Error('SSM parameter /x: Throttled')) }));
    expect(error).toMatchObject({ retryable: true, reason: 'misconfigured' });
    expect(posts).toEqual([]);
  });
});
