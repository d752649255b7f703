import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sqsEvent } from '../support/sqs-event.ts';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { lambdaEvent, lambdaSegment, startLocalLambda, traceId, type LocalLambda } from './local-lambda.ts';

type Handler = (event: unknown) => Promise<unknown>;

let lambda: LocalLambda;
let handlers: Readonly<Record<'logs-subscription' | 'event-bus', Handler>>;
let output: CapturedOutput;

beforeAll(async () => {
  lambda = await startLocalLambda();
  handlers = {
    'logs-subscription': await lambda.load('logs-subscription'),
    'event-bus': await lambda.load('event-bus'),
  };
});
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  lambda.bus.refuse('nothing');
  lambda.bus.clear();
  lambda.daemon.clear();
});
afterAll(() => lambda.close());

describe('what each source sends becomes findings on the bus, each record counted', () => {
  test.each([
    {
      source: 'a CloudWatch Logs subscription with CloudTrail records',
      name: 'logs-subscription',
      event: 'cloudwatch-logs/cloudtrail',
      findings: ['Administrator policy attached'],
      read: 3,
    },
    {
      source: 'a CloudWatch Logs subscription with lines of an authentication log',
      name: 'logs-subscription',
      event: 'cloudwatch-logs/auth-log',
      findings: ['SSH login as root', "SSH login of a user that doesn't exist"],
      read: 5,
    },
    {
      source:
        "a CloudWatch Logs subscription of a host's group, a line in it cut off, and CloudTrail records, which are somebody's text there",
      name: 'logs-subscription',
      event: 'cloudwatch-logs/mixed',
      findings: ["SSH login of a user that doesn't exist"],
      read: 5,
      failed: 1,
    },
    {
      source: 'an API call by EventBridge',
      name: 'event-bus',
      event: 'event-bridge/api-call',
      findings: ['Administrator policy attached'],
      read: 1,
    },
    {
      source: 'a console sign-in by EventBridge',
      name: 'event-bus',
      event: 'event-bridge/console-sign-in',
      findings: ['Root user was active'],
      read: 1,
    },
    {
      source: 'a service event by EventBridge, which is harmless',
      name: 'event-bus',
      event: 'event-bridge/service-event',
      findings: [],
      read: 1,
    },
    {
      source: 'an Insights event by EventBridge',
      name: 'event-bus',
      event: 'event-bridge/insight',
      findings: ['CloudTrail Insights saw unusual activity'],
      read: 1,
    },
    {
      source: "an instance's new state by EventBridge",
      name: 'event-bus',
      event: 'event-bridge/ec2-state-change',
      findings: ['Instance stopped or terminated'],
      read: 1,
    },
    {
      source: "a CloudWatch alarm's new state",
      name: 'event-bus',
      event: 'event-bridge/alarm-state-change',
      findings: ['CloudWatch alarm went off'],
      read: 1,
    },
    {
      source: 'a build that failed',
      name: 'event-bus',
      event: 'event-bridge/build-failed',
      findings: ['Build failed'],
      read: 1,
    },
    {
      source: 'a GuardDuty finding',
      name: 'event-bus',
      event: 'event-bridge/guardduty-finding',
      findings: ['GuardDuty finding of high severity'],
      read: 1,
    },
    {
      source: 'a Security Hub finding',
      name: 'event-bus',
      event: 'event-bridge/security-hub-finding',
      findings: ['Security Hub finding of high severity'],
      read: 1,
    },
    {
      source: 'what AWS Health tells',
      name: 'event-bus',
      event: 'event-bridge/health-event',
      findings: ['AWS found credentials in public'],
      read: 1,
    },
    {
      source: "an object deleted from the trail's bucket",
      name: 'event-bus',
      event: 'event-bridge/object-deleted',
      findings: ['Log file deleted from the archive'],
      read: 1,
    },
  ] as const)('$source', async ({ name, event, findings, read, ...row }) => {
    await expect(handlers[name](lambdaEvent(event))).resolves.toBeUndefined();
    expect(titles()).toEqual(expect.arrayContaining([...findings]));
    if (findings.length === 0) expect(titles()).toEqual([]);
    expect(lambda.bus.entries.every(({ EventBusName }) => EventBusName === 'trailwatch-dev-findings')).toBe(true);
    const counts = countsOf(output);
    expect(counts).toMatchObject({ service: name, stage: 'dev', RecordsRead: read });
    expect(counts['RecordsFailed']).toBe('failed' in row ? row.failed : 0);
    const { RecordsMatched, RecordsUnmatched, RecordsFailed } = counts;
    expect([RecordsMatched, RecordsUnmatched, RecordsFailed].reduce<number>((sum, one) => sum + Number(one), 0)).toBe(
      read,
    );
  });

  test('what Trailwatch wrote itself raises nothing, and is counted', async () => {
    const line = 'Mar 11 09:08:37 h sshd[1]: Accepted password for root from 198.51.100.23 port 1 ssh2';
    await handlers['logs-subscription'](subscription([line, line], '/aws/lambda/trailwatch-dev-deliver'));
    await handlers['event-bus']({
      ...(lambdaEvent('event-bridge/object-deleted') as object),
      source: 'trailwatch',
      'detail-type': 'Trailwatch Finding',
    });
    expect(lambda.bus.entries).toEqual([]);
    const ignored = output.lines().filter((line) => 'OwnIgnored' in line);
    expect(ignored.map((line) => line['OwnIgnored'])).toEqual([2, 1]);
    expect(countsOf(output)).toMatchObject({ RecordsRead: 0 });
  });

  test('a control message is not a record', async () => {
    await handlers['logs-subscription'](lambdaEvent('cloudwatch-logs/control-message'));
    expect(lambda.bus.entries).toEqual([]);
    expect(countsOf(output)).toMatchObject({ RecordsRead: 0, RecordsFailed: 0 });
  });
});

