import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { layConfigurations } from '../../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../../src/config/load-configuration.ts';
import { loadRules } from '../../../../src/detect/load-rules.ts';
import { actorOf } from '../../../../src/describe/cloudtrail/actor.ts';
import { createDecider } from '../../../../src/notify/routing/decide.ts';
import { labelsOf, type Labels } from '../../../../src/notify/routing/labels.ts';
import { rootLogin } from '../specimens.ts';

const now = new Date('2026-03-14T12:00:00Z');

function suppressedBy(yaml: string, labels: Labels): string | undefined {
  const { layer, problems } = parseConfiguration(yaml, 'config/test.yml');
  expect(problems).toEqual([]);
  const settings = layConfigurations([{ receivers: { sns: { kind: 'sns' } } }, layer]);
  return createDecider(settings).decideFor(labels, now).suppressed?.suppression.name;
}

/** What a session of a role does, as CloudTrail tells it. */
function session(role: string, name = 'build-7', account = '111122223333'): Labels {
  const actor = actorOf({
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
      principalId: `AROAEXAMPLE:${name}`,
      accountId: account,
    },
  });
  const { event, rule } = rootLogin;
  return labelsOf({ rule: { ...rule, level: 'medium', tags: ['attack.persistence'] }, event: { ...event, actor } });
}

const byName = 'deployRoles: ci-deploy';
const byArn = 'deployRoles: [arn:aws:iam::111122223333:role/pipelines/ci-deploy]';
const deploy = session('ci-deploy');

describe('what the deploying role does', () => {
  test.each<[string, string, Labels, boolean]>([
    ['notifies when deployRoles does not name it', '{}', deploy, false],
    ['does not notify when named by its name', byName, deploy, true],
    ["nor by its ARN, whose path sessions don't have", byArn, deploy, true],
    [
      'nor by the ARN of its sessions',
      "deployRoles: 'arn:aws:sts::111122223333:assumed-role/ci-deploy/*'",
      deploy,
      true,
    ],
    ['nor by a pattern', "deployRoles: ['ci-*']", deploy, true],
    ['nor in another partition', byName, { ...deploy, actor: ['arn:aws-cn:sts::1:assumed-role/ci-deploy/x'] }, true],
    ['an ARN holds for its own account', byArn, session('ci-deploy', 'x', '444455556666'), false],
    ['severe findings notify', byName, { ...deploy, level: ['high'] }, false],
    ["another role's are", byName, session('ci-deploy-2'), false],
    ["and its sessions' called alike", byName, session('other', 'ci-deploy'), false],
    ['findings about impaired detection notify', byName, { ...deploy, tag: ['attack.t1562.008'] }, false],
    ['what removes traces, too', byName, { ...deploy, tag: ['attack.t1070'] }, false],
    ['a user of that name notifies', byName, { ...deploy, actorKind: ['iam-user'] }, false],
    ["a person's session is", byName, { ...deploy, actorKind: ['federated'] }, false],
    ['a text in another log that is spelled like it is', byName, { ...deploy, source: ['sshd'] }, false],
    ['everything notifies where a stage says off', `${byName}\nsuppressions: { deploying-role: off }`, deploy, false],
  ])('%s', (_rule, yaml, labels, suppressed) => {
    expect(suppressedBy(yaml, labels)).toBe(suppressed ? 'deploying-role' : undefined);
  });

  test('a stage ends it by a line', () => {
    const layers = ['deployRoles: ci-deploy', 'deployRoles: []'].map((text) => parseConfiguration(text, 'c.yml').layer);
    expect(layConfigurations(layers).deployRoles).toEqual([]);
  });

  test('notifies all the same where a rule sees logs, detectors or Trailwatch itself end', async () => {
    const root = join(import.meta.dirname, '../../../..');
    const { ruleSet } = await loadRules([join(root, 'rules')]);
    const blinding = [...ruleSet.detections, ...ruleSet.correlations].filter(
      ({ path, meta }) =>
        /\/rules\/(logging|trailwatch)\//.test(path) ||
        // A key that is disabled ends no log.
        (!path.includes('/rules/data/') && /disabled|stopped recording|logs deleted/i.test(meta.title)),
    );
    expect(blinding.length).toBeGreaterThan(8);
    const quiet = blinding.filter(({ key, meta: { title, level = 'medium', tags } }) =>
      suppressedBy(byName, { ...deploy, level: [level], tag: tags, rule: [key, title] }),
    );
    expect(quiet.map(({ meta }) => meta.title)).toEqual([]);
  });
});

test.each([
  ['everybody', "'*'"],
  ['all roles of an account', "'arn:aws:iam::111122223333:role/*'"],
  ['a user', 'arn:aws:iam::111122223333:user/deployer'],
  ['one session', 'arn:aws:sts::111122223333:assumed-role/ci-deploy/build-7'],
  ['an account that is none', 'arn:aws:iam::1111:role/ci-deploy'],
  ['nothing', "''"],
])('%s is refused as a role that deploys', (_what, value) => {
  expect(parseConfiguration(`deployRoles: [${value}]`, 'c.yml').problems.join('\n')).toMatch(
    /^c\.yml:1: deployRoles\.0: (not a role: write ci-deploy, or arn:aws:iam|must not be empty)/,
  );
});
