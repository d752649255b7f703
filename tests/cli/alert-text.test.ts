import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { alertEntries } from '../../src/cli/run/alert-text.ts';
import type { Finding } from '../../src/model/finding.ts';
import { hostile } from '../unit/notify/specimens.ts';
import { caseOf } from './case.ts';
import { finding } from './finding.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 11, 9, minute)).toISOString();
const times = (minutes: readonly number[]): readonly Finding[] =>
  minutes.map((minute) => finding({ event: { id: `e${minute}`, time: at(minute) } }));

async function textOf(...[findings, options]: Parameters<typeof caseOf>): Promise<string> {
  const { alerts } = await caseOf(findings, options);
  return textsOf(alerts).join('\n');
}

function textsOf(alerts: Parameters<typeof alertEntries>[0], colour = false, width = 100): readonly string[] {
  return alertEntries(alerts, { context: {}, colors: pc.createColors(colour), width }).map(({ render }) => render());
}

describe('the text of alerts', () => {
  test('an alert once, with where it goes; each later notification in two lines, in order of time', async () => {
    const other = finding({ event: { id: 'other', time: at(3), actor: { kind: 'root', name: 'root', chain: [] } } });
    const text = await textOf([...times([0, 1, 300]), other]);
    const heads = text.split('\n').filter((line) => /^(HIGH|when|again|to|update|repeat) /.test(line));
    expect(heads).toEqual([
      'HIGH  Access key created for another user: alice → user backup-svc in 111122223333',
      'when      2026-03-11 09:00:00 UTC',
      'again     3 times in 5 h, until 14:00:00',
      'to        chat',
      'HIGH  Access key created for another user: root → user backup-svc in 111122223333',
      'when      2026-03-11 09:03:00 UTC',
      'to        chat',
      'HIGH  2 times since 09:00 UTC: Access key created for another user: alice → user backup-svc in',
      'update    2026-03-11 09:05:00 UTC to chat, 1 more',
      'HIGH  Access key created for another user: alice → user backup-svc in 111122223333',
      'repeat    2026-03-11 14:00:00 UTC to chat',
    ]);
  });

  test.each([
    {
      rule: 'nobody, and by which route',
      route: { receivers: [], routes: [] },
      to: 'nobody: route: no route below takes it',
    },
    { rule: 'a program apart', route: { receivers: ['chat', 'lake'], routes: [] }, to: 'chat; lake (each finding)' },
    { rule: 'programs alone', route: { receivers: ['lake'], routes: [] }, to: 'lake (each finding)' },
    {
      rule: 'when, where people wait for others',
      route: { receivers: ['chat'], groupWait: 30_000, routes: [] },
      to: 'chat at 2026-03-11 09:00:30 UTC',
    },
    {
      rule: 'that quiet hours held it',
      route: {
        receivers: ['chat'],
        quietHours: { from: '08:00', to: '10:30', days: [], timezone: 'UTC', except: 'critical' },
        routes: [],
      },
      to: 'chat at 2026-03-11 10:30:00 UTC, after quiet hours',
    },
  ] as const)('says to whom: $rule', async ({ route, to }) => {
    expect(/^to +(.*)$/m.exec(await textOf(times([0]), { configuration: { route } }))?.[1]).toBe(to);
  });

  test('of many later notifications it prints those of the most severe alerts, the earliest first', async () => {
    const low = [0, 300].map((minute) =>
      finding({ rule: { id: 'low', level: 'low' }, event: { id: `low ${minute}`, time: at(minute) }, news: 'low' }),
    );
    const { alerts } = await caseOf([...times([0, 300, 600, 900]), ...low]);
    const all = alertEntries(alerts, { context: {}, colors: pc.createColors(false), width: 100 }, 2);
    const later = all.map(({ render }) => render()).filter((text) => text.includes('\nrepeat '));
    expect(all).toHaveLength(4);
    expect(later.map((text) => /^(\w+) [^]*repeat +\S+ (\S+) /.exec(text)?.slice(1))).toEqual([
      ['HIGH', '14:00:00'],
      ['HIGH', '19:00:00'],
    ]);
  });

  test('says that a throttle put findings together', async () => {
    const burst = [0, 1, 2].map((n) => finding({ event: { id: `e${n}`, time: at(n) }, news: String(n) }));
    const route = { receivers: ['chat'], throttle: 2, routes: [] };
    const text = await textOf(burst, { configuration: { route } });
    expect(text.match(/^throttled .*$/gm)).toEqual([
      'throttled more than 2 alerts of this rule, so the rest is one group',
    ]);
  });

  test('of several findings at once it counts them, and shows the first', async () => {
    const text = await textOf(times([0, 1]), {
      configuration: { route: { receivers: ['chat'], groupWait: 120_000, routes: [] } },
    });
    expect(text).toMatch(/^HIGH {2}2 times since 09:00 UTC: Access key created/);
    expect(text).toMatch(/^count +2 times, from 2026-03-11 09:00:00 to 09:01:00 UTC$/m);
    expect(text).toMatch(/^who +alice \(IAM user\)$/m);
  });

  test('colours only when asked to, and only by its own means', async () => {
    const { alerts } = await caseOf([hostile]);
    const [coloured = ''] = textsOf(alerts, true);
    expect(coloured).toContain('\u001b[1m');
    expect(coloured).not.toContain('\u001b[31mred');
    // eslint-disable-next-line no-control-regex
    expect(textsOf(alerts).join('')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test.each([40, 80, 140])('keeps to %i columns, but for what must not be broken', async (width) => {
    const { alerts } = await caseOf(times([0, 1]));
    const lines = textsOf(alerts, false, width).join('\n').split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.min(width, 120));
  });
});
