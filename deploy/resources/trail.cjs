// The trail itself, for an account that has none: `createTrail` makes the bucket that `trailBucket` names and a trail that writes
// to it. From then on the stage uses it as it would any other. Whatever becomes of the stage, trail, bucket and key stay.
const { arn, attribute, choice, listOf, policy, stageOf, tlsOnly } = require('./names.cjs');
const { refuseOwn } = require('../own.cjs');

const parameters = [
  'createTrail',
  'createTrailKey',
  'logRetentionDays',
  'trailBucket',
  'trailDataBuckets',
  'trailInsights',
  'trailKeyArn',
  'trailLockDays',
  'trailLockMode',
  'trailLogGroup',
  'trailOrganization',
  'trailPrefix',
  'trailRetentionDays',
];

/** What only a trail of the stage's own can have. */
const options = {
  createTrailKey: 'false',
  trailDataBuckets: '',
  trailInsights: 'false',
  trailLockDays: '',
  trailLogGroup: '',
  trailRetentionDays: '',
};

module.exports = async ({ resolveVariable }) => {
  const stage = await stageOf(resolveVariable, parameters);
  const { params, prefix } = stage;
  if (choice('createTrail', params.createTrail, ['true', 'false']) === 'false') {
    for (const [name, none] of Object.entries(options)) {
      if (String(params[name]) !== none)
        throw new Error(`parameter ${name}: it is for a trail that the stage makes: give createTrail=true too`);
    }
    return { Resources: {} };
  }
  refuseWhatContradicts(stage);
  const key = params.createTrailKey === 'true' ? attribute('TrailKey') : params.trailKeyArn;
  return {
    Resources: {
      ...(params.createTrailKey === 'true' && trailKey(prefix)),
      ...bucketOf(prefix, params, key),
      ...(params.trailLogGroup !== '' && logGroupOf(prefix, params)),
      Trail: kept(
        'AWS::CloudTrail::Trail',
        {
          TrailName: `${prefix}-trail`,
          S3BucketName: { Ref: 'TrailBucket' },
          ...(params.trailPrefix !== '' && { S3KeyPrefix: params.trailPrefix.replace(/\/$/, '') }),
          ...(key !== '' && { KMSKeyId: key }),
          IsLogging: true,
          IsMultiRegionTrail: true,
          IncludeGlobalServiceEvents: true,
          EnableLogFileValidation: true,
          IsOrganizationTrail: params.trailOrganization !== '',
          ...dataEvents(params),
          ...(String(params.trailInsights) === 'true' && {
            InsightSelectors: [{ InsightType: 'ApiCallRateInsight' }, { InsightType: 'ApiErrorRateInsight' }],
          }),
          ...(params.trailLogGroup !== '' && {
            CloudWatchLogsLogGroupArn: attribute('TrailLogGroup'),
            CloudWatchLogsRoleArn: attribute('TrailLogGroupRole'),
          }),
        },
        { DependsOn: 'TrailBucketPolicy' },
      ),
    },
    Outputs: { TrailArn: { Description: 'The trail, which outlives the stage', Value: attribute('Trail') } },
  };
};

function refuseWhatContradicts({ service, prefix, params }) {
  if (params.trailBucket === '')
    throw new Error('parameter createTrail: name the bucket to make: --param="trailBucket=…"');
  refuseOwn('trailBucket', params.trailBucket, { service, prefix });
  if (params.createTrailKey === 'true' && params.trailKeyArn !== '') {
    throw new Error('parameter createTrailKey: there is a key already, trailKeyArn: give one of the two');
  }
  if (listOf(params.trailDataBuckets).includes(params.trailBucket)) {
    throw new Error(
      `parameter trailDataBuckets: ${params.trailBucket} is where the trail writes: each file would be an event in the next one`,
    );
  }
  const { trailLockDays: lock, trailRetentionDays: retention } = params;
  if (lock !== '' && retention !== '' && Number(lock) > Number(retention)) {
    throw new Error(`parameter trailRetentionDays: files are locked for ${lock} days, and can't go after ${retention}`);
  }
}

