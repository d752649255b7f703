// What functions may do: the statements that rows.ts puts together. Each names its actions and what they act on.
import { leadingKeys, type ItemKindName } from '../../src/aws/state-table/keys.ts';
import { allow, arn, attribute, bucketArn, ref, sub, type Statement } from '../cloudformation.ts';
import { archiveNames, hasArchive, hasHostLogs, type Stage } from '../stage.ts';
import { receiverAccess } from './receiver-access.ts';

/** detecting is what every function needs that raises findings. */
export const detecting: readonly Statement[] = [
  allow('PublishFindings', 'events:PutEvents', attribute('FindingsBus')),
  state('CorrelationWindows', ['GetItem', 'PutItem', 'Query'], ['fired', 'sighting', 'window']),
  state('InstanceLog', ['PutItem', 'Query'], ['instance']),
  state('Heartbeats', ['GetItem', 'PutItem'], ['heartbeat']),
];

/** delivering is what a function needs that sends notifications. */
export function delivering(stage: Stage): readonly Statement[] {
  return [
    allow('SendAlerts', 'sns:Publish', ref('AlertsTopic')),
    allow('EncryptAlerts', ['kms:Decrypt', 'kms:GenerateDataKey'], attribute('AlertsKey')),
    state(
      'SentAlerts',
      ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      ['circuit', 'due', 'failed', 'group', 'inhibition', 'member', 'seen', 'tally', 'throttle'],
    ),
    // The paths that findings arrived by, canaries that returned, and what trials hold back.
    state('Health', ['GetItem', 'UpdateItem'], ['arrival', 'canary', 'trial']),
    state('ReadHeartbeats', ['Query'], ['heartbeat']),
    // What a receiver refuses goes to the dead letters of the queue that it came by, to be sent again from there.
    allow('SetAside', 'sqs:SendMessage', attribute('DeliverDeadLetters')),
    ...receiverAccess(stage),
    ...(hasArchive(stage) ? [writeStream('KeepDeliveries', archiveNames(stage).deliveriesStream)] : []),
  ];
}

/** watching is what a function needs that checks Trailwatch itself. */
export const watching: readonly Statement[] = [
  allow('SendCanary', 'events:PutEvents', arn('events', 'event-bus/default'), {
    'ForAllValues:StringEquals': { 'events:source': ['trailwatch.canary'] },
  }),
  state('NotifiedOnce', ['GetItem', 'PutItem'], ['canary', 'notified']),
  state('NotifySilence', ['Query', 'UpdateItem'], ['heartbeat']),
  state('ReadCounts', ['Query'], ['tally', 'trial']),
];

/** followAccounts lets a function add accounts that it finds in the trail's bucket to the tables over it. */
export function followAccounts(stage: Stage): readonly Statement[] {
  const { trailBucket } = stage.params;
  if (trailBucket === undefined) return [];
  const tables = ['cloudtrail', 'cloudtrail_insights', 'cloudtrail_network_activity'];
  return [
    allow('ListTrail', 's3:ListBucket', bucketArn(trailBucket)),
    allow('AddAccounts', ['glue:GetTable', 'glue:UpdateTable'], tablesOf(stage, tables)),
  ];
}

export function keepHostLogs(stage: Stage): readonly Statement[] {
  return hasHostLogs(stage) ? [writeStream('KeepHostLogs', archiveNames(stage).hostAuthStream)] : [];
}

export function readLogsStream({ params }: Stage): readonly Statement[] {
  if (!params.logsStream) return [];
  const actions = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];
  return [
    allow(
      'ReadStream',
      actions.map((action) => `kinesis:${action}`),
      attribute('LogsStream'),
    ),
  ];
}

export function readTrail({ params: { trailBucket, createTrailKey, trailKeyArn } }: Stage): readonly Statement[] {
  if (trailBucket === undefined) return [];
  const key = createTrailKey ? attribute('TrailKey') : trailKeyArn;
  return [
    allow('ReadTrail', ['s3:GetObject', 's3:GetObjectVersion'], bucketArn(trailBucket, '/*')),
    ...(key === undefined ? [] : [allow('DecryptTrail', 'kms:Decrypt', key)]),
  ];
}

