import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { layConfigurations } from '../../../src/config/configuration.ts';
import { loadConfiguration, parseConfiguration } from '../../../src/config/load-configuration.ts';
import { createDecider } from '../../../src/notify/routing/decide.ts';
import type { Labels } from '../../../src/notify/routing/labels.ts';
import { defaultPolicy } from '../../../src/notify/routing/policy.ts';

const now = new Date('2026-03-14T12:00:00Z');

const names = 'receivers: { sns: { kind: sns }, slack: { kind: slack-webhook } }\n';
const quiet = '{ from: "22:00", to: "07:00", days: [sat, sun], timezone: Europe/Berlin }';

function to(yaml: string, labels: Labels) {
  const { layer, problems } = parseConfiguration(names + yaml, 'c.yml');
  expect(problems).toEqual([]);
  return createDecider(layConfigurations([layer])).decideFor(labels, now).route.to;
}

describe('the policy of a route', () => {
  const tree = `
route:
  receivers: sns
  repeatInterval: 12h
  quietHours: ${quiet}
  routes:
    - match: { level: critical }
      quietHours: off
      groupBy: finding
      throttle: off
      routes:
        - match: { account: production }
          receivers: [sns, slack]
          groupInterval: 1m
    - match: { level: low }
      groupBy: [rule, account]
      groupWait: 5m
      groupInterval: 1h
      repeatInterval: 7d
      throttle: 3
    - name: both
      match: { tag: both }
      continue: true
      groupWait: 30s
    - match: { tag: both }
      receivers: [slack, sns]
`;
  const minute = 60_000;
  const night = { from: '22:00', to: '07:00', days: ['sat', 'sun'], timezone: 'Europe/Berlin', except: 'critical' };
  const root = { by: 'news', waitMs: 0, updateMs: 5 * minute, repeatMs: 720 * minute, most: 10, quiet: night };
  const critical = {
    by: 'finding',
    waitMs: 0,
    updateMs: 5 * minute,
    repeatMs: 720 * minute,
    most: Number.MAX_SAFE_INTEGER,
  };

  test.each<[string, string, Labels, readonly unknown[]]>([
    ['no tree has the defaults', '', {}, ['sns', 'slack'].map((receiver) => ({ receiver, policy: defaultPolicy }))],
    ['what the root says holds below', tree, {}, [{ receiver: 'sns', policy: root }]],
    ['off ends what is above', tree, { level: ['critical'] }, [{ receiver: 'sns', policy: critical }]],
    [
      'each option comes down by itself',
      tree,
      { level: ['critical'], account: ['production'] },
      ['sns', 'slack'].map((receiver) => ({ receiver, policy: { ...critical, updateMs: minute } })),
    ],
    [
      'all of them said',
      tree,
      { level: ['low'] },
      [
        {
          receiver: 'sns',
          policy: {
            by: ['rule', 'account'],
            waitMs: 5 * minute,
            updateMs: 60 * minute,
            repeatMs: 7 * 24 * 60 * minute,
            most: 3,
            quiet: night,
          },
        },
      ],
    ],
    [
      'of several routes that name a receiver the first says how',
      tree,
      { tag: ['both'] },
      [
        { receiver: 'sns', policy: { ...root, waitMs: 30_000 } },
        { receiver: 'slack', policy: root },
      ],
    ],
  ])('%s', (_rule, yaml, labels, wanted) => {
    expect(to(yaml, labels)).toEqual(wanted);
  });

  test('only whole days are quiet when no hours are named', () => {
    const yaml = 'route: { quietHours: { days: [sun], timezone: UTC, except: high } }';
    expect(to(yaml, {})[0]?.policy.quiet).toEqual({
      from: '00:00',
      to: '00:00',
      days: ['sun'],
      timezone: 'UTC',
      except: 'high',
    });
  });
});

