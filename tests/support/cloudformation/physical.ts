import { createHash } from 'node:crypto';

/** Named is one resource as it stands in the account: what `Ref` gives, and what `Fn::GetAtt` gives. */
export interface Named {
  readonly ref: string;
  readonly attribute: (name: string) => string;
}

export interface Place {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
}

/** The property that names a resource, by type; what has none gets a name of CloudFormation's making. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::Athena::NamedQuery': 'Name',
  'AWS::Athena::PreparedStatement': 'StatementName',
  'AWS::Athena::WorkGroup': 'Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::CloudTrail::Trail': 'TrailName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Events::Archive': 'ArchiveName',
  'AWS::Events::EventBus': 'Name',
  'AWS::Events::Rule': 'Name',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Kinesis::Stream': 'Name',
  'AWS::KinesisFirehose::DeliveryStream': 'DeliveryStreamName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
};

/** What stands in an ARN before the name, where it isn't the name alone. */
const arnPaths: Readonly<Record<string, string>> = {
  'AWS::Athena::WorkGroup': 'workgroup/',
  'AWS::CloudTrail::Trail': 'trail/',
  'AWS::CloudWatch::Alarm': 'alarm:',
  'AWS::CloudWatch::CompositeAlarm': 'alarm:',
  'AWS::DynamoDB::Table': 'table/',
  'AWS::Events::Archive': 'archive/',
  'AWS::Events::EventBus': 'event-bus/',
  'AWS::Events::Rule': 'rule/',
  'AWS::IAM::Role': 'role/',
  'AWS::KMS::Key': 'key/',
  'AWS::Kinesis::Stream': 'stream/',
  'AWS::KinesisFirehose::DeliveryStream': 'deliverystream/',
  'AWS::Lambda::Function': 'function:',
  'AWS::Logs::LogGroup': 'log-group:',
};

/** Types whose name belongs to all of AWS, or to all regions of the account. */
const placeless: ReadonlySet<string> = new Set(['AWS::S3::Bucket', 'AWS::IAM::Role']);

/** physicalName is what a resource is called: by its properties, or by the stack and its logical id. */
export function physicalName(
  type: string,
  id: string,
  properties: Readonly<Record<string, unknown>>,
  at: Place,
): string {
  const property = nameProperties[type];
  const given = property === undefined ? undefined : properties[property];
  if (typeof given === 'string') return given;
  const unique = createHash('sha256').update(`${at.stack}/${at.region}/${id}`).digest('hex').slice(0, 12);
  const name = `${at.stack}-${id}-${unique}`;
  return type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
}

/** claimOf names what only one stack can have: two that claim the same can't both be deployed. */
export function claimOf(type: string, name: string, properties: Readonly<Record<string, unknown>>, at: Place): string {
  const scope = claimScopes[type];
  const within = scope === undefined ? '' : textOf(properties[scope]);
  return [type, placeless.has(type) ? '' : at.region, within, name].join('|');
}

/** The property that names what a resource's name is unique in, by type, where that isn't the account. */
const claimScopes: Readonly<Record<string, string>> = {
  'AWS::Events::Rule': 'EventBusName',
  'AWS::Athena::PreparedStatement': 'WorkGroup',
  'AWS::Athena::NamedQuery': 'WorkGroup',
};

/** namedBy gives the names of a resource that exists nowhere but in the stack. */
export function namedBy(type: string, name: string, properties: Readonly<Record<string, unknown>>, at: Place): Named {
  const service = (type.split('::')[1] ?? '').toLowerCase();
  const place = placeless.has(type) ? '' : at.region;
  const account = type === 'AWS::S3::Bucket' ? '' : at.account;
  // A rule's ARN names its bus too, but for the default one.
  const bus = type === 'AWS::Events::Rule' ? textOf(properties['EventBusName']).split('/').at(-1) : '';
  const path = `${arnPaths[type] ?? ''}${bus === '' ? '' : `${bus}/`}${name}`;
  const arn = `arn:aws:${services[service] ?? service}:${place}:${account}:${path}`;
  return {
    ref: refIsArn.has(type) ? arn : name,
    attribute: (attribute) => {
      if (attribute === 'Arn' || attribute.endsWith('Arn')) return type === 'AWS::Logs::LogGroup' ? `${arn}:*` : arn;
      return attribute.endsWith('Name') ? name : `${name}-${attribute}`;
    },
  };
}

const services: Readonly<Record<string, string>> = { kinesisfirehose: 'firehose' };
const refIsArn: ReadonlySet<string> = new Set(['AWS::SNS::Topic', 'AWS::SNS::Subscription', 'AWS::Events::Connection']);

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
