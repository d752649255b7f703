import { expect, test } from '@jest/globals';
import { isUnrestricted, parsePolicy, privilegesOf, type PolicyDocument } from '../../../src/policy/index.ts';

type Json = Readonly<Record<string, unknown>>;

const allow = (Action: unknown, rest: Json = {}): Json => ({ Effect: 'Allow', Action, Resource: '*', ...rest });
const deny = (Action: unknown, rest: Json = {}): Json => ({ Effect: 'Deny', Action, Resource: '*', ...rest });
const documentOf = (statements: unknown): PolicyDocument => {
  const parsed = parsePolicy({ Version: '2012-10-17', Statement: statements });
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.document;
};

test.each<[string, unknown, boolean]>([
  ['a star', allow('*'), true],
  ['two stars', allow('*:*'), true],
  ['a star that is not the first', allow(['s3:Get*', '*']), true],
  ['all but billing', { Effect: 'Allow', NotAction: 'aws-portal:*', Resource: '*' }, true],
  ['all but IAM', { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*'], Resource: '*' }, false],
  ['all on all but one bucket', { Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::b' }, true],
  ['all on one bucket', allow('*', { Resource: 'arn:aws:s3:::b/*' }), false],
  ['all with a second factor', allow('*', { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }), true],
  ['all in the second statement', [allow('s3:Get*'), allow('*')], true],
  ['all less IAM', [allow('*'), deny('iam:*')], false],
  ['all less what is denied on one bucket', [allow('*'), deny('*', { Resource: 'arn:aws:s3:::b' })], true],
  [
    'all less what is denied outside a region',
    [allow('*'), deny('*', { Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } } })],
    true,
  ],
  ['one service', allow('s3:*'), false],
  ['every reading call', allow(['s3:Get*', 'ec2:Describe*', 'iam:List*']), false],
])('administration: %s', (_name, statements, administration) => {
  expect(privilegesOf(documentOf(statements)).administration).toBe(administration);
});

test.each<[string, unknown, readonly string[]]>([
  ['a policy version', allow('iam:CreatePolicyVersion'), ['iam:CreatePolicyVersion']],
  ['in another case', allow('IAM:createpolicyversion'), ['iam:CreatePolicyVersion']],
  ['by a pattern', allow('iam:Create*Version'), ['iam:CreatePolicyVersion']],
  [
    'on every policy',
    allow('iam:CreatePolicyVersion', { Resource: 'arn:aws:iam::111122223333:policy/*' }),
    ['iam:CreatePolicyVersion'],
  ],
  ['on one policy', allow('iam:CreatePolicyVersion', { Resource: 'arn:aws:iam::111122223333:policy/app' }), []],
  ['a key for oneself', allow('iam:CreateAccessKey', { Resource: 'arn:aws:iam::*:user/${aws:username}' }), []],
  [
    'a key for any user',
    allow('iam:CreateAccessKey', { Resource: ['arn:aws:iam::*:user/${aws:username}', 'arn:aws:iam::*:user/*'] }),
    ['iam:CreateAccessKey'],
  ],
  [
    'on all but one user',
    { Effect: 'Allow', Action: 'iam:CreateAccessKey', NotResource: 'arn:aws:iam::*:user/root' },
    ['iam:CreateAccessKey'],
  ],
  ['any role', allow('sts:AssumeRole'), ['sts:AssumeRole']],
  ['one role', allow('sts:AssumeRole', { Resource: 'arn:aws:iam::111122223333:role/deploy' }), []],
  ['a role passed to an instance', allow(['iam:PassRole', 'ec2:RunInstances']), ['iam:PassRole + ec2:RunInstances']],
  ['the same in two statements', [allow('ec2:Run*'), allow('iam:PassRole')], ['iam:PassRole + ec2:RunInstances']],
  [
    'a role that may be passed to that service alone',
    [
      allow('iam:PassRole', { Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }),
      allow('ec2:Run*'),
    ],
    ['iam:PassRole + ec2:RunInstances'],
  ],
  [
    'a role that may be passed to another service alone',
    [
      allow('iam:PassRole', { Condition: { StringEquals: { 'iam:PassedToService': ['lambda.amazonaws.com'] } } }),
      allow('ec2:Run*'),
    ],
    [],
  ],
  [
    'a role that may be passed to any service but that',
    [
      allow('iam:PassRole', { Condition: { StringNotEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } } }),
      allow('ec2:Run*'),
    ],
    [],
  ],
  ['a role passed to nothing', allow('iam:PassRole'), []],
  [
    'one role passed',
    [allow('iam:PassRole', { Resource: 'arn:aws:iam::111122223333:role/app' }), allow('ec2:RunInstances')],
    [],
  ],
  [
    'a function with a role, and its call',
    allow(['iam:PassRole', 'lambda:CreateFunction', 'lambda:InvokeFunction']),
    ['iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction'],
  ],
  ['a function with a role, never called', allow(['iam:PassRole', 'lambda:CreateFunction']), []],
  ["a function's code", allow('lambda:UpdateFunctionCode'), ['lambda:UpdateFunctionCode']],
  [
    'a policy that must be a named one',
    allow('iam:AttachRolePolicy', {
      Condition: { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } },
    }),
    [],
  ],
  [
    'a policy that may be any',
    allow('iam:AttachRolePolicy', { Condition: { ArnLike: { 'iam:PolicyARN': '*' } } }),
    ['iam:AttachRolePolicy'],
  ],
  [
    'within a boundary',
    allow('iam:PutRolePolicy', {
      Condition: { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::111122223333:policy/b' } },
    }),
    [],
  ],
  [
    'within a boundary, if there is one',
    allow('iam:PutRolePolicy', { Condition: { StringEqualsIfExists: { 'iam:PermissionsBoundary': 'x' } } }),
    ['iam:PutRolePolicy'],
  ],
  ['denied again', [allow('iam:PutUserPolicy'), deny('iam:Put*')], []],
  ['denied but for one action', [allow('iam:PutUserPolicy'), { Effect: 'Deny', NotAction: 's3:*', Resource: '*' }], []],
  ['ordinary work', allow(['s3:*', 'sqs:SendMessage', 'logs:*']), []],
])('escalation: %s', (_name, statements, escalations) => {
  expect(privilegesOf(documentOf(statements)).escalations).toEqual(escalations);
});

test('a whole service that grants permissions, and everything, hold every way', () => {
  const iam = privilegesOf(documentOf(allow('iam:*'))).escalations;
  expect(iam).toEqual(
    expect.arrayContaining(['iam:CreatePolicyVersion', 'iam:UpdateAssumeRolePolicy', 'iam:AddUserToGroup']),
  );
  expect(iam.every((way) => way.startsWith('iam:'))).toBe(true);
  const all = privilegesOf(documentOf(allow('*'))).escalations;
  expect(all).toEqual(expect.arrayContaining([...iam, 'iam:PassRole + ec2:RunInstances', 'sts:AssumeRole']));
});

test.each<[string, unknown, boolean]>([
  ['all is allowed', allow('*'), true],
  ['all is allowed to everybody, as of an endpoint', allow('*', { Principal: '*' }), true],
  ['all is allowed, some is denied', [allow('*'), deny('cloudtrail:StopLogging')], false],
  ['some is allowed', allow('s3:*'), false],
  ['all is allowed to some', allow('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }), false],
  ['nothing is said', [], false],
])('a guard rail lets everything through when %s', (_name, statements, unrestricted) => {
  expect(isUnrestricted(documentOf(statements))).toBe(unrestricted);
});
