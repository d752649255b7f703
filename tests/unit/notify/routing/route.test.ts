import { describe, expect, test } from '@jest/globals';
import { layConfigurations } from '../../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../../src/config/load-configuration.ts';
import { createDecider, type Decider } from '../../../../src/notify/routing/decide.ts';
import { createDispatch } from '../../../../src/notify/delivery/dispatch.ts';
import { labelsOf, type Labels } from '../../../../src/notify/routing/labels.ts';
import type { Receiver } from '../../../../src/notify/receivers/receiver.ts';
import { rootLogin } from '../specimens.ts';

const now = new Date('2026-03-14T12:00:00Z');

function decider(yaml: string): Decider {
  const { layer, problems } = parseConfiguration(yaml, 'config/test.yml');
  expect(problems).toEqual([]);
  return createDecider(layConfigurations([layer]));
}

const names = 'receivers: { sns: { kind: sns }, slack: { kind: slack-webhook }, oncall: { kind: sns } }\n';

const tree = decider(`${names}
route:
  receivers: sns
  routes:
    - name: break-glass
      match: { tag: break-glass }
      receivers: oncall
      continue: true
    - name: production
      match: { account: production }
      receivers: [slack]
      routes:
        - name: loud
          match: { level: '>= high' }
          receivers: [slack, oncall]
        - name: silent
          match: { level: informational }
          except: { service: [iam, sts] }
          receivers: none
        - name: same as above
          match: { region: eu-* }
    - name: scanners
      match: { address: [192.0.2.0/24, '2001:db8::/32'] }
      receivers: none
    - name: cleared
      match: { actor: '*/ci-deploy/*', action: [Create*, Put*] }
      except: { actorKind: root }
      receivers: none
    - match: { level: medium }
      receivers: slack
`);

describe('where a finding goes', () => {
  test.each<[string, Labels, readonly string[], RegExp]>([
    ['what no route takes goes to the root', { level: ['high'] }, ['sns'], /^route: no route below takes it$/],
    ['a finding of which nothing is known, too', {}, ['sns'], /^route/],
    [
      'the deepest route decides',
      { account: ['1', 'production'], level: ['high'] },
      ['slack', 'oncall'],
      /production › loud: level is high/,
    ],
    ['>= holds for what is above', { account: ['production'], level: ['critical'] }, ['slack', 'oncall'], /loud/],
    [
      '>= does not hold for what is below',
      { account: ['production'], level: ['medium'] },
      ['slack'],
      /^route › production: account is production$/,
    ],
    ['none is nobody', { account: ['production'], level: ['informational'], service: ['s3'] }, [], /silent/],
    [
      'except keeps a finding out',
      { account: ['production'], level: ['informational'], service: ['sts'] },
      ['slack'],
      /production: /,
    ],
    [
      'a route without receivers has those above',
      { account: ['production'], level: ['low'], region: ['eu-west-1'] },
      ['slack'],
      /same as above/,
    ],
    [
      'the first that takes it keeps it',
      { account: ['production'], level: ['medium'], address: ['192.0.2.7'] },
      ['slack'],
      /production/,
    ],
    [
      'continue asks the others too',
      { tag: ['attack.t1078', 'break-glass'], account: ['production'], level: ['high'] },
      ['oncall', 'slack'],
      /break-glass.*; .*loud/,
    ],
    ['continue, and no other takes it', { tag: ['break-glass'] }, ['oncall'], /break-glass/],
    [
      'continue, and the other says none',
      { tag: ['break-glass'], address: ['192.0.2.7'] },
      ['oncall'],
      /; route › scanners/,
    ],
    ['an address in a network', { address: ['192.0.2.255'] }, [], /address fits 192\.0\.2\.0\/24/],
    ['an address beside it', { address: ['192.0.3.0'] }, ['sns'], /^route/],
    ['an IPv6 address in a network, however it is written', { address: ['2001:0DB8:0:0::1'] }, [], /scanners/],
    ['an IPv4 address inside an IPv6 one', { address: ['::ffff:192.0.2.7'] }, [], /scanners/],
    ["a service's name where an address may be", { address: ['cloudformation.amazonaws.com'] }, ['sns'], /^route/],
    ['every label must fit', { actor: ['role/ci-deploy/42'], action: ['DeleteUser'] }, ['sns'], /^route/],
    [
      'a star stands for any characters',
      { actor: ['ci', 'arn:aws:sts::1:assumed-role/ci-deploy/42'], action: ['PutRolePolicy'] },
      [],
      /cleared/,
    ],
    [
      'case counts',
      { actor: ['arn:aws:sts::1:assumed-role/CI-deploy/42'], action: ['PutRolePolicy'] },
      ['sns'],
      /^route/,
    ],
    ['a route may go without a name', { level: ['medium'] }, ['slack'], /^route › level medium: level is medium$/],
  ])('%s', (_rule, labels, receivers, why) => {
    const { route } = tree.decideFor(labels, now);
    expect(route.receivers).toEqual(receivers);
    expect(route.why).toMatch(why);
  });

  test.each([
    ['a root without receivers means all of them', `${names}route: { routes: [] }`, ['sns', 'slack', 'oncall']],
    ['so does no tree at all', names, ['sns', 'slack', 'oncall']],
    ['a root may say none', `${names}route: { receivers: none }`, []],
  ])('%s', (_rule, yaml, receivers) => {
    expect(decider(yaml).decideFor({ level: ['high'] }, now).route.receivers).toEqual(receivers);
  });

  test.each([
    ['informational', [true, true, true, true, true]],
    ['high', [false, false, false, true, true]],
    ['critical', [false, false, false, false, true]],
  ])('>= %s', (level, fits) => {
    const asked = decider(
      `${names}route: { receivers: none, routes: [{ match: { level: '>= ${level}' }, receivers: sns }] }`,
    );
    const levels = ['informational', 'low', 'medium', 'high', 'critical'];
    expect(levels.map((one) => asked.decideFor({ level: [one] }, now).route.receivers.length > 0)).toEqual(fits);
  });
});

