import { expect, test } from '@jest/globals';
import { layConfigurations } from '../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../src/config/load-configuration.ts';
import { warningsOf } from '../../../src/config/warnings.ts';

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
    ['route.prod.routes.0.match.account: no account is called prodution: accounts names production, staging'],
  ],
  [
    'a pattern that fits none',
    "route: { routes: [{ name: prod, except: { account: 'dev-*' } }] }",
    ['route.prod.except.account: no account is called dev-*: accounts names production, staging'],
  ],
  [
    'in suppressions and inhibitions',
    `suppressions: { a: { match: { account: x }, owner: me, reason: why, expires: never }, b: off }
inhibitions: { c: { source: { rule: r }, target: { account: y }, equal: [account], reason: why } }`,
    [
      'suppressions.a.match.account: no account is called x: accounts names production, staging',
      'inhibitions.c.target.account: no account is called y: accounts names production, staging',
    ],
  ],
  [
    'what has ended',
    `suppressions: { a: { match: { rule: x }, owner: me, reason: why, expires: 2026-03-13 } }
trials: { b: 2026-03-13, c: 2026-03-14 }`,
    [
      'suppressions.a: ended with 2026-03-13, no longer works (me)',
      'trials.b: ended with 2026-03-13, so that its rules tell people: remove it',
    ],
  ],
])('warns of %s', (_what, yaml, warnings) => {
  const { layer, problems } = parseConfiguration(accounts + yaml, 'c.yml');
  expect(problems).toEqual([]);
  expect(warningsOf(layConfigurations([layer]), new Date('2026-03-14T12:00:00Z'))).toEqual(warnings);
});