describe('refused, with what would be right', () => {
  const one = (option: string): string => `route:\n  routes:\n    - name: a\n      ${option}\n`;
  test.each([
    [
      'a wait without a unit',
      one('groupWait: 30'),
      /^c\.yml:4: route\.routes\.0\.groupWait: must be a duration from 0s to 1h/,
    ],
    ['a wait over an hour', one('groupWait: 61m'), /groupWait: must be a duration from 0s to 1h/],
    [
      'a unit that is none',
      one('repeatInterval: 2w'),
      /repeatInterval: must be a duration from 1m to 7d, as 30s, 5m, 4h or 7d/,
    ],
    [
      'an update more often than groups are looked at',
      one('groupInterval: 30s'),
      /groupInterval: must be a duration from 1m to 1d/,
    ],
    ['two durations in one', one('repeatInterval: 1h30m'), /repeatInterval: must be a duration/],
    [
      'a number too long to mean anything',
      one('repeatInterval: 99999999999999999s'),
      /repeatInterval: must be a duration/,
    ],
    [
      'a grouping by what is no label',
      one('groupBy: [user]'),
      /groupBy.*: must be news, finding, or a list of different labels: level, rule/,
    ],
    [
      'a grouping by one label without a list',
      one('groupBy: rule'),
      /groupBy: must be news, finding, or a list of different labels/,
    ],
    ['a grouping by nothing', one('groupBy: []'), /groupBy: must be news/],
    ['a label named twice', one('groupBy: [rule, rule]'), /groupBy: must be news/],
    ['a throttle of nothing', one('throttle: 0'), /throttle: must be a whole number from 1 to 1000, or off/],
    ['a throttle that is on', one('throttle: on'), /throttle: must be a whole number/],
    [
      'quiet hours without a time zone',
      one('quietHours: { from: "22:00", to: "07:00" }'),
      /quietHours\.timezone: is missing/,
    ],
    [
      'a time zone that is none',
      one('quietHours: { days: [sun], timezone: Europe/Bonn }'),
      /timezone: not a time zone: write Europe\/Berlin/,
    ],
    [
      'an offset, which knows no summer',
      one("quietHours: { days: [sun], timezone: '+01:00' }"),
      /timezone: not a time zone/,
    ],
    [
      'a time of day that is none',
      one('quietHours: { from: "24:00", to: "07:00", timezone: UTC }'),
      /quietHours\.from: must be a time of day/,
    ],
    [
      'a time without quotes',
      one('quietHours: { from: 22, to: "07:00", timezone: UTC }'),
      /quietHours\.from: must be a time of day in quotes/,
    ],
    [
      'hours without an end',
      one('quietHours: { from: "22:00", timezone: UTC }'),
      /quietHours: must have both from and to/,
    ],
    [
      'hours without length',
      one('quietHours: { from: "22:00", to: "22:00", timezone: UTC }'),
      /quietHours: has the same time in from and to/,
    ],
    ['hours that are never', one('quietHours: { timezone: UTC }'), /quietHours: is never quiet/],
    [
      'a day that is none',
      one('quietHours: { days: [monday], timezone: UTC }'),
      /quietHours\.days\.0: must be one of mon, tue/,
    ],
    [
      'quiet for ever',
      one('quietHours: { days: [mon, tue, wed, thu, fri, sat, sun], timezone: UTC }'),
      /quietHours\.days: leaves no day for notifications/,
    ],
    [
      'an override that notifies always',
      one('quietHours: { days: [sun], timezone: UTC, except: informational }'),
      /except: must be one of low, medium/,
    ],
    [
      'a misspelled key',
      one('quietHours: { days: [sun], timeZone: UTC }'),
      /quietHours\.timeZone: unknown key: known here are from, to/,
    ],
    ['quiet hours that are on', one('quietHours: on'), /quietHours: must be off, or a map/],
  ])('%s', (_what, yaml, problem) => {
    expect(parseConfiguration(yaml, 'c.yml').problems.join('\n')).toMatch(problem);
  });
});

describe('intervals that do not go together', () => {
  async function load(...files: readonly string[]) {
    const folder = await mkdtemp(join(tmpdir(), 'trailwatch-policy-'));
    try {
      const paths = files.map((_, index) => join(folder, `${index}.yml`));
      for (const [index, text] of files.entries()) await writeFile(paths[index] ?? '', text);
      return await loadConfiguration(paths).then(
        () => 'accepted',
        (error: unknown) => (error as Error).message.replaceAll(`${folder}/`, ''),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test.each<[string, readonly string[], string | RegExp]>([
    [
      'a repeat sooner than an update',
      ['route: { groupInterval: 1h, repeatInterval: 30m }'],
      /^0\.yml:1: route: repeatInterval 30m is shorter than groupInterval 1h: /,
    ],
    [
      'a repeat that is over before the wait',
      ['route:\n  routes:\n    - name: a\n      groupInterval: 1m\n      groupWait: 10m\n      repeatInterval: 10m'],
      /^0\.yml:3: route\.routes\.0: repeatInterval 10m must be longer than groupWait 10m: /,
    ],
    [
      "a stage's route against the root of default.yml",
      ['route: { repeatInterval: 10m }', 'route:\n  routes:\n    - name: a\n    - name: b\n      groupInterval: 1h'],
      /^1\.yml:4: route\.routes\.1: repeatInterval 10m is shorter than groupInterval 1h/,
    ],
    [
      "a stage's root against routes of default.yml",
      [
        'route:\n  routes:\n    - name: a\n      groupInterval: 12h\n      repeatInterval: 24h\n    - groupInterval: 4h',
        'route: { repeatInterval: 1h }',
      ],
      /^0\.yml:6: route\.routes\.1: repeatInterval 1h is shorter than groupInterval 4h/,
    ],
    ['as often as updates is once', ['route: { groupInterval: 1h, repeatInterval: 1h }'], 'accepted'],
    ['what a stage mends is right', ['route: { groupInterval: 1h }', 'route: { repeatInterval: 6h }'], 'accepted'],
  ])('%s', async (_what, files, wanted) => {
    expect(await load(...files)).toEqual(typeof wanted === 'string' ? wanted : expect.stringMatching(wanted));
  });
});