/** kept makes a resource that outlives the stack: an audit doesn't end because its tool goes. */
function kept(type, properties, others = {}) {
  return { Type: type, DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain', ...others, Properties: properties };
}

/** Without selectors a trail records management events; with one, what the selector says. */
function dataEvents({ trailDataBuckets }) {
  const buckets = listOf(trailDataBuckets);
  if (buckets.length === 0) return {};
  const Values = buckets.map((bucket) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${bucket}/` }));
  const objects = { Type: 'AWS::S3::Object', Values };
  return { EventSelectors: [{ IncludeManagementEvents: true, ReadWriteType: 'All', DataResources: [objects] }] };
}

const trailArn = (prefix) => arn('cloudtrail', `trail/${prefix}-trail`);

function bucketOf(prefix, params, key) {
  return {
    TrailBucket: kept('AWS::S3::Bucket', {
      BucketName: params.trailBucket,
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          key === ''
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
      // What tells the stage of each new file, and of each that disappears.
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      ...(params.trailLockDays !== '' && {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: params.trailLockMode, Days: Number(params.trailLockDays) } },
        },
      }),
      LifecycleConfiguration: { Rules: lifecycle(params.trailRetentionDays) },
    }),
    TrailBucketPolicy: kept('AWS::S3::BucketPolicy', {
      Bucket: { Ref: 'TrailBucket' },
      PolicyDocument: policy(bucketStatements(prefix, params)),
    }),
  };
}

/** Athena reads both classes as they are. S3 leaves files below 128 KB where they are, which is cheaper. */
function lifecycle(retention) {
  const transitions = [
    { StorageClass: 'STANDARD_IA', TransitionInDays: 90 },
    { StorageClass: 'GLACIER_IR', TransitionInDays: 365 },
  ].filter(({ TransitionInDays }) => retention === '' || TransitionInDays + 30 <= Number(retention));
  return [
    {
      Id: 'files',
      Status: 'Enabled',
      ...(transitions.length > 0 && { Transitions: transitions }),
      ...(retention !== '' && { ExpirationInDays: Number(retention) }),
      // A file that was overwritten or deleted can be had back for a while.
      NoncurrentVersionExpiration: { NoncurrentDays: 90 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
    },
  ];
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
function bucketStatements(prefix, { trailOrganization, trailPrefix }) {
  const cloudtrail = { Service: 'cloudtrail.amazonaws.com' };
  const ofTrail = { 'aws:SourceArn': trailArn(prefix) };
  const folder = trailPrefix === '' ? 'AWSLogs' : `${trailPrefix.replace(/\/$/, '')}/AWSLogs`;
  const owners = ['${AWS::AccountId}', ...(trailOrganization === '' ? [] : [trailOrganization])];
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
      Resource: owners.map((owner) => ({ 'Fn::Sub': `\${TrailBucket.Arn}/${folder}/${owner}/*` })),
      Condition: { StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
    tlsOnly('s3:*', [attribute('TrailBucket'), { 'Fn::Sub': '${TrailBucket.Arn}/*' }]),
  ];
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
function trailKey(prefix) {
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
          Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
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
              'kms:EncryptionContext:aws:cloudtrail:arn': {
                'Fn::Sub': 'arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*',
              },
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
    TrailKeyAlias: kept('AWS::KMS::Alias', { AliasName: `alias/${prefix}-trail`, TargetKeyId: { Ref: 'TrailKey' } }),
  };
}

/** The log group is the fast way for every region at once, and what metric alarms count over. */
function logGroupOf(prefix, { logRetentionDays, trailLogGroup }) {
  return {
    TrailLogGroup: kept('AWS::Logs::LogGroup', {
      LogGroupName: trailLogGroup,
      RetentionInDays: Number(logRetentionDays),
    }),
    TrailLogGroupRole: kept('AWS::IAM::Role', {
      RoleName: { 'Fn::Sub': `${prefix}-trail-logs-\${AWS::Region}` },
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
            {
              Sid: 'WriteLogs',
              Effect: 'Allow',
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: arn('logs', `log-group:${trailLogGroup}:log-stream:*`),
            },
          ]),
        },
      ],
    }),
  };
}
