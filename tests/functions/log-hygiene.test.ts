import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { captureOutput, type CapturedOutput } from '../support/captured-output.ts';
import { tainted, token, tokenMark } from '../support/canary-tokens.ts';
import { startHttpServer, type Answer } from '../support/http-server.ts';
import { kinesisEvent } from '../support/kinesis-event.ts';
import { sqsEvent } from '../support/sqs-event.ts';
import { lambdaEvent, queueBody, startLocalLambda, traceId, type LocalLambda } from './local-lambda.ts';

/**
 * What logs, metrics and traces may hold of an event, because nobody can look into a failure without: the ids of event,
 * record and message, account and region, the kind of event and its time, and where it came from (bucket and key, log
 * group and stream). Every other text of an event is tainted here, and must not be found again.
 */
const allowed: ReadonlySet<string> = new Set([
  // What an event is recognised by; without it there is nothing to test.
  'version',
  'source',
  'detail-type',
  'eventVersion',
  'eventSource',
  'eventName',
  'eventType',
  'eventCategory',
  'eventTime',
  'time',
  'state',
  'type',
  'Type',
  'severity',
  'managementEvent',
  // Ids and places.
  'id',
  'eventID',
  'account',
  'accountId',
  'recipientAccountId',
  'region',
  'awsRegion',
]);

const bucket = 'example-trail';

/** What the functions of the archive want to know; Athena, Glue, CloudTrail and Firehose refuse everything here. */
const own: Record<string, string> = {
  TRAILWATCH_WORK_GROUP: 'trailwatch-dev-reports',
  TRAILWATCH_DATABASE: 'trailwatch_dev',
  TRAILWATCH_EVIDENCE_BUCKET: bucket,
  TRAILWATCH_TRAIL_BUCKET: bucket,
  TRAILWATCH_ARCHIVE_DAYS: '400',
};
const refusing = ['ATHENA', 'GLUE', 'CLOUDTRAIL', 'FIREHOSE'].map((service) => `AWS_ENDPOINT_URL_${service}`);
const secretPath = 'services/T0/B0/hunter2';
const slackToken = 'hunter2';

type Handler = (event: unknown) => Promise<unknown>;

let lambda: LocalLambda;
let output: CapturedOutput;
let s3: S3Client;
let webhook: { readonly url: string; readonly close: () => Promise<void> };
let ssm: { readonly url: string; readonly close: () => Promise<void> };
let webhookStatus = 200;
let refuser: { readonly url: string; readonly close: () => Promise<void> };
let table: { readonly url: string; readonly close: () => Promise<void> };
let tableAnswers: 'well' | 'with an error' = 'well';
const handlers = new Map<string, Handler>();
const names = [
  'logs-subscription',
  'event-bus',
  'kinesis',
  'trail-file',
  'deliver',
  'flush',
  'watch',
  'verify',
  'probe',
  'report',
  'compact',
] as const;
type Name = (typeof names)[number];

beforeAll(async () => {
  lambda = await startLocalLambda();
  lambda.aws.createBucket(bucket);
  s3 = new S3Client({});
  // Between the functions and their table, so that it can be down.
  const real = lambda.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
  table = await startHttpServer(async ({ path, headers, body }) => {
    if (tableAnswers === 'well') return forwarded(real + path, headers, body);
    const said = JSON.stringify({ __type: 'ValidationException', message: `not this: ${body}` });
    return { status: 400, body: said, headers: { 'content-type': 'application/x-amz-json-1.0' } };
  });
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = table.url;
  // A receiver may say anything, also what it was sent, and by which address.
  webhook = await startHttpServer(({ path, body }) => ({
    status: webhookStatus,
    headers: { 'retry-after': '0' },
    body: webhookStatus === 200 ? 'ok' : `${path} ${body}`,
  }));
  ssm = await startHttpServer(() => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ Parameter: { Name: 'slack', Type: 'SecureString', Value: `${webhook.url}/${secretPath}` } }),
  }));
  process.env['AWS_ENDPOINT_URL_SSM'] = ssm.url;
  refuser = await startHttpServer(() => ({
    status: 400,
    body: JSON.stringify({ __type: 'InvalidRequestException', message: 'no such thing' }),
    headers: { 'content-type': 'application/x-amz-json-1.1' },
  }));
  for (const variable of refusing) own[variable] = refuser.url;
  Object.assign(process.env, own);
  for (const name of names) handlers.set(name, await lambda.load(name));
}, 60_000);
beforeEach(() => {
  output = captureOutput();
});
afterEach(() => {
  output.restore();
  tableAnswers = 'well';
  lambda.bus.refuse('nothing');
  lambda.bus.clear();
  webhookStatus = 200;
});
afterAll(async () => {
  s3.destroy();
  for (const name of Object.keys(own)) delete process.env[name];
  await Promise.all([lambda.close(), table.close(), refuser.close(), webhook.close(), ssm.close()]);
});

