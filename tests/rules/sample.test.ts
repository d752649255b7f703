import { describe, expect, test } from '@jest/globals';
import { isAtLeast } from '../../src/model/level.ts';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { detectRecords } from '../../src/detect/detect.ts';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { createInstanceStory } from '../../src/detect/instance-story/instance-story.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createMemoryInstanceLog } from '../../src/detect/instance-story/memory-instance-log.ts';
import { createReadAccounts } from '../../src/cli/findings/read-accounts.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { readPaths } from '../../src/ingest/files/local-files.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { LogRecord, RecordFailure } from '../../src/model/log-record.ts';
import { expectGolden } from '../support/golden.ts';

const root = path.resolve(import.meta.dirname, '../..');
const events = path.join(root, 'events');
const intruder = new Set(['198.51.100.77', '198.51.100.23']);

const accounts = createReadAccounts({ accounts: [] });
const ruleSet = createRuleSet((await loadRules([path.join(root, 'rules')])).ruleSet, accounts.derive);
const findings: Finding[] = [];
const records: LogRecord[] = [];
const failures: RecordFailure[] = [];
const files = await readPaths(
  ['archive', 'hosts', 'ec2'].map((folder) => path.join(events, folder)),
  { stdin: (async function* () {})(), now: '2026-03-12T00:00:00.000Z' },
);
const tally = await detectRecords(
  accounts.known(files.ingested),
  {
    detector: createDetector(ruleSet),
    correlator: createBatchCorrelator(ruleSet),
    instances: createInstanceStory({ log: createMemoryInstanceLog(), waits: true }),
  },
  {
    finding: (finding) => void findings.push(finding),
    failure: (failure) => void failures.push(failure),
    record: (record) => void records.push(record),
  },
);
findings.sort(
  (a, b) => compare(a.time, b.time) || compare(a.rule.title, b.rule.title) || compare(a.event.id, b.event.id),
);

const cloudTrail = records.filter(({ source }) => source.services.includes('cloudtrail'));

test('the findings are those that were read and approved', () => {
  const lines = findings.map(({ time, rule, event }) =>
    JSON.stringify({
      time,
      level: rule.level,
      rule: rule.title,
      who: event.actor.name,
      ruleId: rule.id,
      eventId: event.id,
    }),
  );
  expectGolden('sample-findings.json', `[\n${lines.join(',\n')}\n]\n`);
});

/** What somebody is notified of. */
const told = findings.filter(({ rule }) => isAtLeast(rule.level, 'medium'));

test('who ended each instance is known, but where the trail was off', () => {
  const ended = findings.filter(({ rule }) => rule.title === 'Instance stopped or terminated');
  expect(ended.map(({ event }) => `${event.targets[0]?.id} by ${event.actor.name} (${event.cause?.action})`)).toEqual([
    'i-04f1d8c7b3a96e250 by ec2.amazonaws.com (BidEvictedEvent)',
    'i-0b5e7d1fa93c2864a by AWSServiceRoleForAutoScaling/AutoScaling (TerminateInstances)',
    'i-0c8f2b31e6a4790d1 by prod-operations/botocore-session-1773216151 (TerminateInstances)',
    'i-0a4c1e77b2d905f36 by prod-operations/botocore-session-1773216151 (TerminateInstances)',
    'i-0f61b8d24ce7a9053 by prod-operations/botocore-session-1773216151 (TerminateInstances)',
    'i-03de5fa90b71c264e by unknown (undefined)',
    'i-0e2c94b7d60a1f583 by unknown (undefined)',
  ]);
});

test('every record can be read, and most match nothing that anyone is told of', () => {
  expect(failures).toEqual([]);
  expect(tally.records).toBe(tally.matched + tally.unmatched + tally.failed);
  expect(tally.records).toBeGreaterThan(400);
  expect(tally.records).toBeLessThan(700);
  expect(told.length).toBeLessThan(tally.records / 10);
  // The digest.
  expect(tally.skipped).toBe(1);
});

describe('nothing ordinary is alerted on', () => {
  /** Findings whose event doesn't name the intruder's address, each with its reason. */
  const others: Readonly<Record<string, string>> = {
    'Guard of a bucket removed': "the intruder's policy taken back by hand",
    'User created on a host': "root's session is the intruder's; useradd's line has no address",
    'Root user was active': 'the break-glass use in answer to the intrusion, which has to be confirmed',
  };

  // Changes that are only recorded (low and informational) happen on every day.
  test.each(told.map((finding) => [`${finding.time.slice(11, 19)} ${finding.rule.title}`, finding] as const))(
    '%s',
    (_name, { rule, event }) => {
      if (!intruder.has(event.sourceAddress ?? '')) expect(Object.keys(others)).toContain(rule.title);
    },
  );

  test('each of the reasons is still needed', () => {
    for (const title of Object.keys(others)) expect(told.map(({ rule }) => rule.title)).toContain(title);
  });
});

