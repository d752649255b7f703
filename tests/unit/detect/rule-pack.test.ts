import { describe, expect, test } from '@jest/globals';
import { packRules } from '../../../src/detect/rule-pack.ts';
import type { RulePack } from '../../../src/model/rule-pack.ts';
import { lowerRules, parseRuleFile } from '../../../src/sigma/index.ts';

const files: Readonly<Record<string, string>> = {
  'r/identity/key.yml': detection('key', 'high', 'attack.t1098.001'),
  'r/identity/denied.yml': `${detection('denied', 'low', 'attack.t1110')}
---
${correlation('guessing', 'event_count', 'denied', 'condition: { gte: 3 }')}`,
  'r/host/ssh-root.yml': detection('ssh-root', 'medium', 'attack.t1078'),
  'r/first.yml': `${detection('call', 'informational', 'attack.discovery')}
---
${correlation('first', 'first_seen', 'call', 'condition: { field: awsRegion }')}`,
};

function detection(name: string, level: string, tag: string): string {
  return `
title: The rule ${name}
id: id-of-${name}
level: ${level}
tags: [${tag}]
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { eventName: ${name} }
  condition: selection`;
}

function correlation(name: string, type: string, base: string, more: string): string {
  return `
title: The rule ${name}
id: id-of-${name}
level: high
correlation:
  type: ${type}
  rules: [id-of-${base}]
  group-by: [userIdentity.arn]
  timespan: 10m
  ${more}`;
}

const documents = Object.entries(files).flatMap(([path, text]) => parseRuleFile(text, path).documents);
const { ruleSet, problems: faults } = lowerRules(documents);
const packed = (pack: RulePack) => packRules(ruleSet, pack, () => 'r');
/** The rules that raise findings of their own, and in brackets those that are only counted. */
const namesOf = (pack: RulePack): readonly string[] =>
  [...packed(pack).ruleSet.detections, ...packed(pack).ruleSet.correlations].map(({ meta, generate }) => {
    const name = meta.title.replace('The rule ', '');
    return generate ? name : `(${name})`;
  });

test('the rules of these cases load', () => {
  expect(faults).toEqual([]);
  expect(namesOf({})).toEqual(['key', '(denied)', 'ssh-root', '(call)', 'guessing', 'first']);
  expect(packed({}).ruleSet).toEqual(ruleSet);
});

describe('a pack selects', () => {
  const cases: readonly (readonly [string, RulePack, readonly string[]])[] = [
    [
      'only what is enabled, with what its correlations count',
      { enable: [{ id: ['id-of-guessing'] }] },
      ['(denied)', 'guessing'],
    ],
    ['by area: the folder', { enable: [{ area: ['host'] }] }, ['ssh-root']],
    ['by area: right in the folder it is that folder', { enable: [{ area: ['r'] }] }, ['(call)', 'first']],
    ['by tag with a wildcard, in any case', { enable: [{ tag: ['attack.T1098*'] }] }, ['key']],
    [
      'by the level that the rule was written with',
      { enable: [{ level: ['medium'] }], levels: { 'id-of-ssh-root': 'low' } },
      ['ssh-root'],
    ],
    ['by path below the folder', { enable: [{ path: ['host/ssh-*.yml'] }] }, ['ssh-root']],
    ['by path with the folder', { enable: [{ path: ['r/host/*'] }] }, ['ssh-root']],
    [
      'what fits all keys of one entry',
      { enable: [{ area: ['identity'], level: ['high'] }] },
      ['key', '(denied)', 'guessing'],
    ],
    ['what fits any entry', { enable: [{ area: ['host'] }, { id: ['ID-OF-KEY'] }] }, ['key', 'ssh-root']],
    ['disabled wins over enabled', { enable: [{ area: ['*'] }], disable: [{ area: ['identity', 'r'] }] }, ['ssh-root']],
    [
      'a base rule that is off is still counted',
      { disable: [{ id: ['id-of-denied'] }] },
      ['key', '(denied)', 'ssh-root', '(call)', 'guessing', 'first'],
    ],
    [
      'a correlation that is off takes its base rules along',
      { disable: [{ id: ['id-of-guessing', 'id-of-first'] }] },
      ['key', 'ssh-root'],
    ],
  ];
  test.each(cases)('%s', (_rule, pack, names) => {
    expect(namesOf(pack)).toEqual(names);
    expect(packed(pack).problems).toEqual([]);
  });
});

