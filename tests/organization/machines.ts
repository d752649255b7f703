import type { Random } from './random.ts';
import {
  accounts,
  organization,
  recordOf,
  roleIdentity,
  serviceIdentity,
  userIdentity,
  uuid,
  type Call,
  type Caller,
  type CloudTrailRecord,
} from './record.ts';

const minute = 60_000;
const hour = 60 * minute;
const { production, staging, shared } = accounts;

/** machinesOf gives the records of a day of everything that runs by itself. */
export function* machinesOf(random: Random, dayMs: number, day: number): Iterable<CloudTrailRecord> {
  for (const account of [production, staging, shared]) yield* servicesOf(random, dayMs, account);
  yield* deploymentsOf(random, dayMs);
  yield* terraformOf(random, dayMs, day);
  for (const account of [production, staging]) yield* clusterOf(random, dayMs, account);
  yield* backupsOf(random, dayMs, production);
  yield* scannerOf(random, dayMs);
  yield* pipelinesOf(random, dayMs);
  yield* applicationsOf(random, dayMs);
}

const agentOf = {
  sdk: 'Boto3/1.40.45 md/Botocore#1.40.45 ua/2.1 os/linux lang/python#3.12.11',
  go: 'aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1',
} as const;

function byRole(
  random: Random,
  account: string,
  role: string,
  session: string,
  since: number,
  more: Partial<Caller> = {},
  federated?: Readonly<Record<string, unknown>>,
): Caller {
  return {
    account,
    identity: roleIdentity(random, { account, role, session, since, ...(federated && { federated }) }),
    address: `10.${random.whole(0, 3)}.${random.whole(0, 255)}.${random.whole(1, 254)}`,
    agent: agentOf.sdk,
    region: 'eu-west-1',
    ...more,
  };
}

function byService(account: string, service: string): Caller {
  const address = `${service}.amazonaws.com`;
  return { account, identity: serviceIdentity(service), address, agent: address, region: 'eu-west-1' };
}

/** What AWS does by itself: roles assumed for functions and tasks, keys used, metrics and inventories read. */
function* servicesOf(random: Random, dayMs: number, account: string): Iterable<CloudTrailRecord> {
  const services = [
    'lambda',
    'ecs-tasks',
    'ec2',
    'config',
    'autoscaling',
    'backup',
    'states',
    'events',
    'cloudtrail',
    'vpc-flow-logs',
  ];
  for (let count = 0; count < 900; count += 1) {
    const atMs = dayMs + random.whole(0, 24 * hour - 1);
    const service = random.of(services);
    const role = `${service}-role`;
    yield recordOf(random, byService(account, service), {
      atMs,
      name: 'sts.AssumeRole',
      parameters: { roleArn: `arn:aws:iam::${account}:role/${role}`, roleSessionName: random.hex(12) },
      answer: {
        credentials: { accessKeyId: `ASIA${random.hex(16).toUpperCase()}` },
        assumedRoleUser: { arn: `arn:aws:sts::${account}:assumed-role/${role}/${random.hex(12)}` },
      },
      more: { sharedEventID: uuid(random) },
    });
  }
  for (let count = 0; count < 700; count += 1) {
    const name = random.of(['kms.Decrypt', 'kms.GenerateDataKey', 'kms.Decrypt']);
    yield recordOf(random, byService(account, random.of(['s3', 'secretsmanager', 'sqs', 'ebs'])), {
      atMs: dayMs + random.whole(0, 24 * hour - 1),
      name,
      parameters: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    });
  }
  const config = byRole(random, account, 'AWSServiceRoleForConfig', 'configLambdaExecution', dayMs, {
    address: 'config.amazonaws.com',
    agent: 'config.amazonaws.com',
  });
  const invoked = { ...config, identity: { ...config.identity, invokedBy: 'config.amazonaws.com' } };
  for (let count = 0; count < 450; count += 1) {
    const name = random.of([
      'ec2.DescribeInstances',
      's3.GetBucketPolicy',
      's3.GetBucketAcl',
      'iam.GetRole',
      'iam.GetAccountAuthorizationDetails',
      'rds.DescribeDBInstances',
      'lambda.GetPolicy20150331v2',
      'kms.GetKeyPolicy',
      'ec2.DescribeSecurityGroups',
      'cloudtrail.DescribeTrails',
    ]);
    yield recordOf(random, invoked, { atMs: dayMs + random.whole(0, 24 * hour - 1), name });
  }
  const agent = byRole(random, account, 'web-instance', `i-${account.slice(0, 4)}aa11bb22cc33d`, dayMs, {
    agent: 'aws-sdk-go/1.55.5 (go1.24.6; linux; arm64) amazon-ssm-agent/3.3.3050.0',
  });
  for (let count = 0; count < 280; count += 1) {
    yield recordOf(random, agent, {
      atMs: dayMs + random.whole(0, 24 * hour - 1),
      name: random.of([
        'ssm.UpdateInstanceInformation',
        'ssm.ListInstanceAssociations',
        'ssm.PutInventory',
        'logs.CreateLogStream',
        'cloudwatch.PutMetricData',
      ]),
    });
  }
  for (let count = random.whole(2, 6); count > 0; count -= 1) {
    const scaling = byService(account, 'autoscaling');
    const instance = { instancesSet: { items: [{ instanceId: `i-${random.hex(17)}` }] } };
    yield recordOf(random, scaling, {
      atMs: dayMs + random.whole(0, 24 * hour - 1),
      name: 'ec2.RunInstances',
      parameters: { instancesSet: { items: [{ minCount: 1, maxCount: 1 }] }, instanceType: 'm7g.large' },
      answer: instance,
    });
    yield recordOf(random, scaling, {
      atMs: dayMs + random.whole(0, 24 * hour - 1),
      name: 'ec2.TerminateInstances',
      parameters: instance,
    });
  }
}

