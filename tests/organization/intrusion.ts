import type { Random } from './random.ts';
import { accounts, recordOf, roleIdentity, userIdentity, type Caller, type CloudTrailRecord } from './record.ts';

/** Step is one act of the intruder. Discovery alone need not be told apart from anybody's curiosity. */
export interface Step {
  readonly name: string;
  readonly discovery: boolean;
  readonly records: readonly CloudTrailRecord[];
}

const address = '45.137.20.9';
const stranger = '616161616161';
const { production, staging } = accounts;

/** intrusionOf gives the steps of somebody with a leaked key, from a network and in a region that the key never came from. */
export function intrusionOf(random: Random, startMs: number): readonly Step[] {
  let atMs = startMs;
  const key: Caller = {
    account: production,
    identity: userIdentity(production, 'backup-export', 'AKIABACKUPEXPORT0001'),
    address,
    agent: 'aws-cli/2.28.1 md/awscrt#0.26.1 ua/2.1 os/linux#6.12 md/arch#x86_64 lang/python#3.13.4',
    region: 'us-east-1',
  };
  const role = (account: string, name: string, session: string): Caller => ({
    ...key,
    account,
    identity: roleIdentity(random, { account, role: name, session, since: atMs }),
  });
  const admin = role(production, 'OperationsAdmin', 'ops');
  const other = role(staging, 'OrganizationAccountAccessRole', 'ops');
  const step = (
    name: string,
    caller: Caller,
    calls: readonly (readonly [string, unknown?, unknown?, string?])[],
    discovery = false,
  ): Step => ({
    name,
    discovery,
    records: calls.map(([call, parameters, answer, error]) =>
      recordOf(random, caller, {
        atMs: (atMs += random.whole(5_000, 60_000)),
        name: call,
        parameters,
        answer,
        ...(error !== undefined && { error }),
      }),
    ),
  });
  const trust = (arn: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${production}:root`, arn] }, Action: 'sts:AssumeRole' },
      ],
    });
  return [
    step('the key from a new network and region', key, [['sts.GetCallerIdentity'], ['s3.ListBuckets']]),
    step(
      'who is there',
      key,
      [
        ['iam.ListUsers'],
        ['iam.ListRoles'],
        ['iam.GetAccountAuthorizationDetails'],
        ['iam.ListAttachedUserPolicies'],
        ['iam.GetAccountSummary'],
      ],
      true,
    ),
    step(
      'what is there',
      key,
      [
        ['ec2.DescribeInstances'],
        ['rds.DescribeDBInstances'],
        ['lambda.ListFunctions20150331'],
        ['secretsmanager.ListSecrets'],
        ['ec2.DescribeSnapshots'],
      ],
      true,
    ),
    step(
      'what can be spent',
      key,
      [
        ['ses.GetSendQuota'],
        ['service-quotas.ListServiceQuotas'],
        ['bedrock.ListFoundationModels'],
        ['organizations.DescribeOrganization'],
      ],
      true,
    ),
    step(
      'what watches',
      key,
      [
        ['guardduty.ListDetectors'],
        ['cloudtrail.DescribeTrails'],
        ['config.DescribeConfigurationRecorders'],
        ['securityhub.DescribeHub'],
      ],
      true,
    ),
    step('escalation, denied', key, [
      [
        'iam.AttachUserPolicy',
        { userName: 'backup-export', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
        null,
        'AccessDenied',
      ],
    ]),
    step('a role of the account', key, [
      [
        'sts.AssumeRole',
        { roleArn: `arn:aws:iam::${production}:role/OperationsAdmin`, roleSessionName: 'ops' },
        { assumedRoleUser: { arn: `arn:aws:sts::${production}:assumed-role/OperationsAdmin/ops` } },
      ],
    ]),
    step('a role in another account', admin, [
      [
        'sts.AssumeRole',
        { roleArn: `arn:aws:iam::${staging}:role/OrganizationAccountAccessRole`, roleSessionName: 'ops' },
      ],
    ]),
    step('a key for another user', admin, [
      [
        'iam.CreateAccessKey',
        { userName: 'mail-gateway' },
        { accessKey: { userName: 'mail-gateway', accessKeyId: 'AKIANEW0000000000001', status: 'Active' } },
      ],
    ]),
    step('a role for a foreign account', other, [
      ['iam.UpdateAssumeRolePolicy', { roleName: 'support', policyDocument: trust(`arn:aws:iam::${stranger}:root`) }],
    ]),
    step("a function's code", admin, [
      ['lambda.UpdateFunctionCode20150331v2', { functionName: 'report-daily', zipFile: '' }],
    ]),
    step('a function for everybody', admin, [
      [
        'lambda.AddPermission20150331v2',
        {
          functionName: 'report-daily',
          statementId: 'url',
          action: 'lambda:InvokeFunctionUrl',
          principal: '*',
          functionUrlAuthType: 'NONE',
        },
      ],
      ['lambda.CreateFunctionUrlConfig', { functionName: 'report-daily', authType: 'NONE' }],
    ]),
    step('a filter that hides findings', admin, [
      [
        'guardduty.CreateFilter',
        {
          detectorId: 'd1',
          name: 'quiet',
          action: 'ARCHIVE',
          findingCriteria: { criterion: { severity: { gte: 1 } } },
        },
      ],
    ]),
    step('a trail that records less', admin, [
      [
        'cloudtrail.PutEventSelectors',
        { trailName: 'org', eventSelectors: [{ readWriteType: 'WriteOnly', includeManagementEvents: false }] },
      ],
    ]),
    step('a trail to be stopped, denied', other, [['cloudtrail.StopLogging', { name: 'org' }, null, 'AccessDenied']]),
    step('secrets that the role never read', admin, [
      ['secretsmanager.GetSecretValue', { secretId: 'checkout/database' }],
      ['secretsmanager.GetSecretValue', { secretId: 'cluster/app-3' }],
      ['secretsmanager.GetSecretValue', { secretId: 'cluster/app-9' }],
    ]),
    step('a snapshot for a foreign account', admin, [
      [
        'ec2.ModifySnapshotAttribute',
        {
          snapshotId: 'snap-0123456789abcdef0',
          attributeType: 'CREATE_VOLUME_PERMISSION',
          createVolumePermission: { add: { items: [{ userId: stranger }] } },
        },
      ],
    ]),
    step('the snapshot deleted', admin, [['ec2.DeleteSnapshot', { snapshotId: 'snap-0123456789abcdef0' }]]),
    step('a bucket for a foreign account', admin, [
      [
        's3.PutBucketPolicy',
        {
          bucketName: 'lake-example',
          bucketPolicy: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: `arn:aws:iam::${stranger}:user/x` },
                Action: 's3:*',
                Resource: 'arn:aws:s3:::lake-example/*',
              },
            ],
          },
        },
      ],
    ]),
    step('objects that expire tomorrow', admin, [
      [
        's3.PutBucketLifecycle',
        {
          bucketName: 'lake-example',
          LifecycleConfiguration: { Rule: { ID: 'x', Status: 'Enabled', Prefix: '', Expiration: { Days: 1 } } },
        },
      ],
    ]),
    step('a console session from keys', admin, [
      ['sts.GetFederationToken', { name: 'ops', durationSeconds: 43_200 }],
      ['signin.GetSigninToken', null],
    ]),
    step('instances for mining', { ...other, region: 'ap-southeast-3' }, [
      [
        'ec2.RunInstances',
        { instanceType: 'p4d.24xlarge', instancesSet: { items: [{ minCount: 8, maxCount: 8, imageId: 'ami-1' }] } },
      ],
    ]),
  ];
}
