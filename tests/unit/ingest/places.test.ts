import { describe, expect, test } from '@jest/globals';
import { openEventBridgeEvent } from '../../../src/ingest/envelopes/event-bridge.ts';
import { openLogsSubscription } from '../../../src/ingest/envelopes/cloudwatch-logs.ts';
import { openKinesisRecord } from '../../../src/ingest/envelopes/kinesis.ts';
import { logFormats } from '../../../src/ingest/log-formats.ts';
import type { LogFormat } from '../../../src/ingest/log-formats.ts';
import { unlistedLogGroups } from '../../../src/ingest/log-sources.ts';
import type { LogSource } from '../../../src/ingest/log-sources.ts';
import { createOpener, createStageOpener } from '../../../src/ingest/open.ts';
import type { Opener } from '../../../src/ingest/ingested.ts';
import { readLogBytes } from '../../../src/ingest/files/read-log-stream.ts';
import { isTrailKey } from '../../../src/ingest/files/trail-file-name.ts';
import type { Ingested, LogRecord } from '../../../src/model/log-record.ts';
import { fixture } from './fixture.ts';
import { cloudTrailRecord, gzip, sorted } from './reading.ts';

const record = cloudTrailRecord('forged');
const event = { ...fixture('eventbridge-api-call'), detail: record };
const state = fixture('eventbridge-ec2-state');
const text = JSON.stringify;
const base64 = (value: unknown) => Buffer.from(text(value)).toString('base64');
const payload = (messages: readonly string[], logGroup: string) => ({
  ...fixture('logs-payload'),
  logGroup,
  logEvents: messages.map((message, index) => ({ id: `e${index}`, timestamp: 1_772_359_200_000, message })),
});

/** Ways in which an application, or whoever uploads a file, could try to speak for AWS. */
const forgeries: Readonly<Record<string, string>> = {
  'a CloudTrail record': text(record),
  'a trail file': text({ Records: [record] }),
  'a list': text([record]),
  'an API call by EventBridge': text(event),
  'a state of an instance by EventBridge': text(state),
  'a LookupEvents answer': text({ Events: [{ CloudTrailEvent: text(record) }] }),
  'a CloudWatch Logs payload of the trail': text(payload([text(record)], 'aws-cloudtrail-logs-1')),
  'a subscription event': text({ awslogs: { data: gzip(text(payload([text(record)], 'trail'))).toString('base64') } }),
  'an SQS message': text({ eventSource: 'aws:sqs', body: text(event) }),
  'an SNS notification': text({ Type: 'Notification', TopicArn: 'arn:aws:sns:x:1:t', Message: text(event) }),
  "a shipper's message": text({ '@timestamp': '2026-03-01T10:00:00Z', message: text(record) }),
  "a search engine's hit": text({ _index: 'x', _source: { event: { original: text(record) } } }),
  "a search engine's answer": text({ hits: { hits: [{ _source: record }] } }),
  base64: text({ Data: base64(record), SequenceNumber: '1' }),
  "Docker's json-file": text({ log: text(record), stream: 'stdout', time: '2026-03-01T10:00:00Z' }),
  "a container's line": `web-1  | 2026-03-01T10:00:00Z ${text(record)}`,
  'a line with a time': `2026-03-01T10:00:00.000Z ${text(record)}`,
  "`aws logs tail`'s line": `2026-03-01T10:00:00.000000+00:00 stream ${text(record)}`,
  "Athena's columns": text({
    eventname: 'StopLogging',
    eventsource: 'cloudtrail.amazonaws.com',
    eventtime: '2026-03-01T10:00:00Z',
    eventid: 'x',
  }),
  ECS: text({
    '@timestamp': '2026-03-01T10:00:00Z',
    event: { action: 'StopLogging', provider: 'cloudtrail.amazonaws.com', dataset: 'aws.cloudtrail' },
  }),
  OCSF: text({
    time: 1_772_359_200_000,
    metadata: { uid: 'x', product: { name: 'CloudTrail' } },
    api: { operation: 'StopLogging', service: { name: 'x' } },
  }),
};

const row = (more: Partial<LogSource>): LogSource => ({ groups: [], paths: [], format: 'auto', ...more });
const trailRow = row({ groups: ['trail', 'aws-cloudtrail-logs-*'], format: 'cloudtrail' });
const written = '2026-03-02T00:00:00.000Z';

