// One role a function, with the calls that its code makes and the things it makes them on.
const { hasHostLogs, hostLogParameters } = require('./archive-names.cjs');
const { arn, attribute, choice, policy, stageOf } = require('./names.cjs');
const { receiverAccess } = require('./receiver-access.cjs');

const parameters = [...hostLogParameters, 'createTrailKey', 'tracing', 'trailKeyArn', 'slackWebhookParameter'];

module.exports = async ({ resolveVariable }) => {
  const { service, prefix, stage, params: given } = await stageOf(resolveVariable, parameters);
  const params = {
    ...given,
    trailKeyArn: String(given.createTrailKey) === 'true' ? attribute('TrailKey') : given.trailKeyArn,
  };
  const sendTo = await receiverAccess(stage, params);
  const traced = choice('tracing', params.tracing, ['Active', 'PassThrough']) === 'Active';

  const roles = {
    LogsSubscription: {
      name: 'logs-subscription',
      statements: [...detecting, deadLetters('LogsSubscription'), ...keepHostLogs(prefix, params)],
    },
    EventBus: { name: 'event-bus', statements: [...detecting, deadLetters('EventBus')] },
    Kinesis: {
      name: 'kinesis',
      statements: [...detecting, deadLetters('Kinesis'), ...readStream(params), ...keepHostLogs(prefix, params)],
    },
    Probe: { name: 'probe', statements: [...detecting, deadLetters('Probe')] },
    Verify: { name: 'verify', statements: [...detecting, deadLetters('Verify'), ...verifyTrail(params)] },
    Watch: { name: 'watch', statements: [...detecting, ...watching, deadLetters('Watch')] },
    TrailFile: {
      name: 'trail-file',
      statements: [...detecting, consume('TrailFile'), ...readTrail(params), ...keepHostLogs(prefix, params)],
    },
    Compact: { name: 'compact', statements: [deadLetters('Compact'), ...fillCopy(service, stage, prefix, params)] },
    Report: {
      name: 'report',
      statements: [...detecting, deadLetters('Report'), ...fileReports(service, stage, prefix, params)],
    },
    Deliver: {
      name: 'deliver',
      statements: [...delivering, setAside, consume('Deliver'), ...sendTo, ...keepDeliveries(prefix, params)],
    },
    Flush: {
      name: 'flush',
      statements: [...delivering, setAside, deadLetters('Flush'), ...sendTo, ...keepDeliveries(prefix, params)],
    },
  };
  return {
    Resources: Object.fromEntries(
      Object.entries(roles).map(([id, { name, statements }]) => [
        `${id}Role`,
        role(`${prefix}-${name}`, traced ? [...statements, traces] : statements),
      ]),
    ),
  };
};

const detecting = [
  allow('PublishFindings', 'events:PutEvents', attribute('FindingsBus')),
  state('CorrelationWindows', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], ['fired#*', 'window#*']),
  state('InstanceLog', ['dynamodb:PutItem', 'dynamodb:Query'], ['instance#*']),
  state('Heartbeats', ['dynamodb:GetItem', 'dynamodb:PutItem'], ['heartbeat#*']),
];

const delivering = [
  allow('SendAlerts', 'sns:Publish', { Ref: 'AlertsTopic' }),
  allow('EncryptAlerts', ['kms:Decrypt', 'kms:GenerateDataKey'], attribute('AlertsKey')),
  state(
    'SentAlerts',
    ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map((action) => `dynamodb:${action}`),
    ['circuit#*', 'due#*', 'failed#*', 'group#*', 'inhibit#*', 'member#*', 'seen#*', 'tally#*', 'throttle#*'],
  ),
  // Which way findings came, canaries that are back, what trials keep to themselves.
  state('Health', ['dynamodb:GetItem', 'dynamodb:UpdateItem'], ['arrival#*', 'canary#*', 'trial#*']),
  state('ReadHeartbeats', ['dynamodb:Query'], ['heartbeat#*']),
];

/** What a receiver doesn't take goes to the dead letters of the queue that it came by, to be sent again from there. */
const setAside = allow('SetAside', 'sqs:SendMessage', attribute('DeliverDeadLetters'));

const watching = [
  {
    ...allow('SendCanary', 'events:PutEvents', arn('events', 'event-bus/default')),
    Condition: { 'ForAllValues:StringEquals': { 'events:source': ['trailwatch.canary'] } },
  },
  state('ToldOnce', ['dynamodb:GetItem', 'dynamodb:PutItem'], ['canary#*', 'told#*']),
  state('TellSilence', ['dynamodb:Query', 'dynamodb:UpdateItem'], ['heartbeat#*']),
  state('ReadCounts', ['dynamodb:Query'], ['tally#*', 'trial#*']),
];

// X-Ray knows no resources to name.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
const traces = allow('SendTraces', ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], '*');

/** A function sees and changes only its own partitions of the table: who detects can't say that an alert was sent. */
function state(sid, actions, partitions) {
  return {
    ...allow(sid, actions, attribute('StateTable')),
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  };
}

