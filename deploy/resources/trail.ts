import {
  allow,
  arn,
  attribute,
  bucketArn,
  kept,
  policy,
  ref,
  sub,
  tlsOnly,
  type Part,
  type Resources,
  type Statement,
  type Text,
} from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

type Parameters = Stage['params'];

/**
 * trail gives a trail and its bucket, for an account that has none: `createTrail` makes the bucket that `trailBucket` names, and a
 * trail that writes to it. Trail, bucket and key outlive the stage.
 */
export function trail({ prefix, params }: Stage): Part {
  const { trailBucket: bucket } = params;
  if (!params.createTrail || bucket === undefined) return { Resources: {} };
  const key = params.createTrailKey ? attribute('TrailKey') : params.trailKeyArn;
  return {
    Resources: {
      ...(params.createTrailKey && trailKey(prefix)),
      ...bucketOf(prefix, params, bucket, key),
      ...(params.trailLogGroup !== undefined && logGroupOf(prefix, params.trailLogGroup, params.logRetentionDays)),
      Trail: kept(
        'AWS::CloudTrail::Trail',
        {
          TrailName: `${prefix}-trail`,
          S3BucketName: ref('TrailBucket'),
          ...(params.trailPrefix !== '' && { S3KeyPrefix: params.trailPrefix }),
          ...(key !== undefined && { KMSKeyId: key }),
          IsLogging: true,
          IsMultiRegionTrail: true,
          IncludeGlobalServiceEvents: true,
          EnableLogFileValidation: true,
          IsOrganizationTrail: params.trailOrganization !== undefined,
          ...dataEvents(params.trailDataBuckets),
          ...(params.trailInsights && {
            InsightSelectors: [{ InsightType: 'ApiCallRateInsight' }, { InsightType: 'ApiErrorRateInsight' }],
          }),
          ...(params.trailLogGroup !== undefined && {
            CloudWatchLogsLogGroupArn: attribute('TrailLogGroup'),
            CloudWatchLogsRoleArn: attribute('TrailLogGroupRole'),
          }),
        },
        'TrailBucketPolicy',
      ),
    },
    Outputs: { TrailArn: { Description: 'The trail, which outlives the stage', Value: attribute('Trail') } },
  };
}

/** Without selectors a trail records management events; with one, what the selector says. */
function dataEvents(buckets: readonly string[]) {
  if (buckets.length === 0) return {};
  const Values = buckets.map((bucket) => bucketArn(bucket, '/'));
  const objects = { Type: 'AWS::S3::Object', Values };
  return { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All', DataResources: [objects] }] };
}

const trailArn = (prefix: string) => arn('cloudtrail', `trail/${prefix}-trail`);

function bucketOf(prefix: string, params: Parameters, bucket: string, key: Text | undefined): Resources {
  return {
    TrailBucket: kept('AWS::S3::Bucket', {
      BucketName: bucket,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          key === undefined
            ? { ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }
            : {
                ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
                BucketKeyEnabled: true,
              },
        ],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      // Notifies the stage of each new file and of each that is deleted.
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      ...(params.trailLockDays !== undefined && {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: params.trailLockMode, Days: params.trailLockDays } },
        },
      }),
      LifecycleConfiguration: { Rules: lifecycle(params.trailRetentionDays) },
    }),
    TrailBucketPolicy: kept('AWS::S3::BucketPolicy', {
      Bucket: ref('TrailBucket'),
      PolicyDocument: policy(bucketStatements(prefix, params)),
    }),
  };
}

