import { ref, type Resource, type Resources } from '../cloudformation.ts';
import { inParts, most, quiet, unhealthy, type Metric, type QuietAlarm } from './alarm.ts';
import {
  ofType,
  ruleMetrics,
  sourcesOf,
  type FunctionProperties,
  type Type,
  type TypedResource,
} from './read-template.ts';

const minute = 60;
const hour = 60 * minute;

type Alarm = readonly [id: string, alarm: QuietAlarm];
type Entry<T extends Type> = readonly [id: string, resource: TypedResource<T>];

/**
 * healthAlarms gives alarms on Trailwatch itself, made from what the template holds: a function, queue, stream or table that is added
 * is watched from its first deployment on. They notify nobody by themselves; one alarm over all of them does, so that one cause is one
 * message. Dead letters ring by themselves (deploy/resources/queues.ts), since they stay until somebody replays them and would hide
 * the rest.
 */
export function healthAlarms(
  resources: Resources,
  { prefix, name: stage }: { readonly prefix: string; readonly name: string },
): Resources {
  const alarms = Object.fromEntries(
    [
      ...ofType(resources, 'AWS::Lambda::Function').flatMap(functionAlarms),
      ...sourcesOf(resources).flatMap((source) => sourceAlarms(source, resources)),
      ...ofType(resources, 'AWS::DynamoDB::Table').map(tableAlarm),
      ...ofType(resources, 'AWS::KinesisFirehose::DeliveryStream').map(deliveryStreamAlarm),
      ...ofType(resources, 'AWS::SNS::Topic').map(topicAlarm),
      errorsLoggedAlarm(prefix, stage),
      ...lostAlarms(resources, prefix),
    ].map(([id, alarm]) => [`${id}Alarm`, quiet(alarm)]),
  );
  return { ...errorFilters(resources, prefix), ...alarms, ...unhealthy(Object.keys(alarms), prefix) };
}

function functionAlarms([id, { Properties }]: Entry<'AWS::Lambda::Function'>): readonly Alarm[] {
  const { FunctionName: name, Timeout: seconds } = Properties;
  const own = { namespace: 'AWS/Lambda', dimensions: { FunctionName: name } };
  return [
    [
      `${id}Errors`,
      {
        name: `${name}-errors`,
        description: `${name} keeps failing: Lambda calls it again, and then moves the event to the dead letters.`,
        metrics: [{ ...own, metric: 'Errors', statistic: 'Sum' }],
        above: 0,
        periods: 3,
      },
    ],
    [
      `${id}Throttles`,
      {
        name: `${name}-throttles`,
        description: `${name} is called more often than Lambda may run it: check its reserved concurrency and the account's.`,
        metrics: [{ ...own, metric: 'Throttles', statistic: 'Sum' }],
        above: 0,
        periods: 3,
      },
    ],
    [
      `${id}Duration`,
      {
        name: `${name}-duration`,
        description: `${name} takes nearly its timeout of ${seconds} s.`,
        metrics: [{ ...own, metric: 'Duration', statistic: 'Maximum' }],
        above: seconds * 1_000 * 0.9,
      },
    ],
  ];
}

/** What waits for a function: a notification about an event of an hour ago is late. */
function sourceAlarms(
  { from, to }: { readonly from: string; readonly to: string },
  resources: Resources,
): readonly Alarm[] {
  const source = resources[from];
  if (source === undefined) return [];
  const name = String((resources[to] as Resource<FunctionProperties> | undefined)?.Properties.FunctionName);
  switch (source.Type) {
    case 'AWS::SQS::Queue': {
      const { QueueName: queue, VisibilityTimeout: visibility } = (source as TypedResource<'AWS::SQS::Queue'>)
        .Properties;
      return [
        [
          `${from}Age`,
          {
            name: `${queue}-age`,
            description: `A message has waited in ${queue} for longer than two tries take: ${name} fails or can't keep up.`,
            metrics: [
              {
                namespace: 'AWS/SQS',
                metric: 'ApproximateAgeOfOldestMessage',
                dimensions: { QueueName: queue },
                statistic: 'Maximum',
              },
            ],
            above: 2 * visibility,
          },
        ],
      ];
    }
    case 'AWS::Kinesis::Stream':
    case 'AWS::DynamoDB::Table':
      return [
        [
          `${from}Lag`,
          {
            name: `${name}-lag`,
            description: `${name} is more than an hour behind its stream.`,
            metrics: [
              {
                namespace: 'AWS/Lambda',
                metric: 'IteratorAge',
                dimensions: { FunctionName: name },
                statistic: 'Maximum',
              },
            ],
            above: hour * 1_000,
            periods: 3,
          },
        ],
      ];
    default:
      return [];
  }
}