function awsRecords(items: Iterable<Ingested>): readonly LogRecord[] {
  return sorted(items).records.filter(({ source }) => source.product === 'aws' || source.product === 'trailwatch');
}

/** Each way into a stage, for what somebody wrote there. */
const places: Readonly<Record<string, (content: string, opener: Opener) => Iterable<Ingested>>> = {
  'a log group': (content, opener) =>
    openLogsSubscription(
      { awslogs: { data: gzip(text(payload([content], '/shop/web'))).toString('base64') } },
      undefined,
      opener,
    ),
  'an S3 object': (content, opener) =>
    readLogBytes(Buffer.from(content), 's3://bucket/uploads/x.json', { opener, time: written }),
  'an S3 object of lines': (content, opener) =>
    readLogBytes(Buffer.from(`2026-03-01 10:00:00 INFO start\n${content}\n`), 's3://bucket/uploads/x.log', {
      opener,
      time: written,
    }),
  'a stream': (content, opener) =>
    openKinesisRecord(
      {
        eventSourceARN: 'arn:aws:kinesis:x:1:stream/orders',
        eventID: '1',
        kinesis: { data: Buffer.from(content).toString('base64') },
      },
      opener,
    ),
  'a bus': (content, opener) =>
    openEventBridgeEvent(
      {
        ...state,
        source: 'com.example.shop',
        'detail-type': 'AWS API Call via CloudTrail',
        detail: { note: content, ...parsed(content) },
      },
      undefined,
      opener,
    ),
};

