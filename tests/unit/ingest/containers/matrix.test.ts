import { beforeAll, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { createBatchCorrelator } from '../../../../src/detect/correlation/batch-correlator.ts';
import { detectRecords } from '../../../../src/detect/detect.ts';
import { createDetector } from '../../../../src/detect/detector.ts';
import { loadRules } from '../../../../src/detect/load-rules.ts';
import { createRuleSet } from '../../../../src/detect/rule-set.ts';
import type { RuleSet } from '../../../../src/detect/rule-set.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';
import { tarArchive } from '../../../support/tar-archive.ts';
import { zipArchive } from '../../../support/zip-archive.ts';
import { cloudTrailRecord } from '../reading.ts';
import { given } from './reading-given.ts';

const text = JSON.stringify;
const seconds = Array.from({ length: 12 }, (_, second) => second);
const timeOf = (second: number) => `2026-04-01T10:00:${String(second).padStart(2, '0')}`;

/** A message of the log, as the source wrote it, and when it was written. */
interface Message {
  readonly text: string;
  readonly time: string;
  readonly ms: number;
}

interface Kind {
  readonly messages: readonly Message[];
  readonly service: string;
  readonly finding: string;
}

const message = (content: string, second: number): Message => ({
  text: content,
  time: timeOf(second),
  ms: Date.parse(`${timeOf(second)}Z`),
});

const kinds: Readonly<Record<'CloudTrail' | 'sshd', Kind>> = {
  CloudTrail: {
    service: 'cloudtrail',
    finding: 'CloudTrail stopped or deleted',
    messages: seconds.map((second) =>
      message(
        text(
          cloudTrailRecord(`id-${second}`, {
            eventTime: `${timeOf(second)}Z`,
            eventSource: 'cloudtrail.amazonaws.com',
            eventName: 'StopLogging',
            requestParameters: { name: 'arn:aws:cloudtrail:eu-west-1:111122223333:trail/audit' },
            recipientAccountId: '111122223333',
            sourceIPAddress: '203.0.113.9',
          }),
        ),
        second,
      ),
    ),
  },
  sshd: {
    service: 'sshd',
    finding: 'SSH brute force',
    messages: seconds.map((second) =>
      message(
        `Apr  1 10:00:${String(second).padStart(2, '0')} h1 sshd[812]: Failed password for root from 203.0.113.9 port ${4000 + second} ssh2`,
        second,
      ),
    ),
  },
};

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const base64 = (content: string) => Buffer.from(content).toString('base64');
const zipped = (content: string) => gzipSync(content).toString('base64');
const yaml = (content: string) => `'${content.replaceAll("'", "''")}'`;
const payload = (messages: readonly Message[]) => ({
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: 'g',
  logStream: 's',
  subscriptionFilters: ['f'],
  logEvents: messages.map(({ text: content, ms }, index) => ({
    id: `${index}-${ms}`,
    timestamp: ms,
    message: content,
  })),
});

interface Container {
  readonly name: string;
  readonly make: (messages: readonly Message[]) => Buffer | string | Promise<Buffer>;
  /** The name of the file, when it isn't `x.json`. */
  readonly path?: string;
}

/** What people hold in their hands, with the same twelve messages in each. */
const containers: readonly Container[] = [
  {
    name: 'aws logs filter-log-events',
    make: (all) =>
      text(
        {
          events: all.map(({ text: content, ms }, index) => ({
            logStreamName: 's',
            timestamp: ms,
            message: content,
            ingestionTime: ms + 9_000,
            eventId: `38${index}`,
          })),
          searchedLogStreams: [],
        },
        undefined,
      ),
  },
  {
    name: 'aws logs get-log-events, pretty-printed',
    make: (all) =>
      JSON.stringify(
        {
          events: all.map(({ text: content, ms }) => ({ timestamp: ms, message: content, ingestionTime: ms })),
          nextForwardToken: 'f/1',
          nextBackwardToken: 'b/1',
        },
        undefined,
        4,
      ),
  },
  {
    name: "aws logs filter-log-events --query 'events[].message'",
    make: (all) => text(all.map(({ text: content }) => content)),
  },
  {
    name: "aws logs filter-log-events --query 'events[].[timestamp,message]'",
    make: (all) => text(all.map(({ text: content, ms }) => [ms, content])),
  },
  {
    name: 'aws logs filter-log-events --output text',
    make: (all) =>
      all.map(({ text: content, ms }, index) => `EVENTS\t38${index}\t${ms + 9_000}\ts\t${content}\t${ms}\n`).join(''),
    path: 'x.txt',
  },
  {
    name: 'aws logs filter-log-events --output yaml',
    make: (all) =>
      `events:\n${all.map(({ text: content, ms }) => `- eventId: '38${ms}'\n  ingestionTime: ${ms}\n  message: ${yaml(content)}\n  timestamp: ${ms}\n`).join('')}`,
    path: 'x.yaml',
  },
  {
    name: 'aws logs get-query-results',
    make: (all) =>
      text({
        results: all.map(({ text: content, time }, index) => [
          { field: '@timestamp', value: `${time.replace('T', ' ')}.000` },
          { field: '@message', value: content },
          { field: '@ptr', value: `p${index}` },
        ]),
        status: 'Complete',
      }),
  },
  {
    name: 'aws logs tail',
    make: (all) => all.map(({ text: content, time }) => `${time}.000000+00:00 i-0abc1234 ${content}\n`).join(''),
    path: 'x.txt',
  },
  {
    name: 'aws logs tail --format short',
    make: (all) => all.map(({ text: content, time }) => `${time} ${content}\n`).join(''),
    path: 'x.txt',
  },
  {
    name: 'aws logs tail --format json',
    make: (all) =>
      all
        .map(({ text: content, time }) => {
          const pretty = content.startsWith('{') ? `\n${JSON.stringify(JSON.parse(content), undefined, 4)}` : content;
          return `${time}+00:00 i-0abc1234 ${pretty}\n`;
        })
        .join(''),
    path: 'x.txt',
  },
  {
    name: "CloudWatch Logs Insights' CSV",
    make: (all) =>
      `@timestamp,@message,@logStream\n${all.map(({ text: content, time }) => `${time.replace('T', ' ')}.000,${quoted(content)},s\n`).join('')}`,
    path: 'logs-insights-results.csv',
  },
  {
    name: 'a subscription event that a function logged',
    make: (all) => text({ awslogs: { data: zipped(text(payload(all))) } }),
  },
  {
    name: 'aws kinesis get-records, with payloads in gzip',
    make: (all) =>
      text({
        Records: all.map((one, index) => ({
          SequenceNumber: `49${index}`,
          ApproximateArrivalTimestamp: '2026-04-01T10:05:00+00:00',
          Data: zipped(text(payload([one]))),
          PartitionKey: 'p',
        })),
      }),
  },
  {
    name: "Lambda's Kinesis event",
    make: (all) =>
      text({
        Records: all.map(({ text: content }) => ({
          kinesis: { data: base64(content), approximateArrivalTimestamp: 1_775_037_900.1, sequenceNumber: '1' },
          eventSource: 'aws:kinesis',
          eventID: 'shardId-0:1',
        })),
      }),
  },
  {
    name: "Firehose's transformation event",
    make: (all) =>
      text({
        invocationId: 'i',
        deliveryStreamArn: 'arn:aws:firehose:x',
        records: all.map(({ text: content, ms }, index) => ({
          recordId: `${index}`,
          approximateArrivalTimestamp: ms,
          data: base64(`${content}\n`),
        })),
      }),
  },
  {
    name: 'aws sqs receive-message, a topic behind it',
    make: (all) =>
      text({
        Messages: all.map(({ text: content }, index) => ({
          MessageId: `m${index}`,
          ReceiptHandle: 'h',
          Body: text({ Type: 'Notification', MessageId: 'n', TopicArn: 'arn:aws:sns:x:1:t', Message: content }),
        })),
      }),
  },
  {
    name: "Lambda's SQS event",
    make: (all) => text({ Records: all.map(({ text: content }) => ({ body: content, eventSource: 'aws:sqs' })) }),
  },
  {
    name: "Elasticsearch's answer, the event as it was",
    make: (all) =>
      text({
        took: 1,
        hits: {
          total: { value: all.length },
          hits: all.map(({ text: content, time }, index) => ({
            _index: 'logs',
            _id: `${index}`,
            _source: { '@timestamp': `${time}Z`, event: { original: content }, host: { name: 'h1' } },
          })),
        },
      }),
  },
  {
    name: "a dump of OpenSearch's documents",
    make: (all) =>
      all
        .map(({ text: content, time }, index) =>
          text({
            _index: 'logs',
            _type: '_doc',
            _id: `${index}`,
            _source: { '@timestamp': `${time}Z`, message: content },
          }),
        )
        .join('\n'),
    path: 'dump.json',
  },
  {
    name: "Splunk's results",
    make: (all) =>
      text({
        preview: false,
        results: all.map(({ text: content, time }) => ({ _time: `${time}.000+00:00`, _raw: content, source: 'x' })),
      }),
  },
  {
    name: "Splunk's export, a result a line",
    make: (all) =>
      all
        .map(({ text: content, time }, offset) =>
          text({ preview: false, offset, result: { _raw: content, _time: `${time}.000+00:00` } }),
        )
        .join('\n'),
  },
  {
    name: "Splunk's CSV",
    make: (all) =>
      `"_raw","_time",host\n${all.map(({ text: content, time }) => `${quoted(content)},${quoted(`${time}.000+0000`)},h1\n`).join('')}`,
    path: 'export.csv',
  },
  {
    name: "Loki's answer",
    make: (all) =>
      text({
        status: 'success',
        data: {
          resultType: 'streams',
          result: [{ stream: { job: 'x' }, values: all.map(({ text: content, ms }) => [`${ms}000000`, content]) }],
        },
      }),
  },
  {
    name: "logcli's JSON lines",
    make: (all) =>
      all
        .map(({ text: content, time }) => text({ labels: { job: 'x' }, line: content, timestamp: `${time}Z` }))
        .join('\n'),
  },
  {
    name: "Datadog's answer",
    make: (all) =>
      text({
        data: all.map(({ text: content, time }, index) => ({
          id: `AQAAA${index}`,
          type: 'log',
          attributes: { timestamp: `${time}.000Z`, service: 'x', message: content, tags: ['env:prod'] },
        })),
        meta: { status: 'done' },
      }),
  },
  {
    name: 'a JSON string a line, as jq without -r',
    make: (all) => all.map(({ text: content }) => text(content)).join('\n'),
  },
  {
    name: "Docker's json-file",
    make: (all) =>
      all
        .map(({ text: content, time }) => text({ log: `${content}\n`, stream: 'stdout', time: `${time}.1Z` }))
        .join('\n'),
    path: 'x-json.log',
  },
  {
    name: 'lines of text, gzipped',
    make: (all) => gzipSync(all.map(({ text: content }) => `${content}\n`).join('')),
    path: 'x.log.gz',
  },
  {
    name: 'a zip archive of a folder',
    make: (all) =>
      zipArchive([
        { name: 'export/', content: '' },
        { name: 'export/x.log', content: all.map(({ text: content }) => `${content}\n`).join('') },
        { name: 'export/README.md', content: '# What this is\n' },
      ]),
    path: 'x.zip',
  },
  {
    name: 'a gzipped tar archive with a gzipped file',
    make: async (all) =>
      gzipSync(
        await tarArchive([
          { header: { name: 'logs/', type: 'directory' } },
          {
            header: { name: 'logs/x.jsonl.gz' },
            content: gzipSync(all.map(({ text: content }) => `${content}\n`).join('')),
          },
        ]),
      ),
    path: 'x.tgz',
  },
];

let ruleSet: RuleSet;
beforeAll(async () => {
  const root = join(import.meta.dirname, '../../../..');
  const rules = await loadRules([join(root, 'rules/logging'), join(root, 'rules/host')]);
  ruleSet = createRuleSet(rules.ruleSet);
});

test('twenty-five containers at least', () => {
  expect(new Set(containers.map(({ name }) => name)).size).toBeGreaterThanOrEqual(25);
});

describe.each(Object.entries(kinds))('%s', (_kind, { messages, service, finding }) => {
  test.each(containers)('in $name', async ({ make, path = 'x.json' }) => {
    const items = await given(await make(messages), path);
    const records: LogRecord[] = [];
    const titles = new Set<string>();
    const tally = await detectRecords(
      items,
      { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) },
      {
        record: (record) => void records.push(record),
        finding: ({ rule }) => void titles.add(rule.title),
      },
    );
    expect(items.flatMap((item) => (item.kind === 'failure' ? [item.failure.reason] : []))).toEqual([]);
    expect(records.map(({ source }) => source.services[0])).toEqual(messages.map(() => service));
    expect(records.map(({ time }) => time.slice(0, 19))).toEqual(messages.map(({ time }) => time));
    expect(new Set(records.map(({ id }) => id)).size).toBe(messages.length);
    expect(records.map(({ origin }) => origin.index)).toEqual(messages.map((_one, index) => index));
    expect(titles).toContain(finding);
    expect(tally.records).toBe(messages.length);
  });
});
