import { beforeAll, describe, expect, test } from '@jest/globals';
import path from 'node:path';
import { createDetector, type Detector } from '../../../src/detect/detector.ts';
import { findingOf } from '../../../src/detect/finding.ts';
import { loadRules } from '../../../src/detect/load-rules.ts';
import { createRuleSet } from '../../../src/detect/rule-set.ts';
import { digestDue, digestOf, type DigestFacts } from '../../../src/health/digest.ts';
import type { HeartbeatStore } from '../../../src/health/heartbeat.ts';
import { doRound, watchTasks, type WatchOptions } from '../../../src/health/watch.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { LogRecord } from '../../../src/model/log-record.ts';
import { messageOf } from '../../../src/notify/message/message.ts';
import { renderSlack } from '../../../src/notify/render/slack.ts';
import { renderText } from '../../../src/notify/render/text.ts';
import { expectGolden } from '../../support/golden.ts';
import {
  createMemoryCanaryLog,
  createMemoryHeartbeatStore,
  createMemoryNotifiedOnce,
  createMemoryTallies,
  createMemoryTrialLog,
} from '../../support/memory-health-stores.ts';

const hour = 3_600_000;
const day = 24 * hour;
const noon = Date.parse('2026-03-11T12:00:00Z');
const source = { path: 'logs', name: '/hosts/auth', account: '111122223333', region: '' } as const;

let detector: Detector;
beforeAll(async () => {
  detector = createDetector(
    createRuleSet((await loadRules([path.resolve(import.meta.dirname, '../../../rules')])).ruleSet),
  );
});

function start(over: Partial<WatchOptions> = {}) {
  const notified: LogRecord[] = [];
  const flown: string[] = [];
  const options: WatchOptions = {
    heartbeats: createMemoryHeartbeatStore(),
    tallies: createMemoryTallies(),
    trials: createMemoryTrialLog(),
    notifiedOnce: createMemoryNotifiedOnce(),
    canaries: createMemoryCanaryLog(),
    sendCanary: async (canary) => void flown.push(canary),
    publish: async (records) => void notified.push(...records),
    silence: [{ quiet: hour }],
    digest: { at: '07:00', timezone: 'UTC' },
    suppressions: {},
    expired: () => [],
    ended: () => [],
    ...over,
  };
  const watch = async (ms: number): Promise<void> => {
    const now = new Date(ms);
    const round = { id: `round-${ms}`, time: now.toISOString(), account: '111122223333', region: 'eu-west-1' };
    for (const { work } of watchTasks(options)) await work(round, now);
  };
  return { flown, options, notified, watch };
}

/** findingsOf asks the shipped rules about records, as the function does. */
function findingsOf(records: readonly LogRecord[]): readonly Finding[] {
  return records.flatMap((record) => detector.detect(record).map(findingOf));
}