function tableAlarm([id, { Properties }]: Entry<'AWS::DynamoDB::Table'>): Alarm {
  const own = { namespace: 'AWS/DynamoDB', dimensions: { TableName: Properties.TableName }, statistic: 'Sum' } as const;
  return [
    `${id}Throttles`,
    {
      name: `${Properties.TableName}-throttles`,
      description: `The table ${Properties.TableName} throttles reads or writes.`,
      metrics: [
        { ...own, metric: 'ReadThrottleEvents' },
        { ...own, metric: 'WriteThrottleEvents' },
      ],
      above: 0,
      periods: 3,
    },
  ];
}

function deliveryStreamAlarm([id, { Properties }]: Entry<'AWS::KinesisFirehose::DeliveryStream'>): Alarm {
  const name = Properties.DeliveryStreamName;
  return [
    `${id}Lag`,
    {
      name: `${name}-firehose-lag`,
      description: `The delivery stream ${name} can't write to the archive; it keeps records for a day.`,
      metrics: [
        {
          namespace: 'AWS/Firehose',
          metric: 'DeliveryToS3.DataFreshness',
          dimensions: { DeliveryStreamName: name },
          statistic: 'Maximum',
        },
      ],
      above: hour,
    },
  ];
}

function topicAlarm([id, { Properties }]: Entry<'AWS::SNS::Topic'>): Alarm {
  const name = Properties.TopicName;
  return [
    `${id}Failed`,
    {
      name: `${name}-failed`,
      description: `The topic ${name} can't reach a subscriber.`,
      metrics: [
        {
          namespace: 'AWS/SNS',
          metric: 'NumberOfNotificationsFailed',
          dimensions: { TopicName: name },
          statistic: 'Sum',
        },
      ],
      above: 0,
    },
  ];
}

/** Errors that fail no call: a single message of a batch, a receiver that refuses a notification. */
function errorFilters(resources: Resources, prefix: string): Resources {
  const own = new Set(
    ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => `/aws/lambda/${Properties.FunctionName}`),
  );
  const groups = ofType(resources, 'AWS::Logs::LogGroup').filter(([, { Properties }]) =>
    own.has(Properties.LogGroupName),
  );
  return Object.fromEntries(
    groups.map(([id]) => [
      `${id}Errors`,
      {
        Type: 'AWS::Logs::MetricFilter',
        Properties: {
          FilterName: `${prefix}-errors`,
          LogGroupName: ref(id),
          FilterPattern: '{ $.level = "ERROR" || $.level = "CRITICAL" }',
          MetricTransformations: [
            {
              MetricNamespace: 'Trailwatch',
              MetricName: 'ErrorsLogged',
              MetricValue: '1',
              Unit: 'Count',
              Dimensions: [{ Key: 'stage', Value: '$.stage' }],
            },
          ],
        },
      },
    ]),
  );
}

function errorsLoggedAlarm(prefix: string, stage: string): Alarm {
  return [
    'ErrorsLogged',
    {
      name: `${prefix}-errors-logged`,
      description: `The functions of ${prefix} log errors: search the log groups /aws/lambda/${prefix}-… for the level ERROR.`,
      metrics: [{ namespace: 'Trailwatch', metric: 'ErrorsLogged', dimensions: { stage }, statistic: 'Sum' }],
      above: 0,
      periods: 3,
    },
  ];
}

/** An event that was neither handled nor kept is lost: the dead-letter queue refused it. */
function lostAlarms(resources: Resources, prefix: string): readonly Alarm[] {
  const metrics: readonly Omit<Metric, 'statistic'>[] = [
    ...ofType(resources, 'AWS::Lambda::Function')
      .filter(([, { Properties }]) => Properties.DeadLetterConfig !== undefined)
      .map(([, { Properties }]) => ({
        namespace: 'AWS/Lambda',
        metric: 'DeadLetterErrors',
        dimensions: { FunctionName: Properties.FunctionName },
      })),
    ...ofType(resources, 'AWS::Events::Rule').map(([, { Properties }]) => ({
      namespace: 'AWS/Events',
      metric: 'InvocationsFailedToBeSentToDlq',
      dimensions: ruleMetrics(Properties, resources),
    })),
  ];
  return inParts(metrics, most.metrics).map((part, index) => [
    `Lost${index + 1}`,
    {
      name: `${prefix}-lost-${index + 1}`,
      description: `An event was neither handled nor kept: a dead-letter queue of ${prefix} refused it.`,
      metrics: part.map((one): Metric => ({ ...one, statistic: 'Sum' })) as [Metric, ...Metric[]],
      above: 0,
    },
  ]);
}
