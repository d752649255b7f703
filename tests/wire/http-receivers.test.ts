import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import type { DeliveryError, Receiver } from '../../src/notify/receivers/receiver.ts';
import { createGelf } from '../../src/notify/receivers/gelf.ts';
import type { HttpTools } from '../../src/notify/receivers/http.ts';
import { createPagerDuty } from '../../src/notify/receivers/pagerduty.ts';
import { receiverKinds } from '../../src/notify/receivers/receiver-table.ts';
import { createSlackBot } from '../../src/notify/receivers/slack-bot.ts';
import { createSlackWebhook } from '../../src/notify/receivers/slack-webhook.ts';
import { createTeams } from '../../src/notify/receivers/teams.ts';
import { createWebhook } from '../../src/notify/receivers/webhook.ts';
import type { ReadSecret } from '../../src/notify/receivers/with-secrets.ts';
import { startMisbehavingServer, type MisbehavingServer, type Script } from '../support/misbehaving-server.ts';
import { rootLogin } from '../unit/notify/specimens.ts';
import { never, notificationOf } from './notification.ts';

// What every receiver that speaks HTTP does alike, whoever is at the other end.

let server: MisbehavingServer;
let slept: number[];

beforeEach(async () => {
  server = await startMisbehavingServer();
  slept = [];
});

afterEach(() => server.close());

const path = '/hooks/very-secret-path?sig=very-secret-signature';
const key = 'very-secret-key-0123456789abcdef';

interface Case {
  /** Makes the receiver with the address, or its beginning, and the secret that it goes with. */
  readonly create: (base: string, secret: ReadSecret, tools: HttpTools) => Receiver;
  /** What the other end says when it takes the message. */
  readonly yes: Script;
  /** Whether it waits and tries again by itself when it is told to slow down. */
  readonly patient: boolean;
  /** Which of its address and its key are secrets. */
  readonly holds: readonly ('address' | 'key')[];
}

const sleep = async (ms: number): Promise<void> => void slept.push(ms);
const now = (): Date => new Date('2026-03-14T09:13:00Z');

const cases: Readonly<Record<string, Case>> = {
  'slack-webhook': {
    create: (base, _secret, tools) => createSlackWebhook({ address: async () => base + path, sleep, ...tools }),
    yes: { body: 'ok' },
    patient: true,
    holds: ['address'],
  },
  'slack-bot': {
    create: (base, token, tools) =>
      createSlackBot({ token, channel: 'C0123456789', api: new URL('/api/', base), sleep, ...tools }),
    yes: { body: '{"ok":true,"channel":"C0123456789","ts":"1773479564.000100"}' },
    patient: true,
    holds: ['key'],
  },
  teams: {
    create: (base, _secret, tools) => createTeams({ address: async () => base + path, sleep, ...tools }),
    yes: { status: 202 },
    patient: true,
    holds: ['address'],
  },
  pagerduty: {
    create: (base, routingKey, tools) =>
      createPagerDuty({ routingKey, address: new URL('/v2/enqueue', base), sleep, ...tools }),
    yes: { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"x"}' },
    patient: true,
    holds: ['key'],
  },
  webhook: {
    create: (base, signingKey, tools) => createWebhook({ address: async () => base + path, signingKey, now, ...tools }),
    yes: { status: 204 },
    patient: false,
    holds: ['address', 'key'],
  },
  gelf: {
    create: (base, authorization, tools) => createGelf({ address: async () => base + path, authorization, ...tools }),
    yes: { status: 202 },
    patient: false,
    holds: ['address', 'key'],
  },
};

/** These receivers call AWS, by its SDK; each has a test of its own. */
const onAws = new Set(['sns', 'security-hub', 'findings-bus']);

test('every kind that posts over HTTP itself has a row in `cases`', () => {
  const kinds = Object.keys(receiverKinds).filter((kind) => !onAws.has(kind));
  expect(Object.keys(cases).toSorted()).toEqual(kinds.toSorted());
});

