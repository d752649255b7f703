import { describe, expect, test } from '@jest/globals';
import { describe as describeRecord } from '../../../../src/describe/describe.ts';
import { trailRecord } from '../record.ts';

const s3 = { eventSource: 's3.amazonaws.com' };

describe('category', () => {
  test.each([
    [
      'the record says all',
      { eventCategory: 'Management', eventType: 'AwsApiCall', readOnly: false, eventName: 'GetX' },
      'management write api-call',
    ],
    [
      'readOnly as text',
      { eventCategory: 'Management', readOnly: 'true', eventName: 'PutX' },
      'management read api-call',
    ],
    ['a data event', { eventCategory: 'Data', readOnly: true, ...s3, eventName: 'GetObject' }, 'data read api-call'],
    [
      'a network activity event',
      { eventCategory: 'NetworkActivity', eventType: 'AwsVpceEvent', readOnly: false },
      'network-activity write api-call',
    ],
    [
      'a network activity event known by its type',
      { eventType: 'AwsVpceEvent', eventName: 'ListKeys' },
      'network-activity read api-call',
    ],
    [
      'an insight',
      { eventCategory: 'Insight', eventType: 'AwsCloudTrailInsight', insightDetails: { eventName: 'RunInstances' } },
      'insight write insight',
    ],
    ['an insight known by its details', { insightDetails: { eventName: 'DescribeX' } }, 'insight read insight'],
    [
      'a sign-in',
      { eventType: 'AwsConsoleSignIn', eventName: 'ConsoleLogin', readOnly: false },
      'management write sign-in',
    ],
    [
      'a sign-in through Identity Center',
      { eventType: 'AwsServiceEvent', eventSource: 'signin.amazonaws.com', eventName: 'UserAuthentication' },
      'management write sign-in',
    ],
    [
      "a sign-in to Identity Center's portal",
      { eventType: 'AwsServiceEvent', eventSource: 'sso.amazonaws.com', eventName: 'Authenticate' },
      'management write sign-in',
    ],
    [
      'a service event',
      { eventType: 'AwsServiceEvent', eventSource: 'kms.amazonaws.com', eventName: 'RotateKey' },
      'management write service-event',
    ],
    ['no category, managementEvent false', { managementEvent: false, eventName: 'Scan' }, 'data read api-call'],
    [
      'no category, managementEvent as text',
      { managementEvent: 'true', ...s3, eventName: 'GetObject' },
      'management read api-call',
    ],
    ['an old object read', { ...s3, eventName: 'GetObject' }, 'data read api-call'],
    ['an old object write', { ...s3, eventName: 'PutObjectAcl' }, 'data write api-call'],
    ['an old bucket call', { ...s3, eventName: 'PutBucketAcl' }, 'management write api-call'],
    [
      'a bucket call named like an object call',
      { ...s3, eventName: 'GetObjectLockConfiguration' },
      'management read api-call',
    ],
    [
      'an old call told by its resource',
      { ...s3, eventName: 'Novel', resources: [{ type: 'AWS::S3::Object' }] },
      'data write api-call',
    ],
    ['an old function call', { eventSource: 'lambda.amazonaws.com', eventName: 'Invoke' }, 'data write api-call'],
    ['an old item read', { eventSource: 'dynamodb.amazonaws.com', eventName: 'BatchGetItem' }, 'data read api-call'],
    [
      'an old table call',
      { eventSource: 'dynamodb.amazonaws.com', eventName: 'DeleteTable' },
      'management write api-call',
    ],
    [
      'an old read that assumes a role',
      { eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole' },
      'management read api-call',
    ],
    ['a name that only begins like a verb', { eventName: 'Listen' }, 'management write api-call'],
    ['nothing at all', {}, 'management write api-call'],
  ])('%s', (_, fields, wanted) => {
    const { category } = describeRecord(trailRecord(fields));
    expect('via' in category && `${category.kind} ${category.access} ${category.via}`).toBe(wanted);
  });
});

describe('outcome', () => {
  const signIn = { eventType: 'AwsConsoleSignIn', eventName: 'ConsoleLogin' };
  const success = { kind: 'success' };
  test.each([
    ['no error is success', { eventName: 'X' }, success],
    [
      'an error has code and message',
      { errorCode: 'AccessDenied', errorMessage: 'no' },
      { kind: 'failure', code: 'AccessDenied', message: 'no' },
    ],
    ['a code may come alone', { errorCode: 'AccessDenied' }, { kind: 'failure', code: 'AccessDenied' }],
    ['a sign-in succeeds', { ...signIn, responseElements: { ConsoleLogin: 'Success' } }, success],
    [
      'a sign-in fails without an error code',
      { ...signIn, errorMessage: 'Failed authentication', responseElements: { ConsoleLogin: 'Failure' } },
      { kind: 'failure', code: 'Failure', message: 'Failed authentication' },
    ],
    [
      'a second factor fails',
      { eventName: 'CheckMfa', responseElements: { CheckMfa: 'Failure' } },
      { kind: 'failure', code: 'Failure' },
    ],
    [
      'an Identity Center credential fails',
      { eventName: 'CredentialVerification', serviceEventDetails: { CredentialVerification: 'Failure' } },
      { kind: 'failure', code: 'Failure' },
    ],
    [
      'another key that says Failure says nothing',
      { eventName: 'X', responseElements: { status: 'Failure' } },
      success,
    ],
  ])('%s', (_, fields, wanted) => {
    expect(describeRecord(trailRecord(fields)).outcome).toEqual(wanted);
  });
});

describe('targets', () => {
  const iam = { eventSource: 'iam.amazonaws.com' };
  const ec2 = { eventSource: 'ec2.amazonaws.com' };
  test.each([
    [
      'the user a key was made for comes before the key',
      {
        ...iam,
        eventName: 'CreateAccessKey',
        requestParameters: { userName: 'bob' },
        responseElements: { accessKey: { userName: 'bob', accessKeyId: 'AKIAEXAMPLE' } },
      },
      ['user bob', 'access-key AKIAEXAMPLE'],
    ],
    [
      'the role comes before the policy',
      {
        ...iam,
        eventName: 'AttachRolePolicy',
        requestParameters: { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess', roleName: 'app' },
      },
      ['role app', 'policy arn:aws:iam::aws:policy/AdministratorAccess'],
    ],
    [
      'each of several instances',
      {
        ...ec2,
        eventName: 'StopInstances',
        requestParameters: { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] } },
      },
      ['instance i-1', 'instance i-2'],
    ],
    [
      'what a call made comes first',
      {
        ...ec2,
        eventName: 'RunInstances',
        requestParameters: { instancesSet: { items: [{ imageId: 'ami-1' }] }, subnetId: 'subnet-1' },
        responseElements: { instancesSet: { items: [{ instanceId: 'i-1', imageId: 'ami-1' }] } },
      },
      ['instance i-1', 'image ami-1', 'subnet subnet-1'],
    ],
    [
      'a group of EC2 is a security group',
      { ...ec2, eventName: 'AuthorizeSecurityGroupIngress', requestParameters: { groupId: 'sg-1' } },
      ['security-group sg-1'],
    ],
    [
      'a group of IAM is a group of users',
      { ...iam, eventName: 'AddUserToGroup', requestParameters: { groupName: 'admins', userName: 'bob' } },
      ['user bob', 'group admins'],
    ],
    [
      "a trail's name",
      { eventSource: 'cloudtrail.amazonaws.com', eventName: 'StopLogging', requestParameters: { name: 'main' } },
      ['trail main'],
    ],
    [
      'a bare name means what the call is about',
      { eventSource: 'ssm.amazonaws.com', eventName: 'DeleteDocument', requestParameters: { name: 'run' } },
      ['document run'],
    ],
    [
      'a bare name of another service means nothing',
      { eventSource: 'novel.amazonaws.com', eventName: 'X', requestParameters: { name: 'main' } },
      ['account 111122223333'],
    ],
    [
      'an object, then its bucket, once',
      {
        ...s3,
        eventName: 'GetObject',
        requestParameters: { bucketName: 'b', key: 'k/1.txt' },
        resources: [
          { type: 'AWS::S3::Object', ARN: 'arn:aws:s3:::b/k/1.txt' },
          { type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::b', accountId: '111122223333' },
        ],
      },
      ['object b/k/1.txt', 'bucket b'],
    ],
    [
      'a resource without a type is told by its ARN',
      {
        ...s3,
        eventName: 'Novel',
        resources: [{ ARN: 'arn:aws:s3:::b' }, { ARN: 'arn:aws:iam::111122223333:role/app' }],
      },
      ['bucket arn:aws:s3:::b', 'role arn:aws:iam::111122223333:role/app'],
    ],
    [
      'a key of KMS by its resource',
      {
        eventSource: 'kms.amazonaws.com',
        eventName: 'RotateKey',
        resources: [{ type: 'AWS::KMS::Key', ARN: 'arn:aws:kms:eu-west-1:111122223333:key/1' }],
      },
      ['key arn:aws:kms:eu-west-1:111122223333:key/1'],
    ],
    [
      'parameters in capitals',
      {
        eventSource: 'rds.amazonaws.com',
        eventName: 'DeleteDBInstance',
        requestParameters: { DBInstanceIdentifier: 'orders' },
      },
      ['db-instance orders'],
    ],
    [
      'an identifier that kept its XML',
      {
        ...ec2,
        eventName: 'DeleteFlowLogs',
        requestParameters: { DeleteFlowLogsRequest: { FlowLogId: { tag: 1, content: 'fl-1' } } },
      },
      ['flow-log fl-1'],
    ],
    [
      'a sign-in is done to the account',
      { eventSource: 'signin.amazonaws.com', eventName: 'ConsoleLogin' },
      ['account 111122223333'],
    ],
  ])('%s', (_, fields, wanted) => {
    const { targets } = describeRecord(trailRecord({ recipientAccountId: '111122223333', ...fields }));
    expect(targets.map(({ kind, id }) => `${kind} ${id}`)).toEqual(wanted);
  });

  test('a flood of parameters is cut', () => {
    const items = Array.from({ length: 100_000 }, (_, n) => ({ instanceId: `i-${n}` }));
    const { targets } = describeRecord(trailRecord({ ...ec2, requestParameters: { instancesSet: { items } } }));
    expect(targets).toHaveLength(20);
  });
});

test('an insight names what is unusual and who did most of it', () => {
  const event = describeRecord(
    trailRecord({
      eventType: 'AwsCloudTrailInsight',
      eventCategory: 'Insight',
      recipientAccountId: '111122223333',
      awsRegion: 'eu-west-1',
      insightDetails: {
        state: 'Start',
        eventSource: 's3.amazonaws.com',
        eventName: 'DeleteBucket',
        insightType: 'ApiErrorRateInsight',
        errorCode: 'NoSuchBucket',
        insightContext: {
          attributions: [
            { attribute: 'userAgent', insight: [{ value: 'curl', average: 9 }] },
            {
              attribute: 'userIdentityArn',
              insight: [
                { value: 'arn:aws:iam::111122223333:user/alice', average: 0.5 },
                { value: 'arn:aws:sts::111122223333:assumed-role/app/i-1', average: 3.5 },
              ],
            },
          ],
        },
      },
    }),
  );
  expect(event).toMatchObject({
    action: 'ApiErrorRateInsight start: DeleteBucket NoSuchBucket',
    service: 's3',
    actor: { kind: 'role', name: 'app/i-1' },
  });
});

test('an event keeps who it belongs to, where it was and what it came from', () => {
  const record = {
    ...trailRecord({ eventName: 'X', awsRegion: 'eu-west-1', userAgent: 'aws-cli', sourceIPAddress: '192.0.2.1' }),
    account: '111122223333',
  };
  expect(describeRecord(record)).toEqual({
    id: record.id,
    time: record.time,
    source: record.source,
    category: { kind: 'management', access: 'write', via: 'api-call' },
    account: '111122223333',
    region: 'eu-west-1',
    service: 'unknown',
    action: 'X',
    actor: { kind: 'unknown', name: 'unknown', chain: [] },
    sourceAddress: '192.0.2.1',
    userAgent: 'aws-cli',
    targets: [{ kind: 'account', id: '111122223333' }],
    outcome: { kind: 'success' },
    origin: record.origin,
    raw: record.fields,
  });
});
