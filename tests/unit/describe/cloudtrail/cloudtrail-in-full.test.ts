import { describe as group, expect, test } from '@jest/globals';
import { describe } from '../../../../src/describe/describe.ts';
import { openValue } from '../../../../src/ingest/open.ts';
import type { AuditEvent } from '../../../../src/model/audit-event.ts';
import type { LogRecord } from '../../../../src/model/log-record.ts';

type Json = Readonly<Record<string, unknown>>;

const account = '111122223333';
const other = '444455556666';

/** A record as CloudTrail writes it nowadays; `more` is laid over it. */
const record = (more: Json): Json => ({
  eventVersion: '1.11',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAEXAMPLE',
    arn: `arn:aws:iam::${account}:user/alice`,
    accountId: account,
    userName: 'alice',
  },
  eventTime: '2026-03-11T09:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'ListUsers',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '203.0.113.10',
  userAgent: 'aws-cli/2.27.0',
  requestParameters: null,
  responseElements: null,
  requestID: 'ea9c1d3b-6f2e-4f0a-9b3d-5e1f7c8a2b60',
  eventID: '0b3f6a51-6c44-4a3e-9a41-5f3f0c9f3a01',
  readOnly: true,
  eventType: 'AwsApiCall',
  managementEvent: true,
  recipientAccountId: account,
  eventCategory: 'Management',
  ...more,
});

function opened(value: Json): LogRecord {
  const items = [...openValue(value, { path: 'test', index: 0 })];
  const [item] = items;
  if (items.length !== 1 || item?.kind !== 'record') throw new Error(`not one record: ${JSON.stringify(items)}`);
  return item.record;
}

const described = (value: Json): AuditEvent => describe(opened(value));

/** What an auditor reads first: category, who, what, to what, how it ended. */
function line(event: AuditEvent): string {
  const { category, actor, service, action, targets, outcome } = event;
  const [target] = targets;
  return [
    'via' in category ? `${category.kind} ${category.access} ${category.via}` : category.kind,
    `${actor.kind} ${actor.name}`,
    `${service}:${action}`,
    target === undefined ? '-' : `${target.kind} ${target.id}`,
    outcome.kind === 'success' ? 'ok' : outcome.code,
  ].join(' | ');
}

const signIn = {
  eventSource: 'signin.amazonaws.com',
  eventName: 'ConsoleLogin',
  eventType: 'AwsConsoleSignIn',
  readOnly: false,
};
const role = (name: string, session: string): Json => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${session}`,
  arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
  accountId: account,
  sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/${name}`, userName: name } },
});
const portalRole = 'AWSReservedSSO_Operators_0123456789abcdef';