test('a reason is short, whatever a finding holds', () => {
  const asked = decider(`${names}route: { routes: [{ match: { target: none-of-them } }, { match: { actor: a* } }] }`);
  const labels = {
    target: Array.from({ length: 5000 }, (_, index) => `i-${index}`),
    actor: [`a${'\u{1f600}'.repeat(9000)}`],
  };
  const { tree, why } = asked.decideFor(labels, now).route;
  expect(tree.steps[0]?.why).toBe('target is i-0, i-1, i-2, i-3, i-4 and 4995 more, expected none-of-them');
  expect(why.length).toBeLessThan(300);
});

describe('labels', () => {
  test('are those of the rule and the event, the account by id and by name', () => {
    expect(labelsOf(rootLogin, { '111122223333': { name: 'production' } })).toMatchObject({
      level: [rootLogin.rule.level],
      rule: [rootLogin.rule.id, rootLogin.rule.title],
      account: ['111122223333', 'production'],
      source: ['cloudtrail', 'aws'],
      actor: ['root', 'arn:aws:iam::111122223333:root'],
      actorKind: ['root'],
      address: ['198.51.100.7'],
    });
  });

  test("what completes a change of state's alert has the alert's labels, so that it goes where that went", () => {
    const { actor: _actor, ...event } = rootLogin.event;
    const category = { kind: 'instance-state', state: 'stopped' } as const;
    const alert = {
      ...rootLogin,
      event: { ...event, category, actor: { kind: 'unknown' as const, name: 'unknown', chain: [] } },
    };
    const cause = {
      eventId: 'e',
      time: rootLogin.time,
      service: 'ec2',
      action: 'StopInstances',
      via: 'console',
    } as const;
    const completing = { ...rootLogin, completes: 'e', event: { ...rootLogin.event, category, cause } };
    expect(labelsOf(completing)).toEqual(labelsOf(alert));
    expect(labelsOf(completing)).not.toHaveProperty('actor');
  });
});

describe('dispatch', () => {
  const receiver = (name: string): Receiver => ({ name, concurrency: 1, send: async () => {} });
  const to = (yaml: string, present: readonly string[]) =>
    createDispatch(decider(yaml), present.map(receiver))(rootLogin, now);

  test.each([
    [
      'goes to the receivers of its route',
      `${names}route: { receivers: [slack, sns] }`,
      ['sns', 'slack', 'oncall'],
      ['slack', 'sns'],
    ],
    ['goes to those of them that are there', `${names}route: { receivers: [slack, sns] }`, ['sns'], ['sns']],
    [
      'goes to all that are there when none of them is',
      `${names}route: { receivers: slack }`,
      ['sns', 'oncall'],
      ['sns', 'oncall'],
    ],
    ['is remembered as routed to none', `${names}route: { receivers: none }`, ['sns'], ['none']],
  ])('a finding %s', (_rule, yaml, present, reached) => {
    const { to: all, muted } = to(yaml, present);
    expect(muted === undefined ? all.map(({ receiver: { name } }) => name) : [muted.by]).toEqual(reached);
  });

  test('a stage without any receiver is refused', () => {
    expect(() => createDispatch(decider(names), [])).toThrow(/receivers: none is available/);
  });
});
