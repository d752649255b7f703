// What makes years of trail answerable: tables over the trail's bucket, a work group for queries, a bucket for results, for what the
// pipeline writes, and for the columnar copy of the trail. The copy's table is made by the function that fills it.
// All of it exists only when there is a trail's bucket to ask.
const { hasHostLogs, hostLogParameters } = require('./archive-names.cjs');
const { arn, attribute, listOf, policy, stageOf, tlsOnly } = require('./names.cjs');
const cloudtrail = require('../../schemas/tables/cloudtrail.json');
const deliveries = require('../../schemas/tables/deliveries.json');
const findings = require('../../schemas/tables/findings.json');
const hostAuth = require('../../schemas/tables/host_auth.json');

const parameters = [
  ...hostLogParameters,
  'archiveColdAfterDays',
  'archiveDays',
  'archiveFrozenAfterDays',
  'trailPrefix',
  'trailOrganization',
  'trailAccounts',
  'trailRegions',
  'trailSince',
  'queryCutoffGigabytes',
  'queryResultDays',
];

const giga = 1024 ** 3;

module.exports = async ({ resolveVariable }) => {
  const { service, stage, prefix, params } = await stageOf(resolveVariable, parameters);
  if (params.trailBucket === '') return { Resources: {} };
  const trail = trailOf(params);
  const database = `${service}_${stage}`.replaceAll('-', '_');
  return {
    Resources: {
      ...archiveBucket(prefix, params),
      ArchiveDatabase: {
        Type: 'AWS::Glue::Database',
        Properties: {
          CatalogId: { Ref: 'AWS::AccountId' },
          DatabaseInput: { Name: database, Description: `Trail and findings of ${prefix}` },
        },
      },
      CloudTrailTable: trailTable(cloudtrail, trail),
      ...Object.fromEntries(
        cloudtrail.siblings.map((sibling) => [tableId(sibling.name), trailTable({ ...cloudtrail, ...sibling }, trail)]),
      ),
      FindingsTable: writtenTable(findings, trail),
      DeliveriesTable: writtenTable(deliveries, trail),
      ...writtenStream('Deliveries', 'deliveries', deliveries.folder, prefix),
      ...(hasHostLogs(params) && {
        HostAuthTable: writtenTable(hostAuth, trail),
        ...writtenStream('HostAuth', 'host-auth', hostAuth.folder, prefix),
      }),
      QueryWorkGroup: workGroup(prefix, whole('queryCutoffGigabytes', params.queryCutoffGigabytes) * giga),
      ...findingsStream(prefix),
    },
    Outputs: {
      QueryWorkGroup: { Description: 'Athena work group for reports and hunts', Value: { Ref: 'QueryWorkGroup' } },
      ArchiveDatabase: { Description: 'Database of the tables', Value: { Ref: 'ArchiveDatabase' } },
    },
  };
};

/** trailOf refuses what would make tables that silently hold nothing. */
function trailOf(params) {
  const accounts = listOf(params.trailAccounts);
  const wrong = accounts.find((id) => !/^\d{12}$/.test(id));
  if (wrong !== undefined) throw new Error(`parameter trailAccounts: "${wrong}" is no account id`);
  const regions = listOf(params.trailRegions);
  const region = regions.find((name) => !/^[a-z]{2}(-[a-z]+)+-\d$/.test(name));
  if (region !== undefined) throw new Error(`parameter trailRegions: "${region}" is no region`);
  if (regions.length === 0) throw new Error('parameter trailRegions: name the regions whose events the trail holds');
  const organization = params.trailOrganization;
  if (organization !== '' && !/^o-[a-z0-9]{10,32}$/.test(organization)) {
    throw new Error(`parameter trailOrganization: "${organization}" is no organization's id (o-…)`);
  }
  if (organization !== '' && accounts.length === 0) {
    throw new Error("parameter trailAccounts: name the organization's accounts whose events are asked for");
  }
  if (!/^\d{4}\/\d\d\/\d\d$/.test(params.trailSince)) {
    throw new Error(`parameter trailSince: "${params.trailSince}" is no day (yyyy/MM/dd)`);
  }
  const before = params.trailPrefix === '' ? '' : `${params.trailPrefix.replace(/\/$/, '')}/`;
  const folder = `${before}AWSLogs/${organization === '' ? '' : `${organization}/`}`;
  return { bucket: params.trailBucket, folder, accounts, regions, since: params.trailSince };
}

function whole(name, value) {
  if (/^[1-9]\d{0,6}$/.test(String(value))) return Number(value);
  throw new Error(`parameter ${name}: "${value}" is not a whole number above 0`);
}