test('the story has a part for rules of every area, but for those that no log of it feeds', () => {
  // No probe looks on, Trailwatch says nothing of itself, nobody touches it, a function or a model, and one day has no past.
  const areas = new Set([
    'availability',
    'pipeline',
    'trailwatch',
    'filters',
    'ai',
    'serverless',
    'first-seen',
    'stories',
  ]);
  const titles = new Set(findings.map(({ rule }) => rule.title));
  const areaOf = (file: string): string => path.basename(path.dirname(file));
  const rules = [...ruleSet.detections, ...ruleSet.correlations].filter(({ path: file }) => !areas.has(areaOf(file)));
  const spoken = new Set(rules.filter(({ meta }) => titles.has(meta.title)).map(({ path: file }) => areaOf(file)));
  expect([...new Set(rules.map(({ path: file }) => areaOf(file)))].filter((area) => !spoken.has(area))).toEqual([]);
  expect(titles.size).toBeGreaterThanOrEqual(35);
});

describe('the README', () => {
  const readme = readFileSync(path.join(events, 'README.md'), 'utf8');

  test.each([...new Set(told.map(({ rule }) => rule.title))])('tells of: %s', (title) => {
    expect(readme).toContain(title);
  });

  test('counts the records', () => {
    const lines = records.filter(({ source }) => source.product === 'linux').length;
    expect(readme).toContain(`${tally.records} records of 11 March 2026`);
    expect(readme).toContain(
      `${cloudTrail.length} of CloudTrail, ${lines} lines of the bastion, ${records.length - cloudTrail.length - lines} state changes`,
    );
  });
});

describe('the sample is what AWS would have written', () => {
  test('every id is given once', () => {
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
  });

  test.each([
    ['eventVersion', /^1\.\d+$/],
    ['eventID', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
    ['eventTime', /^2026-03-11T\d\d:\d\d:\d\dZ$/],
    ['awsRegion', /^(eu-west-1|us-east-1)$/],
    ['recipientAccountId', /^(111122223333|444455556666)$/],
    ['eventType', /^Aws(ApiCall|ConsoleSignIn|ServiceEvent|VpceEvent|CloudTrailInsight)$/],
    ['eventCategory', /^(Management|Data|NetworkActivity|Insight)$/],
  ])('every CloudTrail record has %s', (field, form) => {
    for (const { fields } of cloudTrail) expect(fields[field]).toMatch(form);
  });

  test('a record stands in the folder of its account and region, and in a file delivered after it', () => {
    for (const { fields, origin } of cloudTrail) {
      expect(origin.path).toContain(`/AWSLogs/${String(fields['recipientAccountId'])}/`);
      expect(origin.path).toContain(`/${String(fields['awsRegion'])}/2026/03/11/`);
      const delivered = /_20260311T(\d{4})Z_/.exec(origin.path)?.[1] ?? '';
      expect(String(fields['eventTime']).slice(11, 16).replace(':', '') <= delivered).toBe(true);
    }
  });

  test('addresses are of the ranges for documentation, private, or a service', () => {
    for (const { fields } of cloudTrail) {
      const address = fields['sourceIPAddress'];
      if (typeof address !== 'string' || isIP(address) === 0) continue;
      expect(address).toMatch(/^(192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|10\.)/);
    }
  });

  test("production's trail is silent while it is stopped", () => {
    const silent = cloudTrail.filter(
      ({ time, fields }) =>
        fields['recipientAccountId'] === '444455556666' &&
        time > '2026-03-11T09:41:02.000Z' &&
        time < '2026-03-11T10:08:41.000Z',
    );
    expect(silent).toEqual([]);
  });

  test("the digest's hashes are those of the files", () => {
    const digests = readdirSync(events, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.includes('_CloudTrail-Digest_'),
    );
    expect(digests).toHaveLength(1);
    for (const file of digests) {
      const digest = JSON.parse(readFileSync(path.join(events, file), 'utf8')) as {
        readonly digestS3Object: string;
        readonly logFiles: readonly { readonly s3Object: string; readonly hashValue: string }[];
      };
      expect(file.endsWith(digest.digestS3Object)).toBe(true);
      expect(digest.logFiles.length).toBeGreaterThan(0);
      for (const { s3Object, hashValue } of digest.logFiles) {
        const bytes = readFileSync(path.join(events, 'archive', s3Object));
        const text = s3Object.endsWith('.gz') ? gunzipSync(bytes) : bytes;
        expect(createHash('sha256').update(text).digest('hex')).toBe(hashValue);
      }
    }
  });
});

describe("the functions' payloads", () => {
  const folder = path.join(events, 'lambda', 'cloudwatch-logs');
  const encoded = readdirSync(folder).filter((file) => !file.endsWith('.decoded.json'));

  test.each(encoded)('%s holds what its decoded twin shows', (file) => {
    const { awslogs } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
      readonly awslogs: { readonly data: string };
    };
    const shown: unknown = JSON.parse(readFileSync(path.join(folder, file.replace('.json', '.decoded.json')), 'utf8'));
    expect(JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString('utf8'))).toEqual(shown);
  });

  const queue = path.join(events, 'lambda', 's3-sqs');

  test.each(readdirSync(queue))('%s is a batch of SQS whose bodies have the sum that they name', (file) => {
    const batch = JSON.parse(readFileSync(path.join(queue, file), 'utf8')) as {
      readonly Records: readonly { readonly body: string; readonly md5OfBody: string; readonly eventSource: string }[];
    };
    for (const { body, md5OfBody, eventSource } of batch.Records) {
      expect(eventSource).toBe('aws:sqs');
      expect(createHash('md5').update(body).digest('hex')).toBe(md5OfBody);
    }
  });
});

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
