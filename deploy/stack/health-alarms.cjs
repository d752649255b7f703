// Alarms on Trailwatch itself, made from what the template holds: a function, queue, stream or table that is added is watched from
// its first deployment on. They tell nobody by themselves. One alarm over all of them does, so that one cause is one message; work
// that was set aside (deploy/resources/queues.cjs) rings for itself, since it lies there until somebody replays it and would hide the rest.
const { inParts, most, quiet, unhealthy } = require('./alarm.cjs');
const { ofType, ruleMetrics, sourcesOf } = require('./resources.cjs');

const minute = 60;
const hour = 60 * minute;

/** healthAlarms gives the resources that watch the others, or none when the stage wants none. */
exports.healthAlarms = function healthAlarms(resources, { prefix, stage, healthAlarms: wanted }) {
  if (wanted === 'false') return {};
  const alarms = Object.fromEntries(
    [
      ...ofType(resources, 'AWS::Lambda::Function').flatMap(functionAlarms),
      ...sourcesOf(resources).flatMap((source) => sourceAlarms(source, resources)),
      ...ofType(resources, 'AWS::DynamoDB::Table').map(tableAlarm),
      ...ofType(resources, 'AWS::KinesisFirehose::DeliveryStream').map(deliveryStreamAlarm),
      ...ofType(resources, 'AWS::SNS::Topic').map(topicAlarm),
      errorsLoggedAlarm(prefix, stage),
      ...lostAlarms(resources, prefix),
    ].map(([id, properties]) => [`${id}Alarm`, quiet(properties)]),
  );
  return { ...errorFilters(resources, prefix), ...alarms, ...unhealthy(Object.keys(alarms), prefix) };
};

function functionAlarms([id, { Properties }]) {
  const { FunctionName: name, Timeout: seconds } = Properties;
  const own = { namespace: 'AWS/Lambda', dimensions: { FunctionName: name } };
  return [
    [
      `${id}Errors`,
      {
        name: `${name}-errors`,
        description: `${name} fails again and again: what it was called with is tried again, and then set aside.`,
        metrics: [{ ...own, metric: 'Errors', statistic: 'Sum' }],
        above: 0,
        periods: 3,
      },
    ],
    [
      `${id}Throttles`,
      {
        name: `${name}-throttles`,
        description: `${name} is called more often than Lambda may run it: look at the concurrency that is reserved, and the account's.`,
        metrics: [{ ...own, metric: 'Throttles', statistic: 'Sum' }],
        above: 0,
        periods: 3,
      },
    ],
    [
      `${id}Duration`,
      {
        name: `${name}-duration`,
        description: `${name} needs nearly the ${seconds} s that it has.`,
        metrics: [{ ...own, metric: 'Duration', statistic: 'Maximum' }],
        above: seconds * 1_000 * 0.9,
      },
    ],
  ];
}

/** What waits before a function: an alert about what happened an hour ago is late. */
function sourceAlarms({ from, to }, resources) {
  const source = resources[from];
  const name = resources[to].Properties.FunctionName;
  switch (source?.Type) {
    case 'AWS::SQS::Queue': {
      const { QueueName: queue, VisibilityTimeout: visibility } = source.Properties;
      return [
        [
          `${from}Age`,
          {
            name: `${queue}-age`,
            description: `A message waits in ${queue} for longer than two tries take: ${name} fails, or can't keep up.`,
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
            description: `${name} is more than an hour behind what is written to its stream.`,
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

function tableAlarm([id, { Properties }]) {
  const own = { namespace: 'AWS/DynamoDB', dimensions: { TableName: Properties.TableName }, statistic: 'Sum' };
  return [
    `${id}Throttles`,
    {
      name: `${Properties.TableName}-throttles`,
      description: `The table ${Properties.TableName} refuses reads or writes: more come than it has grown to.`,
      metrics: ['ReadThrottleEvents', 'WriteThrottleEvents'].map((metric) => ({ ...own, metric })),
      above: 0,
      periods: 3,
    },
  ];
}

function deliveryStreamAlarm([id, { Properties }]) {
  const name = Properties.DeliveryStreamName;
  return [
    `${id}Lag`,
    {
      name: `${name}-firehose-lag`,
      description: `The delivery stream ${name} can't write to the archive; it keeps what comes for a day.`,
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

function topicAlarm([id, { Properties }]) {
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

/** Also what isn't a failed call: a message of a batch that failed alone, a receiver that refuses. */
function errorFilters(resources, prefix) {
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
          LogGroupName: { Ref: id },
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

function errorsLoggedAlarm(prefix, stage) {
  return [
    'ErrorsLogged',
    {
      name: `${prefix}-errors-logged`,
      description: `The functions of ${prefix} log errors: their log groups are /aws/lambda/${prefix}-…, the level is ERROR.`,
      metrics: [{ namespace: 'Trailwatch', metric: 'ErrorsLogged', dimensions: { stage }, statistic: 'Sum' }],
      above: 0,
      periods: 3,
    },
  ];
}

/** What neither came through nor could be set aside is gone: the queue of dead letters refused it. */
function lostAlarms(resources, prefix) {
  const metrics = [
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
      description: `An event was neither handled nor set aside: a queue of dead letters of ${prefix} refused it.`,
      metrics: part.map((one) => ({ ...one, statistic: 'Sum' })),
      above: 0,
    },
  ]);
}
