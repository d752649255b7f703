import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Receiver } from '../../src/notify/receivers/receiver.ts';
import { createSecurityHub } from '../../src/notify/receivers/security-hub.ts';
import { startMisbehavingServer, type MisbehavingServer, type Script } from '../support/misbehaving-server.ts';
import { completion, hostile, instanceStopped, rootLogin } from '../unit/notify/specimens.ts';
import { local, never, notificationOf } from './notification.ts';

const taken: Script = { status: 200, body: '{"FailedCount":0,"SuccessCount":1,"FailedFindings":[]}' };
let server: MisbehavingServer;
let client: SecurityHubClient;
let nowMs: number;

beforeEach(async () => {
  server = await startMisbehavingServer(taken);
  client = new SecurityHubClient({ endpoint: server.url, ...local, maxAttempts: 1 });
  nowMs = Date.parse('2026-03-14T10:00:00Z');
});

afterEach(async () => {
  client.destroy();
  await server.close();
});

const hub = (): Receiver =>
  createSecurityHub({
    client,
    place: { partition: 'aws', region: 'eu-central-1', account: '999988887777' },
    now: () => new Date((nowMs += 1000)),
  });

const imported = (): readonly Record<string, unknown>[] =>
  server.posts.flatMap(({ body }) => (JSON.parse(body) as { Findings: Record<string, unknown>[] }).Findings);

test('imports a finding as one of the account’s own product', async () => {
  await hub().send(notificationOf(rootLogin), never);
  expect(server.posts[0]?.url).toBe('/findings/import');
  expect(imported()).toMatchObject([
    {
      ProductArn: 'arn:aws:securityhub:eu-central-1:999988887777:product/999988887777/default',
      // Security Hub takes findings of the calling account alone: where it happened is among the resources.
      AwsAccountId: '999988887777',
      Severity: { Label: 'HIGH' },
      Types: ['TTPs/Initial Access'],
      Resources: [{ Id: 'arn:aws:iam::111122223333:root' }, { Id: 'AWS::::Account:111122223333' }],
    },
  ]);
});

test('what completes a finding updates it: same id, later', async () => {
  await hub().send(notificationOf(instanceStopped), never);
  await hub().send(notificationOf(completion), never);
  const [first, second] = imported();
  expect(second?.['Id']).toBe(first?.['Id']);
  expect(String(second?.['UpdatedAt']) > String(first?.['UpdatedAt'])).toBe(true);
  expect(second?.['CreatedAt']).toBe(first?.['CreatedAt']);
  expect(first?.['Title']).toBe('Instance stopped or terminated: instance i-03de5fa90b71c264e in production');
  expect(second?.['Title']).toBe(
    'Instance stopped or terminated: ben@example.com → instance i-03de5fa90b71c264e in production',
  );
});

test('a hostile finding is within all limits', async () => {
  await hub().send(notificationOf(hostile), never);
  expect(server.posts[0]?.bytes.length).toBeLessThan(240_000);
});

describe('200 does not mean that it was taken', () => {
  test.each([
    ['InvalidAccess', 'misconfigured', false],
    ['InvalidInput', 'rejected', false],
    ['InternalFailure', 'unavailable', true],
    ['LimitExceeded', 'rate-limited', true],
  ])('%s', async (ErrorCode, reason, retryable) => {
    const failed = { FailedCount: 1, SuccessCount: 0, FailedFindings: [{ Id: 'x', ErrorCode, ErrorMessage: 'no' }] };
    server.script = [{ body: JSON.stringify(failed) }];
    await expect(hub().send(notificationOf(rootLogin), never)).rejects.toMatchObject({
      message: `security-hub: ${ErrorCode}: no`,
      reason,
      retryable,
    });
  });

  test.each([
    ['says nothing', '{}'],
    ['counts nothing', '{"FailedCount":0,"SuccessCount":0}'],
    ['counts a failure without naming it', '{"FailedCount":1,"SuccessCount":0,"FailedFindings":[]}'],
  ])('an answer that %s', async (_what, body) => {
    server.script = [{ body }];
    await expect(hub().send(notificationOf(rootLogin), never)).rejects.toMatchObject({
      reason: 'unavailable',
      retryable: true,
    });
  });
});

describe('a failure says whether trying again can help', () => {
  test.each([
    ['Security Hub is not enabled', 401, 'InvalidAccessException', 'misconfigured', false],
    ['it is not allowed', 403, 'AccessDeniedException', 'unauthorized', false],
    ['too many requests', 429, 'TooManyRequestsException', 'rate-limited', true],
    ['the limit is reached', 429, 'LimitExceededException', 'rate-limited', true],
    ['it is down', 500, 'InternalException', 'unavailable', true],
    ['a wrong field', 400, 'InvalidInputException', 'rejected', false],
  ])('%s', async (_what, status, code, reason, retryable) => {
    server.script = [{ status, body: '{"Message":"no"}', headers: { 'x-amzn-errortype': code } }];
    await expect(hub().send(notificationOf(rootLogin), never)).rejects.toMatchObject({ reason, retryable });
  });

  test.each<[string, Script, string]>([
    ['the connection breaks', { fault: 'hang up' }, 'unreachable'],
    ['the pipeline gave it up', { fault: 'hang' }, 'timeout'],
  ])('%s', async (_what, script, reason) => {
    server.script = [script];
    const sent = hub().send(notificationOf(rootLogin), AbortSignal.timeout(200));
    await expect(sent).rejects.toMatchObject({ reason, retryable: true });
  });
});
