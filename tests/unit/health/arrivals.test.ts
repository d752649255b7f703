import { describe, expect, test } from '@jest/globals';
import { createArrivals, type Arrival } from '../../../src/health/arrivals.ts';
import type { Heartbeat } from '../../../src/health/heartbeat.ts';
import type { Path, Source } from '../../../src/health/source.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { rootLogin } from '../notify/specimens.ts';
import { createMemoryArrivalLog } from '../../support/memory-health-stores.ts';

const happened = Date.parse('2026-03-11T12:00:00Z');
const after = (seconds: number): Date => new Date(happened + seconds * 1_000);
const origins: Readonly<Record<Path, string>> = {
  'event-bus': 'event-bus',
  logs: 'aws-cloudtrail-logs-audit:111122223333_CloudTrail_eu-west-1',
  kinesis: 'kinesis:trailwatch-dev-logs/shard:1',
  s3: 's3://example-trail/AWSLogs/x.json.gz',
};

function by(path: Path, over: Partial<Finding['event']> = {}): Finding {
  const event = {
    ...rootLogin.event,
    time: new Date(happened).toISOString(),
    account: '111122223333',
    region: 'eu-west-1',
    source: { product: 'aws', services: ['cloudtrail'] },
    ...over,
    origin: { path: origins[path], index: 0 },
  };
  return { ...rootLogin, event };
}

function heartbeat(source: Partial<Source>, last = happened): Heartbeat {
  const place = { path: 'event-bus', name: 'cloudtrail', account: '111122223333', region: 'eu-west-1' } as const;
  return { source: { ...place, ...source }, first: last, last, times: 1, longest: {} };
}

const start = (heartbeats: readonly Heartbeat[] = [heartbeat({})]) =>
  createArrivals({ log: createMemoryArrivalLog(), heartbeats: { all: async () => heartbeats } });

describe('a finding comes', () => {
  test.each<{ rule: string; ways: readonly (readonly [Path, number])[]; says: readonly Arrival['kind'][] }>([
    {
      rule: 'by the bus, and the trail confirms it',
      ways: [
        ['event-bus', 4],
        ['s3', 300],
      ],
      says: ['fast', 'confirmed'],
    },
    { rule: 'by the trail alone, where the bus should have had it', ways: [['s3', 300]], says: ['missed'] },
    {
      rule: 'by the trail, and later by the bus',
      ways: [
        ['s3', 300],
        ['event-bus', 400],
      ],
      says: ['missed', 'overtaken'],
    },
    {
      rule: 'by both fast paths',
      ways: [
        ['logs', 60],
        ['event-bus', 61],
      ],
      says: ['fast', 'nothing'],
    },
    {
      rule: 'by all of them',
      ways: [
        ['event-bus', 4],
        ['logs', 60],
        ['s3', 300],
      ],
      says: ['fast', 'nothing', 'confirmed'],
    },
    {
      rule: 'several times by each',
      ways: [
        ['s3', 300],
        ['s3', 310],
        ['s3', 320],
      ],
      says: ['missed', 'nothing', 'nothing'],
    },
  ])('$rule', async ({ ways, says }) => {
    const arrivals = start();
    const kinds: string[] = [];
    for (const [path, seconds] of ways) kinds.push((await arrivals.note(by(path), after(seconds))).kind);
    expect(kinds).toEqual(says);
  });

  test('late, which is counted from when it happened', async () => {
    expect(await start().note(by('s3'), after(420))).toEqual({ kind: 'missed', afterMs: 420_000 });
    expect(await start().note(by('event-bus'), after(-5))).toMatchObject({ kind: 'fast', afterMs: 0 });
  });
});

describe('no fast path missed', () => {
  test.each<{ rule: string; known: readonly Heartbeat[]; finding?: Finding }>([
    { rule: 'what happened in a region that none leads from', known: [heartbeat({ region: 'us-east-1' })] },
    { rule: 'what happened in an account that none leads from', known: [heartbeat({ account: '444455556666' })] },
    { rule: 'what only the trail brings', known: [heartbeat({ path: 's3', name: 'example-trail' })] },
    { rule: 'calls where the bus brings only other events', known: [heartbeat({ name: 'guardduty' })] },
    {
      rule: 'calls where log groups bring only lines of hosts',
      known: [heartbeat({ path: 'logs', name: '/hosts/auth', region: '' })],
    },
    { rule: 'what happens where one led weeks ago', known: [heartbeat({}, happened - 8 * 86_400_000)] },
  ])('$rule', async ({ known }) => {
    expect((await start(known).note(by('s3'), after(300))).kind).toBe('only-by-trail');
  });

  test.each([
    {
      rule: 'a log group of CloudTrail leads from its regions',
      known: heartbeat({ path: 'logs', name: 'aws-cloudtrail-logs-audit' }),
    },
    { rule: 'so does a stream', known: heartbeat({ path: 'kinesis', name: 'trailwatch-dev-logs' }) },
  ])('but $rule', async ({ known }) => {
    expect((await start([known]).note(by('s3'), after(300))).kind).toBe('missed');
  });

  test.each<{ rule: string; finding: Finding }>([
    {
      rule: 'lines of hosts come by one path',
      finding: by('logs', { source: { product: 'linux', services: ['sshd'] } }),
    },
    {
      rule: 'a correlation comes by whichever record was last',
      finding: { ...by('s3'), correlated: [by('s3').event] },
    },
    { rule: 'an addition to an alert came from another record', finding: { ...by('s3'), completes: 'call' } },
    {
      rule: 'what Trailwatch says of itself has no path',
      finding: { ...by('s3'), event: { ...by('s3').event, origin: { path: 'pipeline', index: 0 } } },
    },
  ])('$rule', async ({ finding }) => {
    expect(await start().note(finding, after(300))).toEqual({ kind: 'nothing' });
  });

  test('heartbeats are read once in a while, and again when that failed', async () => {
    let reads = 0;
    let fails = true;
    const all = async (): Promise<readonly Heartbeat[]> => {
      reads += 1;
      if (fails) throw new Error('the table is away');
      return [heartbeat({})];
    };
    const arrivals = createArrivals({ log: createMemoryArrivalLog(), heartbeats: { all } });
    const another = (id: string): Finding => ({ ...by('s3'), id });
    await expect(arrivals.note(another('a'), after(300))).rejects.toThrow('the table is away');
    fails = false;
    for (const id of ['b', 'c', 'd']) expect((await arrivals.note(another(id), after(301))).kind).toBe('missed');
    expect(reads).toBe(2);
    await arrivals.note(another('e'), after(700));
    expect(reads).toBe(3);
  });
});
