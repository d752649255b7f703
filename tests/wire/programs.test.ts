import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Finding } from '../../src/model/finding.ts';
import type { Receiver } from '../../src/notify/receivers/receiver.ts';
import { createGelf } from '../../src/notify/receivers/gelf.ts';
import { createPagerDuty } from '../../src/notify/receivers/pagerduty.ts';
import { createTeams } from '../../src/notify/receivers/teams.ts';
import { createWebhook } from '../../src/notify/receivers/webhook.ts';
import { renderGelf } from '../../src/notify/render/gelf.ts';
import { renderPagerDuty } from '../../src/notify/render/pagerduty.ts';
import { startMisbehavingServer, type MisbehavingServer, type Post } from '../support/misbehaving-server.ts';
import { completion, hostile, instanceStopped, rootAgain, rootLogin } from '../unit/notify/specimens.ts';
import { never, notificationOf } from './notification.ts';

let server: MisbehavingServer;
const sleep = async (): Promise<void> => {};

beforeEach(async () => {
  server = await startMisbehavingServer({ status: 202 });
});

afterEach(() => server.close());

function last(): Post {
  const post = server.posts.at(-1);
  if (post === undefined) throw new Error('nothing was posted');
  return post;
}

const json = (): Record<string, unknown> => JSON.parse(last().body) as Record<string, unknown>;

describe('webhook', () => {
  const key = Buffer.from('0123456789abcdef0123456789abcdef');
  const secret = `whsec_${key.toString('base64')}`;
  const webhook = (signingKey = secret): Receiver =>
    createWebhook({
      address: async () => `${server.url}/in`,
      signingKey: async () => signingKey,
      now: () => new Date('2026-03-14T09:13:00.500Z'),
      fetch,
    });

  /** As docs/receivers.md shows it to those who read the webhook. */
  function isGenuine({ headers, body }: Post, secretKey: Buffer): boolean {
    const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const wanted = createHmac('sha256', secretKey).update(content).digest();
    return String(headers['webhook-signature'])
      .split(' ')
      .filter((signature) => signature.startsWith('v1,'))
      .map((signature) => Buffer.from(signature.slice(3), 'base64'))
      .some((given) => given.length === wanted.length && timingSafeEqual(given, wanted));
  }

  test('posts a finding in the published contract, in an envelope', async () => {
    const schema = JSON.parse(
      readFileSync(path.resolve(import.meta.dirname, '../../schemas/finding.schema.json'), 'utf8'),
    ) as object;
    const ajv = new Ajv2020({ allErrors: true });
    (addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
    const valid = ajv.compile(schema);
    for (const finding of [rootLogin, hostile, completion]) {
      await webhook().send(notificationOf(finding), never);
      const { data, ...envelope } = json();
      expect(envelope).toEqual({ type: 'trailwatch.finding', id: finding.id, timestamp: '2026-03-14T09:13:00.500Z' });
      expect(valid(data) ? [] : valid.errors).toEqual([]);
    }
  });

  test('is signed over id, time and body', async () => {
    await webhook().send(notificationOf(rootLogin), never);
    expect(last().headers).toMatchObject({ 'webhook-id': rootLogin.id, 'webhook-timestamp': '1773479580' });
    expect(isGenuine(last(), key)).toBe(true);
    expect(isGenuine(last(), Buffer.from('another'))).toBe(false);
    expect(isGenuine({ ...last(), body: `${last().body} ` }, key)).toBe(false);
    expect(isGenuine({ ...last(), headers: { ...last().headers, 'webhook-timestamp': '1773479581' } }, key)).toBe(
      false,
    );
    expect(isGenuine({ ...last(), headers: { ...last().headers, 'webhook-id': 'x' } }, key)).toBe(false);
  });

  test('is signed with the old key and the new one while it is changed', async () => {
    const other = 'a plain key of more than 24 bytes';
    await webhook(`${secret} ${other.replaceAll(' ', '-')}`).send(notificationOf(rootLogin), never);
    expect(isGenuine(last(), key)).toBe(true);
    expect(isGenuine(last(), Buffer.from(other.replaceAll(' ', '-')))).toBe(true);
  });

  test.each([['tiny-key'], ['whsec_c2hvcnQ='], [`${secret} tiny-key`]])(
    'refuses to sign with a key too short to protect: %s',
    async (given) => {
      await expect(webhook(given).send(notificationOf(rootLogin), never)).rejects.toMatchObject({
        reason: 'misconfigured',
        retryable: false,
        message: expect.not.stringContaining(given),
      });
      expect(server.posts).toEqual([]);
    },
  );

  test('a finding of megabytes is made fit, and says so', async () => {
    await webhook().send(notificationOf(hostile), never);
    expect(last().bytes.length).toBeLessThan(1_000_000);
    expect(json()['data']).toMatchObject({ omitted: expect.arrayContaining(['the raw record']) });
  });

  test.each([200, 201, 204])('%d is a yes', async (status) => {
    server.script = [{ status }];
    await webhook().send(notificationOf(rootLogin), never);
  });

  test.each(['http://siem.example.com/in', 'https://user:pass@siem.example.com/in', 'ftp://x/', 'nonsense'])(
    'never posts to %s',
    async (address) => {
      const receiver = createWebhook({
        address: async () => address,
        signingKey: async () => secret,
        now: () => new Date(0),
        fetch: () => {
          throw new Error('posted');
        },
      });
      await expect(receiver.send(notificationOf(rootLogin), never)).rejects.toMatchObject({
        reason: 'misconfigured',
        retryable: false,
        message: 'webhook: its address must begin with https://, and hold no user and password',
      });
    },
  );

  test('sends programs every finding by itself', () => expect(webhook().grouping).toBe('each'));
});

describe('gelf', () => {
  const gelf = (options: { readonly gzip?: boolean; readonly authorization?: string } = {}): Receiver =>
    createGelf({
      address: async () => `${server.url}/gelf`,
      fetch,
      ...(options.gzip !== undefined && { gzip: options.gzip }),
      ...(options.authorization !== undefined && { authorization: async () => options.authorization ?? '' }),
    });

  test('posts a GELF message, compressed', async () => {
    await gelf().send(notificationOf(rootLogin), never);
    expect(last().url).toBe('/gelf');
    expect(last().headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'application/json' });
    expect(last().headers).not.toHaveProperty('authorization');
    expect(JSON.parse(gunzipSync(last().bytes).toString())).toEqual(renderGelf(notificationOf(rootLogin)));
  });

  test('or as it is, with a header that says who sends', async () => {
    await gelf({ gzip: false, authorization: 'Basic dXNlcjpwYXNz' }).send(notificationOf(rootLogin), never);
    expect(last().headers).toMatchObject({ authorization: 'Basic dXNlcjpwYXNz' });
    expect(json()).toMatchObject({ version: '1.1', level: 3, timestamp: 1773479564, _account: '111122223333' });
  });

  test('a page of a proxy is not a success', async () => {
    server.script = [{ status: 200, body: '  <html>Sign in</html>' }];
    await expect(gelf().send(notificationOf(rootLogin), never)).rejects.toMatchObject({
      reason: 'unexpected',
      retryable: true,
    });
  });

  test('a time that is none is left to Graylog', () => {
    const odd: Finding = { ...rootLogin, time: 'yesterday' };
    expect(JSON.stringify(renderGelf(notificationOf(odd)))).not.toContain('"timestamp"');
  });
});