async function failure(receiver: Receiver, signal = never): Promise<DeliveryError> {
  return receiver.send(notificationOf(rootLogin), signal).then(
    () => {
      throw new Error('it was delivered');
    },
    (error: unknown) => error as DeliveryError,
  );
}

describe.each(Object.entries(cases))('%s', (kind, { create, yes, patient, holds }) => {
  const inBrief = ['slack-webhook', 'slack-bot', 'teams'].includes(kind);
  const receiver = (tools: Partial<HttpTools> = {}): Receiver =>
    create(server.url, async () => key, { fetch, timeoutMs: 2000, ...tools });

  test('is content with a yes, and posts once', async () => {
    server.script = [yes];
    await receiver().send(notificationOf(rootLogin), never);
    expect(server.posts).toHaveLength(1);
    // None is kept for later, when the other side may have closed it while the function slept.
    expect(server.posts[0]?.headers).toMatchObject({ connection: 'close' });
  });

  test.each<[string, Script, Partial<DeliveryError>]>([
    ['500', { status: 500, body: 'oops' }, { reason: 'unavailable', retryable: true }],
    ['502 with a page', { status: 502, body: '<html>' }, { reason: 'unavailable', retryable: true }],
    [
      '503 that says when to come back',
      { status: 503, headers: { 'retry-after': '60' } },
      { reason: 'unavailable', retryable: true, retryAfterMs: 60_000 },
    ],
    ['408', { status: 408 }, { reason: 'timeout', retryable: true }],
    ['401', { status: 401 }, { reason: 'unauthorized', retryable: false }],
    ['403', { status: 403 }, { reason: 'unauthorized', retryable: false }],
    ['404', { status: 404 }, { reason: 'misconfigured', retryable: false }],
    ['410', { status: 410 }, { reason: 'misconfigured', retryable: false }],
    ['413', { status: 413 }, { reason: 'too-large', retryable: false }],
    ['400', { status: 400, body: 'no' }, { reason: 'rejected', retryable: false }],
    [
      'a redirect, which would hand the finding to another',
      { status: 307, headers: { location: 'http://127.0.0.1:1/' } },
      { reason: 'misconfigured', retryable: false },
    ],
    ['a connection that breaks', { fault: 'hang up' }, { reason: 'unreachable', retryable: true }],
    ['one that breaks within the answer', { fault: 'hang up in the body' }, { reason: 'unreachable', retryable: true }],
  ])('%s', async (_what, answer, expected) => {
    server.script = [answer];
    expect(await failure(receiver())).toMatchObject({ name: 'DeliveryError', ...expected });
    // Posted once: the other end may have taken it although it said no. Only what people read is posted again, in brief.
    const sizes = server.posts.map(({ bytes }) => bytes.length);
    expect(sizes).toHaveLength(expected.reason === 'too-large' && inBrief ? 2 : 1);
    expect(sizes.at(-1)).toBeLessThanOrEqual(sizes[0] ?? 0);
  });

  test.each<[string, Script]>([
    ['no answer', { fault: 'hang' }],
    ['an answer whose body never ends', { fault: 'slow body' }],
  ])('%s within the time', async (_what, answer) => {
    server.script = [answer];
    expect(await failure(receiver({ timeoutMs: 50 }))).toMatchObject({ reason: 'timeout', retryable: true });
    expect(await failure(receiver(), AbortSignal.timeout(50))).toMatchObject({ reason: 'timeout', retryable: true });
  });

  test('an endless error is read no further than its beginning', async () => {
    server.script = [{ status: 500, fault: 'endless' }];
    expect(await failure(receiver())).toMatchObject({ reason: 'unavailable' });
  });

  test('nobody listens', async () => {
    const lonely = create('http://127.0.0.1:1', async () => key, { fetch });
    expect(await failure(lonely)).toMatchObject({ reason: 'unreachable', retryable: true });
  });

  test.each([
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['a date', { date: 'Sat, 14 Mar 2026 09:00:00 GMT', 'retry-after': 'Sat, 14 Mar 2026 09:02:00 GMT' }, 120_000],
  ])('429 with a long wait in %s is left to the next delivery step', async (_how, headers, retryAfterMs) => {
    server.script = [{ status: 429, headers }];
    expect(await failure(receiver())).toMatchObject({ reason: 'rate-limited', retryable: true, retryAfterMs });
    expect(server.posts).toHaveLength(1);
  });

  test('429 without a word, or with nonsense', async () => {
    server.script = [{ status: 429 }, { status: 429, headers: { 'retry-after': 'soon' } }, { status: 429 }];
    const error = await failure(receiver());
    expect(error).toMatchObject({ reason: 'rate-limited', retryable: true });
    expect(error.retryAfterMs).toBeUndefined();
    expect(slept).toEqual(patient ? [1000, 1000] : []);
  });

  test('a short wait that is asked for is waited for, where nobody reads twice what came twice', async () => {
    server.script = [{ status: 429, headers: { 'retry-after': '2' } }, yes];
    const sent = receiver().send(notificationOf(rootLogin), never);
    if (patient) await sent;
    else await expect(sent).rejects.toMatchObject({ retryAfterMs: 2000 });
    expect(slept).toEqual(patient ? [2000] : []);
  });

  describe('shows no secret in an error', () => {
    const secrets = [
      ...(holds.includes('address') ? [path, encodeURIComponent(path), 'very-secret-path'] : []),
      ...(holds.includes('key') ? [key] : []),
    ];
    const quoted = `refused: ${secrets.join(' ')}`;
    test.each<[string, Script]>([
      ['that quotes it', { status: 500, body: quoted }],
      ['that refuses it', { status: 403, body: quoted }],
      ['in JSON', { status: 400, body: JSON.stringify({ error: quoted }) }],
      ['of the connection', { fault: 'hang up' }],
      ...secrets.map((secret): [string, Script] => [
        `that is cut within ${secret.slice(0, 6)}…`,
        { status: 500, body: `${'x'.repeat(280)}${secret}` },
      ]),
    ])('%s', async (_what, answer) => {
      server.script = [answer];
      const error = await failure(receiver());
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('very-secret');
      expect(error.message).toMatch(/^[a-z-]+: http:\/\/127\.0\.0\.1:\d+\/…: /);
    });
  });
});