/** GitHub's runners deploy: a role for one repository, an address of GitHub's that is new each time. */
function* deploymentsOf(random: Random, dayMs: number): Iterable<CloudTrailRecord> {
  for (let run = random.whole(14, 26); run > 0; run -= 1) {
    const account = random.of([staging, staging, production]);
    let atMs = dayMs + 6 * hour + random.whole(0, 13 * hour);
    const address = `20.${random.whole(1, 200)}.${random.whole(0, 255)}.${random.whole(1, 254)}`;
    const provider = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
    const subject = 'repo:example/shop:ref:refs/heads/main';
    const runner: Caller = {
      account,
      identity: {
        type: 'WebIdentityUser',
        principalId: `${provider}:sts.amazonaws.com:${subject}`,
        userName: subject,
        identityProvider: provider,
      },
      address,
      agent: 'configure-aws-credentials-for-github-actions md/nodejs#20.19.5',
      region: 'eu-west-1',
    };
    yield recordOf(random, runner, {
      atMs,
      name: 'sts.AssumeRoleWithWebIdentity',
      parameters: { roleArn: `arn:aws:iam::${account}:role/ci-deploy`, roleSessionName: 'GitHubActions' },
    });
    const caller = byRole(
      random,
      account,
      'ci-deploy',
      'GitHubActions',
      atMs,
      { address },
      { federatedProvider: provider, attributes: {} },
    );
    const steps: readonly (readonly [string, unknown?])[] = [
      ['sts.GetCallerIdentity'],
      ['ecr.GetAuthorizationToken'],
      ['ecr.BatchCheckLayerAvailability', { repositoryName: 'shop' }],
      ['ecr.InitiateLayerUpload', { repositoryName: 'shop' }],
      ['ecr.CompleteLayerUpload', { repositoryName: 'shop' }],
      ['ecr.PutImage', { repositoryName: 'shop' }],
      ['ecs.DescribeTaskDefinition', { taskDefinition: 'shop' }],
      [
        'ecs.RegisterTaskDefinition',
        {
          family: 'shop',
          containerDefinitions: [
            { name: 'shop', image: `${account}.dkr.ecr.eu-west-1.amazonaws.com/shop:${random.hex(7)}` },
          ],
        },
      ],
      ['ecs.UpdateService', { service: 'shop', cluster: 'web' }],
      ['ecs.DescribeServices'],
      [
        'lambda.UpdateFunctionCode20150331v2',
        { functionName: 'report-daily', s3Bucket: 'artifacts-example', publish: true },
      ],
      ['lambda.GetFunctionConfiguration20150331v2', { functionName: 'report-daily' }],
      ['cloudformation.CreateChangeSet', { stackName: 'shop' }],
      ['cloudformation.ExecuteChangeSet', { stackName: 'shop' }],
      ['cloudformation.DescribeStackEvents', { stackName: 'shop' }],
      ['cloudfront.CreateInvalidation', { distributionId: 'E1' }],
    ];
    for (const [name, parameters] of steps)
      yield recordOf(random, caller, { atMs: (atMs += random.whole(500, 15_000)), name, parameters });
    if (!random.chance(0.4)) continue;
    const formation = {
      ...caller,
      address: 'cloudformation.amazonaws.com',
      agent: 'cloudformation.amazonaws.com',
      identity: { ...caller.identity, invokedBy: 'cloudformation.amazonaws.com' },
    };
    const made: readonly (readonly [string, unknown?])[] = [
      ['dynamodb.CreateTable', { tableName: `preview-${random.hex(6)}` }],
      ['dynamodb.DeleteTable', { tableName: `preview-${random.hex(6)}` }],
      [
        'kms.ScheduleKeyDeletion',
        { keyId: `arn:aws:kms:eu-west-1:${account}:key/${uuid(random)}`, pendingWindowInDays: 30 },
      ],
      ['iam.DeleteRolePolicy', { roleName: 'preview', policyName: 'inline' }],
      ['logs.DeleteLogGroup', { logGroupName: `/aws/lambda/preview-${random.hex(6)}` }],
      ['cloudwatch.DeleteAlarms', { alarmNames: [`preview-${random.hex(6)}`] }],
      ['ec2.DeleteSecurityGroup', { groupId: `sg-${random.hex(17)}` }],
    ];
    for (const [name, parameters] of made)
      if (random.chance(0.4)) yield recordOf(random, formation, { atMs: (atMs += 1_000), name, parameters });
  }
}