export function verifyTrail(stage: Stage): readonly Statement[] {
  const { trailBucket } = stage.params;
  if (trailBucket === undefined) return [];
  return [
    ...readTrail(stage),
    allow('ListTrail', 's3:ListBucket', bucketArn(trailBucket)),
    // CloudTrail has no resource for public keys.
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
    allow('ListPublicKeys', 'cloudtrail:ListPublicKeys', '*'),
  ];
}

const copyTable = 'cloudtrail_columnar';

/** fillCopy lets a function fill the columnar copy: it writes to the copy's own table and folder and to no other. */
export function fillCopy(stage: Stage): readonly Statement[] {
  if (!hasArchive(stage)) return [];
  return [
    state('CopyLedger', ['DeleteItem', 'PutItem', 'Query'], ['copiedFolder']),
    ...askAthena(stage, ['cloudtrail', 'findings', copyTable]),
    allow('MakeCopy', ['glue:CreateTable', 'glue:UpdateTable'], tablesOf(stage, [copyTable])),
    allow('WriteCopy', [...writeObjects, 's3:DeleteObject'], inArchive(copyTable)),
  ];
}

/** fileReports lets a function read every table and write evidence, which it can neither read nor delete. */
export function fileReports(stage: Stage): readonly Statement[] {
  if (!hasArchive(stage)) return [];
  return [
    state('ReadCopyLedger', ['Query'], ['copiedFolder']),
    ...askAthena(stage, ['cloudtrail', 'deliveries', 'findings', 'host_auth', copyTable]),
    allow('ReadArchive', 's3:GetObject', ['deliveries', 'findings', 'host_auth', copyTable].map(inArchive)),
    allow(
      'FileEvidence',
      's3:PutObject',
      stage.params.evidenceLockDays === undefined ? inArchive('evidence') : sub('${EvidenceBucket.Arn}/evidence/*'),
    ),
  ];
}

/**
 * Athena reads and writes with the rights of the function that asks: the trail, and of the archive the results.
 * https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
 */
function askAthena(stage: Stage, tables: readonly string[]): readonly Statement[] {
  const { trailBucket } = stage.params;
  const actions = ['GetQueryExecution', 'GetQueryResults', 'StartQueryExecution', 'StopQueryExecution'];
  return [
    allow(
      'AskAthena',
      actions.map((action) => `athena:${action}`),
      arn('athena', `workgroup/${archiveNames(stage).workGroup}`),
    ),
    allow('SeeTables', ['glue:GetDatabase', 'glue:GetTable', 'glue:GetTables'], tablesOf(stage, tables)),
    allow('WriteResults', writeObjects, inArchive('results')),
    allow(
      'LookAtArchive',
      ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      attribute('ArchiveBucket'),
    ),
    ...readTrail(stage),
    ...(trailBucket === undefined
      ? []
      : [allow('ListTrail', ['s3:GetBucketLocation', 's3:ListBucket'], bucketArn(trailBucket))]),
  ];
}

const writeObjects = ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'];

const inArchive = (folder: string) => sub(`\${ArchiveBucket.Arn}/${folder}/*`);

function tablesOf(stage: Stage, tables: readonly string[]) {
  const { database } = archiveNames(stage);
  return [
    arn('glue', 'catalog'),
    arn('glue', `database/${database}`),
    ...tables.map((table) => arn('glue', `table/${database}/${table}`)),
  ];
}

function writeStream(sid: string, stream: string): Statement {
  return allow(sid, 'firehose:PutRecordBatch', arn('firehose', `deliverystream/${stream}`));
}

/** A function sees and changes only the partitions of the table that it needs: one that detects can't mark an alert as sent. */
function state(sid: string, actions: readonly string[], items: readonly ItemKindName[]): Statement {
  return allow(
    sid,
    actions.map((action) => `dynamodb:${action}`),
    attribute('StateTable'),
    { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': leadingKeys(...items) } },
  );
}