async function forwarded(url: string, headers: Readonly<Record<string, unknown>>, body: string): Promise<Answer> {
  const kept = Object.entries(headers).filter(([name]) => /^(?:x-amz-|content-type|authorization)/.test(name));
  const answer = await fetch(url, {
    method: 'POST',
    headers: Object.fromEntries(kept) as Record<string, string>,
    body,
  });
  return {
    status: answer.status,
    body: await answer.text(),
    headers: { 'content-type': 'application/x-amz-json-1.0' },
  };
}

/** call gives what a handler wrote, whether it failed or not. */
async function call(name: Name, event: unknown): Promise<string> {
  const handler = handlers.get(name);
  if (handler === undefined) throw new Error(`no handler ${name}`);
  await handler(event).catch(() => undefined);
  return output.text();
}

/** The lines around a token, since the whole would drown it. */
function leaksOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.includes(tokenMark) || line.includes(slackToken));
}

const busEvents = [
  'alarm-state-change',
  'api-call',
  'build-failed',
  'console-sign-in',
  'ec2-state-change',
  'guardduty-finding',
  'health-event',
  'insight',
  'object-deleted',
  'security-hub-finding',
  'service-event',
];

function cloudTrail(): object {
  return (lambdaEvent('event-bridge/console-sign-in') as { readonly detail: object }).detail;
}

function subscription(messages: readonly string[]): unknown {
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/hosts/auth',
    logStream: 'web-1',
    subscriptionFilters: ['trailwatch-dev'],
    logEvents: messages.map((message, index) => ({ id: String(index), timestamp: 1773223580000, message })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') } };
}

async function object(
  content: Buffer | string,
  key = `AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/12/${Date.now()}.json`,
): Promise<unknown> {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: content }));
  const record = {
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket: { name: bucket }, object: { key } },
  };
  return sqsEvent([JSON.stringify({ Records: [record] })]);
}

/** Lines whose every part somebody outside can choose. */
function hostLines(): readonly string[] {
  const [user, host, key] = [token(), token(), token()];
  return [
    `Mar 11 09:08:37 ${host} sshd[1]: Accepted publickey for root from 198.51.100.23 port 1 ssh2: RSA SHA256:${key}`,
    `Mar 11 09:08:38 ${host} sshd[1]: Invalid user ${user} from 198.51.100.23 port 2`,
    `Mar 11 09:08:39 ${host} sudo[2]: ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/bin/sh -c ${token()}`,
    `Mar 11 09:08:40 ${host} useradd[3]: new user: name=${user}, UID=0, GID=0, home=/home/${user}, shell=/bin/${token()}`,
    `${token()} a line of no format at all ${token()}`,
    `{"${token()}": "${token()}`,
  ];
}

const broken: readonly (readonly [string, () => string])[] = [
  ['text', () => `${token()} ${token()}`],
  ['JSON that breaks off', () => `{"Records":[{"userAgent":"${token()}","${token()}`],
  ['JSON of something else', () => JSON.stringify({ [token()]: token(), Records: { [token()]: token() } })],
  ['a record without a time', () => JSON.stringify({ Records: [{ ...cloudTrail(), eventTime: token() }] })],
  [
    'a record whose fields have other types',
    () => JSON.stringify({ Records: [{ ...cloudTrail(), userIdentity: token(), eventID: { [token()]: 1 } }] }),
  ],
  ['deep nesting', () => `{"Records":[${'['.repeat(2_000)}"${token()}"`],
];

