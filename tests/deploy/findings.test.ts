import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { findingsAccess } from '../../deploy/resources/findings-access.ts';
import { eventSchema, findingsSchema } from '../../deploy/resources/findings-schema.ts';
import { findingDetail } from '../../src/contract/detail.ts';
import { bruteForce, hostile, rootLogin, sshRootLogin } from '../unit/notify/specimens.ts';
import { specificationProblems } from './specification.ts';
import { stageOf } from './stage-of.ts';

const bus = { FindingsBus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'trailwatch-prod-findings' } } };

describe('access to the findings bus', () => {
  test('nobody else has any unless it is given', () => {
    expect(findingsAccess(stageOf())).toEqual({ Resources: {} });
  });

  test('accounts and organizations may keep rules of their own, and no others', () => {
    const { Resources } = findingsAccess(stageOf({ findingsReaders: 'o-a1b2c3d4e5, 444455556666' }));
    expect(specificationProblems({ Resources: { ...bus, ...Resources } })).toEqual([]);
    const ownRules = { 'events:creatorAccount': { 'Fn::Sub': '${!aws:PrincipalAccount}' } };
    const rulesOfBus = {
      'Fn::Sub': 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/trailwatch-prod-findings/*',
    };
    expect(Resources['FindingsReadersAccounts']?.Properties['Statement']).toEqual({
      Effect: 'Allow',
      Principal: { AWS: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::444455556666:root' }] },
      Action: expect.arrayContaining(['events:PutRule', 'events:PutTargets', 'events:DeleteRule']),
      Resource: rulesOfBus,
      Condition: { StringEqualsIfExists: ownRules },
    });
    expect(Resources['FindingsReadersOrganizations']?.Properties['Statement']).toMatchObject({
      Principal: '*',
      Resource: rulesOfBus,
      Condition: { StringEqualsIfExists: ownRules, StringEquals: { 'aws:PrincipalOrgID': ['o-a1b2c3d4e5'] } },
    });
    expect(JSON.stringify(Resources)).not.toContain('events:PutEvents');
  });

  test('others that may write put findings there and nothing else', () => {
    const { Resources } = findingsAccess(stageOf({ findingsWriters: '444455556666' }));
    expect(Object.keys(Resources)).toEqual(['FindingsWritersAccounts']);
    expect(Resources['FindingsWritersAccounts']?.Properties['Statement']).toMatchObject({
      Action: 'events:PutEvents',
      Resource: { 'Fn::GetAtt': ['FindingsBus', 'Arn'] },
      Condition: {
        'ForAllValues:StringEquals': { 'events:source': ['trailwatch'], 'events:detail-type': ['Trailwatch Finding'] },
      },
    });
  });
});

describe('the schema of a finding in the registry', () => {
  test('is a resource as AWS specifies it, within what the registry takes', () => {
    const { Resources } = findingsSchema(stageOf());
    expect(specificationProblems({ Resources })).toEqual([]);
    const { Content, Description, SchemaName } = Resources['FindingSchema']?.Properties ?? {};
    expect(String(Content).length).toBeLessThan(100_000);
    expect(String(Description).length).toBeLessThanOrEqual(256);
    expect(SchemaName).toMatch(/^[0-9A-Za-z_.@-]{1,385}$/);
    expect(findingsSchema(stageOf({ schemaRegistry: 'false' }))).toEqual({ Resources: {} });
  });

  test('uses no word that draft 4 does not have', () => {
    const keywords = JSON.stringify(eventSchema()).match(
      /"(?:const|\$defs|\$id|if|then|else|contains|propertyNames)":/g,
    );
    expect(keywords).toBeNull();
  });

  const problems = validator(eventSchema());
  const eventOf = (detail: object): object => ({
    version: '0',
    id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
    'detail-type': 'Trailwatch Finding',
    source: 'trailwatch',
    account: '111122223333',
    time: '2026-03-11T09:00:00Z',
    region: 'eu-west-1',
    resources: [],
    detail,
  });
  const detailOf = (finding: Parameters<typeof findingDetail>[0]): object =>
    JSON.parse(findingDetail(finding)?.json ?? '') as object;

  test.each(Object.entries({ rootLogin, sshRootLogin, bruteForce, hostile }))('describes %s', (_name, finding) => {
    expect(problems(eventOf(detailOf(finding)))).toBe('');
  });

  test.each<[string, object]>([
    ['another version', { ...detailOf(rootLogin), version: '2' }],
    ['a level that Sigma does not know', { ...detailOf(rootLogin), rule: { ...rootLogin.rule, level: 'severe' } }],
    ['a list of texts that holds a number', { ...detailOf(rootLogin), omitted: [1] }],
    ['an event without a time', { ...detailOf(rootLogin), event: { ...rootLogin.event, time: undefined } }],
  ])('refuses %s', (_what, detail) => {
    expect(problems(eventOf(JSON.parse(JSON.stringify(detail)) as object))).not.toBe('');
  });
});

/** Of what draft 4 has, the validator for draft 7 reads all the same way; only the names of drafts differ. */
function validator({ $schema: _draft, id: _id, ...schema }: Record<string, unknown>): (value: unknown) => string {
  const ajv = new Ajv({ strict: true, strictRequired: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? '' : ajv.errorsText(validate.errors));
}
