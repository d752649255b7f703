import { expect, test } from '@jest/globals';
import { layConfigurations } from '../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../src/config/load-configuration.ts';
import { unknownRules, warningsOf } from '../../../src/config/warnings.ts';

const accounts = "accounts: { '111122223333': production, '444455556666': staging }\n";

test.each<[string, string, readonly string[]]>([
  ['nothing', '', []],
  [
    'an account that is there, by name, by pattern, by id, and any',
    "route: { routes: [{ match: { account: [production, 'stag*', '999988887777', '1111*', '*'] } }] }",
    [],
  ],
  [
    'a name that no account has',
    'route: { routes: [{ name: prod, routes: [{ match: { account: [prodution] } }] }] }',
    ['route.prod.routes.0.match.account: unknown account prodution: accounts names production, staging'],
  ],
  [
    'a pattern that fits none',
    "route: { routes: [{ name: prod, except: { account: 'dev-*' } }] }",
    ['route.prod.except.account: unknown account dev-*: accounts names production, staging'],
  ],
  [
    'in suppressions and inhibitions',
    `suppressions: { a: { match: { account: x, level: low }, owner: me, reason: why, expires: never }, b: off }
inhibitions: { c: { source: { rule: r }, target: { account: y }, equal: [account], reason: why } }`,
    [
      'suppressions.a.match.account: unknown account x: accounts names production, staging',
      'inhibitions.c.target.account: unknown account y: accounts names production, staging',
    ],
  ],
  [
    'suppressions that mute everything an actor does',
    `suppressions:
  a: { match: { actor: x }, owner: me, reason: why, expires: never }
  b: { match: { actor: x, rule: '*' }, owner: me, reason: why, expires: never }
  c: { match: { actor: x, rule: y }, owner: me, reason: why, expires: never }
  d: { match: { actor: x, level: '<= medium' }, owner: me, reason: why, expires: never }
  e: { match: { actor: x, level: critical }, owner: me, reason: why, expires: never }`,
    [
      'suppressions.a.match: names neither rule nor level, so it mutes critical findings too',
      'suppressions.b.match: names neither rule nor level, so it mutes critical findings too',
    ],
  ],
  [
    'routes that are never asked, but not of the last one, nor of those after one that continues or excepts',
    `route:
  routes:
    - { name: a, continue: true }
    - { name: b, except: { level: low } }
    - { name: c, match: { level: low }, routes: [{ name: d }, { match: { tag: x } }, { name: e }] }
    - { name: f }`,
    ['route.c.d: takes every finding, so the routes after it are never asked: routes.1, e'],
  ],
  [
    'what has ended',
    `suppressions: { a: { match: { rule: x }, owner: me, reason: why, expires: 2026-03-13 } }
trials: { b: 2026-03-13, c: 2026-03-14 }`,
    ['suppressions.a: ended with 2026-03-13 (me)', 'trials.b: ended with 2026-03-13, so its rules notify: remove it'],
  ],
])('warns of %s', (_what, yaml, warnings) => {
  const { layer, problems } = parseConfiguration(accounts + yaml, 'c.yml');
  expect(problems).toEqual([]);
  expect(warningsOf(layConfigurations([layer]), new Date('2026-03-14T12:00:00Z'))).toEqual(warnings);
});

test('warns of rules that are not there, wherever they are named', () => {
  const { layer, problems } = parseConfiguration(
    `
route: { routes: [{ name: a, match: { rule: [Disk *, Disc full] }, routes: [{ except: { rule: '4b1c' } }] }] }
suppressions: { b: { match: { rule: [77aa, 'Secret rad'] }, owner: me, reason: why, expires: never } }
inhibitions: { c: { source: { rule: Endpoint dwn }, target: { level: low }, equal: [target], reason: why } }
trials: { Secret read: 2026-12-31, d: { rule: 'Pod *', until: 2026-12-31 } }
`,
    'c.yml',
  );
  expect(problems).toEqual([]);
  const rules = [
    { id: '77aa', title: 'Disk nearly full' },
    { id: '88bb', title: 'Secret read' },
  ];
  expect(unknownRules(layConfigurations([layer]), rules)).toEqual([
    'route.a.match.rule: unknown rule Disc full; expected the id or title of a rule',
    'route.a.routes.0.except.rule: unknown rule 4b1c; expected the id or title of a rule',
    'suppressions.b.match.rule: unknown rule Secret rad; expected the id or title of a rule',
    'inhibitions.c.source.rule: unknown rule Endpoint dwn; expected the id or title of a rule',
    'trials.d.rule: unknown rule Pod *; expected the id or title of a rule',
  ]);
});