function deadLetters(step) {
  return allow('DeadLetters', 'sqs:SendMessage', attribute(`${step}DeadLetters`));
}

function consume(step) {
  return allow(
    'ConsumeQueue',
    ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
    attribute(`${step}Queue`),
  );
}

function readStream({ logsStream }) {
  if (String(logsStream) !== 'true') return [];
  const actions = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
  return [
    allow(
      'ReadStream',
      actions.map((action) => `kinesis:${action}`),
      attribute('LogsStream'),
    ),
  ];
}

// Public keys belong to a region, not to anything that could be named.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
function verifyTrail(params) {
  if (params.trailBucket === '') return [];
  return [
    ...readTrail(params),
    allow('ListTrail', 's3:ListBucket', { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${params.trailBucket}` }),
    allow('ListPublicKeys', 'cloudtrail:ListPublicKeys', '*'),
  ];
}

function keepHostLogs(prefix, params) {
  if (!hasHostLogs(params)) return [];
  return [allow('KeepHostLogs', 'firehose:PutRecordBatch', arn('firehose', `deliverystream/${prefix}-host-auth`))];
}

function keepDeliveries(prefix, { trailBucket }) {
  if (trailBucket === '') return [];
  return [allow('KeepDeliveries', 'firehose:PutRecordBatch', arn('firehose', `deliverystream/${prefix}-deliveries`))];
}

const copyTable = 'cloudtrail_columnar';
const writes = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'];

const inArchive = (folder) => ({ 'Fn::Sub': `\${ArchiveBucket.Arn}/${folder}/*` });

function tablesOf(service, stage, tables) {
  const database = `${service}_${stage}`.replaceAll('-', '_');
  return [
    arn('glue', 'catalog'),
    arn('glue', `database/${database}`),
    ...tables.map((table) => arn('glue', `table/${database}/${table}`)),
  ];
}

/**
 * A function asks Athena, and Athena reads and writes with the function's own rights: the trail, and of the archive the results.
 * https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
 */
function askAthena(service, stage, prefix, params, tables) {
  return [
    allow(
      'AskAthena',
      ['GetQueryExecution', 'GetQueryResults', 'StartQueryExecution', 'StopQueryExecution'].map(
        (action) => `athena:${action}`,
      ),
      arn('athena', `workgroup/${prefix}-reports`),
    ),
    allow('SeeTables', ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables'], tablesOf(service, stage, tables)),
    allow('WriteResults', writes, inArchive('results')),
    allow(
      'LookAtArchive',
      ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      attribute('ArchiveBucket'),
    ),
    ...readTrail(params),
    allow('ListTrail', ['s3:GetBucketLocation', 's3:ListBucket'], {
      'Fn::Sub': `arn:\${AWS::Partition}:s3:::${params.trailBucket}`,
    }),
  ];
}

function fillCopy(service, stage, prefix, params) {
  if (params.trailBucket === '') return [];
  return [
    state('CopyLedger', ['dynamodb:DeleteItem', 'dynamodb:PutItem', 'dynamodb:Query'], ['archive#*']),
    ...askAthena(service, stage, prefix, params, ['cloudtrail', 'findings', copyTable]),
    allow('MakeCopy', ['glue:CreateTable', 'glue:UpdateTable'], tablesOf(service, stage, [copyTable])),
    allow('WriteCopy', [...writes, 's3:DeleteObject'], inArchive(copyTable)),
  ];
}

/** Reports read every table, and write nothing but evidence, which they can't take back. */
function fileReports(service, stage, prefix, params) {
  if (params.trailBucket === '') return [];
  return [
    state('ReadCopyLedger', ['dynamodb:Query'], ['archive#*']),
    ...askAthena(service, stage, prefix, params, ['cloudtrail', 'deliveries', 'findings', 'host_auth', copyTable]),
    allow('ReadArchive', 's3:GetObject', ['deliveries', 'findings', 'host_auth', copyTable].map(inArchive)),
    allow('FileEvidence', 's3:PutObject', inArchive('evidence')),
  ];
}

function readTrail({ trailBucket, trailKeyArn }) {
  if (trailBucket === '') return [];
  const objects = { 'Fn::Sub': `arn:\${AWS::Partition}:s3:::${trailBucket}/*` };
  return [
    allow('ReadTrail', ['s3:GetObject', 's3:GetObjectVersion'], objects),
    ...(trailKeyArn === '' ? [] : [allow('DecryptTrail', 'kms:Decrypt', trailKeyArn)]),
  ];
}

function allow(sid, action, resource) {
  return { Sid: sid, Effect: 'Allow', Action: action, Resource: resource };
}

function role(name, statements) {
  const logs = allow(
    'WriteLogs',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    arn('logs', `log-group:/aws/lambda/${name}:*`),
  );
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      // IAM has no regions, so that the name must: one stage may be deployed to several.
      RoleName: { 'Fn::Sub': `${name}-\${AWS::Region}` },
      AssumeRolePolicyDocument: policy([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]),
      Policies: [{ PolicyName: 'function', PolicyDocument: policy([logs, ...statements]) }],
    },
  };
}