group('sign-ins of all kinds of identity', () => {
  test.each([
    [
      'root',
      {
        ...signIn,
        userIdentity: { type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account },
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'No', MobileVersion: 'No' },
      },
      'management write sign-in | root root | signin:ConsoleLogin | account 111122223333 | ok',
    ],
    [
      "root's, that fails",
      {
        ...signIn,
        userIdentity: { type: 'Root', principalId: account, accountId: account, accessKeyId: '' },
        errorMessage: 'Failed authentication',
        responseElements: { ConsoleLogin: 'Failure' },
      },
      'management write sign-in | root root | signin:ConsoleLogin | account 111122223333 | Failure',
    ],
    [
      'an IAM user',
      { ...signIn, responseElements: { ConsoleLogin: 'Success' }, additionalEventData: { MFAUsed: 'Yes' } },
      'management write sign-in | iam-user alice | signin:ConsoleLogin | account 111122223333 | ok',
    ],
    [
      'an IAM user that does not exist',
      {
        ...signIn,
        userIdentity: {
          type: 'IAMUser',
          accountId: account,
          accessKeyId: '',
          userName: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        },
        errorMessage: 'No username found in supplied account',
        responseElements: { ConsoleLogin: 'Failure' },
      },
      'management write sign-in | iam-user HIDDEN_DUE_TO_SECURITY_REASONS | signin:ConsoleLogin | account 111122223333 | Failure',
    ],
    [
      'an IAM user, asked for MFA',
      { ...signIn, eventName: 'CheckMfa', responseElements: { CheckMfa: 'Success' } },
      'management write sign-in | iam-user alice | signin:CheckMfa | account 111122223333 | ok',
    ],
    [
      'a role over SAML',
      {
        ...signIn,
        userIdentity: role('admins', 'carla@example.com'),
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: {
          MobileVersion: 'No',
          MFAUsed: 'No',
          SamlProviderArn: `arn:aws:iam::${account}:saml-provider/idp`,
        },
      },
      'management write sign-in | role admins/carla@example.com | signin:ConsoleLogin | account 111122223333 | ok',
    ],
    [
      'the SAML assertion before',
      {
        eventSource: 'sts.amazonaws.com',
        eventName: 'AssumeRoleWithSAML',
        userIdentity: {
          type: 'SAMLUser',
          principalId: 'abc=:carla@example.com',
          userName: 'carla@example.com',
          identityProvider: 'abc=',
        },
        requestParameters: { roleArn: `arn:aws:iam::${account}:role/admins` },
      },
      `management read api-call | federated carla@example.com | sts:AssumeRoleWithSAML | role arn:aws:iam::${account}:role/admins | ok`,
    ],
    [
      'a web identity',
      {
        eventSource: 'sts.amazonaws.com',
        eventName: 'AssumeRoleWithWebIdentity',
        userIdentity: {
          type: 'WebIdentityUser',
          principalId: 'arn:aws:iam::111122223333:oidc-provider/token.example.com:repo:example/app',
          userName: 'repo:example/app',
          identityProvider: 'token.example.com',
        },
        requestParameters: { roleArn: `arn:aws:iam::${account}:role/ci` },
      },
      `management read api-call | federated repo:example/app | sts:AssumeRoleWithWebIdentity | role arn:aws:iam::${account}:role/ci | ok`,
    ],
    [
      'a federated user by a federation token',
      {
        ...signIn,
        userIdentity: {
          type: 'FederatedUser',
          principalId: `${account}:bob`,
          arn: `arn:aws:sts::${account}:federated-user/bob`,
          accountId: account,
          sessionContext: {
            sessionIssuer: { type: 'IAMUser', userName: 'broker', arn: `arn:aws:iam::${account}:user/broker` },
          },
        },
        responseElements: { ConsoleLogin: 'Success' },
      },
      'management write sign-in | federated bob | signin:ConsoleLogin | account 111122223333 | ok',
    ],
    [
      'a person of IAM Identity Center, at the portal',
      {
        eventSource: 'signin.amazonaws.com',
        eventName: 'UserAuthentication',
        eventType: 'AwsServiceEvent',
        readOnly: false,
        userIdentity: { type: 'Unknown', accountId: account, userName: 'carla@example.com' },
        serviceEventDetails: { UserAuthentication: 'Success' },
      },
      'management write sign-in | federated carla@example.com | signin:UserAuthentication | account 111122223333 | ok',
    ],
    [
      'the same, with the identity that the portal writes since 2025, failing',
      {
        eventSource: 'signin.amazonaws.com',
        eventName: 'CredentialVerification',
        eventType: 'AwsServiceEvent',
        readOnly: false,
        userIdentity: {
          type: 'IdentityCenterUser',
          accountId: account,
          onBehalfOf: { userId: '93a7-1', identityStoreArn: `arn:aws:identitystore::${account}:identitystore/d-1` },
        },
        serviceEventDetails: { CredentialVerification: 'Failure' },
      },
      'management write sign-in | federated 93a7-1 | signin:CredentialVerification | account 111122223333 | Failure',
    ],
    [
      'the same, with the role that it gives',
      {
        ...signIn,
        userIdentity: {
          ...role(portalRole, 'carla@example.com'),
          sessionContext: {
            sessionIssuer: {
              type: 'Role',
              arn: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/${portalRole}`,
              userName: portalRole,
            },
          },
        },
        responseElements: { ConsoleLogin: 'Success' },
      },
      'management write sign-in | federated carla@example.com | signin:ConsoleLogin | account 111122223333 | ok',
    ],
    [
      'a switch of roles in the console',
      {
        ...signIn,
        eventName: 'SwitchRole',
        userIdentity: role('ops', 'alice'),
        responseElements: { SwitchRole: 'Success' },
      },
      'management write sign-in | role ops/alice | signin:SwitchRole | account 111122223333 | ok',
    ],
    [
      'a root session that the organisation gives to one account',
      {
        eventSource: 's3.amazonaws.com',
        eventName: 'DeleteBucketPolicy',
        readOnly: false,
        userIdentity: {
          type: 'AssumedRoot',
          principalId: account,
          arn: `arn:aws:sts::${account}:assumed-root`,
          accountId: account,
          sessionContext: { assumedRoot: 'true' },
        },
        requestParameters: { bucketName: 'b' },
      },
      'management write api-call | root root | s3:DeleteBucketPolicy | bucket b | ok',
    ],
  ])('%s', (_name, more, wanted) => {
    expect(line(described(record(more)))).toBe(wanted);
  });
});

group('other categories', () => {
  const insight = (state: string): Json => ({
    eventVersion: '1.09',
    eventTime: '2026-03-11T07:52:00Z',
    awsRegion: 'eu-west-1',
    eventID: `insight-${state}`,
    eventType: 'AwsCloudTrailInsight',
    recipientAccountId: account,
    sharedEventID: '407b0517-c49b-4549-bdc5-c155ebe8dce6',
    insightDetails: {
      state,
      eventSource: 'sts.amazonaws.com',
      eventName: 'AssumeRole',
      insightType: 'ApiErrorRateInsight',
      errorCode: 'AccessDenied',
      insightContext: {
        statistics: {
          baseline: { average: 0.0004 },
          insight: { average: 7 },
          insightDuration: 1,
          baselineDuration: 10083,
        },
        attributions: [
          {
            attribute: 'userIdentityArn',
            insight: [{ value: `arn:aws:iam::${account}:user/svc-backup`, average: 7 }],
            baseline: [],
          },
        ],
      },
    },
    eventCategory: 'Insight',
  });

  test('an insight: its start and its end are two facts, told with who and against which baseline', () => {
    const [start, end] = [opened(insight('Start')), opened(insight('End'))];
    expect([start.fact, end.fact]).toEqual([undefined, undefined]);
    expect(line(describe(start))).toBe(
      'insight read insight | iam-user svc-backup | sts:ApiErrorRateInsight start: AssumeRole AccessDenied | account 111122223333 | ok',
    );
    expect(line(describe(end))).toBe(
      'insight read insight | iam-user svc-backup | sts:ApiErrorRateInsight end: AssumeRole AccessDenied | account 111122223333 | ok',
    );
    expect(start.fields).toMatchObject({
      insightDetails: { insightContext: { statistics: { baseline: { average: 0.0004 } } } },
    });
  });

  test.each([
    [
      'network activity, denied by the endpoint',
      {
        eventCategory: 'NetworkActivity',
        eventType: 'AwsVpceEvent',
        managementEvent: undefined,
        eventSource: 'kms.amazonaws.com',
        eventName: 'ListKeys',
        vpcEndpointId: 'vpce-0a1b',
        vpcEndpointAccountId: account,
        errorCode: 'VpceAccessDenied',
        errorMessage: 'The request was denied due to a VPC endpoint policy',
        userIdentity: { type: 'AWSAccount', principalId: 'AROAEXAMPLE:worker', accountId: other },
      },
      'network-activity read api-call | role account/444455556666/worker | kms:ListKeys | vpc-endpoint vpce-0a1b | VpceAccessDenied',
    ],
    [
      'network activity of AWS service itself',
      {
        eventCategory: 'NetworkActivity',
        eventType: 'AwsVpceEvent',
        managementEvent: undefined,
        eventSource: 's3.amazonaws.com',
        eventName: 'GetObject',
        vpcEndpointId: 'vpce-0a1b',
        requestParameters: { bucketName: 'b', key: 'k' },
        userIdentity: { type: 'AWSService', invokedBy: 'athena.amazonaws.com' },
      },
      'network-activity read api-call | service athena.amazonaws.com | s3:GetObject | object b/k | ok',
    ],
    [
      'a data event',
      {
        eventCategory: 'Data',
        managementEvent: false,
        eventSource: 's3.amazonaws.com',
        eventName: 'GetObject',
        requestParameters: { bucketName: 'b', key: 'k' },
      },
      'data read api-call | iam-user alice | s3:GetObject | object b/k | ok',
    ],
    [
      'an anonymous data event',
      {
        eventCategory: 'Data',
        managementEvent: false,
        eventSource: 's3.amazonaws.com',
        eventName: 'GetObject',
        userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'anonymous' },
        requestParameters: { bucketName: 'b', key: 'k' },
      },
      'data read api-call | anonymous anonymous | s3:GetObject | object b/k | ok',
    ],
    [
      'a service event: a key that KMS rotated',
      {
        eventType: 'AwsServiceEvent',
        eventSource: 'kms.amazonaws.com',
        eventName: 'RotateKey',
        readOnly: false,
        userIdentity: { accountId: account, invokedBy: 'AWS Internal' },
        serviceEventDetails: { keyId: 'k-1' },
        resources: [{ ARN: `arn:aws:kms:eu-west-1:${account}:key/k-1`, accountId: account, type: 'AWS::KMS::Key' }],
      },
      `management write service-event | service AWS Internal | kms:RotateKey | key arn:aws:kms:eu-west-1:${account}:key/k-1 | ok`,
    ],
    [
      'an error code',
      {
        errorCode: 'Client.UnauthorizedOperation',
        errorMessage: 'You are not authorized',
        eventSource: 'ec2.amazonaws.com',
        eventName: 'TerminateInstances',
        readOnly: false,
        requestParameters: { instancesSet: { items: [{ instanceId: 'i-0a' }] } },
      },
      'management write api-call | iam-user alice | ec2:TerminateInstances | instance i-0a | Client.UnauthorizedOperation',
    ],
    [
      'an event that CloudTrail added later',
      {
        addendum: {
          reason: 'DELIVERY_DELAY',
          updatedFields: 'errorCode',
          originalRequestID: 'r',
          originalEventID: 'e',
        },
        requestParameters: { userName: 'bob' },
      },
      'management read api-call | iam-user alice | iam:ListUsers | user bob | ok',
    ],
  ])('%s', (_name, more, wanted) => {
    expect(line(described(record(more)))).toBe(wanted);
  });
});

group('what is null, left out or cut', () => {
  const call = { eventSource: 's3.amazonaws.com', eventName: 'PutBucketPolicy', readOnly: false };
  test.each([
    ['requestParameters and responseElements null', { ...call }, 'account 111122223333'],
    ['both absent', { ...call, requestParameters: undefined, responseElements: undefined }, 'account 111122223333'],
    [
      'requestParameters left out for their size: the resources still say what it was done to',
      {
        ...call,
        requestParameters: { omitted: true, originalSize: 112_000, reason: 'requestParameters exceeds the size limit' },
        resources: [{ type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::b' }],
      },
      'bucket arn:aws:s3:::b',
    ],
    [
      'responseElements left out',
      { ...call, requestParameters: { bucketName: 'b' }, responseElements: { omitted: true } },
      'bucket b',
    ],
    [
      'a part that is cut',
      { ...call, requestParameters: { bucketName: 'b', bucketPolicy: { omitted: true } } },
      'bucket b',
    ],
    ['parameters written as text', { ...call, requestParameters: '{"bucketName":"b"}' }, 'bucket b'],
    [
      'a value hidden',
      { ...call, requestParameters: { bucketName: 'b', secret: 'HIDDEN_DUE_TO_SECURITY_REASONS' } },
      'bucket b',
    ],
  ])('%s', (_name, more, target) => {
    const event = described(record(more));
    expect(event.targets.slice(0, 1).map(({ kind, id }) => `${kind} ${id}`)).toEqual([target]);
    expect(event.outcome).toEqual({ kind: 'success' });
  });
});

group('every version', () => {
  /** The fields that each version brought, as far as they matter here; older records don't have them. */
  const since = {
    '1.01': ['eventID', 'requestID', 'readOnly', 'resources'],
    '1.02': ['recipientAccountId', 'eventType'],
    '1.03': ['sharedEventID'],
    '1.04': ['vpcEndpointId'],
    '1.05': ['serviceEventDetails'],
    '1.06': ['managementEvent'],
    '1.07': ['eventCategory'],
    '1.08': ['tlsDetails', 'addendum', 'sessionCredentialFromConsole'],
    '1.09': ['vpcEndpointAccountId'],
    '1.10': [],
    '1.11': ['eventContext'],
  };
  const versions = Object.keys(since) as (keyof typeof since)[];

  test.each(['1.0', ...versions])('%s is read and described alike', (version) => {
    const at = versions.indexOf(version as keyof typeof since);
    const younger = new Set(versions.slice(at + 1).flatMap((one): readonly string[] => since[one]));
    const whole = record({
      eventVersion: version,
      eventName: 'DeleteUser',
      readOnly: false,
      requestParameters: { userName: 'bob' },
      sharedEventID: 'shared-1',
      tlsDetails: { tlsVersion: 'TLSv1.3' },
    });
    const old = Object.fromEntries(Object.entries(whole).filter(([name]) => !younger.has(name)));
    const event = described(old);
    expect(line(event)).toBe('management write api-call | iam-user alice | iam:DeleteUser | user bob | ok');
    expect(event).toMatchObject({ account, region: 'eu-west-1', sourceAddress: '203.0.113.10' });
  });
});

test('an action of two accounts is logged in both: two records, one fact, each told of its own account', () => {
  const twin = (id: string, recipient: string, more: Json): LogRecord =>
    opened(
      record({
        eventSource: 'sts.amazonaws.com',
        eventName: 'AssumeRole',
        eventID: id,
        recipientAccountId: recipient,
        sharedEventID: 'shared-1',
        ...more,
      }),
    );
  const caller = twin('in-the-caller', account, {});
  const called = twin('in-the-called', other, {
    userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: account },
  });
  expect([caller.id, called.id]).toEqual(['in-the-caller', 'in-the-called']);
  expect([caller.fact, called.fact]).toEqual(['shared-1', 'shared-1']);
  expect([caller, called].map((one) => describe(one).account)).toEqual([account, other]);
  expect(describe(called).actor).toMatchObject({ kind: 'iam-user', account });
});
