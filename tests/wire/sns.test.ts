import { type PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import type { Finding } from '../../src/model/finding.ts';
import { createSns } from '../../src/notify/receivers/sns.ts';
import { startHttpServer } from '../support/http-server.ts';
import { bruteForce, groups, hostile, rootAgain, rootLogin, sshRootLogin } from '../unit/notify/specimens.ts';
import { local, never, notificationOf } from './notification.ts';

let server: FauxqsServer;
let sns: SNSClient;
let sqs: SQSClient;
let topicArn: string;
let fifoArn: string;
const queues = new Map<string, string>();

beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  sns = new SNSClient({ endpoint, ...local });
  // The queues' addresses name a host that not every machine resolves.
  sqs = new SQSClient({ endpoint, ...local, useQueueUrlAsEndpoint: false });
  topicArn = server.createTopic('alerts').topicArn;
  fifoArn = server.createTopic('alerts.fifo', { attributes: { FifoTopic: 'true' } }).topicArn;
  const subscribe = (queue: string, filter: object | undefined): void => {
    queues.set(queue, server.createQueue(queue).queueUrl);
    server.subscribe({
      topic: 'alerts',
      queue,
      ...(filter && { attributes: { FilterPolicy: JSON.stringify(filter) } }),
    });
  };
  subscribe('all', undefined);
  subscribe('severe', { level: ['high', 'critical'] });
  subscribe('hosts', { source: ['sshd'], account: ['111122223333'] });
  subscribe('failures-in-ireland', { outcome: ['failure'], region: ['eu-west-1'] });
  queues.set('ordered', server.createQueue('ordered.fifo', { attributes: { FifoQueue: 'true' } }).queueUrl);
  server.subscribe({ topic: 'alerts.fifo', queue: 'ordered.fifo' });
});

beforeEach(() => server.reset());

afterAll(async () => {
  sns.destroy();
  sqs.destroy();
  await server.stop();
});

interface Delivered {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageAttributes: Readonly<Record<string, { readonly Type: string; readonly Value: string }>>;
}

