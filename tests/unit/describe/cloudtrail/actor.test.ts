import { expect, test } from '@jest/globals';
import { describe as describeRecord } from '../../../../src/describe/describe.ts';
import { trailRecord } from '../record.ts';

const account = '111122223333';
const role = (name: string, path = '') => ({
  type: 'Role',
  principalId: 'AROAEXAMPLE',
  arn: `arn:aws:iam::${account}:role/${path}${name}`,
  accountId: account,
  userName: name,
});
const assumed = (name: string, session: string, more: object = {}, path = '') => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${session}`,
  arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
  accountId: account,
  accessKeyId: 'ASIAEXAMPLE',
  sessionContext: { sessionIssuer: role(name, path), attributes: { mfaAuthenticated: 'false' }, ...more },
});
const ssoRole = 'AWSReservedSSO_AdministratorAccess_0123456789abcdef';

const rows: readonly (readonly [string, object | undefined, object])[] = [
  [
    'the root user is root, whatever alias the account has',
    { type: 'Root', arn: `arn:aws:iam::${account}:root`, accountId: account, userName: 'example-corp' },
    { kind: 'root', name: 'root', account, chain: [] },
  ],
  [
    'a root session that an administrator assumed says so',
    { type: 'Root', accountId: account, sessionContext: { assumedRoot: 'true' } },
    { kind: 'root', chain: ['root', 'assumed-root'] },
  ],
  [
    'an IAM user is called by name',
    { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/team/alice`, userName: 'alice', accessKeyId: 'AKIAEXAMPLE' },
    { kind: 'iam-user', name: 'alice', account, accessKeyId: 'AKIAEXAMPLE', chain: [] },
  ],
  [
    'an IAM user without userName is called by the end of the ARN',
    { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/team/alice` },
    { kind: 'iam-user', name: 'alice' },
  ],
  [
    'a service that calls on behalf of a user comes first in the chain',
    { type: 'IAMUser', userName: 'alice', invokedBy: 'cloudformation.amazonaws.com' },
    { kind: 'iam-user', name: 'alice', chain: ['cloudformation.amazonaws.com', 'user/alice'] },
  ],
  [
    'a role session is named by role and session, and leads back to its role',
    assumed('ci-deploy', 'run-42'),
    { kind: 'role', name: 'ci-deploy/run-42', mfa: false, chain: ['run-42', 'role/ci-deploy'] },
  ],
  [
    'a role session without an issuer is read from its ARN',
    { type: 'AssumedRole', arn: `arn:aws:sts::${account}:assumed-role/ci-deploy/run-42` },
    { kind: 'role', name: 'ci-deploy/run-42', account, chain: ['run-42', 'role/ci-deploy'] },
  ],
  [
    'a role session of which only the principal is known keeps its session',
    { type: 'AssumedRole', principalId: 'AROAEXAMPLE:run-42' },
    { kind: 'role', name: 'run-42' },
  ],
  [
    'an Identity Center session is the person, not the role',
    assumed(ssoRole, 'alice@example.com', {}, 'aws-reserved/sso.amazonaws.com/eu-central-1/'),
    {
      kind: 'federated',
      name: 'alice@example.com',
      chain: ['alice@example.com', `role/${ssoRole}`, 'permission-set/AdministratorAccess'],
    },
  ],
  [
    "a role that only borrows Identity Center's name stays a role",
    assumed(ssoRole, 'alice@example.com'),
    { kind: 'role', name: `${ssoRole}/alice@example.com` },
  ],
  [
    'a session from an OIDC provider leads back to the provider',
    assumed('deploy', 'gha', {
      webIdFederationData: { federatedProvider: `arn:aws:iam::${account}:oidc-provider/token.actions.example.com` },
    }),
    { chain: ['gha', 'role/deploy', 'provider/token.actions.example.com'] },
  ],
  [
    'a source identity survives role chaining',
    assumed('deploy', 's', { sourceIdentity: 'alice' }),
    { chain: ['s', 'role/deploy', 'source-identity/alice'] },
  ],
  [
    "a role session on a person's behalf leads back to the person",
    { ...assumed('deploy', 's'), onBehalfOf: { userId: 'user-1', identityStoreArn: 'arn:aws:identitystore::1:x/d-1' } },
    { chain: ['s', 'role/deploy', 'identity-centre/user-1'] },
  ],
  [
    'a federated user leads back to the user who asked for the token',
    {
      type: 'FederatedUser',
      arn: `arn:aws:sts::${account}:federated-user/bob`,
      sessionContext: { sessionIssuer: { type: 'IAMUser', userName: 'alice' } },
    },
    { kind: 'federated', name: 'bob', chain: ['bob', 'user/alice'] },
  ],
  [
    'a federated user of the root user leads back to root',
    {
      type: 'FederatedUser',
      principalId: `${account}:bob`,
      sessionContext: { sessionIssuer: { type: 'Root', arn: `arn:aws:iam::${account}:root` } },
    },
    { kind: 'federated', name: 'bob', chain: ['bob', 'root'] },
  ],
  [
    'a SAML user leads back to the provider',
    { type: 'SAMLUser', principalId: 'kY1:alice', userName: 'alice', identityProvider: 'kY1' },
    { kind: 'federated', name: 'alice', chain: ['alice', 'provider/kY1'] },
  ],
  [
    'a web identity user without a name is known by what the provider calls them',
    { type: 'WebIdentityUser', principalId: 'accounts.google.com:app:1234', identityProvider: 'accounts.google.com' },
    { kind: 'federated', name: 'app:1234', chain: ['app:1234', 'provider/accounts.google.com'] },
  ],
  [
    'an Identity Center user is known by id',
    { type: 'IdentityCenterUser', accountId: account, onBehalfOf: { userId: 'user-1' }, credentialId: 'c' },
    { kind: 'federated', name: 'user-1', chain: [] },
  ],
  [
    'a directory user is called by name',
    { type: 'Directory', userName: 'CORP\\alice' },
    { kind: 'federated', name: 'CORP\\alice' },
  ],
  [
    "another account's role session is the account's, with its session",
    { type: 'AWSAccount', principalId: 'AROAEXAMPLE:run-42', accountId: account },
    { kind: 'role', name: `account/${account}/run-42`, chain: ['run-42', `account/${account}`] },
  ],
  [
    "another account's user is the account's",
    { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: account },
    { kind: 'iam-user', name: `account/${account}`, account },
  ],
  [
    'an anonymous request for an S3 object is anonymous',
    { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' },
    { kind: 'anonymous', name: 'anonymous', chain: [] },
  ],
  [
    'a service is called by its name',
    { type: 'AWSService', invokedBy: 'autoscaling.amazonaws.com' },
    { kind: 'service', name: 'autoscaling.amazonaws.com', chain: [] },
  ],
  [
    'a failed sign-in of a name that may be a password has no name to show',
    { type: 'IAMUser', accountId: account, userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    { kind: 'iam-user', name: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
  ],
  [
    'Unknown with a user name keeps the name',
    { type: 'Unknown', accountId: account, userName: 'alice' },
    { kind: 'unknown', name: 'alice' },
  ],
  ['an unknown type is read from its ARN', { type: 'Novel', arn: `arn:aws:iam::${account}:root` }, { kind: 'root' }],
  [
    'an old identity of a service has no type',
    { invokedBy: 'ec2.amazonaws.com' },
    { kind: 'service', name: 'ec2.amazonaws.com' },
  ],
  ['no identity is unknown', undefined, { kind: 'unknown', name: 'unknown', chain: [] }],
];

test.each(rows)('%s', (_, userIdentity, wanted) => {
  expect(describeRecord(trailRecord({ eventName: 'X', userIdentity })).actor).toMatchObject(wanted);
});

test.each([
  ["a console sign-in's own word on MFA counts", { type: 'IAMUser', userName: 'alice' }, 'Yes', true],
  ['a root sign-in without MFA says so', { type: 'Root' }, 'No', false],
  ['a federated sign-in says No whatever the provider asked for', { type: 'SAMLUser', userName: 'a' }, 'No', undefined],
  ["a role's sign-in has what the session says", { type: 'AssumedRole', principalId: 'A:b' }, 'No', undefined],
])('%s', (_, userIdentity, MFAUsed, wanted) => {
  const fields = { eventName: 'ConsoleLogin', userIdentity, additionalEventData: { MFAUsed } };
  expect(describeRecord(trailRecord(fields)).actor.mfa).toBe(wanted);
});

test("who signs in to Identity Center's portal is a person, though the type is Unknown", () => {
  const fields = {
    eventSource: 'sso.amazonaws.com',
    eventName: 'Authenticate',
    userIdentity: { type: 'Unknown', userName: 'carla' },
  };
  expect(describeRecord(trailRecord(fields)).actor).toMatchObject({ kind: 'federated', name: 'carla' });
});

test.each([
  ['named beside the identity', { UserName: 'alice@example.com' }, 'alice@example.com', ['identity-centre/u-9']],
  ['whose name CloudTrail hides', { UserName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }, 'u-9', []],
])('a step of a sign-in to Identity Center is by the person %s', (_, additionalEventData, name, behind) => {
  const fields = {
    eventSource: 'signin.amazonaws.com',
    eventName: 'CredentialVerification',
    eventType: 'AwsServiceEvent',
    userIdentity: { type: 'IdentityCenterUser', onBehalfOf: { userId: 'u-9', identityStoreArn: 'arn:i' } },
    additionalEventData,
    serviceEventDetails: { CredentialVerification: 'Failure' },
  };
  const event = describeRecord(trailRecord(fields));
  expect(event.actor).toMatchObject({ kind: 'federated', name, chain: behind.length > 0 ? [name, ...behind] : [] });
  expect(event.outcome).toMatchObject({ kind: 'failure' });
});
