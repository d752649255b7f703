import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startFauxqs, type FauxqsServer } from 'fauxqs';
import pc from 'picocolors';
import { runCommandLine } from '../../src/cli/main.ts';
import type { Output } from '../../src/cli/shell/terminal.ts';
import { deadLetterBody } from '../../src/notify/delivery/dead-letter-body.ts';
import { startHttpServer, type Asked } from '../support/http-server.ts';
import { startLocalReplays, type LocalReplays } from '../support/local-replays.ts';
import { rootLogin } from '../unit/notify/specimens.ts';

const region = 'eu-west-1';
const before = { ...process.env };
const steps = ['deliver', 'trail-file', 'event-bus', 'kinesis', 'findings-table'];
let aws: FauxqsServer;
let sqs: SQSClient;
let replays: LocalReplays;
let lambda: Awaited<ReturnType<typeof startHttpServer>>;
let invoked: Asked[] = [];
let lambdaStatus = 202;

beforeAll(async () => {
  aws = await startFauxqs({ port: 0, logger: false, host: '127.0.0.1', defaultRegion: region });
  lambda = await startHttpServer((asked) => {
    if (lambdaStatus === 202) invoked.push(asked);
    return lambdaStatus === 202
      ? { status: 202, body: '' }
      : {
          status: lambdaStatus,
          body: '{"Message":"no such function"}',
          headers: { 'x-amzn-errortype': 'ResourceNotFoundException' },
        };
  });
  Object.assign(process.env, {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${aws.port}`,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
  });
  sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
});
beforeEach(async () => {
  for (const step of steps) aws.createQueue(`trailwatch-dev-${step}-dead-letters`, { region });
  aws.createQueue('trailwatch-dev-deliver', { region });
  aws.createQueue('trailwatch-dev-trail-file', { region });
  aws.createQueue('trailwatch-dev-blue-deliver-dead-letters', { region });
  replays = await startLocalReplays();
  process.env['AWS_ENDPOINT_URL_EVENTBRIDGE'] = replays.url;
  process.env['AWS_ENDPOINT_URL_STS'] = replays.url;
  invoked = [];
  lambdaStatus = 202;
});
afterEach(async () => {
  aws.purgeAll();
  await replays.close();
});
afterAll(async () => {
  sqs.destroy();
  await Promise.all([aws.stop(), lambda.close()]);
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const finding = (id: string): string => deadLetterBody({ ...rootLogin, id }, id, new Date('2026-03-11T12:00:00Z'));

async function put(queue: string, body: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
  const queueUrl = aws.inspectQueue(queue)?.url;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }),
  );
}
const bodiesIn = (queue: string): readonly string[] =>
  (aws.inspectQueue(queue)?.messages.ready ?? []).map(({ body }) => body).toSorted();

/** replay runs the command a second after what was put into the queues. */
async function replay(args: string, stop = new AbortController().signal) {
  const parts = { stdout: '', stderr: '' };
  const outputTo = (name: keyof typeof parts): Output => ({
    colors: pc.createColors(false),
    interactive: false,
    width: 100,
    write: async (text) => void (parts[name] += text),
  });
  const code = await runCommandLine(['replay', '--stage', 'dev', ...args.split(' ').filter((arg) => arg !== '')], {
    out: outputTo('stdout'),
    err: outputTo('stderr'),
    stdin: Readable.from([]),
    cwd: process.cwd(),
    now: () => new Date(Date.now() + 1_000),
    stop,
  });
  return { code, ...parts };
}

describe('dead letters', () => {
  test('are shown by queue and reason, and left as they are, until somebody says what to send', async () => {
    await put('trailwatch-dev-deliver-dead-letters', finding('a'), { receiver: 'oncall', reason: 'unauthorized' });
    await put('trailwatch-dev-deliver-dead-letters', finding('b'), { receiver: 'oncall', reason: 'unauthorized' });
    await put('trailwatch-dev-deliver-dead-letters', finding('c'));
    await put('trailwatch-dev-event-bus-dead-letters', '{}', { ErrorMessage: 'none of the 1 records could be read' });
    await put('trailwatch-dev-kinesis-dead-letters', '{"KinesisBatchInfo":{}}');
    const { code, stderr, stdout } = await replay('');
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `Dead letters of dev, eu-west-1

deliver: 3 messages
       2  oncall: unauthorized
       1  received as often as its queue allows; the function’s log has the reason
event-bus: 1 message
       1  the function failed: none of the 1 records could be read
kinesis: 1 message, which cannot be sent again
       1  received as often as its queue allows; the function’s log has the reason

`,
      stderr: 'Nothing was sent. To send these messages again: trailwatch replay --stage dev --dead-letters\n',
    });
    expect(bodiesIn('trailwatch-dev-deliver-dead-letters')).toHaveLength(3);
    expect(bodiesIn('trailwatch-dev-deliver')).toEqual([]);
  });

  test('go back to their queues, their functions and the bus, and are deleted', async () => {
    await put('trailwatch-dev-deliver-dead-letters', finding('a'));
    await put('trailwatch-dev-trail-file-dead-letters', '{"Records":[]}');
    await put('trailwatch-dev-event-bus-dead-letters', '{"source":"aws.ec2"}');
    await put('trailwatch-dev-findings-table-dead-letters', finding('t'));
    const { code, stdout } = await replay('--dead-letters');
    expect(code).toBe(0);
    expect(stdout).toContain('deliver: 1 sent\nevent-bus: 1 sent\nfindings-table: 1 sent\ntrail-file: 1 sent\n');
    expect(bodiesIn('trailwatch-dev-deliver')).toEqual([finding('a')]);
    expect(bodiesIn('trailwatch-dev-trail-file')).toEqual(['{"Records":[]}']);
    expect(invoked.map(({ body, headers, path }) => [path, headers['x-amz-invocation-type'], body])).toEqual([
      ['/2015-03-31/functions/trailwatch-dev-event-bus/invocations', 'Event', '{"source":"aws.ec2"}'],
    ]);
    expect(
      replays.put.map(({ Detail, EventBusName }) => [EventBusName, (JSON.parse(Detail) as { id: string }).id]),
    ).toEqual([['trailwatch-dev-findings', 't']]);
    for (const step of steps) expect([step, bodiesIn(`trailwatch-dev-${step}-dead-letters`)]).toEqual([step, []]);
  });

  test('that nobody can read stay, and are named; the others go', async () => {
    await put('trailwatch-dev-deliver-dead-letters', 'no finding');
    await put('trailwatch-dev-deliver-dead-letters', finding('a'));
    const { code, stdout } = await replay('--dead-letters');
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /deliver: 1 sent, 1 left\n {2}[0-9a-f-]{36}: holds no finding: event: the message body is not JSON\n/,
    );
    expect(bodiesIn('trailwatch-dev-deliver-dead-letters')).toEqual(['no finding']);
    expect(bodiesIn('trailwatch-dev-deliver')).toEqual([finding('a')]);
  });

  test('that are not taken stay', async () => {
    lambdaStatus = 404;
    await put('trailwatch-dev-event-bus-dead-letters', '{"source":"aws.ec2"}');
    const { code, stdout } = await replay('--dead-letters');
    expect(code).toBe(3);
    expect(stdout).toContain('could not be sent: no such function');
    expect(bodiesIn('trailwatch-dev-event-bus-dead-letters')).toEqual(['{"source":"aws.ec2"}']);
  });

  test.each([
    { args: '--dead-letters --limit 3', sent: 3 },
    { args: '--dead-letters deliver --limit 25', sent: 25 },
    { args: '--dead-letters trailwatch-dev-deliver-dead-letters', sent: 26 },
    { args: '--dead-letters --dry-run', sent: 0 },
    { args: '--dead-letters trail-file', sent: 0 },
  ])('$args sends $sent of 26', async ({ args, sent }) => {
    const all = Array.from({ length: 26 }, (_, index) => finding(`f${index}`));
    for (const body of all) await put('trailwatch-dev-deliver-dead-letters', body);
    expect((await replay(args)).code).toBe(0);
    expect(bodiesIn('trailwatch-dev-deliver')).toHaveLength(sent);
    const left = bodiesIn('trailwatch-dev-deliver-dead-letters');
    expect([...left, ...bodiesIn('trailwatch-dev-deliver')].toSorted()).toEqual(all.toSorted());
  });

  test('of another stage whose name begins alike are not touched', async () => {
    await put('trailwatch-dev-blue-deliver-dead-letters', finding('a'));
    expect((await replay('--dead-letters')).stdout).toBe('No dead letters in dev, eu-west-1.\n');
    expect(bodiesIn('trailwatch-dev-blue-deliver-dead-letters')).toHaveLength(1);
  });

  test('are held by nobody once the command has ended', async () => {
    await put('trailwatch-dev-kinesis-dead-letters', '{}');
    expect((await replay('--dead-letters')).code).toBe(3);
    const queueUrl = aws.inspectQueue('trailwatch-dev-kinesis-dead-letters')?.url;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['ApproximateNumberOfMessagesNotVisible'] }),
    );
    expect(Attributes?.['ApproximateNumberOfMessagesNotVisible']).toBe('0');
  });
});

describe('a time range of the archive', () => {
  const yesterday = (hour: string): string => `${new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)}T${hour}`;

  test('is replayed to the rule of the deliver queue alone', async () => {
    const { code, stdout } = await replay(`--from ${yesterday('07:00')} --to ${yesterday('09:30')}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Replayed the findings of dev, eu-west-1, from \S+T07:00:00\.000Z to \S+T09:30:00\.000Z \(trailwatch-dev-\d{14}\)\n$/,
    );
    expect(replays.started).toEqual([
      expect.objectContaining({
        EventSourceArn: 'arn:aws:events:eu-west-1:111122223333:archive/trailwatch-dev-findings',
        EventStartTime: Date.parse(`${yesterday('07:00')}Z`) / 1_000,
        EventEndTime: Date.parse(`${yesterday('09:30')}Z`) / 1_000,
        Destination: {
          Arn: 'arn:aws:events:eu-west-1:111122223333:event-bus/trailwatch-dev-findings',
          FilterArns: ['arn:aws:events:eu-west-1:111122223333:rule/trailwatch-dev-findings/trailwatch-dev-deliver'],
        },
      }),
    ]);
  });

  test('that fails says why, and exits 1', async () => {
    replays.tell({ State: 'FAILED', StateReason: 'The destination is gone' });
    const { code, stdout } = await replay('--from 7d');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Failed \(The destination is gone\): the findings of dev/);
  });

  test('is cancelled by Ctrl-C, which says how far it had come', async () => {
    const stop = new AbortController();
    replays.tell({ State: 'RUNNING', at: Date.parse('2026-03-11T08:00:00Z') / 1_000 });
    stop.abort();
    const { stdout } = await replay('--from 7d', stop.signal);
    expect(replays.cancelled).toHaveLength(1);
    expect(stdout).toMatch(/^Cancelled after the findings up to 2026-03-11T08:00:00\.000Z: the findings of dev/);
  });

  test('that AWS refuses is told in a line', async () => {
    replays.refuse();
    const { code, stderr } = await replay('--from 7d');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'trailwatch: nothing was replayed in eu-west-1: ResourceNotFoundException: Archive does not exist.\n',
    );
  });

  test('that nobody may look at goes on, and is named', async () => {
    replays.lose();
    const { code, stderr } = await replay('--from 7d');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /trailwatch-dev-\d{14} is under way, but can't be followed: not to be looked at\. It goes on: aws events describe-replay/,
    );
  });

  test('may be looked at first', async () => {
    const { code, stdout } = await replay('--from 7d --dry-run');
    expect([code, replays.started.length]).toEqual([0, 0]);
    expect(stdout).toMatch(/^Would replay the findings of dev, eu-west-1, from /);
  });
});

describe('wrong usage', () => {
  test.each([
    { args: '--from 40d', says: '--from 40d: deliveries are remembered for 30 days only' },
    { args: '--from 7d --dead-letters', says: '--dead-letters and --from exclude each other' },
    { args: '--to 7d', says: '--to requires --from' },
    { args: '--from 7d --limit 3', says: '--limit applies to dead letters only' },
    { args: '--from 2026-03-12 --to 2026-03-11', says: '--from 2026-03-12 is after --to 2026-03-11' },
    {
      args: '--dead-letters nobody',
      says: '--dead-letters nobody: unknown queue; expected one of deliver, event-bus, findings-table, kinesis, trail-file',
    },
    { args: '--dead-letters --limit 0', says: '--limit 0: expected a whole number of 1 or more' },
    { args: '--stage Dev', says: '--stage Dev: expected lower-case letters' },
    { args: '--stage none --dead-letters', says: '--stage none: no dead-letter queues in eu-west-1' },
    { args: '--region nowhere', says: '--region nowhere: expected an AWS region' },
  ])('$args', async ({ args, says }) => {
    const { code, stderr } = await replay(args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