const keyed = Object.entries(cases).filter(([, { holds }]) => holds.includes('key'));

describe.each(keyed)('%s has a key', (_kind, { create, yes }) => {
  test('that was changed, and is read anew when the old one is refused', async () => {
    server.script = [{ status: 401 }, yes];
    const asked: (boolean | undefined)[] = [];
    const changing: ReadSecret = async (how) => {
      asked.push(how?.fresh);
      return how?.fresh === true ? `new-${key}` : key;
    };
    await create(server.url, changing, { fetch }).send(notificationOf(rootLogin), never);
    expect(asked).toEqual([false, true]);
    expect(server.posts).toHaveLength(2);
  });

  test('that is refused and has not changed: nothing is tried again', async () => {
    server.script = [{ status: 401 }, yes];
    expect(await failure(create(server.url, async () => key, { fetch }))).toMatchObject({
      reason: 'unauthorized',
      retryable: false,
    });
    expect(server.posts).toHaveLength(1);
  });

  test('that can’t be read now, but perhaps later', async () => {
    const broken = create(server.url, () => Promise.reject(new Error('SSM parameter /x: Throttled')), { fetch });
    expect(await failure(broken)).toMatchObject({ reason: 'misconfigured', retryable: true });
    expect(server.posts).toEqual([]);
  });
});

test('a changed address is taken up too', async () => {
  server.script = [{ status: 404 }, { body: 'ok' }];
  const address: ReadSecret = async (how) => `${server.url}/${how?.fresh === true ? 'new' : 'old'}`;
  await createSlackWebhook({ address, fetch, sleep }).send(notificationOf(rootLogin), never);
  expect(server.posts.map(({ url }) => url)).toEqual(['/old', '/new']);
});