describe('a pack changes', () => {
  test('levels, group-by, timespan and bounds, and nothing else', () => {
    const { ruleSet: changed, problems } = packed({
      levels: { 'ID-of-key': 'critical', 'id-of-guessing': 'low' },
      overrides: {
        'id-of-guessing': {
          level: 'medium',
          groupby: ['sourceIPAddress'],
          timespan: '2h',
          condition: { gte: 20, lt: 50 },
        },
        'id-of-first': { learning: '3d' },
      },
    });
    expect(problems).toEqual([]);
    const [key] = changed.detections;
    const [guessing, first] = changed.correlations;
    const [keyBefore] = ruleSet.detections;
    const [before, firstBefore] = ruleSet.correlations;
    expect(key).toEqual({ ...keyBefore, meta: { ...keyBefore?.meta, level: 'critical' } });
    expect(guessing).toEqual({
      ...before,
      meta: { ...before?.meta, level: 'medium', custom: { ...before?.meta.custom, groupby: ['sourceIPAddress'] } },
      timespanMs: 7_200_000,
      condition: {
        bounds: [
          { op: 'gte', value: 20 },
          { op: 'lt', value: 50 },
        ],
      },
    });
    expect(first).toEqual({ ...firstBefore, learningMs: 3 * 86_400_000 });
  });
});

describe('a pack that cannot be meant is said', () => {
  const cases: readonly (readonly [string, RulePack, string, RegExp])[] = [
    [
      'an unknown id, with the nearest',
      { levels: { 'id-of-guesing': 'low' } },
      'levels.id-of-guesing',
      /^no rule has the id "id-of-guesing"; did you mean id-of-guessing \(The rule guessing\)\?$/,
    ],
    [
      'a title for an id',
      { overrides: { 'The rule key': { level: 'low' } } },
      'overrides.The rule key',
      /did you mean id-of-key/,
    ],
    ['an id far from all', { disable: [{ id: ['nothing-like-it'] }] }, 'disable.0.id.0', /rule list/],
    [
      'a timespan for a detection',
      { overrides: { 'id-of-key': { timespan: '1h' } } },
      'overrides.id-of-key.timespan',
      /belongs to correlations/,
    ],
    [
      'learning for a count',
      { overrides: { 'id-of-guessing': { learning: '1d' } } },
      'overrides.id-of-guessing.learning',
      /of type event_count/,
    ],
    [
      'bounds for a first-seen rule',
      { overrides: { 'id-of-first': { condition: { gte: 2 } } } },
      'overrides.id-of-first.condition',
      /has no bounds/,
    ],
    [
      'a derived field that is not there',
      { overrides: { 'id-of-key': { groupby: ['derived.acess.to'] } } },
      'overrides.id-of-key.groupby',
      /unknown derived field/,
    ],
  ];
  test.each(cases)('%s', (_rule, pack, keys, message) => {
    expect(packed(pack).problems).toEqual([
      { keys: expect.anything(), severity: 'error', message: expect.stringMatching(message) },
    ]);
    expect(packed(pack).problems[0]?.keys.join('.')).toBe(keys);
  });

  test('what selects nothing is a warning only', () => {
    const { problems } = packed({ disable: [{ area: ['hots'] }, { area: ['host'], level: ['critical'] }] });
    expect(problems.map(({ keys, severity }) => `${severity} ${keys.join('.')}`)).toEqual([
      'warning disable.0.area.0',
      'warning disable.1',
    ]);
  });
});
