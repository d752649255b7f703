import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse, type ScalarTag } from 'yaml';
import { eventRules } from '../../deploy/functions/event-rules.ts';
import { ofType, permissionProblems, queueProblems } from './checks.ts';
import type { Resource, Template } from './packaged.ts';
import { type CloudFormationTemplate, specificationProblems } from './specification.ts';

const region = templateOf('region');
const trailBucket = templateOf('trail-bucket');

describe.each(Object.entries({ region, 'trail-bucket': trailBucket }))(
  'deploy/forwarding/%s.yml',
  (_name, template) => {
    test('is as AWS specifies it', () => {
      expect(specificationProblems(template)).toEqual([]);
    });

    test('may put events on the home bus, and nothing else', () => {
      expect(permissionProblems(resourcesOf(template))).toEqual([]);
      const roles = JSON.stringify(ofType(resourcesOf(template), 'AWS::IAM::Role'));
      expect(roles.match(/"Action":"[^"]+"/g)).toEqual(['"Action":"sts:AssumeRole"', '"Action":"events:PutEvents"']);
    });

    test('keeps what could not be passed on, and rings', () => {
      const rules = ofType(resourcesOf(template), 'AWS::Events::Rule');
      expect(rules.length).toBeGreaterThan(0);
      for (const [, { Properties }] of rules) {
        expect(Properties['Targets']).toEqual([
          {
            Id: 'home',
            Arn: { Ref: 'HomeBusArn' },
            RoleArn: { 'Fn::GetAtt': ['ForwardRole', 'Arn'] },
            DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['ForwardDeadLetters', 'Arn'] } },
          },
        ]);
        // The queue takes what comes from rules of these names.
        expect((Properties['Name'] as { 'Fn::Sub': string })['Fn::Sub']).toMatch(/^\$\{Prefix\}-(?:trail-)?forward-/);
      }
      // Whether an alarm rings depends on a topic; here there is one.
      const [alarm] = ofType(resourcesOf(template), 'AWS::CloudWatch::Alarm');
      expect(alarm?.[1].Properties['AlarmActions']).toEqual([
        { 'Fn::If': ['HasAlarmTopic', { Ref: 'AlarmTopicArn' }, { Ref: 'AWS::NoValue' }] },
      ]);
      expect(queueProblems(resourcesOf(template))).toEqual([]);
    });

    test('takes the ARN of a default bus', () => {
      const parameter = template.Parameters?.['HomeBusArn'] as { readonly AllowedPattern: string } | undefined;
      const pattern = new RegExp(`^${parameter?.AllowedPattern}$`);
      expect('arn:aws:events:eu-central-1:111122223333:event-bus/default').toMatch(pattern);
    });
  },
);

describe('events of other regions', () => {
  const atHome = eventRules({
    service: 'trailwatch',
    params: { readOnlyEvents: false, trailBucket: 'example-trail', eventBuses: [] },
  });
  const patternOf = (wanted: string): unknown =>
    atHome.flatMap(({ id, when }) => (id === wanted && 'pattern' in when ? [when.pattern] : []))[0];

  test('are those that the stage reads at home, but for what its bucket says, which is there', () => {
    const passedOn = ofType(resourcesOf(region), 'AWS::Events::Rule').map(([id, { Properties }]) => [
      id,
      Properties['EventPattern'],
    ]);
    const read = atHome.map(({ id }) => [id, patternOf(id)]);
    expect(passedOn).toEqual(read.filter(([id]) => id !== 'TrailDeletionRule'));
  });

  test('are not passed on where the home bus is: they would come twice', () => {
    const resources = Object.values(region.Resources);
    expect(resources.map(({ Condition }) => Condition)).toEqual(resources.map(() => 'Away'));
  });

  test('the alarm on what was not passed on is read at home like any other', () => {
    const [alarm] = ofType(resourcesOf(region), 'AWS::CloudWatch::Alarm');
    expect(alarm?.[1].Properties['AlarmName']).toEqual({ 'Fn::Sub': 'forwarding-${Prefix}-dead-letters' });
    expect(patternOf('AlarmStateRule')).toMatchObject({
      detail: { alarmName: [{ 'anything-but': { prefix: 'trailwatch-' } }] },
    });
  });
});

test("what happens in another account's trail bucket is what the stage waits for", () => {
  const [rule] = ofType(resourcesOf(trailBucket), 'AWS::Events::Rule');
  expect(rule?.[1].Properties['EventPattern']).toEqual({
    source: ['aws.s3'],
    'detail-type': ['Object Created', 'Object Deleted'],
    detail: { bucket: { name: [{ Ref: 'TrailBucket' }] } },
  });
});

function resourcesOf({ Resources }: CloudFormationTemplate): Template['Resources'] {
  return Resources as Readonly<Record<string, Resource>>;
}

/** templateOf reads YAML with CloudFormation's short forms written out. */
function templateOf(name: string): CloudFormationTemplate {
  const text = readFileSync(new URL(`../../deploy/forwarding/${name}.yml`, import.meta.url), 'utf8');
  const customTags = ['Equals', 'GetAtt', 'If', 'Not', 'Ref', 'Sub'].flatMap((short): ScalarTag[] => {
    const full = short === 'Ref' ? 'Ref' : `Fn::${short}`;
    const written = (value: unknown): object => ({ [full]: short === 'GetAtt' ? String(value).split('.') : value });
    return [
      { tag: `!${short}`, resolve: written },
      {
        tag: `!${short}`,
        collection: 'seq',
        resolve: (seq: { toJSON(): unknown }) => written(seq.toJSON()),
      } as unknown as ScalarTag,
    ];
  });
  return parse(text, { customTags }) as CloudFormationTemplate;
}