/** The folders of a trail's bucket are the partitions: Athena computes them, nobody has to register a day. */
function trailTable(table, { bucket, folder, accounts, regions, since }) {
  const location = `s3://${bucket}/${folder}`;
  // In a template of CloudFormation ${!account} is what Athena is to read as ${account}.
  const template = `${location}\${!account}/${table.folder}/\${!region}/\${!day}`;
  return glueTable(table, {
    location,
    parameters: {
      'projection.account.type': 'enum',
      'projection.account.values': accounts.length === 0 ? { Ref: 'AWS::AccountId' } : accounts.toSorted().join(','),
      'projection.region.type': 'enum',
      'projection.region.values': regions.toSorted().join(','),
      ...dayProjection(since),
      'storage.location.template': { 'Fn::Sub': template },
    },
    // https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html
    inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
    serde: 'org.apache.hive.hcatalog.data.JsonSerDe',
  });
}

/** A table of JSON lines, in a folder a day, that Firehose writes. */
function writtenTable(table, { since }) {
  return glueTable(table, {
    location: { 'Fn::Sub': `s3://\${ArchiveBucket}/${table.folder}/` },
    parameters: {
      ...dayProjection(since),
      'storage.location.template': { 'Fn::Sub': `s3://\${ArchiveBucket}/${table.folder}/\${!day}` },
    },
    inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    serde: 'org.openx.data.jsonserde.JsonSerDe',
  });
}

function dayProjection(since) {
  return {
    'projection.enabled': 'true',
    'projection.day.type': 'date',
    'projection.day.format': 'yyyy/MM/dd',
    // Tomorrow has begun where clocks are ahead; a day without files costs nothing.
    'projection.day.range': `${since},NOW+1DAYS`,
    'projection.day.interval': '1',
    'projection.day.interval.unit': 'DAYS',
  };
}

function glueTable(
  { name, description, columns, partitions },
  { location, parameters: projection, inputFormat, serde },
) {
  return {
    Type: 'AWS::Glue::Table',
    Properties: {
      CatalogId: { Ref: 'AWS::AccountId' },
      DatabaseName: { Ref: 'ArchiveDatabase' },
      TableInput: {
        Name: name,
        Description: description,
        TableType: 'EXTERNAL_TABLE',
        Parameters: { EXTERNAL: 'TRUE', classification: 'json', ...projection },
        PartitionKeys: partitions.map(glueColumn),
        StorageDescriptor: {
          Columns: columns.map(glueColumn),
          Location: location,
          InputFormat: inputFormat,
          OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
          SerdeInfo: { SerializationLibrary: serde, Parameters: { 'serialization.format': '1' } },
        },
      },
    },
  };
}

function glueColumn({ name, type, description }) {
  // Glue takes 255 characters.
  return { Name: name, Type: type, Comment: description.slice(0, 255) };
}

function tableId(name) {
  const words = name.split('_').map((word) => word[0].toUpperCase() + word.slice(1));
  return `${words.join('')}Table`;
}

function workGroup(prefix, cutoff) {
  return {
    Type: 'AWS::Athena::WorkGroup',
    Properties: {
      Name: `${prefix}-reports`,
      Description: 'Reports and hunts over the trail; a query that reads more than the cut-off is stopped',
      State: 'ENABLED',
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: {
        // Whoever asks can neither lift the cut-off nor send results elsewhere.
        EnforceWorkGroupConfiguration: true,
        PublishCloudWatchMetricsEnabled: true,
        BytesScannedCutoffPerQuery: cutoff,
        ResultConfiguration: {
          OutputLocation: { 'Fn::Sub': 's3://${ArchiveBucket}/results/' },
          EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
          ExpectedBucketOwner: { Ref: 'AWS::AccountId' },
        },
        EngineVersion: { SelectedEngineVersion: 'AUTO' },
      },
    },
  };
}

/** The folder of the columnar copy, as src/archive/copy names it. */
const copyFolder = 'cloudtrail_columnar';

/**
 * What is kept, and how: results for days, evidence for as long as the stage says, colder with age but always so that Athena can read
 * it. The copy's files belong to a table that knows each of them: they are removed by its function, never by their age.
 */
function lifecycle({ queryResultDays, archiveDays, archiveColdAfterDays, archiveFrozenAfterDays, ...params }) {
  const transitions = [
    ['STANDARD_IA', archiveColdAfterDays],
    ['GLACIER_IR', archiveFrozenAfterDays],
  ].flatMap(([StorageClass, days]) => (days === '' ? [] : [{ StorageClass, TransitionInDays: Number(days) }]));
  const [cold, frozen] = transitions.map(({ TransitionInDays }) => TransitionInDays);
  if (frozen !== undefined && frozen <= cold) {
    throw new Error('parameter archiveFrozenAfterDays: it comes after archiveColdAfterDays');
  }
  const expiry = archiveDays === '' ? {} : { ExpirationInDays: Number(archiveDays) };
  const evidence = (folder, rest) => ({
    Id: folder,
    Status: 'Enabled',
    Prefix: `${folder}/`,
    // S3 refuses to move what it deletes before.
    Transitions: transitions.filter(
      ({ TransitionInDays }) => rest.ExpirationInDays === undefined || TransitionInDays < rest.ExpirationInDays,
    ),
    ...rest,
  });
  return [
    {
      Id: 'results',
      Status: 'Enabled',
      Prefix: 'results/',
      ExpirationInDays: whole('queryResultDays', queryResultDays),
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    },
    evidence(findings.folder, expiry),
    evidence(deliveries.folder, expiry),
    ...(hasHostLogs(params) ? [evidence(hostAuth.folder, expiry)] : []),
    evidence(copyFolder, {}),
    {
      Id: 'leftovers',
      Status: 'Enabled',
      // What was deleted or overwritten can be had back for a month.
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
    },
    // The marks of what was deleted, once nothing is left below them.
    { Id: 'markers', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
  ].map(({ Transitions, ...rule }) => ({ ...rule, ...(Transitions?.length > 0 && { Transitions }) }));
}

function archiveBucket(prefix, params) {
  return {
    ArchiveBucket: {
      Type: 'AWS::S3::Bucket',
      // Findings are evidence: they outlive the stack.
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: { 'Fn::Sub': `${prefix}-archive-\${AWS::AccountId}-\${AWS::Region}` },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        LifecycleConfiguration: { Rules: lifecycle(params) },
      },
    },
    ArchiveBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'ArchiveBucket' },
        PolicyDocument: policy([
          tlsOnly('s3:*', [attribute('ArchiveBucket'), { 'Fn::Sub': '${ArchiveBucket.Arn}/*' }]),
        ]),
      },
    },
  };
}

