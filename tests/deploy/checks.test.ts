import { describe, expect, test } from '@jest/globals';
import {
  asynchronousProblems,
  functionProblems,
  namesOf,
  permissionProblems,
  queueProblems,
  secretProblems,
} from './checks.ts';
import type { Resource } from './packaged.ts';
import { specificationProblems } from './specification.ts';

// The checks are what stands between a slip and a deployment: each is shown to see what it is there for.

type Resources = Readonly<Record<string, Resource>>;
const get = (id: string): object => ({ 'Fn::GetAtt': [id, 'Arn'] });
const resource = (Type: string, Properties: Readonly<Record<string, unknown>>): Resource => ({ Type, Properties });
const roleOf = (statement: object): Resources => ({
  Role: resource('AWS::IAM::Role', { Policies: [{ PolicyDocument: { Statement: [statement] } }] }),
});
const queue = resource('AWS::SQS::Queue', { QueueName: 'q', SqsManagedSseEnabled: true });
const tls = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
const policy = resource('AWS::SQS::QueuePolicy', { Queues: [{ Ref: 'Dead' }], PolicyDocument: { Statement: [tls] } });
const alarm = resource('AWS::CloudWatch::Alarm', {
  MetricName: 'ApproximateNumberOfMessagesVisible',
  Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Dead', 'QueueName'] } }],
  AlarmActions: [{ Ref: 'AlertsTopic' }],
});
const permission = resource('AWS::Lambda::Permission', {
  Principal: 'events.amazonaws.com',
  FunctionName: { Ref: 'F' },
});
const lambda = (more: object = {}): Resource =>
  resource('AWS::Lambda::Function', {
    FunctionName: 'f',
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Role: get('Role'),
    ...more,
  });
const writesDeadLetters = roleOf({ Sid: 'A', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: get('Dead') });
const asynchronous = (more: Resources): Resources => ({
  F: lambda({ DeadLetterConfig: { TargetArn: get('Dead') } }),
  Permission: permission,
  Dead: queue,
  DeadPolicy: policy,
  DeadAlarm: alarm,
  ...writesDeadLetters,
  ...more,
});

describe('the check of permissions', () => {
  test.each([
    {
      what: 'a named action on a named thing',
      statement: { Sid: 'A', Action: 's3:GetObject', Resource: 'arn:x' },
      says: [],
    },
    {
      what: 'a wildcard for actions',
      statement: { Sid: 'A', Action: ['s3:Get*'], Resource: 'arn:x' },
      says: ['Role.A allows s3:Get*'],
    },
    {
      what: 'anything at all',
      statement: { Sid: 'A', Action: 's3:GetObject', Resource: ['*'] },
      says: ['Role.A allows s3:GetObject on anything'],
    },
    {
      what: 'anything, where AWS knows nothing finer',
      statement: { Sid: 'A', Action: 'xray:PutTraceSegments', Resource: '*' },
      says: [],
    },
    {
      what: 'no Sid to be known by',
      statement: { Action: 's3:GetObject', Resource: 'arn:x' },
      says: ['Role has a statement without a Sid'],
    },
  ])('$what', ({ statement, says }) => {
    expect(permissionProblems(roleOf(statement))).toEqual(says);
  });

  test('managed policies', () => {
    const role = resource('AWS::IAM::Role', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] });
    expect(permissionProblems({ Role: role })).toEqual([
      'Role allows nothing by its own policies',
      'Role has managed policies, which allow more than is named',
    ]);
  });
});

describe('the check of functions that nobody waits for', () => {
  test.each<[string, Resources, string[]]>([
    ['all there', {}, []],
    ['no dead letters', { F: lambda() }, ['F has no dead letters']],
    [
      'may not write them',
      roleOf({ Sid: 'A', Action: 'x', Resource: 'y' }),
      ['F may not write its dead letters to Dead'],
    ],
    ['no alarm', { DeadAlarm: queue }, ['Dead has no alarm that rings']],
    [
      'an alarm that notifies nobody',
      { DeadAlarm: resource(alarm.Type, { ...alarm.Properties, AlarmActions: [] }) },
      ['Dead has no alarm that rings'],
    ],
  ])('%s', (_what, more, says) => {
    expect(asynchronousProblems(asynchronous(more))).toEqual(says);
  });
});

describe('the check of queues', () => {
  const mapping = resource('AWS::Lambda::EventSourceMapping', { EventSourceArn: get('Dead') });
  test.each<[string, Resources, string[]]>([
    ['all there', {}, []],
    ['plain text', { Dead: resource(queue.Type, { QueueName: 'q' }) }, ['Dead is not encrypted']],
    ['no policy', { DeadPolicy: permission }, ['Dead takes what comes without TLS']],
    ['read, and keeps what fails', { Mapping: mapping }, ['Dead has no queue for what fails']],
  ])('%s', (_what, more, says) => {
    expect(queueProblems(asynchronous(more))).toEqual(says);
  });
});