describe('events of other buses and accounts, and by other ways', () => {
  const call = lambdaEvent('event-bridge/api-call') as { readonly detail: object };
  const state = lambdaEvent('event-bridge/ec2-state-change') as object;
  const sns = (event: object): object => ({
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: 'arn:aws:sns:eu-west-1:111122223333:events:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55',
    Sns: {
      Type: 'Notification',
      MessageId: '95df01b4-ee98-5cb9-9903-4c221d41eb5e',
      TopicArn: 'arn:aws:sns:eu-west-1:111122223333:events',
      Timestamp: '2026-03-11T08:00:00.000Z',
      Message: JSON.stringify(event),
    },
  });

  test.each([
    {
      way: 'another account, over the default bus',
      event: { ...state, account: '555566667777' },
      account: '555566667777',
    },
    { way: 'an SNS topic', event: { Records: [sns(call)] }, account: '111122223333' },
    { way: 'an SQS queue', event: sqsEvent([JSON.stringify(call)]), account: '111122223333' },
    {
      way: 'a queue behind a topic',
      event: sqsEvent([JSON.stringify({ ...(sns(call) as { Sns: object }).Sns })]),
      account: '111122223333',
    },
  ])('$way', async ({ event, account }) => {
    await handlers['event-bus'](event);
    const accounts = lambda.bus.entries.map(
      ({ Detail }) => (JSON.parse(Detail) as { event: { account: string } }).event.account,
    );
    expect(accounts.length).toBeGreaterThan(0);
    expect(new Set(accounts)).toEqual(new Set([account]));
  });

  test.each([
    { what: "AWS's event under a source of its own", event: { ...state, source: 'com.example.fake' } },
    {
      what: 'a CloudTrail record as its detail',
      event: { ...call, 'detail-type': 'audit', source: 'com.example.audit' },
    },
    { what: "a CloudTrail record under CloudTrail's own detail type", event: { ...call, source: 'com.example.audit' } },
    {
      what: 'a trail file within its detail',
      event: { ...call, source: 'com.example.audit', detail: { Records: [call.detail] } },
    },
  ])('an application cannot pass off $what', async ({ event }) => {
    await handlers['event-bus'](event);
    expect(lambda.bus.entries).toEqual([]);
    expect(countsOf(output)).toMatchObject({ RecordsRead: 1, RecordsUnmatched: 1 });
  });

  test('a message that only holds a CloudTrail record is no event', async () => {
    await expect(handlers['event-bus'](sqsEvent([JSON.stringify(call.detail)]))).rejects.toThrow(/could be read/);
    expect(lambda.bus.entries).toEqual([]);
  });

  test('a log group that is not set to carry CloudTrail brings none, and says how many it was given', async () => {
    await handlers['logs-subscription'](subscription([signIn, signIn], '/shop/web'));
    expect(lambda.bus.entries).toEqual([]);
    expect(countsOf(output)).toMatchObject({ RecordsRead: 2, RecordsUnmatched: 2, RecordsRefused: 2 });
    expect(output.lines()).toContainEqual(expect.objectContaining({ level: 'WARN', as: 'cloudtrail', records: 2 }));
  });
});