/** Every finding on the bus becomes a line of the findings table. */
function findingsStream(prefix) {
  const paths = Object.fromEntries(
    findings.columns.map(({ name, field }) => [name, name === 'published' ? '$.time' : `$.detail.${field}`]),
  );
  const template = Object.keys(paths).map((name) => `"${name}": <${name}>`);
  return {
    FindingsTableRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `${prefix}-findings-table`,
        Description: 'Writes each finding to the findings table',
        EventBusName: { Ref: 'FindingsBus' },
        EventPattern: {
          source: ['trailwatch'],
          'detail-type': ['Trailwatch Finding'],
          // Canaries (rules/pipeline/canary.yml) come every five minutes, and are nothing that happened.
          detail: { rule: { id: [{ 'anything-but': 'e087e8d2-478f-48d0-b391-926b2b2852f4' }] } },
        },
        Targets: [
          {
            Id: 'stream',
            Arn: attribute('FindingsStream'),
            RoleArn: attribute('FindingsTableRuleRole'),
            InputTransformer: { InputPathsMap: paths, InputTemplate: `{${template.join(', ')}}` },
            DeadLetterConfig: { Arn: attribute('FindingsTableDeadLetters') },
          },
        ],
      },
    },
    ...writtenStream('Findings', 'findings', findings.folder, prefix),
    FindingsTableRuleRole: role(`${prefix}-findings-table`, 'events.amazonaws.com', [
      {
        Sid: 'WriteFindings',
        Effect: 'Allow',
        Action: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        Resource: arn('firehose', `deliverystream/${prefix}-findings`),
      },
    ]),
  };
}

/** A stream of lines, which end themselves, into a table's folder of the day they were written. */
function writtenStream(id, name, folder, prefix) {
  const failed = `${folder.replaceAll('_', '-')}-failed`;
  return {
    [`${id}Stream`]: {
      Type: 'AWS::KinesisFirehose::DeliveryStream',
      // The role's policy must be there before the stream tries to write.
      DependsOn: [`${id}StreamRole`],
      Properties: {
        DeliveryStreamName: `${prefix}-${name}`,
        DeliveryStreamType: 'DirectPut',
        DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
        ExtendedS3DestinationConfiguration: {
          BucketARN: attribute('ArchiveBucket'),
          RoleARN: attribute(`${id}StreamRole`),
          Prefix: `${folder}/!{timestamp:yyyy/MM/dd}/`,
          ErrorOutputPrefix: `${failed}/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
          CompressionFormat: 'GZIP',
          BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 64 },
          ...(id === 'Findings' && { ProcessingConfiguration: endedLines }),
        },
      },
    },
    [`${id}StreamRole`]: role(`${prefix}-${name}-stream`, 'firehose.amazonaws.com', [
      {
        Sid: 'WriteArchive',
        Effect: 'Allow',
        Action: ['s3:AbortMultipartUpload', 's3:PutObject'],
        Resource: [folder, failed].map((one) => ({ 'Fn::Sub': `\${ArchiveBucket.Arn}/${one}/*` })),
      },
      {
        Sid: 'LookAtArchive',
        Effect: 'Allow',
        Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        Resource: attribute('ArchiveBucket'),
      },
    ]),
  };
}

/** What comes from the bus doesn't end its line itself. */
const endedLines = {
  Enabled: true,
  Processors: [
    { Type: 'AppendDelimiterToRecord', Parameters: [{ ParameterName: 'Delimiter', ParameterValue: '\\n' }] },
  ],
};

function role(name, principal, statements) {
  const trust = {
    Effect: 'Allow',
    Principal: { Service: principal },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: { 'Fn::Sub': `${name}-\${AWS::Region}` },
      AssumeRolePolicyDocument: policy([trust]),
      Policies: [{ PolicyName: 'own-work', PolicyDocument: policy(statements) }],
    },
  };
}