const inOrganization = { StringEquals: { 'aws:PrincipalOrgID': organization } };

/** Terraform looks for drift each hour and changes something on most days. */
function* terraformOf(random: Random, dayMs: number, day: number): Iterable<CloudTrailRecord> {
  const plan = [
    'ec2.DescribeVpcs',
    'ec2.DescribeSubnets',
    'ec2.DescribeSecurityGroups',
    'ec2.DescribeRouteTables',
    'iam.GetRole',
    'iam.GetPolicy',
    'iam.GetPolicyVersion',
    'iam.ListRolePolicies',
    'iam.ListAttachedRolePolicies',
    's3.GetBucketPolicy',
    's3.GetBucketVersioning',
    's3.GetBucketEncryption',
    's3.GetBucketLogging',
    'kms.DescribeKey',
    'kms.GetKeyPolicy',
    'rds.DescribeDBClusters',
    'lambda.GetFunction20150331v2',
    'sns.GetTopicAttributes',
    'sqs.GetQueueAttributes',
    'cloudtrail.DescribeTrails',
    'guardduty.GetDetector',
    'organizations.DescribeOrganization',
    'route53.GetHostedZone',
    'secretsmanager.DescribeSecret',
  ];
  for (let run = 0; run < 24; run += 1) {
    const account = [production, staging, shared][run % 3] ?? production;
    let atMs = dayMs + run * hour + random.whole(0, 10 * minute);
    const caller = byRole(random, account, 'terraform', `drift-${dayMs / 86_400_000}`, atMs, {
      address: '192.0.2.200',
      agent:
        'APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.15.0 aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6',
    });
    for (let pass = 0; pass < 5; pass += 1)
      for (const name of plan) yield recordOf(random, caller, { atMs: (atMs += random.whole(50, 700)), name });
    if (run !== 9 && run !== 15) continue;
    for (const [name, parameters, answer] of random.chance(0.85) ? changesOf(random, account, day) : []) {
      yield recordOf(random, caller, { atMs: (atMs += random.whole(300, 3_000)), name, parameters, answer });
    }
  }
}