/** Athena reads both classes as they are. S3 leaves files below 128 KB where they are, which is cheaper. */
function lifecycle(retention: number | undefined): readonly object[] {
  const transitions = [
    { StorageClass: 'STANDARD_IA', TransitionInDays: 90 },
    { StorageClass: 'GLACIER_IR', TransitionInDays: 365 },
  ].filter(({ TransitionInDays }) => retention === undefined || TransitionInDays + 30 <= retention);
  return [
    {
      Id: 'files',
      Status: 'Enabled',
      ...(transitions.length > 0 && { Transitions: transitions }),
      ...(retention !== undefined && { ExpirationInDays: retention }),
      // A file that was overwritten or deleted can be restored for 90 days.
      NoncurrentVersionExpiration: { NoncurrentDays: 90 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
    },
  ];
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
function bucketStatements(prefix: string, { trailOrganization, trailPrefix }: Parameters): readonly Statement[] {
  const cloudtrail = { Service: 'cloudtrail.amazonaws.com' };
  const ofTrail = { 'aws:SourceArn': trailArn(prefix) };
  const folder = trailPrefix === '' ? 'AWSLogs' : `${trailPrefix}/AWSLogs`;
  const owners = ['${AWS::AccountId}', ...(trailOrganization === undefined ? [] : [trailOrganization])];
  return [
    {
      Sid: 'CloudTrailLooks',
      Effect: 'Allow',
      Principal: cloudtrail,
      Action: 's3:GetBucketAcl',
      Resource: attribute('TrailBucket'),
      Condition: { StringEquals: ofTrail },
    },
    {
      Sid: 'CloudTrailWrites',
      Effect: 'Allow',
      Principal: cloudtrail,
      Action: 's3:PutObject',
      Resource: owners.map((owner) => sub(`\${TrailBucket.Arn}/${folder}/${owner}/*`)),
      Condition: { StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
    tlsOnly('s3:*', [attribute('TrailBucket'), sub('${TrailBucket.Arn}/*')]),
  ];
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
function trailKey(prefix: string): Resources {
  const cloudtrail = { Service: 'cloudtrail.amazonaws.com' };
  return {
    TrailKey: kept('AWS::KMS::Key', {
      Description: `Encrypts the trail of ${prefix}`,
      EnableKeyRotation: true,
      PendingWindowInDays: 30,
      KeyPolicy: policy([
        {
          Sid: 'AccountDecidesByIam',
          Effect: 'Allow',
          Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
          Action: 'kms:*',
          Resource: '*', // in a key's own policy: this key
        },
        {
          Sid: 'CloudTrailEncrypts',
          Effect: 'Allow',
          Principal: cloudtrail,
          Action: 'kms:GenerateDataKey*',
          Resource: '*', // in a key's own policy: this key
          Condition: {
            StringEquals: { 'aws:SourceArn': trailArn(prefix) },
            StringLike: {
              'kms:EncryptionContext:aws:cloudtrail:arn': sub(
                'arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*',
              ),
            },
          },
        },
        {
          Sid: 'CloudTrailLooks',
          Effect: 'Allow',
          Principal: cloudtrail,
          Action: 'kms:DescribeKey',
          Resource: '*', // in a key's own policy: this key
          Condition: { StringEquals: { 'aws:SourceArn': trailArn(prefix) } },
        },
      ]),
    }),
    TrailKeyAlias: kept('AWS::KMS::Alias', { AliasName: `alias/${prefix}-trail`, TargetKeyId: ref('TrailKey') }),
  };
}

/** The log group is the fast path for all regions, and what metric alarms count over. */
function logGroupOf(prefix: string, logGroup: string, retentionDays: number): Resources {
  return {
    TrailLogGroup: kept('AWS::Logs::LogGroup', {
      LogGroupName: logGroup,
      RetentionInDays: retentionDays,
    }),
    TrailLogGroupRole: kept('AWS::IAM::Role', {
      RoleName: sub(`${prefix}-trail-logs-\${AWS::Region}`),
      AssumeRolePolicyDocument: policy([
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudtrail.amazonaws.com' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceArn': trailArn(prefix) } },
        },
      ]),
      Policies: [
        {
          PolicyName: 'logs',
          PolicyDocument: policy([
            allow(
              'WriteLogs',
              ['logs:CreateLogStream', 'logs:PutLogEvents'],
              arn('logs', `log-group:${logGroup}:log-stream:*`),
            ),
          ]),
        },
      ],
    }),
  };
}