describe('a source that falls silent', () => {
  const kinds = (records: readonly LogRecord[]) => records.map(({ fields }) => fields['kind']);

  test('notifies once for each silence, however many rounds see it', async () => {
    const { options, notified, watch } = start({ digest: 'off' });
    await options.heartbeats.note(source, new Date(noon));
    for (const minutes of [30, 60, 65, 70, 600]) await watch(noon + minutes * 60_000);
    expect(kinds(notified)).toEqual(['source-silent']);

    await options.heartbeats.note(source, new Date(noon + 11 * hour));
    await watch(noon + 11.5 * hour);
    expect(notified).toHaveLength(1);
    await watch(noon + 13 * hour);
    expect(notified).toHaveLength(2);
    expect(new Set(findingsOf(notified).map(({ id }) => id)).size).toBe(2);
    expect(new Set(findingsOf(notified).map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  test('is published again when that failed, as the same finding', async () => {
    let fails = true;
    const notified: LogRecord[] = [];
    const { options, watch } = start({
      digest: 'off',
      publish: async (records) => {
        notified.push(...records);
        if (fails) throw new Error('the bus is away');
      },
    });
    await options.heartbeats.note(source, new Date(noon));
    await expect(watch(noon + 2 * hour)).rejects.toThrow('the bus is away');
    fails = false;
    await watch(noon + 2 * hour + 300_000);
    await watch(noon + 2 * hour + 600_000);
    expect(notified).toHaveLength(2);
    expect(new Set(findingsOf(notified).map(({ id }) => id)).size).toBe(1);
  });

  test.each([
    { what: 'a log group', of: source, level: 'medium', title: 'A source of logs fell silent' },
    {
      what: 'the trail',
      of: { ...source, path: 's3', name: 'example-trail' } as const,
      level: 'high',
      title: 'CloudTrail fell silent',
    },
  ])('raises a finding for $what, by one rule alone', async ({ of, level, title }) => {
    const { options, notified, watch } = start({ digest: 'off' });
    await options.heartbeats.note(of, new Date(noon));
    await watch(noon + 2 * hour);
    expect(findingsOf(notified).map(({ rule }) => [rule.level, rule.title])).toEqual([[level, title]]);
    if (level === 'medium') expectMessages('source-silent', findingsOf(notified)[0]);
  });
});

describe('the canary', () => {
  test('is noted before it flies, under the name of its round', async () => {
    const log = createMemoryCanaryLog();
    const order: string[] = [];
    const { watch } = start({
      digest: 'off',
      canaries: {
        sent: async (canary, at) => {
          order.push('noted');
          await log.sent(canary, at);
        },
      },
      sendCanary: async () => void order.push('flown'),
    });
    await watch(noon);
    expect(order).toEqual(['noted', 'flown']);
    expect(await log.returned(`round-${noon}`, new Date(noon + 5_000))).toEqual({
      kind: 'returned',
      sent: new Date(noon),
    });
    expect(await log.returned(`round-${noon}`, new Date(noon + 6_000))).toEqual({ kind: 'again' });
    expect(await log.returned('made up', new Date(noon))).toEqual({ kind: 'unknown' });
  });
});

describe('the digest', () => {
  const suppression = { match: { source: ['cloudtrail'] }, reason: 'known', expires: 'never' };
  const facts: DigestFacts = {
    tallies: [
      { kind: 'suppressed', name: 'aws-services', count: 1_204 },
      { kind: 'unrouted', name: 'SSH login accepted', count: 212 },
      { kind: 'joined', name: 'slack', count: 31 },
      { kind: 'unrouted', name: 'API call denied', count: 17 },
      { kind: 'told', name: 'slack', count: 14 },
      { kind: 'told', name: 'sns', count: 14 },
      { kind: 'throttled', name: 'slack', count: 6 },
      { kind: 'inhibited', name: 'root-mutes-rest', count: 4 },
      { kind: 'trial', name: 'new-host-rules', count: 3 },
      { kind: 'missed-by-fast-paths', name: '111122223333, us-east-1', count: 2 },
      { kind: 'dead-lettered', name: 'oncall', count: 1 },
    ],
    owners: { 'aws-services': 'trailwatch' },
    expired: [{ name: 'scanner', owner: 'platform@example.com', expires: '2026-03-09' }],
    silent: [{ source: 'log group /hosts/auth, 111122223333', quietMs: 26 * hour }],
  };

  test.each<{ rule: string; at: string; timezone?: string; now: string; day: string }>([
    { rule: 'before its hour, the one before is', at: '07:00', now: '2026-03-11T06:59:59Z', day: '2026-03-09' },
    { rule: 'from its hour on, the day before is', at: '07:00', now: '2026-03-11T07:00:00Z', day: '2026-03-10' },
    { rule: 'also when nobody looked for hours', at: '07:00', now: '2026-03-11T23:59:00Z', day: '2026-03-10' },
    {
      rule: 'the hour is that of its time zone',
      at: '08:30',
      timezone: 'Europe/Berlin',
      now: '2026-03-11T07:29:00Z',
      day: '2026-03-09',
    },
    {
      rule: 'and is reached there',
      at: '08:30',
      timezone: 'Europe/Berlin',
      now: '2026-03-11T07:30:00Z',
      day: '2026-03-10',
    },
    { rule: 'in summer too', at: '08:30', timezone: 'Europe/Berlin', now: '2026-07-11T06:30:00Z', day: '2026-07-10' },
    {
      rule: 'in the west it waits for the next morning, though the day ends in the afternoon',
      at: '07:00',
      timezone: 'America/Los_Angeles',
      now: '2026-07-11T13:59:00Z',
      day: '2026-07-09',
    },
    {
      rule: 'and is due then',
      at: '07:00',
      timezone: 'America/Los_Angeles',
      now: '2026-07-11T14:00:00Z',
      day: '2026-07-10',
    },
    {
      rule: 'in the east an hour that comes before the day’s end is that of the day before',
      at: '07:00',
      timezone: 'Asia/Tokyo',
      now: '2026-07-11T00:00:00Z',
      day: '2026-07-09',
    },
  ])('$rule', ({ at, now, day: due, timezone = 'UTC' }) => {
    expect(digestDue({ at, timezone }, new Date(now))).toBe(due);
  });

  test('is sent once a day, for the day before', async () => {
    const { options, notified, watch } = start({ silence: [{ quiet: 'off' }] });
    await (options.tallies as ReturnType<typeof createMemoryTallies>).add(new Date(noon), [
      { kind: 'told', name: 'sns', by: 3 },
    ]);
    for (const hours of [0, 6, 19, 20, 30]) await watch(noon + hours * hour);
    expect(notified.map(({ fields }) => [fields['kind'], fields['day']])).toEqual([['daily-digest', '2026-03-11']]);
    expect(notified[0]?.fields['summary']).toEqual([{ title: 'Notified', lines: ['sns: 3 alerts'] }]);
  });

  test('is sent for a quiet day too, but not for the time before there was a stage', async () => {
    const { options, notified, watch } = start({ silence: [{ quiet: 'off' }] });
    await options.heartbeats.note(source, new Date(noon));
    await watch(noon + 60_000);
    expect(notified).toEqual([]);
    await watch(noon + day);
    expect(notified.map(({ fields }) => fields['summary'])).toEqual([
      [{ title: 'Nothing', lines: ['Nothing was found on that day.'] }],
    ]);
  });

  test('puts first what wants something done, and cuts what nobody would read', () => {
    const many = Array.from(
      { length: 40 },
      (_, index) => ({ kind: 'unrouted', name: `rule ${index}`, count: 1 }) as const,
    );
    const parts = digestOf({ ...facts, tallies: [...facts.tallies, ...many] });
    expect(parts.map(({ title }) => title)).toEqual([
      'Needs attention',
      'Notified',
      'Muted or grouped',
      'Routed to nobody',
    ]);
    expect(parts[3]?.lines).toHaveLength(13);
    expect(parts[3]?.lines.at(-1)).toBe('… and 30 more');
  });

  test('reads as it was looked at', async () => {
    const { notified, watch } = start({
      tallies: { of: async () => facts.tallies },
      heartbeats: silentSince(noon - 26 * hour),
      suppressions: { 'aws-services': { ...suppression, name: 'aws-services', owner: 'trailwatch' }, gone: 'off' },
      expired: () => [{ ...suppression, name: 'scanner', owner: 'platform@example.com', expires: '2026-03-09' }],
      notifiedOnce: createMemoryNotifiedOnce(),
    });
    await watch(noon);
    const digest = findingsOf(notified).find(({ rule }) => rule.title === 'Daily digest');
    expectMessages('daily-digest', digest);
  });
});

describe('the report of a trial', () => {
  const trial = { name: 'new-host-rules', rules: ['SSH login*', 'Docker*'], until: '2026-03-10' };

  test('is sent once, when the trial is over, and reads as it was looked at', async () => {
    const trials = createMemoryTrialLog();
    const { notified, watch } = start({ digest: 'off', trials, ended: (now) => (now.getTime() > noon ? [trial] : []) });
    for (const [index, receivers] of [['sns', 'slack'], ['slack'], []].entries()) {
      await trials.note(
        { trial: trial.name, finding: `f${index}`, receivers, title: `SSH login as root: root → host web-${index}` },
        new Date(noon - day),
      );
    }
    for (const hours of [0, 1, 2, 300]) await watch(noon + hours * hour);
    expect(notified.map(({ fields }) => fields['kind'])).toEqual(['trial-ended']);
    expectMessages('trial-ended', findingsOf(notified)[0]);
  });

  test('says so when there was nothing', async () => {
    const { notified, watch } = start({ digest: 'off', ended: () => [trial] });
    await watch(noon);
    expect(JSON.stringify(notified[0]?.fields['summary'])).toContain('found nothing in that time');
  });
});

test('one thing that fails keeps none of the others from its work, and fails the round', async () => {
  const { options, notified } = start({ sendCanary: async () => Promise.reject(new Error('no bus')) });
  await options.heartbeats.note(source, new Date(noon - 3 * hour));
  const round = { id: 'round', time: new Date(noon).toISOString() };
  await expect(doRound(watchTasks(options), round, () => new Date(noon))).rejects.toThrow('canary: no bus');
  expect(notified.map(({ fields }) => fields['kind'])).toEqual(['source-silent']);
});

function silentSince(last: number): HeartbeatStore {
  const heartbeat = { source, first: last - 30 * day, last, times: 1_000, longest: {}, notified: last };
  return { note: async () => {}, all: async () => [heartbeat], markNotified: async () => {} };
}

function expectMessages(name: string, finding: Finding | undefined): void {
  if (finding === undefined) throw new Error(`no finding for ${name}`);
  const message = messageOf(finding, { accounts: { '111122223333': { name: 'production' } } });
  expectGolden(`notify/${name}.console.txt`, renderText(message, { detail: 'compact', width: 100 }));
  expectGolden(`notify/${name}.mail.txt`, renderText(message, { detail: 'full', width: 76 }));
  expectGolden(`notify/${name}.slack.json`, `${JSON.stringify(renderSlack(message), null, 2)}\n`);
}
