import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createSsmSecrets } from '../../src/aws/ssm-secret.ts';
import { startHttpServer, type Answer } from '../support/http-server.ts';
import { local } from './notification.ts';

let asked: unknown[];
let answer: () => Answer;
let nowMs: number;
let client: SSMClient;
let close: () => Promise<void>;

const parameter = (Value: string, Type = 'SecureString'): Answer => ({
  status: 200,
  body: JSON.stringify({ Parameter: { Name: '/trailwatch/slack', Type, Value, Version: 1 } }),
});

beforeEach(async () => {
  asked = [];
  nowMs = 0;
  answer = () => parameter('s3cret');
  const server = await startHttpServer(({ body }) => {
    asked.push(JSON.parse(body));
    return answer();
  });
  close = server.close;
  client = new SSMClient({ endpoint: server.url, ...local, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await close();
});

const secrets = (): ReturnType<typeof createSsmSecrets> =>
  createSsmSecrets({ client, now: () => new Date(nowMs), keepMs: 60_000 });

test('reads the parameter decrypted', async () => {
  answer = () => parameter('s3cret\n');
  expect(await secrets()('/trailwatch/slack')).toBe('s3cret');
  expect(asked).toEqual([{ Name: '/trailwatch/slack', WithDecryption: true }]);
});

test('asks once, also when many ask at the same time, and again after a while', async () => {
  const secret = secrets();
  await Promise.all([secret('/a'), secret('/a'), secret('/a')]);
  nowMs = 59_999;
  await secret('/a');
  expect(asked).toHaveLength(1);
  nowMs = 60_000;
  await secret('/a');
  expect(asked).toHaveLength(2);
});

test('a failure is not kept', async () => {
  const secret = secrets();
  answer = () => ({ status: 400, body: '{"__type":"ParameterNotFound","message":"none"}' });
  await expect(secret('/a')).rejects.toThrow('SSM parameter /a: ParameterNotFound: none');
  answer = () => parameter('s3cret');
  expect(await secret('/a')).toBe('s3cret');
});

test.each([
  [
    'a parameter that is not encrypted',
    parameter('s3cret', 'String'),
    'SSM parameter /a: is String: make it a SecureString',
  ],
  ['an empty parameter', parameter('  '), 'SSM parameter /a: holds nothing'],
])('refuses %s, without its value', async (_what, given, message) => {
  answer = () => given;
  const error: unknown = await secrets()('/a').catch((reason: unknown) => reason);
  expect(String(error)).toBe(`SecretError: ${message}`);
});