function changesOf(random: Random, account: string, day: number): readonly (readonly [string, unknown, unknown?])[] {
  const group = `sg-${random.hex(17)}`;
  const web = (address: string, port: number): unknown => ({
    ipProtocol: 'tcp',
    fromPort: port,
    toPort: port,
    groups: {},
    ipRanges: { items: [{ cidrIp: address }] },
    ipv6Ranges: {},
    prefixListIds: {},
  });
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: random.of([{ Service: 'lambda.amazonaws.com' }, { AWS: `arn:aws:iam::${shared}:root` }]),
        Action: 'sts:AssumeRole',
      },
    ],
  };
  const bucket = `team-${random.hex(6)}`;
  const all: readonly (readonly (readonly [string, unknown, unknown?])[])[] = [
    [
      ['ec2.CreateSecurityGroup', { groupName: 'web', vpcId: 'vpc-1' }, { groupId: group }],
      [
        'ec2.AuthorizeSecurityGroupIngress',
        { groupId: group, ipPermissions: { items: [web('0.0.0.0/0', 443), web('10.0.0.0/8', 22)] } },
      ],
      ['ec2.AuthorizeSecurityGroupEgress', { groupId: group, ipPermissions: { items: [web('0.0.0.0/0', 443)] } }],
      [
        'ec2.AuthorizeSecurityGroupIngress',
        {
          groupId: group,
          ipPermissions: {
            items: [{ ipProtocol: 'icmp', fromPort: -1, toPort: -1, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } }],
          },
        },
      ],
    ],
    [
      ['s3.CreateBucket', { bucketName: bucket }],
      [
        's3.PutBucketPolicy',
        {
          bucketName: bucket,
          bucketPolicy: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'Org',
                Effect: 'Allow',
                Principal: '*',
                Action: 's3:GetObject',
                Resource: `arn:aws:s3:::${bucket}/*`,
                Condition: inOrganization,
              },
              {
                Sid: 'Tls',
                Effect: 'Deny',
                Principal: '*',
                Action: 's3:*',
                Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      ],
      ['s3.PutBucketVersioning', { bucketName: bucket, VersioningConfiguration: { Status: 'Enabled' } }],
      [
        's3.PutBucketLifecycle',
        {
          bucketName: bucket,
          LifecycleConfiguration: { Rule: { ID: 'old', Status: 'Enabled', Expiration: { Days: 365 } } },
        },
      ],
    ],
    [
      ['iam.CreateRole', { roleName: `svc-${random.hex(4)}`, assumeRolePolicyDocument: JSON.stringify(trust) }],
      [
        'iam.AttachRolePolicy',
        { roleName: 'svc', policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole' },
      ],
      [
        'iam.PutRolePolicy',
        {
          roleName: 'svc',
          policyName: 'inline',
          policyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Action: ['s3:GetObject', 'sqs:SendMessage'], Resource: `arn:aws:s3:::${bucket}/*` },
            ],
          }),
        },
      ],
    ],
    [
      [
        'kms.CreateKey',
        {
          policy: JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' },
            ],
          }),
          keyUsage: 'ENCRYPT_DECRYPT',
        },
      ],
      [
        'sns.SetTopicAttributes',
        {
          topicArn: `arn:aws:sns:eu-west-1:${account}:alerts`,
          attributeName: 'Policy',
          attributeValue: JSON.stringify({
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: 'cloudwatch.amazonaws.com' },
                Action: 'sns:Publish',
                Resource: '*',
                Condition: { StringEquals: { 'aws:SourceAccount': account } },
              },
            ],
          }),
        },
      ],
      [
        'lambda.AddPermission20150331v2',
        {
          functionName: 'report-daily',
          statementId: 'events',
          action: 'lambda:InvokeFunction',
          principal: 'events.amazonaws.com',
        },
      ],
    ],
    [
      ['ec2.CreateRoute', { routeTableId: 'rtb-1', destinationCidrBlock: '10.9.0.0/16', transitGatewayId: 'tgw-1' }],
      [
        'ec2.CreateNetworkAclEntry',
        { networkAclId: 'acl-1', egress: false, ruleNumber: 120, ruleAction: 'allow', cidrBlock: '10.0.0.0/8' },
      ],
      ['ec2.ModifySubnetAttribute', { subnetId: 'subnet-1', mapPublicIpOnLaunch: { value: false } }],
    ],
    [
      ['iam.CreateUser', { userName: `smtp-${day}` }],
      [
        'iam.PutUserPolicy',
        {
          userName: `smtp-${day}`,
          policyName: 'send',
          policyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: { Effect: 'Allow', Action: 'ses:SendRawEmail', Resource: '*' },
          }),
        },
      ],
      [
        'iam.CreateAccessKey',
        { userName: `smtp-${day}` },
        {
          accessKey: { userName: `smtp-${day}`, accessKeyId: `AKIA${random.hex(16).toUpperCase()}`, status: 'Active' },
        },
      ],
    ],
    [
      ['rds.ModifyDBInstance', { dBInstanceIdentifier: 'shop', backupRetentionPeriod: 14, applyImmediately: true }],
      [
        'ec2.ModifyImageAttribute',
        {
          imageId: `ami-${random.hex(17)}`,
          attributeType: 'launchPermission',
          launchPermission: { add: { items: [{ userId: staging }] } },
        },
      ],
      ['cloudtrail.PutInsightSelectors', { trailName: 'org', insightSelectors: [] }],
    ],
  ];
  return random.of(all);
}

