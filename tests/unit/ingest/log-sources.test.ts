import { describe, expect, test } from '@jest/globals';
import { openLogsSubscription } from '../../../src/ingest/envelopes/cloudwatch-logs.ts';
import { openEventBridgeEvent } from '../../../src/ingest/envelopes/event-bridge.ts';
import { matchesGlob } from '../../../src/model/glob.ts';
import type { LogSource } from '../../../src/ingest/log-sources.ts';
import { createOpener } from '../../../src/ingest/open.ts';
import { isOwnBucket } from '../../../src/ingest/own-output.ts';
import type { Ingested } from '../../../src/model/log-record.ts';
import { fixture } from './fixture.ts';
import { cloudTrailRecord, gzip, read, sorted } from './reading.ts';
import { cpuMs } from '../../support/cpu-time.ts';

function subscription(logGroup: string, messages: readonly string[]): unknown {
  const logEvents = messages.map((message, index) => ({ id: `e${index}`, timestamp: 1_772_359_200_000, message }));
  return {
    awslogs: { data: gzip(JSON.stringify({ ...fixture('logs-payload'), logGroup, logEvents })).toString('base64') },
  };
}

const row = (more: Partial<LogSource>): LogSource => ({ groups: [], paths: [], format: 'auto', ...more });
const syslogLine = 'Mar  1 10:00:00 web-1 sshd[1]: Failed password for root from 198.51.100.7 port 22 ssh2';
const trail = JSON.stringify(cloudTrailRecord('a'));

describe("a log group's name decides how it is read", () => {
  test.each([
    ['auto', 'a header', syslogLine, { product: 'linux', services: ['sshd', 'auth', 'syslog'] }],
    [
      'plain',
      'no header is looked for',
      syslogLine,
      { product: 'unknown', services: ['plain'], category: 'application' },
    ],
    ['syslog', 'a header', syslogLine, { product: 'linux', services: ['sshd', 'auth', 'syslog'] }],
    ['cloudtrail', 'a record', trail, { product: 'aws', services: ['cloudtrail'] }],
    ['lines', 'a header', syslogLine, { product: 'linux', services: ['sshd', 'auth', 'syslog'] }],
    [
      'web-access',
      'a line of another format does not pass for its own',
      syslogLine,
      { product: 'unknown', services: ['plain'], category: 'application' },
    ],
    ['json', 'an object is taken as it is', trail, { product: 'unknown', services: ['json'], category: 'application' }],
  ] as const)('%s: %s', (format, _name, message, source) => {
    const opener = createOpener([row({ groups: ['/app/*'], format })]);
    const { records, failures } = sorted(openLogsSubscription(subscription('/app/x', [message]), undefined, opener));
    expect(failures).toEqual([]);
    expect(records[0]?.source).toEqual(source);
  });

  test('cloudtrail: what else comes there is a failure, each alone', () => {
    const opener = createOpener([row({ groups: ['trail'], format: 'cloudtrail' })]);
    const result = sorted(
      openLogsSubscription(subscription('trail', [syslogLine, trail, '{"a":1}']), undefined, opener),
    );
    expect(result.records.map(({ id }) => id)).toEqual(['a']);
    expect(result.failures).toEqual([
      expect.stringMatching(/^not a CloudTrail record/),
      expect.stringMatching(/^not a CloudTrail/),
    ]);
  });

  test('ignore: nothing is read, everything is counted', () => {
    const opener = createOpener([row({ groups: ['noise'], format: 'ignore' })]);
    const result = sorted(openLogsSubscription(subscription('noise', [trail, syslogLine]), undefined, opener));
    expect(result).toMatchObject({
      records: [],
      failures: [],
      skips: [/leave/, /leave/].map((one) => expect.stringMatching(one)),
    });
  });

  test('the first row that fits decides; a group that none names tells by its text', () => {
    const opener = createOpener([
      row({ groups: ['/app/special'], format: 'syslog' }),
      row({ groups: ['/app/*'], format: 'ignore' }),
    ]);
    const count = (group: string) => sorted(openLogsSubscription(subscription(group, [syslogLine]), undefined, opener));
    expect(count('/app/special').records).toHaveLength(1);
    expect(count('/app/other').records).toHaveLength(0);
    expect(count('/other').records).toHaveLength(1);
  });

  test("the configuration may give an application's records the log source that its rules name", () => {
    const source = { product: 'shop', services: ['orders'] };
    const opener = createOpener([row({ groups: ['/shop/*'], format: 'json', source })]);
    const { records } = sorted(openLogsSubscription(subscription('/shop/1', ['{"level":"warn"}']), undefined, opener));
    expect(records).toMatchObject([{ source, fields: { level: 'warn' }, account: expect.any(String) }]);
  });

  test("a file's path decides as well, by its end", async () => {
    const opener = createOpener([row({ paths: ['app/*.log'], format: 'plain' })]);
    const named = await read(`${syslogLine}\n`, '/var/log/app/x.log', { opener, time: '2026-03-01T12:00:00.000Z' });
    const other = await read(`${syslogLine}\n`, '/var/log/myapp/x.log', { opener, time: '2026-03-01T12:00:00.000Z' });
    expect(named.records[0]?.source.product).toBe('unknown');
    expect(other.records[0]?.source.product).toBe('linux');
  });
});

