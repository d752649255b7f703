import { expect, test } from '@jest/globals';
import { accessGained } from '../../../../src/detect/derived/access.ts';
import type { Fields } from '../../../../src/model/log-record.ts';

const mine = '111122223333';
const foreign = '444455556666';
const own = { accounts: new Set([mine]), organizations: new Set(['o-a1b2c3d4e5']) };

function call(source: string, eventName: string, requestParameters: unknown): Fields {
  return { eventSource: `${source}.amazonaws.com`, eventName, requestParameters, recipientAccountId: mine };
}

const allow = (principal: unknown, condition?: unknown): Fields => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: principal,
      Action: 's3:GetObject',
      Resource: '*',
      ...(condition === undefined ? {} : { Condition: condition }),
    },
  ],
});
const text = (policy: unknown): string => JSON.stringify(policy);
const foreignRole = `arn:aws:iam::${foreign}:role/visitor`;

/** However a service spells its policy or its grant, the same question has the same answer. */
const rows: readonly (readonly [string, Fields, Fields])[] = [
  [
    'a bucket policy, as an object',
    call('s3', 'PutBucketPolicy', { bucketName: 'b', bucketPolicy: allow('*') }),
    { to: ['anyone'], public_actions: ['s3:getobject'] },
  ],
  [
    'a bucket policy limited to the organization',
    call('s3', 'PutBucketPolicy', {
      bucketPolicy: allow('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }),
    }),
    {},
  ],
  [
    "a bucket policy limited to somebody else's organization",
    call('s3', 'PutBucketPolicy', {
      bucketPolicy: allow('*', { StringEquals: { 'aws:PrincipalOrgID': 'o-zzzzzzzzzz' } }),
    }),
    { to: ['foreign_organization'], organizations: ['o-zzzzzzzzzz'] },
  ],
  [
    'a bucket policy limited to an endpoint',
    call('s3', 'PutBucketPolicy', { bucketPolicy: allow('*', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }) }),
    { to: ['anyone_under_condition'] },
  ],
  [
    'a trust policy, as text',
    call('iam', 'UpdateAssumeRolePolicy', { roleName: 'r', policyDocument: text(allow({ AWS: foreignRole })) }),
    { to: ['foreign_account'], accounts: [foreign] },
  ],
  [
    'a trust policy, as URL-encoded text',
    call('iam', 'CreateRole', { assumeRolePolicyDocument: encodeURIComponent(text(allow({ AWS: [mine, '*'] }))) }),
    { to: ['anyone', 'own_account'], public_actions: ['s3:getobject'] },
  ],
  [
    'a trust policy for any repository',
    call('iam', 'CreateRole', {
      assumeRolePolicyDocument: text(
        allow({ Federated: `arn:aws:iam::${mine}:oidc-provider/token.actions.githubusercontent.com` }),
      ),
    }),
    {
      to: ['federated', 'open_federated'],
      providers: [`arn:aws:iam::${mine}:oidc-provider/token.actions.githubusercontent.com`],
      open_providers: [`arn:aws:iam::${mine}:oidc-provider/token.actions.githubusercontent.com`],
    },
  ],
  [
    'a key policy',
    call('kms', 'PutKeyPolicy', { keyId: 'k', policyName: 'default', policy: text(allow({ AWS: foreign })) }),
    { to: ['foreign_account'], accounts: [foreign] },
  ],
  [
    'a topic, whose policy is the value of an attribute',
    call('sns', 'SetTopicAttributes', { attributeName: 'Policy', attributeValue: text(allow('*')) }),
    { to: ['anyone'], public_actions: ['s3:getobject'] },
  ],
  [
    "a topic's display name",
    call('sns', 'SetTopicAttributes', { attributeName: 'DisplayName', attributeValue: 'x' }),
    {},
  ],
  [
    'a queue, whose policy is one of its attributes',
    call('sqs', 'SetQueueAttributes', { attributes: { Policy: text(allow({ AWS: '*' })) } }),
    { to: ['anyone'], public_actions: ['s3:getobject'] },
  ],
  [
    'a vault, whose policy stands in a policy',
    call('glacier', 'SetVaultAccessPolicy', { policy: { policy: text(allow('*')) } }),
    { to: ['anyone'], public_actions: ['s3:getobject'] },
  ],
  [
    'a service',
    call('iam', 'CreateRole', { assumeRolePolicyDocument: text(allow({ Service: 'lambda.amazonaws.com' })) }),
    { to: ['service'], services: ['lambda.amazonaws.com'] },
  ],
  [
    'a policy of an identity gives nobody access',
    call('iam', 'PutUserPolicy', {
      policyDocument: text({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
    }),
    {},
  ],
  [
    'a snapshot shared with a foreign account',
    call('ec2', 'ModifySnapshotAttribute', { createVolumePermission: { add: { items: [{ userId: foreign }] } } }),
    { to: ['foreign_account'], accounts: [foreign] },
  ],
  [
    'a snapshot shared with an account of our own',
    call('ec2', 'ModifySnapshotAttribute', { createVolumePermission: { add: { items: [{ userId: mine }] } } }),
    { to: ['own_account'] },
  ],
  [
    'a snapshot shared with everybody',
    call('ec2', 'ModifySnapshotAttribute', { createVolumePermission: { add: { items: [{ group: 'all' }] } } }),
    { to: ['anyone'], public_actions: ['*'] },
  ],
  [
    'a snapshot that is shared no longer',
    call('ec2', 'ModifySnapshotAttribute', { createVolumePermission: { remove: { items: [{ userId: foreign }] } } }),
    {},
  ],
  [
    'an image shared with a foreign organization',
    call('ec2', 'ModifyImageAttribute', {
      launchPermission: {
        add: { items: [{ organizationArn: `arn:aws:organizations::${foreign}:organization/o-zzzzzzzzzz` }] },
      },
    }),
    { to: ['foreign_organization'], organizations: ['o-zzzzzzzzzz'] },
  ],
  [
    'a snapshot of a database',
    call('rds', 'ModifyDBClusterSnapshotAttribute', { attributeName: 'restore', valuesToAdd: [mine, foreign] }),
    { to: ['foreign_account', 'own_account'], accounts: [foreign] },
  ],
  [
    'a function, by the call of its old API',
    call('lambda', 'AddPermission20150331v2', { functionName: 'f', principal: '*', action: 'lambda:InvokeFunction' }),
    { to: ['anyone'], public_actions: ['*'] },
  ],
  [
    'a function, within our organization',
    call('lambda', 'AddPermission20150331v2', { principal: '*', principalOrgID: 'o-a1b2c3d4e5' }),
    {},
  ],
  [
    'a function, to a service',
    call('lambda', 'AddPermission20150331v2', { principal: 's3.amazonaws.com', sourceAccount: mine }),
    { to: ['service'], services: ['s3.amazonaws.com'] },
  ],
  [
    'a layer, to everybody',
    call('lambda', 'AddLayerVersionPermission20181031', { principal: '*' }),
    { to: ['anyone'], public_actions: ['*'] },
  ],
  [
    'a key, by a grant',
    call('kms', 'CreateGrant', { granteePrincipal: foreignRole, operations: ['Decrypt'] }),
    { to: ['foreign_account'], accounts: [foreign] },
  ],
  [
    'an event bus, within an organization',
    call('events', 'PutPermission', {
      principal: '*',
      condition: { type: 'StringEquals', key: 'aws:PrincipalOrgID', value: 'o-zzzzzzzzzz' },
    }),
    { to: ['foreign_organization'], organizations: ['o-zzzzzzzzzz'] },
  ],
  [
    'a resource share',
    call('ram', 'CreateResourceShare', { principals: [foreign, mine] }),
    { to: ['foreign_account', 'own_account'], accounts: [foreign] },
  ],
  [
    'a document of Systems Manager',
    call('ssm', 'ModifyDocumentPermission', { accountIdsToAdd: ['all'] }),
    { to: ['anyone'], public_actions: ['*'] },
  ],
  [
    'a canned access control list',
    call('s3', 'PutBucketAcl', { 'x-amz-acl': ['public-read'] }),
    { to: ['anyone'], public_actions: ['*'] },
  ],
  [
    "a canned list for the bucket's owner",
    call('s3', 'PutBucketAcl', { 'x-amz-acl': ['bucket-owner-full-control'] }),
    {},
  ],
  [
    'an access control list',
    call('s3', 'PutBucketAcl', {
      AccessControlPolicy: {
        AccessControlList: { Grant: [{ Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' } }] },
      },
    }),
    { to: ['anyone'], public_actions: ['*'] },
  ],
  [
    'a grant in a header, behind one to an owner',
    call('s3', 'PutObjectAcl', {
      'x-amz-grant-read': ['id="79a5", uri="http://acs.amazonaws.com/groups/global/AuthenticatedUsers"'],
    }),
    { to: ['anyone'], public_actions: ['*'] },
  ],
  [
    'a bucket of Lightsail',
    call('lightsail', 'UpdateBucket', { accessRules: { getObject: 'public' } }),
    { to: ['anyone'], public_actions: ['*'] },
  ],
  [
    'an application of the repository, within an organization',
    call('serverlessrepo', 'PutApplicationPolicy', {
      statements: [{ principals: ['*'], principalOrgIDs: ['o-zzzzzzzzzz'], actions: ['Deploy'] }],
    }),
    { to: ['foreign_organization'], organizations: ['o-zzzzzzzzzz'] },
  ],
  [
    'a policy that is only checked',
    call('access-analyzer', 'CheckNoPublicAccess', { policyDocument: text(allow('*')) }),
    {},
  ],
  ['a guard rail for everybody', call('ec2', 'ModifyVpcEndpoint', { policyDocument: text(allow('*')) }), {}],
  ['a call without parameters', call('s3', 'PutBucketPolicy', null), {}],
  ['a policy that is not one', call('s3', 'PutBucketPolicy', { bucketPolicy: '{"Statement":' }), {}],
  ['a policy that CloudTrail hides', call('kms', 'PutKeyPolicy', { policy: 'HIDDEN_DUE_TO_SECURITY_REASONS' }), {}],
];

test.each(rows)('who gains access by %s', (_what, fields, access) => {
  expect(accessGained(fields, own)).toEqual(access);
});

test('a request made to be large is looked at in a bounded time', () => {
  let deep: unknown = { policy: allow('*') };
  for (let depth = 0; depth < 10_000; depth += 1) deep = { policy: deep };
  const wide = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`policy${index}`, 'x']));
  const started = process.cpuUsage();
  expect(accessGained(call('s3', 'PutBucketPolicy', deep), own)).toEqual({});
  expect(accessGained(call('s3', 'PutBucketPolicy', wide), own)).toEqual({});
  expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
});