describe('the check of functions', () => {
  const logs = resource('AWS::Logs::LogGroup', { LogGroupName: '/aws/lambda/f', RetentionInDays: 14 });
  test.each<[string, Resources, string[]]>([
    ['all there', { F: lambda(), Logs: logs }, []],
    ['an old runtime', { F: lambda({ Runtime: 'nodejs20.x' }), Logs: logs }, ['F runs on nodejs20.x']],
    ['logs for ever', { F: lambda() }, ['F has no log group that forgets']],
    ['a role for two', { F: lambda(), G: lambda(), Logs: logs }, ['F shares Role', 'G shares Role']],
  ])('%s', (_what, more, says) => {
    expect(functionProblems({ ...writesDeadLetters, ...more })).toEqual(says);
  });
});

describe('the check for secrets', () => {
  test.each([
    { name: 'TRAILWATCH_SLACK_WEBHOOK_PARAMETER', value: '/trailwatch/prod/slack', says: [] },
    { name: 'TABLE', value: { Ref: 'StateTable' }, says: [] },
    { name: 'KEY_ID', value: 'AKIA43DV4K2QLEXAMPLE', says: ['F.KEY_ID holds an access key'] },
    { name: 'SLACK', value: 'https://hooks.slack.com/services/T0/B0/x', says: ['F.SLACK holds a webhook address'] },
    { name: 'API_TOKEN', value: 'x', says: ['F.API_TOKEN is called a secret'] },
    {
      name: 'K',
      value: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      says: ['F.K holds what could be a secret'],
    },
  ])('$name', ({ name, value, says }) => {
    expect(secretProblems({ F: lambda({ Environment: { Variables: { [name]: value } } }) })).toEqual(says);
  });
});

describe('names in an account', () => {
  test('follow references to what they name, and leave out what CloudFormation names', () => {
    const names = namesOf({
      Database: resource('AWS::Glue::Database', { DatabaseInput: { Name: 'd' } }),
      Table: resource('AWS::Glue::Table', { DatabaseName: { Ref: 'Database' }, TableInput: { Name: 't' } }),
      Bucket: resource('AWS::S3::Bucket', {}),
      BucketPolicy: resource('AWS::S3::BucketPolicy', { Bucket: { Ref: 'Bucket' } }),
    });
    expect(names).toEqual(['AWS::Glue::Database "d"', 'AWS::Glue::Table "d" "t"']);
  });
});

describe('the check against AWS’s specification', () => {
  const problemsOf = (properties: object, type = 'AWS::SQS::Queue'): string[] =>
    specificationProblems({
      Resources: { Q: { Type: type, Properties: { ...properties } }, Other: { Type: 'AWS::SNS::Topic' } },
    });

  test.each([
    { what: 'a type that there is not', type: 'AWS::SQS::Queues', properties: {}, says: /^Q: there is no type/ },
    {
      what: 'a misspelled property',
      properties: { QueName: 'q' },
      says: /^Q\.QueName: unknown property; known are .*QueueName/,
    },
    {
      what: 'a text for a number',
      properties: { DelaySeconds: 'soon' },
      says: /^Q\.DelaySeconds: expected a whole number, got "soon"/,
    },
    {
      what: 'a text for a truth',
      properties: { FifoQueue: 'yes' },
      says: /^Q\.FifoQueue: expected true or false, got "yes"/,
    },
    {
      what: 'a tag of another shape',
      properties: { Tags: [{ key: 'a' }] },
      says: /^Q\.Tags\[0\]: expected a tag, got /,
    },
    {
      what: 'something required that is missing, deep inside',
      type: 'AWS::Events::Rule',
      properties: { Targets: [{ Id: 'x' }] },
      says: /^Q\.Targets\[0\]\.Arn: is required/,
    },
    {
      what: 'a value that is none of those allowed',
      type: 'AWS::Events::Rule',
      properties: { State: 'ON' },
      says: /^Q\.State: expected one of DISABLED, ENABLED.*, got "ON"/,
    },
    { what: 'a reference to nothing', properties: { QueueName: { Ref: 'X' } }, says: /^Q: refers to X/ },
    { what: 'a substitution of nothing', properties: { QueueName: { 'Fn::Sub': '${X}-q' } }, says: /^Q: refers to X/ },
    {
      what: 'an attribute that there is not',
      properties: { QueueName: { 'Fn::GetAtt': ['Other', 'Name'] } },
      says: /^Q: AWS::SNS::Topic has no attribute Name; there are TopicArn/,
    },
  ])('$what', ({ type, properties, says }) => {
    expect(problemsOf(properties, type)).toEqual([expect.stringMatching(says)]);
  });

  test('what is right: numbers as text, functions, references, pseudo parameters', () => {
    const QueueName = { 'Fn::Sub': '${AWS::StackName}-${Other.TopicArn}-${!left}' };
    expect(
      problemsOf({ QueueName, DelaySeconds: '5', FifoQueue: true, RedrivePolicy: { maxReceiveCount: 5 } }),
    ).toEqual([]);
  });
});