describe('patterns', () => {
  test.each([
    ['/a/*', '/a/b/c', true],
    ['/a/*', '/a', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a*b*c', 'axxbyyc', true],
    ['a*b*c', 'axxbyy', false],
    ['*.log', 'x.logs', false],
    ['[a].?', '[a].?', true],
    ['A', 'a', false],
  ])('%j on %j: %j', (pattern, name, matches) => {
    expect(matchesGlob(pattern, name)).toBe(matches);
  });

  test('many stars on a long name end soon', () => {
    const started = cpuMs();
    expect(matchesGlob(`${'*a'.repeat(250)}b`, 'a'.repeat(5_000))).toBe(false);
    expect(cpuMs() - started).toBeLessThan(2_000);
  });
});

describe('Trailwatch never reads what it wrote', () => {
  const own = (items: Iterable<Ingested>) => [...items].map((item) => item.kind === 'skipped' && item.own === true);

  test.each(['/aws/lambda/trailwatch-dev-deliver', '/aws/lambda/trailwatch-prod-logs-subscription'])(
    'the log group %s, of whatever stage, and whatever the configuration says: each event is counted',
    (group) => {
      const opener = createOpener([row({ groups: ['*'], format: 'plain' })]);
      expect(own(openLogsSubscription(subscription(group, [syslogLine, trail]), undefined, opener))).toEqual([
        true,
        true,
      ]);
      expect(own(openLogsSubscription(subscription(group, [syslogLine])))).toEqual([true]);
    },
  );

  const event = fixture('eventbridge-ec2-state');
  test.each([
    ['a finding on the bus', { ...event, source: 'trailwatch', 'detail-type': 'Trailwatch Finding' }],
    [
      'an alarm of its own stack, which has told its topic already',
      {
        ...event,
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        detail: { alarmName: 'trailwatch-dev-deliver-dead-letters', state: { value: 'ALARM' } },
      },
    ],
  ])('%s', (_name, value) => {
    expect(own(openEventBridgeEvent(value))).toEqual([true]);
  });

  test.each([
    ["somebody's function", '/aws/lambda/trail-watcher'],
    ["CloudTrail's own group", 'aws-cloudtrail-logs-111122223333-0f0e'],
  ])('%s is read', (_name, group) => {
    expect(own(openLogsSubscription(subscription(group, [trail])))).toEqual([false]);
  });

  test.each([
    ['trailwatch-dev-serverlessdeploymentbucket-1x2y', true],
    ['trailwatch-prod-x', false],
    ['example-trail', false],
  ])('the bucket %s in the stage dev: %j', (bucket, is) => {
    expect(isOwnBucket(bucket, 'dev')).toBe(is);
  });
});
