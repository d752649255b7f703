import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { layConfigurations } from '../../../src/config/configuration.ts';
import { loadConfiguration, parseConfiguration } from '../../../src/config/load-configuration.ts';

const suppression = (more: string): string =>
  `suppressions:\n  x:\n    match: { rule: a }\n    owner: me\n    reason: why\n    ${more}`;

describe('refused, with its line', () => {
  test.each([
    [
      'a receiver of an unknown kind',
      'receivers:\n  a: { kind: pigeon }',
      /^c\.yml:2: receivers\.a\.kind: must be one of sns, slack-webhook/,
    ],
    ['a receiver without a kind', 'receivers:\n  a: {}', /^c\.yml:2: receivers\.a\.kind: /],
    [
      "an option that the kind doesn't have",
      'receivers:\n  a:\n    kind: sns\n    topic: x',
      /^c\.yml:4: receivers\.a\.topic: unknown key: known here are kind, topicArn/,
    ],
    [
      'a topic that is none',
      'receivers:\n  a: { kind: sns, topicArn: alerts }',
      /^c\.yml:2: receivers\.a\.topicArn: must be an ARN/,
    ],
    [
      'a secret where its name belongs',
      'receivers:\n  a: { kind: slack-webhook, address: "https://hooks.slack.com/x" }',
      /^c\.yml:2: receivers\.a\.address: must name a secret/,
    ],
    ['a reserved name', 'receivers:\n  none: { kind: sns }', /^c\.yml:2: receivers\.none: reserved/],
    [
      'an unknown key in the tree',
      'route:\n  recievers: sns',
      /^c\.yml:2: route\.recievers: unknown key: known here are receivers, routes/,
    ],
    [
      'an unknown key in a route',
      'route:\n  routes:\n    - match: { level: low }\n      reciever: none',
      /^c\.yml:4: route\.routes\.0\.reciever: unknown key/,
    ],
    [
      'an unknown key in a nested route',
      'route:\n  routes:\n    - routes:\n        - contiue: true',
      /^c\.yml:4: route\.routes\.0\.routes\.0\.contiue: unknown key/,
    ],
    [
      'an unknown label',
      'route:\n  routes:\n    - match: { severity: low }',
      /^c\.yml:3: route\.routes\.0\.match\.severity: unknown key: known here are level, rule/,
    ],
    [
      'a level that is none',
      'route:\n  routes:\n    - match: { level: hihg }',
      /^c\.yml:3: route\.routes\.0\.match\.level\.0: must be one of informational/,
    ],
    ['a comparison of nothing', "route:\n  routes:\n    - match: { level: '>= ' }", /level\.0: must be one of/],
    [
      'a network that is none',
      'route:\n  routes:\n    - match: { address: 10.0.0.0/33 }',
      /^c\.yml:3: route\.routes\.0\.match\.address\.0: not a network/,
    ],
    ['an empty match', 'route:\n  routes:\n    - match: {}', /^c\.yml:3: route\.routes\.0\.match: is empty/],
    [
      'an empty list of values',
      'route:\n  routes:\n    - match: { rule: [] }',
      /match\.rule: must be a value or a list/,
    ],
    [
      'no receivers, where none would say it',
      'route:\n  receivers: []',
      /^c\.yml:2: route\.receivers: must be the name/,
    ],
    ['none beside a receiver', 'route:\n  receivers: [none, sns]', /^c\.yml:2: route\.receivers: must be the name/],
    [
      'a suppression without an owner',
      'suppressions:\n  x: { match: { rule: a }, reason: b, expires: never }',
      /^c\.yml:2: suppressions\.x\.owner: is missing/,
    ],
    [
      'a suppression without a match',
      'suppressions:\n  x: { owner: a, reason: b, expires: never }',
      /^c\.yml:2: suppressions\.x\.match: is missing/,
    ],
    ['a suppression without an end', suppression(''), /^c\.yml:\d: suppressions\.x\.expires: is missing/],
    [
      'a suppression that ends on no day',
      suppression('expires: 2026-02-30'),
      /^c\.yml:6: suppressions\.x\.expires: must be the last day/,
    ],
    [
      'a misspelled key of a suppression',
      suppression('expires: never\n    ower: me'),
      /^c\.yml:7: suppressions\.x\.ower: unknown key/,
    ],
    [
      'an inhibition that is equal in nothing, which would mute all',
      'inhibitions:\n  x: { source: { rule: a }, target: { rule: b }, equal: [], reason: c }',
      /^c\.yml:2: inhibitions\.x\.equal: must be a list of labels that both/,
    ],
    [
      'an inhibition that does not say in what',
      'inhibitions:\n  x: { source: { rule: a }, target: { rule: b }, reason: c }',
      /^c\.yml:2: inhibitions\.x\.equal: is missing/,
    ],
    [
      'an inhibition of everything',
      'inhibitions:\n  x: { source: { rule: a }, target: {}, equal: [target], reason: c }',
      /^c\.yml:2: inhibitions\.x\.target: is empty/,
    ],
    [
      'an inhibition for a week',
      'inhibitions:\n  x: { source: { rule: a }, target: { rule: b }, equal: [target], for: 7d, reason: c }',
      /^c\.yml:2: inhibitions\.x\.for: must be a duration from 1m to 1d/,
    ],
    ['a trial without an end', 'trials:\n  x: { rule: a }', /^c\.yml:2: trials\.x\.until: is missing/],
    ['a trial that never ends', 'trials:\n  x: never', /^c\.yml:2: trials\.x: must be the last day of the trial/],
    [
      'a trial that ends on no day',
      'trials:\n  x: { rule: a, until: 2026-13-01 }',
      /trials\.x\.until: must be the last day/,
    ],
    [
      'a trial of nothing',
      'trials:\n  x: { rule: [], until: 2026-12-01 }',
      /trials\.x\.rule: must be a value or a list/,
    ],
    ['a suppression that is on', 'suppressions:\n  x: on', /^c\.yml:2: suppressions\.x: must be off, or a map/],
  ])('%s', (_what, text, problem) => {
    expect(parseConfiguration(text, 'c.yml').problems.join('\n')).toMatch(problem);
  });

  test('a receiver that no file has, with the file that names it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trailwatch-routes-'));
    try {
      const [first, second] = [join(folder, 'default.yml'), join(folder, 'dev.yml')];
      await writeFile(first, 'receivers:\n  sns: { kind: sns }\nroute:\n  receivers: sns\n');
      await writeFile(second, 'route:\n  routes:\n    - match: { level: low }\n      receivers: [sns, slak]\n');
      await expect(loadConfiguration([first, second])).rejects.toThrow(
        `${second}:4: route.routes.0.receivers: unknown receiver "slak", known are sns`,
      );
      await expect(loadConfiguration([first])).resolves.toMatchObject({ route: { receivers: ['sns'] } });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test("a stage's routes come first, in the place of those of the same name", () => {
  const layers = [
    'route: { receivers: sns, routes: [{ name: a, receivers: none }, { name: b }, { match: { level: low } }] }',
    'route: { routes: [{ name: c }, { name: a }] }',
  ].map((text) => parseConfiguration(text, 'c.yml').layer);
  const { route } = layConfigurations(layers);
  expect(route.receivers).toEqual(['sns']);
  expect(route.routes.map(({ name }) => name)).toEqual(['c', 'a', 'b', undefined]);
  expect(route.routes[1]?.receivers).toBeUndefined();
});
