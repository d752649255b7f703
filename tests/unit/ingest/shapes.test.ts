import { describe, expect, test } from '@jest/globals';
import { openLogsSubscription } from '../../../src/ingest/envelopes/cloudwatch-logs.ts';
import { openEventBridgeEvent } from '../../../src/ingest/envelopes/event-bridge.ts';
import { openValue } from '../../../src/ingest/open.ts';
import { fixture } from './fixture.ts';
import { cloudTrailRecord, gzip, idsOf, read, sorted } from './reading.ts';

const origin = { path: 'test', index: 0 };
const cloudtrail = { product: 'aws', services: ['cloudtrail'] };
const payload = (name: string, more: object = {}) => ({
  awslogs: { data: gzip(JSON.stringify({ ...fixture(name), ...more })).toString('base64') },
});

describe('openValue knows a value by its shape', () => {
  test.each([
    ['a CloudTrail record', cloudTrailRecord('a'), ['a'], cloudtrail],
    ['a CloudTrail file', { Records: [cloudTrailRecord('a'), cloudTrailRecord('b')] }, ['a', 'b'], cloudtrail],
    ['a bare array', [cloudTrailRecord('a'), cloudTrailRecord('b')], ['a', 'b'], cloudtrail],
    ['a LookupEvents answer', fixture('lookup-events'), ['11111111-2222-4333-8444-555555555501'], cloudtrail],
    ['an API call on the bus', fixture('eventbridge-api-call'), ['0b3f6a51-6c44-4a3e-9a41-5f3f0c9f3a01'], cloudtrail],
    ['a sign-in on the bus', fixture('eventbridge-sign-in'), ['3fcfb182-98f8-4744-bd45-10a395ab61cb'], cloudtrail],
    [
      'a service event on the bus',
      fixture('eventbridge-service-event'),
      ['a24b3967-ddad-417f-9b22-2332b918db06'],
      cloudtrail,
    ],
    ['an insight on the bus', fixture('eventbridge-insight'), ['b1b9b4a3-2b0f-4d2e-bdc6-90e2dcbe0a55'], cloudtrail],
    [
      'a CloudTrail record that somebody forwards on a bus of their own',
      { ...fixture('eventbridge-api-call'), 'detail-type': 'audit', source: 'com.example.audit' },
      ['0b3f6a51-6c44-4a3e-9a41-5f3f0c9f3a01'],
      cloudtrail,
    ],
    [
      'an instance state change',
      fixture('eventbridge-ec2-state'),
      ['7bf73129-1428-4cd3-a780-95db273d1602'],
      { product: 'aws', services: ['ec2_state_change'] },
    ],
    [
      'any other AWS event',
      fixture('eventbridge-guardduty'),
      ['c8c4daa7-a20c-2f03-0070-b7393dd542ad'],
      { product: 'aws', services: ['guardduty'] },
    ],
    [
      "somebody's own event",
      { ...fixture('eventbridge-guardduty'), source: 'com.example.shop' },
      ['c8c4daa7-a20c-2f03-0070-b7393dd542ad'],
      { product: 'unknown', services: ['com.example.shop'] },
    ],
    [
      'an SQS message',
      { messageId: 'm', body: JSON.stringify(cloudTrailRecord('a')), eventSource: 'aws:sqs' },
      ['a'],
      cloudtrail,
    ],
    [
      'an SNS record',
      { EventSource: 'aws:sns', Sns: { Message: JSON.stringify(cloudTrailRecord('a')) } },
      ['a'],
      cloudtrail,
    ],
    [
      'an SNS notification in an SQS message',
      {
        body: JSON.stringify({
          Type: 'Notification',
          TopicArn: 'arn:aws:sns:us-east-1:111122223333:t',
          Message: JSON.stringify(fixture('eventbridge-api-call')),
        }),
        eventSource: 'aws:sqs',
      },
      ['0b3f6a51-6c44-4a3e-9a41-5f3f0c9f3a01'],
      cloudtrail,
    ],
  ])('%s', (_name, value, ids, source) => {
    const result = sorted(openValue(value, origin));
    expect(result.failures).toEqual([]);
    expect(idsOf(result)).toEqual(ids);
    expect(result.records[0]?.source).toEqual(source);
    expect(result.records.map((record) => record.origin)).toEqual(ids.map((_, index) => ({ path: 'test', index })));
  });

  test.each([
    ['a digest file', fixture('digest-file'), /digest/],
    [
      'a control message',
      {
        ...fixture('logs-payload'),
        messageType: 'CONTROL_MESSAGE',
        logEvents: [{ id: '', timestamp: 1, message: 'CWL CONTROL MESSAGE' }],
      },
      /control message/,
    ],
    ['an S3 notification', fixture('s3-notification'), /S3 notification/],
    ["S3's test event", { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }, /S3 notification/],
  ])('%s holds no records: skipped by name', (_name, value, reason) => {
    const { records, failures, skips } = sorted(openValue(value, origin));
    expect([records, failures]).toEqual([[], []]);
    expect(skips[0]).toMatch(reason);
  });

  test.each([
    ['a number', 7, /this is a number/],
    ['null', null, /this is null/],
    [
      'an EventBridge envelope whose detail is no object',
      { ...fixture('eventbridge-api-call'), detail: 'x' },
      /got a string/,
    ],
    ['an EventBridge envelope without an id', { ...fixture('eventbridge-ec2-state'), id: undefined }, /without an id/],
    [
      'an EventBridge envelope with a wrong time',
      { ...fixture('eventbridge-ec2-state'), time: 'now' },
      /time is not an ISO 8601 time: "now"/,
    ],
    ['a payload of an unknown type', { ...fixture('logs-payload'), messageType: 'X' }, /unknown messageType "X"/],
    ['an object of unknown shape without any time', { hello: 'world' }, /without a time/],
    ['nesting that a parser let through', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`), /deeper than 100/],
  ])('%s is a failure', (_name, value, reason) => {
    const { records, failures } = sorted(openValue(value, origin));
    expect(records).toEqual([]);
    expect(failures).toEqual([expect.stringMatching(reason)]);
  });
});

test.each([
  ['its own ISO time', { timestamp: '2026-03-01T10:00:00+01:00', a: 1 }, '2026-03-01T09:00:00.000Z'],
  ['epoch milliseconds', { ts: 1772359201000 }, '2026-03-01T10:00:01.000Z'],
  ['epoch seconds as text', { time: '1772359201.5' }, '2026-03-01T10:00:01.500Z'],
  ["its surroundings' time", { a: 1 }, '2026-01-01T00:00:00.000Z'],
])('an object of unknown shape is a record dated by %s', (_name, value, time) => {
  const { records } = sorted(openValue(value, { ...origin, time: '2026-01-01T00:00:00.000Z' }));
  expect(records).toMatchObject([
    { time, source: { product: 'unknown', services: ['json'], category: 'application' }, fields: value },
  ]);
  expect(records[0]?.id).toMatch(/^[0-9a-f]{32}$/);
});

test('an instance state change keeps its whole envelope, and says its account and region', () => {
  const event = fixture('eventbridge-ec2-state');
  const [record] = sorted(openEventBridgeEvent(event)).records;
  expect(record).toMatchObject({ account: '111122223333', region: 'us-west-1', time: '2026-03-01T12:30:00.000Z' });
  expect(record?.fields).toEqual(event);
});

test('openEventBridgeEvent takes nothing but EventBridge events', () => {
  expect(sorted(openEventBridgeEvent(cloudTrailRecord('a'))).failures).toEqual([
    expect.stringMatching(/^not an EventBridge event/),
  ]);
});

describe('openLogsSubscription', () => {
  test('opens every log event: syslog, CloudTrail, cut-off JSON, plain text', () => {
    const { records, failures } = sorted(openLogsSubscription(payload('logs-payload')));
    expect(records).toMatchObject([
      {
        id: '38000000000000000000000000000000000000000000000000000001',
        time: '2026-03-01T10:00:01.000Z',
        account: '111122223333',
        source: { product: 'linux', services: ['sshd', 'auth', 'syslog'] },
        fields: {
          hostname: 'web-1',
          action: 'login failed',
          user: 'admin',
          invalid_user: true,
          src_ip: '203.0.113.9',
          src_port: 50122,
        },
        origin: { path: '/hosts/auth:i-0abcd1234ef567890', index: 0 },
      },
      { id: 'in-logs', source: cloudtrail, origin: { index: 1 } },
      { time: '2026-03-01T10:00:04.000Z', fields: { message: 'worker 7: queue drained' }, origin: { index: 3 } },
    ]);
    expect(failures).toEqual([expect.stringMatching(/^not valid JSON: it ends in the middle/)]);
  });

  test.each([
    ['another event', { hello: 1 }, /^not a CloudWatch Logs subscription event/],
    ['data that is no base64 gzip', { awslogs: { data: 'aGVsbG8=' } }, /not gzip in base64/],
    ['a payload that is no JSON', { awslogs: { data: gzip('hello').toString('base64') } }, /not valid JSON/],
    ['a payload of another shape', { awslogs: { data: gzip('{}').toString('base64') } }, /without a messageType/],
    ['a bomb', { awslogs: { data: gzip(Buffer.alloc(80 * 1024 * 1024)).toString('base64') } }, /gzip bomb/],
    ['log events that are none', payload('logs-payload', { logEvents: [7] }), /is a number, not an object/],
    [
      'a log event without a message',
      payload('logs-payload', { logEvents: [{ id: 'x', timestamp: 1 }] }),
      /without a message/,
    ],
  ])('%s is a failure with its reason', (_name, event, reason) => {
    const { records, failures } = sorted(openLogsSubscription(event));
    expect(records).toEqual([]);
    expect(failures).toEqual([expect.stringMatching(reason)]);
  });

  test('a payload in a file keeps the file as its place, counted on', async () => {
    const text = JSON.stringify(fixture('logs-payload'));
    const { records } = await read(`${text}${text}`, 'firehose');
    expect(records.map((record) => record.origin)).toEqual(
      [0, 1, 3, 4, 5, 7].map((index) => ({ path: 'firehose', index })),
    );
  });
});

describe('a file of any of these is read', () => {
  const a = cloudTrailRecord('a');
  const b = cloudTrailRecord('b');
  const text = JSON.stringify;
  test.each([
    ['a trail file', text({ Records: [a, b] })],
    ['a trail file, pretty-printed', JSON.stringify({ Records: [a, b] }, undefined, 4)],
    ['a trail file with a key before its records', text({ kind: 'x', Records: [a, b] })],
    ['a trail file with keys behind its records', text({ Records: [a, b], next: { Records: ['"]}'] } })],
    ['a bare array', text([a, b])],
    ['a bare array, pretty-printed', JSON.stringify([a, b], undefined, '\t')],
    ['JSON lines', `${text(a)}\n${text(b)}\n`],
    ['JSON lines with CRLF and no end', `${text(a)}\r\n${text(b)}`],
    ['values without anything between', `${text(a)}${text(b)}`],
    [
      'pretty-printed values behind each other',
      `${JSON.stringify(a, undefined, 2)}\n${JSON.stringify(b, undefined, 2)}`,
    ],
    ['trail files behind each other', `${text({ Records: [a] })}${text({ Records: [b] })}`],
    ['a byte order mark before it', `\uFEFF${text({ Records: [a, b] })}`],
    ['blanks before it', `\n\n  ${text([a, b])}`],
    ['a JSON text sequence', `\x1e${text(a)}\n\x1e${text(b)}\n`],
    ["CloudWatch Logs' export", `2026-03-01T10:00:00.000Z ${text(a)}\n2026-03-01T10:00:00.000Z ${text(b)}\n`],
    ['EventBridge envelopes', [a, b].map((detail) => text({ ...fixture('eventbridge-api-call'), detail })).join('\n')],
  ])('%s', async (_name, content) => {
    for (const size of [1 << 20, 3]) {
      for (const bytes of [
        Buffer.from(content),
        gzip(content),
        Buffer.concat(Array.from(content, (char) => gzip(char))),
      ]) {
        const result = await read(bytes, 'any', {}, size);
        expect(result.failures).toEqual([]);
        expect(idsOf(result)).toEqual(['a', 'b']);
        expect(result.records.map((record) => record.origin.index)).toEqual([0, 1]);
      }
    }
  });
});