/** A cluster: its nodes, its operators, a secrets operator that reads every secret each half hour. */
function* clusterOf(random: Random, dayMs: number, account: string): Iterable<CloudTrailRecord> {
  const node = `i-0${account.slice(0, 2)}c1u5ter0n0de0`;
  for (let half = 0; half < 48; half += 1) {
    let atMs = dayMs + half * 30 * minute + random.whole(0, 2 * minute);
    const operator = byRole(random, account, 'external-secrets', `external-secrets-${random.hex(8)}`, atMs, {
      agent: agentOf.go,
      address: '10.1.7.20',
    });
    if (half % 2 === 0)
      for (let secret = 0; secret < 24; secret += 1)
        yield recordOf(random, operator, {
          atMs: (atMs += random.whole(20, 200)),
          name: 'secretsmanager.GetSecretValue',
          parameters: { secretId: `cluster/app-${secret}` },
        });
    const nodes = byRole(random, account, 'cluster-node', node, dayMs, { agent: agentOf.go });
    for (const name of [
      'ecr.GetAuthorizationToken',
      'ecr.BatchGetImage',
      'ecr.GetDownloadUrlForLayer',
      'ec2.DescribeInstances',
      'ec2.DescribeInstanceTopology',
      'ec2.DescribeNetworkInterfaces',
    ])
      yield recordOf(random, nodes, { atMs: (atMs += 700), name });
    const scaler = byRole(random, account, 'karpenter', `karpenter-${random.hex(8)}`, atMs, { agent: agentOf.go });
    for (const name of [
      'ec2.DescribeInstanceTypes',
      'ec2.DescribeInstances',
      'pricing.GetProducts',
      'ssm.GetParameter',
      'ec2.DescribeSpotPriceHistory',
    ])
      yield recordOf(random, scaler, { atMs: (atMs += 900), name });
    if (random.chance(0.25)) {
      yield recordOf(random, scaler, {
        atMs: (atMs += 900),
        name: 'ec2.CreateFleet',
        parameters: { CreateFleetRequest: { Type: 'instant' } },
      });
      yield recordOf(random, scaler, {
        atMs: atMs + 900,
        name: 'ec2.TerminateInstances',
        parameters: { instancesSet: { items: [{ instanceId: `i-${random.hex(17)}` }] } },
      });
    }
    const storage = byRole(random, account, 'ebs-csi', `ebs-csi-${random.hex(8)}`, atMs, { agent: agentOf.go });
    if (random.chance(0.4))
      for (const name of ['ec2.CreateVolume', 'ec2.AttachVolume', 'ec2.DetachVolume', 'ec2.DeleteVolume'])
        yield recordOf(random, storage, {
          atMs: (atMs += 2_000),
          name,
          parameters: { volumeId: `vol-${random.hex(17)}` },
        });
    const autoscaler: Call = {
      atMs,
      name: 'sts.AssumeRoleWithWebIdentity',
      parameters: { roleArn: `arn:aws:iam::${account}:role/external-secrets` },
    };
    yield recordOf(
      random,
      {
        ...operator,
        identity: {
          type: 'WebIdentityUser',
          userName: 'system:serviceaccount:ops:external-secrets',
          identityProvider: `arn:aws:iam::${account}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A1`,
        },
      },
      autoscaler,
    );
  }
}