async function received(queue: string): Promise<readonly Delivered[]> {
  const QueueUrl = queues.get(queue);
  const all: Delivered[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return all;
    for (const { Body, ReceiptHandle } of Messages) {
      all.push(JSON.parse(Body ?? '') as Delivered);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

async function publish(finding: Finding, to = topicArn): Promise<void> {
  await createSns({ client: sns, topicArn: to }).send(notificationOf(finding), never);
}

test('a mail says it in the subject, and everything in the body', async () => {
  await publish(rootLogin);
  const [mail] = await received('all');
  expect(mail?.Subject).toBe('[HIGH] Root user signed in to the console: root in production');
  expect(mail?.Message).toContain('\nwho       root (root user of the account, no MFA)\n');
  expect(mail?.Message).toContain('\n--- Athena: everything root did within an hour\n');
});

test('attributes say what filter policies match on, ten at most, all with values', async () => {
  await publish(sshRootLogin);
  const [mail] = await received('all');
  expect(mail?.MessageAttributes).toEqual({
    level: { Type: 'String', Value: 'medium' },
    rule: { Type: 'String', Value: sshRootLogin.rule.id },
    account: { Type: 'String', Value: '111122223333' },
    region: { Type: 'String', Value: 'eu-west-1' },
    source: { Type: 'String', Value: 'sshd' },
    category: { Type: 'String', Value: 'authentication' },
    service: { Type: 'String', Value: 'sshd' },
    action: { Type: 'String', Value: 'login' },
    outcome: { Type: 'String', Value: 'success' },
    tags: { Type: 'String.Array', Value: '["attack.t1021.004"]' },
  });
});

test('subscriptions get what their filter policies ask for', async () => {
  for (const finding of [rootLogin, sshRootLogin, bruteForce]) await publish(finding);
  const subjects = async (queue: string): Promise<readonly string[]> =>
    (await received(queue)).map(({ Subject }) => Subject.split(':')[0] ?? '').toSorted();
  expect(await subjects('severe')).toEqual([
    '[HIGH] Many failed SSH logins from one address',
    '[HIGH] Root user signed in to the console',
  ]);
  expect(await subjects('hosts')).toEqual([
    '[HIGH] Many failed SSH logins from one address',
    '[MEDIUM] SSH login as root',
  ]);
  expect(await subjects('failures-in-ireland')).toEqual(['[HIGH] Many failed SSH logins from one address']);
});

test('a FIFO topic drops the same fact when it comes again', async () => {
  await publish(rootLogin, fifoArn);
  await publish(rootLogin, fifoArn);
  await publish(bruteForce, fifoArn);
  expect((await received('ordered')).map(({ Subject }) => Subject.slice(0, 11))).toEqual([
    '[HIGH] Root',
    '[HIGH] Many',
  ]);
});

describe('a group of findings', () => {
  test.each(groups)('%s: the subject counts them, and the mail keeps to its width', async (_name, finding, group) => {
    await createSns({ client: sns, topicArn }).send({ ...notificationOf(finding), group }, never);
    const [mail] = await received('all');
    expect(mail?.Subject).toMatch(/^\[[A-Z]+\] \d+ (?:times|findings) since [\d :-]+ UTC/);
  });

  test('have the level of the worst, so that nobody who filters by it misses that', async () => {
    const [, finding, group] = groups.find(([name]) => name === 'several-rules') ?? [];
    if (finding === undefined || group === undefined) throw new Error('no such group');
    expect(finding.rule.level).toBe('medium');
    await createSns({ client: sns, topicArn }).send({ ...notificationOf(finding), group }, never);
    expect((await received('severe'))[0]?.MessageAttributes['level']?.Value).toBe('critical');
  });

  test('an update passes a FIFO topic: it is not a copy of the first', async () => {
    const fifo = createSns({ client: sns, topicArn: fifoArn });
    await fifo.send({ ...notificationOf(rootLogin), id: 'the first' }, never);
    await fifo.send({ ...notificationOf(rootLogin), id: 'more of it', group: rootAgain }, never);
    expect(await received('ordered')).toHaveLength(2);
  });
});

describe('what SNS would refuse', () => {
  test.each<[string, Finding]>([
    ['a hostile finding', hostile],
    ['a title beyond ASCII', titled('Zugriff über José’s Schlüssel → 漢字')],
    ['a title longer than a subject', titled('word '.repeat(100))],
    ['a title that is all surrogates', titled('\ud83d'.repeat(200))],
    ['an event without account and region', without(rootLogin)],
    ['an empty action', { ...rootLogin, event: { ...rootLogin.event, action: '' } }],
    ['a finding of megabytes', huge()],
  ])('is made fit: %s', async (_what, finding) => {
    const sent: PublishCommand['input'][] = [];
    const spy = {
      send: async (command: PublishCommand) => {
        sent.push(command.input);
        return sns.send(command);
      },
    };
    await createSns({ client: spy as never, topicArn }).send(notificationOf(finding), never);
    const [{ Subject = '', Message = '', MessageAttributes = {} } = {}] = sent;
    expect(Subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
    expect(Message.isWellFormed()).toBe(true);
    const attributes = Object.entries(MessageAttributes);
    expect(attributes.length).toBeLessThanOrEqual(10);
    expect(attributes.every(([, { StringValue }]) => StringValue !== '')).toBe(true);
    const bytes = attributes.flatMap(([key, { DataType = '', StringValue = '' }]) => [key, DataType, StringValue]);
    expect(Buffer.byteLength(Message + bytes.join(''))).toBeLessThanOrEqual(262_144);
    expect(await received('all')).toHaveLength(1);
  });

  test('a body that was cut says so at its end', async () => {
    await publish(huge());
    const [mail] = await received('all');
    expect(mail?.Message).toMatch(/… cut here: the message was longer than SNS takes\. .*\n$/);
  });

  test('letters lose their marks in the subject, and what has no ASCII form shows as a question mark', async () => {
    await publish(titled('José’s Schlüssel → 漢'));
    expect((await received('all'))[0]?.Subject).toBe('[HIGH] Jose?s Schlussel > ?: root in production');
  });
});

describe('a failure says whether trying again can help', () => {
  test.each([
    ['the topic does not exist', 404, 'NotFound', 'misconfigured', false],
    ['publishing is not allowed', 403, 'AuthorizationError', 'unauthorized', false],
    ['too many requests', 400, 'Throttling', 'rate-limited', true],
    ['the key is throttled', 400, 'KMSThrottling', 'rate-limited', true],
    ['SNS is down', 500, 'InternalError', 'unavailable', true],
    ['a wrong parameter', 400, 'InvalidParameter', 'rejected', false],
    ['credentials ran out', 403, 'ExpiredToken', 'unauthorized', true],
  ])('%s', async (_what, status, code, reason, retryable) => {
    const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
    const { url, close } = await startHttpServer(() => ({ status, body, headers: { 'content-type': 'text/xml' } }));
    const client = new SNSClient({ endpoint: url, ...local, maxAttempts: 1 });
    const sent = createSns({ client, topicArn }).send(notificationOf(rootLogin), never);
    await expect(sent).rejects.toMatchObject({ name: 'DeliveryError', reason, retryable });
    client.destroy();
    await close();
  });

  test('nobody listens', async () => {
    const client = new SNSClient({ endpoint: 'http://127.0.0.1:1', ...local, maxAttempts: 1 });
    const sent = createSns({ client, topicArn }).send(notificationOf(rootLogin), never);
    await expect(sent).rejects.toMatchObject({ reason: 'unreachable', retryable: true });
    client.destroy();
  });

  test('the pipeline gave it up', async () => {
    const { url, close } = await startHttpServer(() => new Promise(() => {}));
    const client = new SNSClient({ endpoint: url, ...local });
    const sent = createSns({ client, topicArn }).send(notificationOf(rootLogin), AbortSignal.timeout(50));
    await expect(sent).rejects.toMatchObject({ reason: 'timeout', retryable: true });
    client.destroy();
    await close();
  });
});

function titled(title: string): Finding {
  return { ...rootLogin, rule: { ...rootLogin.rule, title } };
}

function without(finding: Finding): Finding {
  const { account: _account, region: _region, ...event } = finding.event;
  return { ...finding, event };
}

/** Texts of rules are not cut one by one: only the whole is. */
function huge(): Finding {
  const references = Array.from({ length: 200 }, (_, index) => `https://example.com/${index}/${'é'.repeat(1800)}`);
  return { ...rootLogin, rule: { ...rootLogin.rule, references } };
}