describe('nothing of what an event says is in logs, metrics and traces', () => {
  test.each(busEvents)('%s by EventBridge', async (name) => {
    const written = await call('event-bus', tainted(lambdaEvent(`event-bridge/${name}`), allowed));
    expect(leaksOf(written)).toEqual([]);
    expect(written).toContain('RecordsRead');
  });

  test('CloudTrail and host logs by a subscription', async () => {
    const records = [tainted(cloudTrail(), allowed), tainted(cloudTrail(), allowed)].map((record) =>
      JSON.stringify(record),
    );
    expect(leaksOf(await call('logs-subscription', subscription([...records, ...hostLines()])))).toEqual([]);
  });

  test('the same by a stream', async () => {
    const records = [tainted(cloudTrail(), allowed), ...broken.map(([, make]) => make())];
    const data = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
    expect(leaksOf(await call('kinesis', kinesisEvent([...data, ...hostLines()])))).toEqual([]);
  });

  test('the same by a file of the trail', async () => {
    const file = JSON.stringify({ Records: [tainted(cloudTrail(), allowed), { ...cloudTrail(), userAgent: token() }] });
    expect(
      leaksOf(await call('trail-file', await object(gzipSync(file), 'AWSLogs/111122223333/CloudTrail/a.json.gz'))),
    ).toEqual([]);
  });

  test.each(broken)('what cannot be read: %s', async (_what, make) => {
    expect(leaksOf(await call('event-bus', make()))).toEqual([]);
    expect(
      leaksOf(await call('event-bus', { ...(lambdaEvent('event-bridge/api-call') as object), detail: make() })),
    ).toEqual([]);
    expect(leaksOf(await call('logs-subscription', subscription([make(), make()])))).toEqual([]);
    expect(leaksOf(await call('logs-subscription', { awslogs: { data: make() } }))).toEqual([]);
    expect(leaksOf(await call('kinesis', kinesisEvent([make()])))).toEqual([]);
    expect(leaksOf(await call('trail-file', await object(make())))).toEqual([]);
    expect(leaksOf(await call('trail-file', await object(make(), 'other/file.log')))).toEqual([]);
    expect(leaksOf(await call('trail-file', sqsEvent([make()])))).toEqual([]);
    expect(leaksOf(await call('deliver', sqsEvent([make()])))).toEqual([]);
  });
});

/** What a schedule calls a function with; `allowed` has the id and the time. */
const scheduled = (): object =>
  tainted(
    {
      id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      time: '2026-03-12T04:20:00Z',
      account: '111122223333',
      region: 'eu-west-1',
      resources: ['rule'],
      detail: {},
    },
    allowed,
  );

