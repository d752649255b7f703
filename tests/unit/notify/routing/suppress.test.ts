import { describe, expect, test } from '@jest/globals';
import { layConfigurations } from '../../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../../src/config/load-configuration.ts';
import { createDecider } from '../../../../src/notify/routing/decide.ts';
import { createDispatch } from '../../../../src/notify/delivery/dispatch.ts';
import type { Labels } from '../../../../src/notify/routing/labels.ts';
import { rootLogin } from '../specimens.ts';

function decider(...yaml: readonly string[]) {
  const layers = yaml.map((text) => {
    const { layer, problems } = parseConfiguration(text, 'config/test.yml');
    expect(problems).toEqual([]);
    return layer;
  });
  return createDecider(layConfigurations([{ receivers: { sns: { kind: 'sns' } } }, ...layers]));
}

const base = `
suppressions:
  scanner:
    match: { rule: [port-scan, 'Port *'], address: 192.0.2.0/24 }
    owner: network@example.com
    reason: our own scanner
    expires: 2026-06-30
  deploying-role:
    match: { actor: 'arn:aws:sts::111122223333:assumed-role/ci-deploy/*', level: '<= medium' }
    except: { action: CreateUser }
    owner: platform@example.com
    reason: it deploys
    expires: never
`;

const scan: Labels = { rule: ['port-scan'], address: ['192.0.2.9'] };
const deploy: Labels = {
  actor: ['ci-deploy/42', 'arn:aws:sts::111122223333:assumed-role/ci-deploy/42'],
  level: ['medium'],
  action: ['PutRolePolicy'],
};

describe('what is suppressed', () => {
  test.each<[string, Labels, string, string | undefined]>([
    ['what fits', scan, '2026-03-14T12:00:00Z', 'scanner'],
    ["also by the rule's title", { ...scan, rule: ['x', 'Port scan'] }, '2026-03-14T12:00:00Z', 'scanner'],
    ['on the last day to its end', scan, '2026-06-30T23:59:59.999Z', 'scanner'],
    ['not after it', scan, '2026-07-01T00:00:00.000Z', undefined],
    ['not from another address', { ...scan, address: ['192.0.3.9'] }, '2026-03-14T12:00:00Z', undefined],
    ['not without an address', { rule: ['port-scan'] }, '2026-03-14T12:00:00Z', undefined],
    ['for ever, when that was said', deploy, '2099-01-01T00:00:00Z', 'deploying-role'],
    ['not above the level', { ...deploy, level: ['high'] }, '2026-03-14T12:00:00Z', undefined],
    ['not what is excepted', { ...deploy, action: ['CreateUser'] }, '2026-03-14T12:00:00Z', undefined],
    [
      "not another role's session that is called alike",
      { ...deploy, actor: ['x', 'arn:aws:sts::111122223333:assumed-role/other/ci-deploy'] },
      '2026-03-14T12:00:00Z',
      undefined,
    ],
  ])('%s', (_rule, labels, at, name) => {
    const { suppressed } = decider(base).decideFor(labels, new Date(at));
    expect(suppressed?.suppression.name).toBe(name);
  });

  test('one that has expired is named, with its day', () => {
    const at = new Date('2026-07-01T00:00:00Z');
    expect(
      decider(base)
        .expired(at)
        .map(({ name }) => name),
    ).toEqual(['scanner']);
    expect(decider(base).decideFor(scan, at).suppressions[0]).toMatchObject({
      kind: 'expired',
      why: 'ended with 2026-06-30',
    });
  });

  test('a stage ends one by a line, and changes one of the same name', () => {
    const at = new Date('2026-03-14T12:00:00Z');
    expect(decider(base, 'suppressions: { scanner: off }').decideFor(scan, at).suppressed).toBeUndefined();
    const other = 'suppressions: { scanner: { match: { rule: x }, owner: a, reason: b, expires: never } }';
    expect(decider(base, other).decideFor(scan, at).suppressed).toBeUndefined();
    expect(decider(base, 'suppressions: { scanner: off }').decideFor(deploy, at).suppressed).toBeDefined();
  });

  test('says by whom, why and until when, and goes to nobody', () => {
    const yaml = 'suppressions: { all: { match: { level: "*" }, owner: me, reason: a test, expires: never } }';
    expect(parseConfiguration(yaml, 'c.yml').problems.join()).toMatch(/match\.level\.0: must be one of/);
    const root = 'suppressions: { all: { match: { actorKind: root }, owner: me, reason: a test, expires: never } }';
    const receivers = [{ name: 'sns', concurrency: 1, send: async () => {} }];
    const { to, muted, why } = createDispatch(decider(root), receivers)(rootLogin, new Date(0));
    expect(to).toEqual([]);
    expect(muted).toEqual({ by: 'suppressed', name: 'all' });
    expect(why).toEqual({
      suppression: 'all',
      owner: 'me',
      reason: 'a test',
      until: 'never',
      matched: 'actorKind is root',
    });
  });
});