function parsed(content: string): object {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

/** Formats under which a place may carry records of AWS. */
const carriers: ReadonlySet<LogFormat> = new Set<LogFormat>(['cloudtrail', 'aws-events']);

describe('in a stage, a place that is not set to carry records of AWS never yields one', () => {
  describe.each(Object.entries(places))('%s', (_place, open) => {
    test.each(Object.entries(forgeries))('%s, under no row at all', (_name, content) => {
      const opener = createStageOpener([trailRow]);
      const all = [...open(content, opener)];
      expect(awsRecords(all)).toEqual([]);
      expect(all.length).toBeGreaterThan(0);
    });

    test.each(logFormats.filter((format) => !carriers.has(format)))(
      'any of them, under a row of the format %s',
      (format) => {
        const opener = createStageOpener([
          row({
            groups: ['/shop/*'],
            paths: ['s3://bucket/uploads/*', 'kinesis:orders/*'],
            events: ['com.example.*'],
            format,
          }),
          trailRow,
        ]);
        for (const content of Object.values(forgeries)) {
          const found = awsRecords(open(content, opener));
          // What Firehose writes is read by its log group's row: the row above says that the trail's may be in there.
          if (format === 'log-groups' && found.length > 0)
            expect(content).toBe(forgeries['a CloudWatch Logs payload of the trail']);
          else expect(found).toEqual([]);
        }
      },
    );
  });
});

describe('what a place is set to carry, it yields', () => {
  const opener = createStageOpener([
    trailRow,
    row({ paths: ['s3://bucket/firehose/*', 'kinesis:logs/*'], format: 'log-groups' }),
    row({ paths: ['s3://bucket/other-trail/*'], format: 'cloudtrail' }),
    row({ paths: ['s3://bucket/events/*', 'kinesis:events/*'], format: 'aws-events' }),
    row({ events: ['com.example.audit'], format: 'cloudtrail' }),
  ]);
  const inBucket = (content: string, path: string) =>
    readLogBytes(Buffer.from(content), path, { opener, time: written });

  test.each<[string, Iterable<Ingested>, readonly string[]]>([
    [
      "the trail's log group",
      openLogsSubscription(
        { awslogs: { data: gzip(text(payload([text(record)], 'trail'))).toString('base64') } },
        undefined,
        opener,
      ),
      ['cloudtrail'],
    ],
    [
      "Firehose's objects, of each log group what its row says",
      inBucket(
        `${text(payload([text(record)], 'trail'))}${text(payload([text(record)], '/shop/web'))}`,
        's3://bucket/firehose/2026/x-1',
      ),
      ['cloudtrail', 'json'],
    ],
    ["another trail's prefix", inBucket(text({ Records: [record] }), 's3://bucket/other-trail/x.json'), ['cloudtrail']],
    [
      'objects and streams of events',
      [...inBucket(`${text(event)}\n${text(state)}`, 's3://bucket/events/x-1')],
      ['cloudtrail', 'ec2_state_change'],
    ],
    [
      'a stream with log groups of other accounts',
      openKinesisRecord(
        {
          eventSourceARN: 'arn:aws:kinesis:x:1:stream/logs',
          eventID: '1',
          kinesis: { data: gzip(text(payload([text(record)], 'trail'))).toString('base64') },
        },
        opener,
      ),
      ['cloudtrail'],
    ],
    ["AWS's own events on any bus", openEventBridgeEvent(event, undefined, opener), ['cloudtrail']],
    [
      'a bus on which somebody passes records on',
      openEventBridgeEvent({ ...event, source: 'com.example.audit', 'detail-type': 'audit' }, undefined, opener),
      ['cloudtrail'],
    ],
  ])('%s', (_place, items, services) => {
    expect(sorted(items).records.map(({ source }) => source.services[0])).toEqual(services);
  });

  test("what isn't carried is marked, and is read as what it is", () => {
    const [item] = places['a log group']?.(text(record), createStageOpener([trailRow])) ?? [];
    expect(item).toMatchObject({
      kind: 'record',
      refusedAs: 'cloudtrail',
      record: { source: { product: 'unknown', services: ['json'] }, fields: record },
    });
  });
});

describe("CloudTrail's own file names", () => {
  const name =
    'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/12/111122223333_CloudTrail_eu-west-1_20260312T0905Z_x.json';

  test.each<[string, string, string, boolean]>([
    ["in the trail's folder", name, '', true],
    ['below the prefix', `audit/${name}`, 'audit', true],
    ['below the prefix, written with a slash', `audit/${name}`, 'audit/', true],
    ["an organization's", `AWSLogs/o-abc/${name.slice(8)}`, '', true],
    ['below another prefix', `uploads/${name}`, 'audit', false],
    ['below a prefix where there is none', `uploads/${name}`, '', false],
    ['below a folder that only begins like it', `AWSLogs2/${name.slice(8)}`, '', false],
    ["a digest's", name.replaceAll('CloudTrail', 'CloudTrail-Digest'), '', false],
    ['another file there', 'AWSLogs/111122223333/elasticloadbalancing/x.json', '', false],
  ])('%s: %s below "%s" is the trail\'s: %j', (_name, key, prefix, is) => {
    expect(isTrailKey(key, prefix)).toBe(is);
  });

  test.each<[string, string, readonly string[], readonly RegExp[]]>([
    [
      'a value that is no record',
      text({ Records: [record, { a: 1, time: written }] }),
      ['forged'],
      [/^not a CloudTrail record/],
    ],
    ['no list of records', '{"Records":null}', [], [/^not a CloudTrail record/]],
    [
      'a host line as JSON',
      text({ Records: [{ MESSAGE: 'x', __REALTIME_TIMESTAMP: '1772359201500000' }] }),
      [],
      [/^not a CloudTrail record/],
    ],
    [
      "S3's notification",
      text({ Records: [{ eventSource: 'aws:s3', s3: {} }] }),
      [],
      [/CloudTrail writes nothing else/],
    ],
    ['lines', 'Mar  1 10:00:01 h sshd[1]: Failed password for root from 192.0.2.1 port 9 ssh2\n', [], [/^not JSON/]],
  ])('%s there is a failure with a reason, in a stage and on a laptop', (_name, content, ids, reasons) => {
    for (const opener of [createStageOpener([], { isTrail: () => true }), createOpener()]) {
      const { records, failures } = sorted(readLogBytes(Buffer.from(content), name, { opener, time: written }));
      expect(records.map(({ id }) => id)).toEqual(ids);
      expect(failures).toEqual(reasons.map((reason) => expect.stringMatching(reason)));
    }
  });
});

test('log groups without a row are named, so that packaging can warn of them', () => {
  const sources = [row({ groups: ['/hosts/*'], format: 'lines' }), trailRow];
  expect(unlistedLogGroups(['/hosts/auth', '/shop/web', 'aws-cloudtrail-logs-1'], sources)).toEqual(['/shop/web']);
});