describe('what schedules call, over tainted trails', () => {
  test.each(['watch', 'verify', 'probe', 'compact'] as const)('%s', async (name) => {
    const day =
      'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/11/111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20260311T100000Z.json.gz';
    await object(gzipSync(`{"digestStartTime":"${token()}","previousDigestSignature":"${token()}"}`), day);
    expect(leaksOf(await call(name, scheduled()))).toEqual([]);
    tableAnswers = 'with an error';
    expect(leaksOf(await call(name, scheduled()))).toEqual([]);
  });

  test('a report that somebody asks for what only they should know', async () => {
    const asked = { id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa', time: '2026-04-02T08:15:00Z', period: 'last month' };
    expect(
      leaksOf(await call('report', { ...asked, report: 'principal-timeline', parameters: { principal: token() } })),
    ).toEqual([]);
  });

  test('a canary that somebody else sent', async () => {
    const canary = {
      ...scheduled(),
      source: 'trailwatch.canary',
      'detail-type': 'Trailwatch Canary',
      detail: { canary: token(), stage: 'dev' },
    };
    expect(leaksOf(await call('event-bus', canary))).toEqual([]);
    expect(lambda.bus.entries).toHaveLength(1);
    const event = sqsEvent(lambda.bus.entries.map((entry) => queueBody(entry)));
    expect(leaksOf(await call('deliver', event))).toEqual([]);
  });
});

describe('also where something fails', () => {
  test.each(['everything', 'the first entry', 'the first entry for good'] as const)(
    'the bus refuses %s',
    async (what) => {
      lambda.bus.refuse(what);
      expect(leaksOf(await call('event-bus', tainted(lambdaEvent('event-bridge/api-call'), allowed)))).toEqual([]);
      expect(leaksOf(await call('logs-subscription', subscription(hostLines())))).toEqual([]);
    },
  );

  test.each(['event-bus', 'logs-subscription', 'deliver', 'flush'] as const)(
    'the state table is down: %s',
    async (name) => {
      const events: Readonly<Record<typeof name, () => Promise<unknown>>> = {
        'event-bus': async () => tainted(lambdaEvent('event-bridge/api-call'), allowed),
        'logs-subscription': async () => subscription(hostLines()),
        deliver: () => queued(),
        flush: async () => ({}),
      };
      const event = await events[name]();
      tableAnswers = 'with an error';
      expect(leaksOf(await call(name, event))).toEqual([]);
    },
  );

  test.each([200, 403, 404, 429, 500])('the webhook answers %d', async (status) => {
    const event = await queued();
    webhookStatus = status;
    const written = await call('deliver', event);
    expect(leaksOf(written)).toEqual([]);
    expect(written).toMatch(/"receiver":"slack"/);
    expect(leaksOf(await call('flush', {}))).toEqual([]);
  });
});

test('findings are named in logs by id and rule, with the trace', async () => {
  await call('deliver', await queued());
  const named = output.lines().filter((line) => 'finding' in line);
  expect(named.length).toBeGreaterThan(0);
  for (const line of named) {
    expect(line).toMatchObject({
      finding: expect.stringMatching(/^[0-9a-f]{32}$/),
      rule: expect.stringMatching(/^[0-9a-f-]{36}$/),
      xray_trace_id: traceId,
    });
  }
});

// At the end: what all the calls above sent. Datagrams arrive when they do, so that one that is sent last is waited for.
test('traces name findings, rules and places, and nothing else of events', async () => {
  await call('event-bus', tainted(lambdaEvent('event-bridge/object-deleted'), allowed));
  const findings = lambda.bus.entries.map(({ Detail }) => (JSON.parse(Detail) as { readonly id: string }).id);
  const sent = await lambda.daemon.until((segments) =>
    findings.every((id) => segments.some(({ annotations }) => annotations?.['finding'] === id)),
  );
  expect(sent.map((segment) => JSON.stringify(segment)).flatMap((text) => leaksOf(text))).toEqual([]);
  expect([...new Set(sent.map(({ name }) => name))]).toEqual(
    expect.arrayContaining(['detect', 'finding', 'publish', 'open', 'deliver', 'EventBridge', 'DynamoDB', 'S3', 'SNS']),
  );
  expect(sent.find(({ name }) => name === 'deliver')?.annotations).toEqual({
    rule: expect.stringMatching(/^[0-9a-f-]{36}$/),
    level: expect.stringMatching(/^(?:informational|low|medium|high|critical)$/),
    finding: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  const annotated = new Set(sent.flatMap(({ annotations = {} }) => Object.keys(annotations)));
  expect([...annotated].filter((name) => !annotations.has(name))).toEqual([]);
  expect(new Set(sent.map(({ trace_id }) => trace_id))).toEqual(new Set([traceId]));
});

/** What a trace is found by. */
const annotations: ReadonlySet<string> = new Set(['rule', 'level', 'finding', 'findings', 'path', 'lines']);

let facts = 0;

/** A finding of a tainted event, as the queue brings it; a new fact each time. */
async function queued(): Promise<unknown> {
  const eventID = `7f4e2c4a-0000-4000-8000-${String(++facts).padStart(12, '0')}`;
  const event = lambdaEvent('event-bridge/console-sign-in') as { readonly detail: object };
  lambda.bus.clear();
  await call('event-bus', tainted({ ...event, detail: { ...event.detail, eventID } }, allowed));
  if (lambda.bus.entries.length === 0) throw new Error('no finding: is the event tainted too much?');
  return sqsEvent(lambda.bus.entries.map((entry) => queueBody(entry)));
}
