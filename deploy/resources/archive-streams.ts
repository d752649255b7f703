import deliveries from '../../schemas/tables/deliveries.json' with { type: 'json' };
import findings from '../../schemas/tables/findings.json' with { type: 'json' };
import hostAuth from '../../schemas/tables/host_auth.json' with { type: 'json' };
import {
  allow,
  arn,
  attribute,
  combined,
  policy,
  ref,
  sub,
  type Part,
  type Resource,
  type Statement,
} from '../cloudformation.ts';
import { archiveNames, hasHostLogs, type Stage } from '../stage.ts';

/** archiveStreams gives the delivery streams that write lines to the archive, and the rule that writes findings to theirs. */
export function archiveStreams(stage: Stage): Part {
  const { deliveriesStream, hostAuthStream } = archiveNames(stage);
  return combined([
    deliveryStream('Deliveries', deliveriesStream, deliveries.folder),
    ...(hasHostLogs(stage) ? [deliveryStream('HostAuth', hostAuthStream, hostAuth.folder)] : []),
    findingsToTable(stage.prefix),
    deliveryStream('Findings', `${stage.prefix}-findings`, findings.folder, endedLines),
  ]);
}

/** Every finding on the bus becomes a line of the findings table. */
function findingsToTable(prefix: string): Part {
  const paths = Object.fromEntries(
    findings.columns.map(({ name, field }) => [name, name === 'published' ? '$.time' : `$.detail.${field}`]),
  );
  const template = Object.keys(paths).map((name) => `"${name}": <${name}>`);
  return {
    Resources: {
      FindingsTableRule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Name: `${prefix}-findings-table`,
          Description: 'Writes each finding to the findings table',
          State: 'ENABLED',
          EventBusName: ref('FindingsBus'),
          EventPattern: {
            source: ['trailwatch'],
            'detail-type': ['Trailwatch Finding'],
            // Canaries (rules/pipeline/canary.yml) come every five minutes and stand for nothing that happened.
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
      FindingsTableRuleRole: serviceRole(`${prefix}-findings-table`, 'events.amazonaws.com', [
        allow(
          'WriteFindings',
          ['firehose:PutRecord', 'firehose:PutRecordBatch'],
          arn('firehose', `deliverystream/${prefix}-findings`),
        ),
      ]),
    },
  };
}

/** A stream of lines into a table's folder of the day they were written. */
function deliveryStream(id: string, name: string, folder: string, processing?: object): Part {
  const failed = `${folder.replaceAll('_', '-')}-failed`;
  return {
    Resources: {
      [`${id}Stream`]: {
        Type: 'AWS::KinesisFirehose::DeliveryStream',
        // The role's policy must be there before the stream tries to write.
        DependsOn: [`${id}StreamRole`],
        Properties: {
          DeliveryStreamName: name,
          DeliveryStreamType: 'DirectPut',
          DeliveryStreamEncryptionConfigurationInput: { KeyType: 'AWS_OWNED_CMK' },
          ExtendedS3DestinationConfiguration: {
            BucketARN: attribute('ArchiveBucket'),
            RoleARN: attribute(`${id}StreamRole`),
            Prefix: `${folder}/!{timestamp:yyyy/MM/dd}/`,
            ErrorOutputPrefix: `${failed}/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
            CompressionFormat: 'GZIP',
            BufferingHints: { IntervalInSeconds: 300, SizeInMBs: 64 },
            ...(processing !== undefined && { ProcessingConfiguration: processing }),
          },
        },
      },
      [`${id}StreamRole`]: serviceRole(`${name}-stream`, 'firehose.amazonaws.com', [
        allow(
          'WriteArchive',
          ['s3:AbortMultipartUpload', 's3:PutObject'],
          [folder, failed].map((one) => sub(`\${ArchiveBucket.Arn}/${one}/*`)),
        ),
        allow(
          'LookAtArchive',
          ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
          attribute('ArchiveBucket'),
        ),
      ]),
    },
  };
}

/** An event from the bus does not end its line. */
const endedLines = {
  Enabled: true,
  Processors: [
    { Type: 'AppendDelimiterToRecord', Parameters: [{ ParameterName: 'Delimiter', ParameterValue: '\\n' }] },
  ],
};

/** A role that a service assumes for resources of this account. */
function serviceRole(name: string, principal: string, statements: readonly Statement[]): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: sub(`${name}-\${AWS::Region}`),
      AssumeRolePolicyDocument: policy([
        {
          Effect: 'Allow',
          Principal: { Service: principal },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
        },
      ]),
      Policies: [{ PolicyName: 'own-work', PolicyDocument: policy(statements) }],
    },
  };
}