describe('pagerduty', () => {
  const success = { status: 202, body: '{"status":"success","message":"Event processed","dedup_key":"x"}' };
  beforeEach(() => {
    server.script = [success];
  });

  const pager = (autoResolve = false): Receiver =>
    createPagerDuty({
      routingKey: async () => '0123456789abcdef0123456789abcdef',
      address: new URL('/v2/enqueue', server.url),
      autoResolve,
      fetch,
      sleep,
    });

  test('triggers an alert of the service that the key names', async () => {
    const receipt = await pager().send(notificationOf(rootLogin), never);
    expect(json()).toMatchObject({
      routing_key: '0123456789abcdef0123456789abcdef',
      event_action: 'trigger',
      dedup_key: rootLogin.id,
      payload: { severity: 'error', summary: 'Root user signed in to the console: root in production' },
    });
    expect(receipt).toEqual({ dedupKey: rootLogin.id });
  });

  test('sends updates of one group to one incident, and resolves that', async () => {
    const opened = { ...notificationOf(rootLogin), group: { ...rootAgain, kind: 'first', count: 1 } as const };
    const receipt = (await pager(true).send(opened, never)) ?? {};
    const first = json()['dedup_key'];
    await pager(true).send({ ...notificationOf(rootLogin), group: { ...rootAgain, receipt } }, never);
    expect(json()).toMatchObject({ dedup_key: first, payload: { summary: expect.stringMatching(/^14 times since/) } });
    await pager(true).close?.({ key: rootAgain.key, finding: rootLogin, count: 14, receipt }, never);
    expect(json()).toEqual({
      routing_key: '0123456789abcdef0123456789abcdef',
      event_action: 'resolve',
      dedup_key: first,
    });
  });

  test('resolves nothing by itself without autoResolve', () => expect(pager().close).toBeUndefined());

  test('what completes an alert goes to the same incident', async () => {
    await pager().send(notificationOf(instanceStopped), never);
    const alert = json()['dedup_key'];
    await pager().send(notificationOf(completion), never);
    expect(json()).toMatchObject({ dedup_key: alert, payload: { summary: expect.stringMatching(/^Now known/) } });
  });

  test.each<[answer: string, status: number, body: string, error: { reason: string; retryable: boolean }]>([
    ['a page of a proxy', 200, '<html><body>Sign in</body></html>', { reason: 'unexpected', retryable: true }],
    ['nothing', 202, '', { reason: 'unexpected', retryable: true }],
    ['text that only begins like JSON', 202, '{"status":"success"', { reason: 'unexpected', retryable: true }],
    ['another success', 200, '{"ok":true}', { reason: 'unexpected', retryable: true }],
    [
      'an event that PagerDuty refuses',
      202,
      '{"status":"invalid event","message":"Event object is invalid","errors":["\'source\' is missing or blank"]}',
      { reason: 'rejected', retryable: false },
    ],
    [
      'too many events',
      202,
      '{"status":"throttle exceeded","message":"Requests for this service are arriving too quickly."}',
      { reason: 'rate-limited', retryable: true },
    ],
  ])('an answer of 2xx with %s is not a success', async (_what, status, body, error) => {
    server.script = [{ status, body }];
    await expect(pager().send(notificationOf(rootLogin), never)).rejects.toMatchObject(error);
  });

  test('a close that fails says so as a send does', async () => {
    server.script = [{ status: 500 }];
    const closed = pager(true).close?.({ key: 'k', finding: rootLogin, count: 1 }, never);
    await expect(closed).rejects.toMatchObject({ reason: 'unavailable', retryable: true });
  });
});

