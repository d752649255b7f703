import { expect, test } from '@jest/globals';
import { createDetector } from '../../../src/detect/detector.ts';
import { findingOf } from '../../../src/detect/finding.ts';
import { createRuleSet } from '../../../src/detect/rule-set.ts';
import type { Finding } from '../../../src/model/finding.ts';
import { findingId } from '../../../src/model/finding.ts';
import type { RuleMeta } from '../../../src/sigma/match.ts';
import { is, metaOf, recordOf, ruleOf } from './fixtures.ts';

const deleted = {
  eventName: 'DeleteTable',
  eventSource: 'dynamodb.amazonaws.com',
  awsRegion: 'eu-central-1',
  recipientAccountId: '111122223333',
  sourceIPAddress: '203.0.113.9',
  userIdentity: {
    type: 'IAMUser',
    userName: 'ann',
    arn: 'arn:aws:iam::111122223333:user/ann',
    accountId: '111122223333',
  },
};

/** The finding of a rule with this meta over an event with these changes. */
function findingWith(
  meta: Partial<RuleMeta> = {},
  changes: Readonly<Record<string, unknown>> = {},
  id = 'event-1',
): Finding {
  const rule = ruleOf('rule-1', { meta: metaOf(meta), expr: is('eventName', 'DeleteTable') });
  const { detect } = createDetector(createRuleSet({ detections: [rule], correlations: [] }));
  const [match] = detect(recordOf(id, 0, { ...deleted, ...changes }));
  if (match === undefined) throw new Error('the rule did not match');
  return findingOf(match);
}

test('a finding says which rule, which event, when and why', () => {
  const finding = findingWith({
    title: 'Table deleted',
    level: 'high',
    description: 'Somebody deleted a table.',
    tags: ['attack.impact'],
    falsepositives: ['Clean-up'],
    references: ['https://example.com'],
    custom: { runbook: 'https://example.com/runbook' },
  });
  expect(finding).toMatchObject({
    id: findingId('rule-1', 'event-1'),
    time: '2026-03-01T12:00:00.000Z',
    rule: {
      id: 'rule-1',
      title: 'Table deleted',
      level: 'high',
      description: 'Somebody deleted a table.',
      tags: ['attack.impact'],
      falsePositives: ['Clean-up'],
      references: ['https://example.com'],
      runbook: 'https://example.com/runbook',
    },
    event: { id: 'event-1', action: 'DeleteTable' },
    correlated: [],
    evidence: [{ field: 'eventName', value: 'DeleteTable' }],
    labels: {
      level: 'high',
      rule: 'rule-1',
      account: '111122223333',
      region: 'eu-central-1',
      source: 'cloudtrail',
      actor: 'ann',
      service: 'dynamodb',
      action: 'DeleteTable',
      address: '203.0.113.9',
    },
  });
});

test('a rule without a level counts as medium', () => {
  expect(findingWith().rule.level).toBe('medium');
  expect(findingWith().labels['level']).toBe('medium');
});

test('what the event says nothing about has no label', () => {
  const { labels } = findingWith({}, { awsRegion: undefined, sourceIPAddress: undefined });
  expect(labels).not.toHaveProperty('region');
  expect(labels).not.toHaveProperty('address');
});

const bob = { ...deleted.userIdentity, userName: 'bob', arn: 'arn:aws:iam::111122223333:user/bob' };

test.each<[string, Partial<RuleMeta>, Readonly<Record<string, unknown>>, 'same' | 'other']>([
  ['the same actor, account and address', {}, { requestParameters: { tableName: 'other' } }, 'same'],
  ['another actor', {}, { userIdentity: bob }, 'other'],
  ['another account', {}, { recipientAccountId: '444455556666' }, 'other'],
  ['another address', {}, { sourceIPAddress: '203.0.113.10' }, 'other'],
  [
    "the same value of the rule's groupby",
    { custom: { groupby: ['awsRegion'] } },
    { userIdentity: bob, sourceIPAddress: '::1' },
    'same',
  ],
  [
    "another value of the rule's groupby",
    { custom: { groupby: ['userIdentity.userName'] } },
    { userIdentity: bob },
    'other',
  ],
  ['a groupby given as one name', { custom: { groupby: 'awsRegion' } }, { userIdentity: bob }, 'same'],
  [
    'an empty groupby, which makes all of a rule one news',
    { custom: { groupby: [] } },
    { userIdentity: bob, awsRegion: 'x' },
    'same',
  ],
  ['a groupby that is no list of names', { custom: { groupby: { a: 1 } } }, { userIdentity: bob }, 'other'],
])('%s is the same news or another', (_name, meta, changes, expected) => {
  const [one, two] = [findingWith(meta), findingWith(meta, changes, 'event-2')];
  expect(one.fingerprint === two.fingerprint ? 'same' : 'other').toBe(expected);
  expect(one.id).not.toBe(two.id);
});

test.each([
  ['a list', ['a']],
  ['nothing', ''],
  ['a number', 7],
])('a runbook that is %s is left out', (_name, runbook) => {
  expect(findingWith({ custom: { runbook } }).rule).not.toHaveProperty('runbook');
});

test('an event is described once, and only when somebody asks', () => {
  const rules = ['one', 'two'].map((key) => ruleOf(key));
  const { detect } = createDetector(createRuleSet({ detections: rules, correlations: [] }));
  const [one, two] = detect(recordOf('1', 0, deleted));
  expect(one?.event()).toBe(two?.event());
});
