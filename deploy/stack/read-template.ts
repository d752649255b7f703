// How the files here read a template: the resources of a type, and what refers to what.
import type { Resource, Resources, Statement } from '../cloudformation.ts';

/** What is read of the properties of each type. */
interface PropertiesOf {
  readonly 'AWS::Athena::WorkGroup': { readonly Name: string };
  readonly 'AWS::CloudWatch::Alarm': AlarmProperties;
  readonly 'AWS::CloudWatch::CompositeAlarm': AlarmProperties;
  readonly 'AWS::DynamoDB::Table': { readonly TableName: string };
  readonly 'AWS::Events::Rule': RuleProperties;
  readonly 'AWS::IAM::Role': RoleProperties;
  readonly 'AWS::Kinesis::Stream': { readonly Name: string };
  readonly 'AWS::KinesisFirehose::DeliveryStream': {
    readonly DeliveryStreamName: string;
    readonly ExtendedS3DestinationConfiguration?: { readonly BucketARN: unknown };
  };
  readonly 'AWS::Lambda::EventSourceMapping': { readonly EventSourceArn: unknown; readonly FunctionName: unknown };
  readonly 'AWS::Lambda::Function': FunctionProperties;
  readonly 'AWS::Logs::Destination': { readonly TargetArn: unknown };
  readonly 'AWS::Logs::LogGroup': { readonly LogGroupName: string };
  readonly 'AWS::Logs::MetricFilter': { readonly LogGroupName: unknown };
  readonly 'AWS::Logs::SubscriptionFilter': { readonly LogGroupName: unknown; readonly DestinationArn: unknown };
  readonly 'AWS::SNS::Topic': { readonly TopicName: string };
  readonly 'AWS::SQS::Queue': { readonly QueueName: string; readonly VisibilityTimeout: number };
  readonly 'AWS::Scheduler::Schedule': object;
}

interface AlarmProperties {
  readonly AlarmName: string;
  readonly AlarmActions?: readonly unknown[];
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Statistic?: string;
}

export interface RuleProperties {
  readonly Name: string;
  readonly EventBusName?: unknown;
  readonly ScheduleExpression?: string;
  readonly Targets: readonly { readonly Arn: unknown }[];
}

interface RoleProperties {
  readonly Policies?: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
}

export interface FunctionProperties {
  readonly FunctionName: string;
  readonly MemorySize: number;
  readonly Timeout: number;
  readonly Role: unknown;
  readonly DeadLetterConfig?: object;
  readonly TracingConfig?: { readonly Mode: string };
}

export type Type = keyof PropertiesOf;
export type TypedResource<T extends Type> = Resource<PropertiesOf[T] & Readonly<Record<string, unknown>>>;

/** ofType gives the resources of a type, by logical id. */
export function ofType<T extends Type>(
  resources: Resources,
  type: T,
): readonly (readonly [string, TypedResource<T>])[] {
  return Object.entries(resources).filter((entry): entry is [string, TypedResource<T>] => entry[1].Type === type);
}

/** changed gives the resources with those of a type replaced by what `change` makes of them. */
export function changed<T extends Type>(
  resources: Resources,
  type: T,
  change: (resource: TypedResource<T>, id: string) => Resource,
): Resources {
  return { ...resources, ...Object.fromEntries(ofType(resources, type).map(([id, one]) => [id, change(one, id)])) };
}

/** withProperties gives a resource with further properties. */
export function withProperties(resource: Resource, more: Resource['Properties']): Resource {
  return { ...resource, Properties: { ...resource.Properties, ...more } };
}

/** idOf gives the logical id that a Ref or a GetAtt names; of anything else, nothing. */
export function idOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('Ref' in value) return String(value.Ref);
  return 'Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt']) ? String(value['Fn::GetAtt'][0]) : undefined;
}

/** textOf gives the text of a Fn::Sub, or a plain text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && 'Fn::Sub' in value ? String(value['Fn::Sub']) : undefined;
}

/** sourcesOf gives each event source mapping with the logical ids of its source and its function. */
export function sourcesOf(resources: Resources): readonly { readonly from: string; readonly to: string }[] {
  return ofType(resources, 'AWS::Lambda::EventSourceMapping').flatMap(([, { Properties }]) => {
    const [from, to] = [idOf(Properties.EventSourceArn), idOf(Properties.FunctionName)];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
}

/** statementsOf gives the statements of a role's own policies. */
export function statementsOf(role: TypedResource<'AWS::IAM::Role'>): readonly Statement[] {
  return (role.Properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** ruleMetrics gives the dimensions that CloudWatch counts a rule by: on the default bus its name alone. */
export function ruleMetrics({ Name, EventBusName: bus }: RuleProperties, resources: Resources): Record<string, string> {
  const busName = typeof bus === 'string' ? bus : resources[idOf(bus) ?? '']?.Properties['Name'];
  return {
    ...(typeof busName === 'string' && busName !== 'default' && { EventBusName: busName }),
    RuleName: Name,
  };
}