describe('the place of an event is never empty, as the source of PagerDuty and the host of Graylog', () => {
  const { account: _account, region: _region, ...placeless } = rootLogin.event;
  const hosts = (...ids: readonly string[]) => ids.map((id) => ({ kind: 'host', id }));
  test.each<[rule: string, event: Finding['event'], source: string, host: string]>([
    ['the account and region', rootLogin.event, 'production us-east-1', 'production'],
    ['the host', { ...rootLogin.event, targets: hosts('web-7') }, 'web-7', 'web-7'],
    ['another host than one without a name', { ...rootLogin.event, targets: hosts('', 'web-7') }, 'web-7', 'web-7'],
    [
      'the account where a host has only blanks',
      { ...rootLogin.event, targets: hosts(' \t') },
      'production us-east-1',
      'production',
    ],
    ['the region where the account is empty', { ...rootLogin.event, account: '' }, 'us-east-1', 'trailwatch'],
    ['a word without any of them', { ...placeless, targets: [] }, 'unknown', 'trailwatch'],
    [
      'a word where all are empty',
      { ...placeless, account: '', region: ' ', targets: hosts('') },
      'unknown',
      'trailwatch',
    ],
  ])('%s', (_rule, event, source, host) => {
    const notification = notificationOf({ ...rootLogin, event });
    expect(renderPagerDuty(notification)['payload']).toMatchObject({ source });
    expect(renderGelf(notification)).toMatchObject({ host });
  });
});

describe('teams', () => {
  const teams = (): Receiver =>
    createTeams({ address: async () => `${server.url}/workflows/x?sig=very-secret-signature`, fetch, sleep });

  test('posts one Adaptive Card, also of a finding of megabytes', async () => {
    for (const finding of [rootLogin, hostile]) {
      await teams().send(notificationOf(finding), never);
      // Larger cards get a 202, and are dropped.
      expect(last().bytes.length).toBeLessThan(23_000);
      expect(json()).toMatchObject({
        type: 'message',
        attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
      });
    }
  });

  test.each([
    ['1', undefined],
    ['', undefined],
    [
      'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x',
      'rate-limited',
    ],
    ['Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413', 'too-large'],
    ['Webhook message delivery failed', 'unavailable'],
    ['<!DOCTYPE html><html>Sign in</html>', 'unexpected'],
  ])('200 with %j', async (body, reason) => {
    server.script = [{ status: 200, body }];
    const sent = teams().send(notificationOf(rootLogin), never);
    if (reason === undefined) await sent;
    else await expect(sent).rejects.toMatchObject({ reason });
  });

  test('what Teams finds too large goes in brief', async () => {
    server.script = [{ status: 413 }, { status: 202 }];
    await teams().send(notificationOf(rootLogin), never);
    expect(server.posts.map(({ body }) => body.includes('SELECT eventtime'))).toEqual([true, false]);
    expect(last().bytes.length).toBeLessThanOrEqual(8_000);
  });

  test.each(['WorkflowTriggerIsNotEnabled', 'TriggerInputSchemaMismatch'])('a workflow that says %s', async (code) => {
    server.script = [{ status: 400, body: JSON.stringify({ error: { code } }) }];
    await expect(teams().send(notificationOf(rootLogin), never)).rejects.toMatchObject({
      reason: 'misconfigured',
      retryable: false,
    });
  });
});
