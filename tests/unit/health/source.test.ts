import { describe, expect, test } from '@jest/globals';
import { createPulse } from '../../../src/health/pulse.ts';
import { sourceOf, sourceWords, type Source } from '../../../src/health/source.ts';
import type { LogRecord } from '../../../src/model/log-record.ts';
import { createMemoryHeartbeatStore } from '../../support/memory-health-stores.ts';

const trail = { product: 'aws', services: ['cloudtrail'] };
const linux = { product: 'linux', services: ['sshd', 'auth'] };

function record(path: string, over: Partial<LogRecord> = {}): LogRecord {
  return {
    id: 'one',
    time: '2026-03-11T12:00:00.000Z',
    source: linux,
    fields: {},
    origin: { path, index: 0 },
    ...over,
  };
}
const call = { source: trail, fields: { recipientAccountId: '111122223333', awsRegion: 'us-gov-west-1' } };

describe('where a record came from', () => {
  test.each<{ rule: string; of: LogRecord; is: Source | undefined; words?: string }>([
    {
      rule: 'a log group is one source, whatever its streams',
      of: record('/hosts/auth:i-0123', { account: '111122223333' }),
      is: { path: 'logs', name: '/hosts/auth', account: '111122223333', region: '' },
      words: 'log group /hosts/auth, 111122223333',
    },
    {
      rule: "CloudTrail's account and region are those of the call, so that one region can fall silent",
      of: record('s3://example-trail/AWSLogs/x.json.gz', call),
      is: { path: 's3', name: 'example-trail', account: '111122223333', region: 'us-gov-west-1' },
      words: 'bucket example-trail, 111122223333, us-gov-west-1',
    },
    {
      rule: 'on the bus, each log source is one',
      of: record('event-bus', { source: { product: 'aws', services: ['guardduty'] }, account: '111122223333' }),
      is: { path: 'event-bus', name: 'guardduty', account: '111122223333', region: '' },
      words: 'guardduty on the event bus, 111122223333',
    },
    {
      rule: 'names that anybody may give an event are one',
      of: record('event-bus', { source: { product: 'unknown', services: ['com.example; drop table'] } }),
      is: { path: 'event-bus', name: 'other', account: '', region: '' },
    },
    {
      rule: 'a stream is one source, whatever its shards',
      of: record(
        'kinesis:trailwatch-dev-logs/shardId-000000000000:49590338271490256608559692538361571095921575989136588898',
      ),
      is: { path: 'kinesis', name: 'trailwatch-dev-logs', account: '', region: '' },
      words: 'stream trailwatch-dev-logs',
    },
    {
      rule: 'what a record says of itself is believed only where it is an account and a region',
      of: record('s3://example-trail/x', {
        source: trail,
        fields: { recipientAccountId: { toString: 1 }, awsRegion: 'eu-west-1\nforged' },
      }),
      is: { path: 's3', name: 'example-trail', account: '', region: '' },
    },
    {
      rule: 'what Trailwatch says of itself is no source',
      of: record('event-bus', { source: { product: 'trailwatch', services: ['canary'] } }),
      is: undefined,
    },
    { rule: 'a probe is no source', of: record('probe'), is: undefined },
  ])('$rule', ({ of, is, words }) => {
    expect(sourceOf(of)).toEqual(is);
    if (is !== undefined && words !== undefined) expect(sourceWords(is)).toBe(words);
  });
});

describe('the pulse of a function', () => {
  const start = Date.parse('2026-03-11T12:00:00Z');
  const startPulse = (most = 500) => {
    const heartbeats = createMemoryHeartbeatStore();
    const clock = { ms: start };
    const noted: string[] = [];
    const note = async (source: Source, at: Date): Promise<void> => {
      noted.push(source.name);
      await heartbeats.note(source, at);
    };
    return {
      clock,
      noted,
      heartbeats,
      pulse: createPulse({ heartbeats: { note }, now: () => new Date(clock.ms), most }),
    };
  };

  test('notes each source once, however many records it had', async () => {
    const { noted, pulse } = startPulse();
    for (let index = 0; index < 100; index++) {
      pulse.feel(record('/hosts/auth:a'));
      pulse.feel(record('/hosts/messages:b'));
    }
    await pulse.note();
    expect(noted).toEqual(['/hosts/auth', '/hosts/messages']);
  });

  test('notes a source again after five minutes, not before', async () => {
    const { clock, noted, pulse } = startPulse();
    for (const seconds of [0, 1, 299, 300, 301]) {
      clock.ms = start + seconds * 1_000;
      pulse.feel(record('/hosts/auth:a'));
      await pulse.note();
    }
    expect(noted).toHaveLength(2);
  });

  test('notes again what could not be noted', async () => {
    let fails = true;
    const noted: string[] = [];
    const pulse = createPulse({
      now: () => new Date(start),
      heartbeats: {
        note: async ({ name }) => {
          if (fails && name === '/hosts/auth') throw new Error('the table is away');
          noted.push(name);
        },
      },
    });
    const feel = (): void => ['/hosts/auth:a', '/hosts/messages:b'].forEach((path) => pulse.feel(record(path)));
    feel();
    await expect(pulse.note()).rejects.toThrow('the table is away');
    expect(noted).toEqual(['/hosts/messages']);
    fails = false;
    feel();
    await pulse.note();
    expect(noted).toEqual(['/hosts/messages', '/hosts/auth']);
  });

  test('looks after no more sources than it may, and says that there were more', async () => {
    const { noted, pulse } = startPulse(3);
    for (let account = 0; account < 10; account++) pulse.feel(record(`/made-up/${account}:s`));
    expect(await pulse.note()).toEqual({ unwatched: 3 });
    expect(noted).toHaveLength(3);
  });
});