describe('nothing is lost', () => {
  test.each([
    { rule: 'the bus refuses', refuse: 'everything' },
    { rule: 'the bus keeps refusing one entry of the request', refuse: 'the first entry' },
  ] as const)('$rule: the invocation fails, so that Lambda tries again', async ({ refuse }) => {
    lambda.bus.refuse(refuse);
    await expect(handlers['event-bus'](lambdaEvent('event-bridge/console-sign-in'))).rejects.toThrow(/not on the bus/);
    expect(countsOf(output)).toMatchObject({ Failures: 1 });

    lambda.bus.refuse('nothing');
    lambda.bus.clear();
    await handlers['event-bus'](lambdaEvent('event-bridge/console-sign-in'));
    expect(titles()).toContain('Root user was active');
  });

  test.each([
    { rule: 'no gzip', data: Buffer.from('hello').toString('base64') },
    { rule: 'a truncated gzip', data: gzipSync('{"messageType":"DATA_MESSAGE"}').subarray(0, 20).toString('base64') },
    { rule: 'gzip of no JSON', data: gzipSync('hello').toString('base64') },
    { rule: 'no data', data: '' },
  ])('$rule: an event that could not be opened fails the invocation', async ({ data }) => {
    await expect(handlers['logs-subscription']({ awslogs: { data } })).rejects.toThrow(
      /none of the 1 records could be read/,
    );
    expect(output.lines()).toContainEqual(expect.objectContaining({ message: 'a record could not be read' }));
    expect(countsOf(output)).toMatchObject({ RecordsRead: 1, RecordsFailed: 1, Failures: 1 });
  });

  test.each([
    { rule: 'an event of another kind', event: { hello: 'world' } },
    { rule: 'an array', event: [] },
    { rule: 'null', event: null },
  ])('$rule fails the invocation of each function', async ({ event }) => {
    await expect(handlers['logs-subscription'](event)).rejects.toThrow(/could be read/);
    await expect(handlers['event-bus'](event)).rejects.toThrow(/could be read/);
  });

  test('one bad record among good ones is counted and named; the others go on', async () => {
    await handlers['logs-subscription'](subscription(['{"eventVersion": "1.08", ', signIn]));
    expect(titles()).toContain('Root user was active');
    expect(countsOf(output)).toMatchObject({ RecordsRead: 2, RecordsMatched: 1, RecordsFailed: 1 });
    expect(output.lines()).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        message: 'a record could not be read',
        origin: { path: '/aws/cloudtrail:stream-1', index: 0 },
        reason: expect.any(String),
      }),
    );
  });
});

describe('what others may see', () => {
  test('logs name findings and records by id, with the trace, and hold nothing of what a record says', async () => {
    const secret = 'hunter2-do-not-log-me';
    const record = { ...(JSON.parse(signIn) as object), userAgent: secret, additionalEventData: { note: secret } };
    await handlers['logs-subscription'](subscription([JSON.stringify(record), `{"${secret}"`, `[{"x":"${secret}"`]));
    expect(output.lines()).toContainEqual(
      expect.objectContaining({
        message: 'finding',
        rule: expect.any(String),
        finding: expect.stringMatching(/^[0-9a-f]{32}$/),
        xray_trace_id: traceId,
        function_request_id: expect.any(String),
      }),
    );
    expect(output.text()).not.toContain(secret);
  });

  test("a trace shows each step, the findings' rules and levels, and the calls to AWS", async () => {
    await handlers['event-bus'](lambdaEvent('event-bridge/console-sign-in'));
    const sent = await lambda.daemon.until((segments) =>
      ['detect', 'finding', 'publish', 'EventBridge'].every((name) =>
        segments.some((segment) => segment.name === name),
      ),
    );
    expect(new Set(sent.map(({ trace_id }) => trace_id))).toEqual(new Set([traceId]));
    const byName = (name: string): (typeof sent)[number] | undefined => sent.find((segment) => segment.name === name);
    expect(byName('detect')?.parent_id).toBe(lambdaSegment);
    expect(byName('finding')).toMatchObject({
      parent_id: byName('detect')?.id,
      annotations: {
        rule: expect.any(String),
        level: expect.stringMatching(/^(low|medium|high|critical|informational)$/),
      },
    });
    expect(byName('EventBridge')).toMatchObject({ parent_id: byName('publish')?.id, namespace: 'aws' });
  });

  test('findings are counted by level', async () => {
    await handlers['event-bus'](lambdaEvent('event-bridge/console-sign-in'));
    const found = output.lines().filter((line) => 'Findings' in line);
    const counted = found.reduce((sum, line) => sum + Number(line['Findings']), 0);
    expect(counted).toBe(lambda.bus.entries.length);
    expect(found[0]).toMatchObject({ level: expect.any(String), service: 'event-bus', stage: 'dev' });
  });
});

const signIn = JSON.stringify((lambdaEvent('event-bridge/console-sign-in') as { detail: unknown }).detail);

function subscription(messages: readonly string[], logGroup = '/aws/cloudtrail'): unknown {
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup,
    logStream: 'stream-1',
    subscriptionFilters: ['trailwatch-dev'],
    logEvents: messages.map((message, index) => ({ id: String(index), timestamp: 1773223580000, message })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } };
}

function titles(): readonly string[] {
  return lambda.bus.entries.map(({ Detail }) => (JSON.parse(Detail) as { rule: { title: string } }).rule.title);
}

function countsOf(captured: CapturedOutput): Readonly<Record<string, unknown>> {
  return captured.lines().findLast((line) => 'RecordsRead' in line || 'Failures' in line) ?? {};
}
