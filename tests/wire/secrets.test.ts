import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSecrets } from '../../src/aws/secrets.ts';
import type { SecretSource } from '../../src/notify/receivers/receiver-kind.ts';
import { parseSecretName } from '../../src/notify/receivers/secret-name.ts';
import { startHttpServer, type Answer } from '../support/http-server.ts';
import { local } from './notification.ts';

let asked: unknown[];
let answer: () => Answer;
let nowMs: number;
let ssm: SSMClient;
let secretsManager: SecretsManagerClient;
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
  ssm = new SSMClient({ endpoint: server.url, ...local, maxAttempts: 1 });
  secretsManager = new SecretsManagerClient({ endpoint: server.url, ...local, maxAttempts: 1 });
});

afterEach(async () => {
  ssm.destroy();
  secretsManager.destroy();
  await close();
});

const secrets = (): SecretSource =>
  createSecrets({
    ssm: () => ssm,
    secretsManager: async () => secretsManager,
    now: () => new Date(nowMs),
    keepMs: 60_000,
    freshMs: 1_000,
  });

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
  ['an empty parameter', parameter('  '), 'SSM parameter /a: is empty'],
])('refuses %s, without its value', async (_what, given, message) => {
  answer = () => given;
  const error: unknown = await secrets()('/a').catch((reason: unknown) => reason);
  expect(String(error)).toBe(`SecretError: ${message}`);
});

test('who was refused gets the secret anew, but no sooner than a value counts as fresh', async () => {
  const secret = secrets();
  expect(await secret('/a')).toBe('s3cret');
  answer = () => parameter('renewed');
  nowMs = 999;
  expect(await secret('/a', { fresh: true })).toBe('s3cret');
  nowMs = 1_000;
  expect(await secret('/a', { fresh: true })).toBe('renewed');
  expect(await secret('/a')).toBe('renewed');
  expect(asked).toHaveLength(2);
});

describe('Secrets Manager', () => {
  const holding = (SecretString: string): void => {
    answer = () => ({ status: 200, body: JSON.stringify({ Name: 'chat', SecretString }) });
  };

  test('gives a secret by its name, or one key of its JSON', async () => {
    holding('{"token":"xoxb-1","port":443}');
    expect(await secrets()('secretsmanager:prod/chat')).toBe('{"token":"xoxb-1","port":443}');
    expect(await secrets()('secretsmanager:prod/chat#token')).toBe('xoxb-1');
    expect(asked).toEqual([{ SecretId: 'prod/chat' }, { SecretId: 'prod/chat' }]);
  });

  test.each([
    ['without the key', '{"other":"s3cret"}'],
    ['whose key holds no text', '{"token":1}'],
    ['that is no JSON', 's3cret'],
    ['that is a list', '["s3cret"]'],
  ])('refuses a secret %s, without its value', async (_what, held) => {
    holding(held);
    const error: unknown = await secrets()('secretsmanager:chat#token').catch((reason: unknown) => reason);
    expect(String(error)).toBe(
      'SecretError: secret chat of Secrets Manager: is not a JSON object with text under token',
    );
  });

  test('says why it could not be read', async () => {
    answer = () => ({ status: 400, body: '{"__type":"AccessDeniedException","message":"no"}' });
    await expect(secrets()('secretsmanager:chat')).rejects.toThrow(
      'secret chat of Secrets Manager: AccessDeniedException: no',
    );
  });
});

describe('the name of a secret', () => {
  test.each<[string, ReturnType<typeof parseSecretName>]>([
    ['/trailwatch/slack', { store: 'ssm', name: '/trailwatch/slack' }],
    ['ssm:/trailwatch/slack', { store: 'ssm', name: '/trailwatch/slack' }],
    ['ssm:slack', { store: 'ssm', name: 'slack' }],
    ['secretsmanager:prod/chat', { store: 'secretsmanager', name: 'prod/chat' }],
    ['secretsmanager:prod/chat#token', { store: 'secretsmanager', name: 'prod/chat', jsonKey: 'token' }],
  ])('%s', (text, name) => expect(parseSecretName(text)).toEqual(name));

  test.each([
    ['an address', 'https://hooks.slack.com/services/T0/B0/x'],
    ['a token', 'xoxb-1234-5678-abcdef'],
    ['an integration key', '0123456789abcdef0123456789abcdef'],
    ['a header', 'Basic dXNlcjpwYXNz'],
    ['another store', 'vault:secret/x'],
    ['nothing', ''],
    ['a store without a name', 'ssm:'],
    ['a folder', '/trailwatch/'],
  ])('is not %s', (_what, text) => expect(parseSecretName(text)).toBeUndefined());

  test('is not quoted when it is none: it may be the secret itself', async () => {
    const error: unknown = await secrets()('xoxb-very-secret').catch((reason: unknown) => reason);
    expect(String(error)).not.toContain('very-secret');
  });
});