function* backupsOf(random: Random, dayMs: number, account: string): Iterable<CloudTrailRecord> {
  const role = byRole(random, account, 'AWSBackupDefaultServiceRole', 'AWSBackup-Daily', dayMs, {
    address: 'backup.amazonaws.com',
    agent: 'backup.amazonaws.com',
  });
  const caller = { ...role, identity: { ...role.identity, invokedBy: 'backup.amazonaws.com' } };
  let atMs = dayMs + 2 * hour;
  for (let volume = 0; volume < 14; volume += 1) {
    yield recordOf(random, caller, {
      atMs: (atMs += 20_000),
      name: 'ec2.CreateSnapshot',
      parameters: { volumeId: `vol-${volume}` },
      answer: { snapshotId: `snap-${random.hex(17)}` },
    });
    yield recordOf(random, caller, {
      atMs: (atMs += 20_000),
      name: 'ec2.DeleteSnapshot',
      parameters: { snapshotId: `snap-${random.hex(17)}` },
    });
    yield recordOf(random, byService(account, 'backup'), {
      atMs: (atMs += 2_000),
      name: 'backup.DeleteRecoveryPoint',
      more: { eventType: 'AwsServiceEvent' },
    });
  }
  yield recordOf(random, caller, { atMs, name: 'rds.CreateDBSnapshot', parameters: { dBInstanceIdentifier: 'shop' } });
  yield recordOf(random, caller, {
    atMs,
    name: 'rds.DeleteDBSnapshot',
    parameters: { dBSnapshotIdentifier: 'awsbackup:job-1' },
  });
}

/** Somebody else's posture scanner, with a role of ours and a session that is called otherwise each day; some of what it asks is refused. */
function* scannerOf(random: Random, dayMs: number): Iterable<CloudTrailRecord> {
  const asked = [
    'iam.ListUsers',
    'iam.ListRoles',
    'iam.GetAccountAuthorizationDetails',
    'iam.GenerateCredentialReport',
    'iam.GetCredentialReport',
    's3.ListBuckets',
    's3.GetBucketPolicy',
    's3.GetBucketAcl',
    's3.GetBucketLogging',
    'ec2.DescribeInstances',
    'ec2.DescribeSnapshots',
    'ec2.DescribeSnapshotAttribute',
    'ec2.DescribeImages',
    'ec2.DescribeInstanceAttribute',
    'rds.DescribeDBInstances',
    'rds.DescribeDBSnapshotAttributes',
    'lambda.ListFunctions20150331',
    'lambda.GetPolicy20150331v2',
    'kms.ListKeys',
    'kms.GetKeyPolicy',
    'secretsmanager.ListSecrets',
    'ssm.DescribeParameters',
    'cloudtrail.DescribeTrails',
    'cloudtrail.GetTrailStatus',
    'guardduty.ListDetectors',
    'organizations.ListAccounts',
    'ecr.DescribeRepositories',
    'eks.ListClusters',
    'ses.GetSendQuota',
    'ses.ListIdentities',
    'sns.ListTopics',
    'sqs.ListQueues',
    'route53.ListHostedZones',
    'bedrock.ListFoundationModels',
    'account.GetContactInformation',
  ];
  const refused = new Set([
    'account.GetContactInformation',
    'bedrock.ListFoundationModels',
    'eks.ListClusters',
    'ses.ListIdentities',
    's3.GetBucketLogging',
    'lambda.GetPolicy20150331v2',
    'ec2.DescribeInstanceAttribute',
    'organizations.ListAccounts',
  ]);
  for (const account of [production, staging, shared]) {
    for (let round = 0; round < 4; round += 1) {
      let atMs = dayMs + round * 6 * hour + random.whole(0, 30 * minute);
      const session = `scan-${new Date(dayMs).toISOString().slice(0, 10)}-${random.hex(6)}`;
      const address = random.of(['203.0.113.201', '203.0.113.202']);
      yield recordOf(
        random,
        {
          account,
          identity: { type: 'AWSAccount', principalId: 'AROASCANNER:worker', accountId: '909090909090' },
          address,
          agent: agentOf.sdk,
          region: 'eu-west-1',
        },
        {
          atMs,
          name: 'sts.AssumeRole',
          parameters: {
            roleArn: `arn:aws:iam::${account}:role/posture-scanner`,
            roleSessionName: session,
            externalId: 'e-1',
          },
        },
      );
      const caller = byRole(random, account, 'posture-scanner', session, atMs, { address });
      for (let pass = 0; pass < 3; pass += 1) {
        const region = ['eu-west-1', 'us-east-1', 'eu-central-1'][pass] ?? 'eu-west-1';
        for (const name of asked)
          yield recordOf(random, caller, {
            atMs: (atMs += random.whole(100, 2_000)),
            name,
            region,
            ...(refused.has(name) && random.chance(0.7) && { error: 'AccessDenied' }),
          });
      }
    }
  }
}

/** Tables that come and go each night, log streams that jobs clean up. */
function* pipelinesOf(random: Random, dayMs: number): Iterable<CloudTrailRecord> {
  const caller = byRole(random, production, 'etl-glue', 'GlueJobRunnerSession', dayMs + hour);
  let atMs = dayMs + hour;
  for (let table = 0; table < 30; table += 1) {
    const name = `staging_${random.hex(6)}`;
    for (const call of [
      'glue.CreateTable',
      'glue.GetTable',
      'glue.BatchCreatePartition',
      'athena.StartQueryExecution',
      'athena.GetQueryExecution',
      'glue.DeleteTable',
    ])
      yield recordOf(random, caller, {
        atMs: (atMs += random.whole(2_000, 20_000)),
        name: call,
        parameters: { databaseName: 'lake', name },
      });
  }
  for (let stream = 0; stream < 12; stream += 1)
    yield recordOf(random, caller, {
      atMs: (atMs += 5_000),
      name: 'logs.DeleteLogStream',
      parameters: { logGroupName: '/aws-glue/jobs/output', logStreamName: `jr_${random.hex(32)}` },
    });
  for (let table = 0; table < 3; table += 1)
    yield recordOf(random, caller, {
      atMs: (atMs += 5_000),
      name: 'dynamodb.ExportTableToPointInTime',
      parameters: { tableArn: `arn:aws:dynamodb:eu-west-1:${production}:table/orders`, s3Bucket: 'lake-example' },
    });
}

/** The company's own programs: a user with a key for the office's mail gateway, functions that read their secret and their parameters. */
function* applicationsOf(random: Random, dayMs: number): Iterable<CloudTrailRecord> {
  const gateway: Caller = {
    account: production,
    identity: userIdentity(production, 'mail-gateway', 'AKIAMAILGATEWAY00001'),
    address: '192.0.2.25',
    agent: agentOf.sdk,
    region: 'eu-west-1',
  };
  for (let sent = 0; sent < 90; sent += 1)
    yield recordOf(random, gateway, {
      atMs: dayMs + random.whole(0, 24 * hour - 1),
      name: random.of(['ses.GetSendQuota', 'sts.GetCallerIdentity', 'ses.GetAccount']),
    });
  const exporter: Caller = {
    account: production,
    identity: userIdentity(production, 'backup-export', 'AKIABACKUPEXPORT0001'),
    address: '192.0.2.31',
    agent: agentOf.sdk,
    region: 'eu-west-1',
  };
  for (let run = 0; run < 24; run += 1)
    for (const name of ['s3.ListBuckets', 's3.GetBucketLocation', 'kms.GenerateDataKey'])
      yield recordOf(random, exporter, { atMs: dayMs + run * hour + random.whole(0, minute), name });
  for (const account of [production, staging]) {
    for (let start = 0; start < 320; start += 1) {
      const functionName = random.of(['report-daily', 'checkout', 'search', 'thumbnails']);
      const caller = byRole(random, account, `${functionName}-role`, functionName, dayMs, {
        agent: 'aws-sdk-js/3.899.0 ua/2.1 os/linux lang/js md/nodejs#24.9.0',
      });
      const atMs = dayMs + random.whole(0, 24 * hour - 1);
      yield recordOf(random, caller, {
        atMs,
        name: 'logs.CreateLogStream',
        parameters: { logGroupName: `/aws/lambda/${functionName}` },
      });
      yield recordOf(random, caller, {
        atMs: atMs + 400,
        name: random.of(['secretsmanager.GetSecretValue', 'ssm.GetParameters']),
        parameters: { secretId: `${functionName}/database`, names: [`/${functionName}/flags`], withDecryption: true },
      });
      if (random.chance(0.01))
        yield recordOf(random, caller, { atMs: atMs + 800, name: 'dynamodb.PutItem', error: 'AccessDenied' });
    }
  }
}
