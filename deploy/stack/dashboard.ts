import { sub, type Resources } from '../cloudformation.ts';
import { ofType, ruleMetrics, sourcesOf } from './read-template.ts';
import { alarmList, chart, expression, named, place, search, searchText, type Line, type Widget } from './widgets.ts';

const levels = ['critical', 'high', 'medium', 'low', 'informational'];
const hour = 3_600;

interface Names {
  readonly prefix: string;
  /** The stage's name. */
  readonly name: string;
}

/**
 * dashboard gives the stage's dashboard, made from what the template holds. Trailwatch's own metrics are searched for, so that a
 * source is shown as soon as it counts; metrics of AWS are named, a line a resource. Dashboards belong to all regions: the name holds
 * the region.
 */
export function dashboard(resources: Resources, names: Names): Resources {
  const body = { widgets: place(widgets(resources, names)), periodOverride: 'inherit', start: '-PT24H' };
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: sub(`${names.prefix}-\${AWS::Region}`),
        DashboardBody: sub(JSON.stringify(body)),
      },
    },
  };
}

function widgets(resources: Resources, { prefix, name: stage }: Names): readonly Widget[] {
  const functions = ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
  const queues = ofType(resources, 'AWS::SQS::Queue').map(([id, { Properties }]) => ({
    id,
    name: Properties.QueueName,
  }));
  const read = new Set(sourcesOf(resources).map(({ from }) => from));
  const deadLetters = queues.filter(({ id }) => !read.has(id)).map((queue) => queue.name);
  const waiting = queues.filter(({ id }) => read.has(id)).map((queue) => queue.name);
  const rules = ofType(resources, 'AWS::Events::Rule').map(([, { Properties }]) => ({
    label: short(Properties.Name, prefix),
    dimensions: ruleMetrics(Properties, resources),
  }));
  const own = ownMetrics(stage);
  const each = (namespace: string, metric: string, dimension: string, names: readonly string[], stat: string) =>
    names.map((name) => named(namespace, metric, { [dimension]: name }, { stat, label: short(name, prefix) }));
  const lambda = (metric: string, stat: string) =>
    each(
      'AWS/Lambda',
      metric,
      'FunctionName',
      functions.map(({ FunctionName }) => FunctionName),
      stat,
    );
  const tables = ofType(resources, 'AWS::DynamoDB::Table').map(([, { Properties }]) => Properties.TableName);
  const topics = ofType(resources, 'AWS::SNS::Topic').map(([, { Properties }]) => Properties.TopicName);
  const deliveryStreams = ofType(resources, 'AWS::KinesisFirehose::DeliveryStream').map(
    ([, { Properties }]) => Properties.DeliveryStreamName,
  );
  const workGroups = ofType(resources, 'AWS::Athena::WorkGroup').map(([, { Properties }]) => Properties.Name);

  return [
    alarmList('Health', alarmNames(resources, prefix)),
    chart('Records read, by source', [own.byService('RecordsRead')]),
    chart('Records matched', [own.byService('RecordsMatched')]),
    chart('Records that could not be read', [own.byService('RecordsFailed')]),
    chart(
      'Findings, by level',
      levels.map((level) => own.findings(level)),
      { stacked: true },
    ),
    chart('Outcome of findings', [
      own.total('FindingsAccepted', 'accepted'),
      own.total('FindingsJoined', 'joined to a group'),
      own.total('FindingsThrottled', 'throttled'),
      own.total('FindingsSuppressed', 'suppressed'),
      own.total('FindingsInhibited', 'inhibited'),
      own.total('FindingsOnTrial', 'on trial'),
      own.total('FindingsRoutedToNone', 'routed to none'),
      own.total('FindingsDeadLettered', 'dead-lettered'),
    ]),
    chart('Notifications', [
      own.total('NotificationsSent', 'sent'),
      own.total('DeliveriesFailed', 'failed'),
      own.total('CircuitsOpen', 'held back: circuit open'),
      own.total('FallbacksUsed', 'sent to a fallback'),
    ]),
    chart('Time from event to notification, in milliseconds', [
      own.percentile('EventToAlert', 'p50'),
      own.percentile('EventToAlert', 'p95'),
      own.percentile('QueueToAlert', 'p95'),
    ]),
    chart('Findings of the fast paths and of the trail', [
      own.total('ConfirmedByTrail', 'seen by both'),
      own.total('MissedByFastPaths', 'missed by the fast paths'),
      own.total('FastPathsOvertaken', 'seen by the trail first'),
    ]),
    chart('Own metrics with alarms', alarmedMetrics(resources)),
    chart('All own metrics', [own.everything()], { width: 24 }),
    chart(
      'Dead letters, to be replayed',
      each('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', deadLetters, 'Maximum'),
    ),
    chart(
      'Age of the oldest message, in seconds',
      each('AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', waiting, 'Maximum'),
    ),
    chart('Messages sent to queues', each('AWS/SQS', 'NumberOfMessagesSent', 'QueueName', waiting, 'Sum')),
    chart(
      'Events that rules could not deliver, and, with !, lost',
      rules.flatMap(({ label, dimensions }) => [
        named('AWS/Events', 'FailedInvocations', dimensions, { stat: 'Sum', label }),
        named('AWS/Events', 'InvocationsFailedToBeSentToDlq', dimensions, {
          stat: 'Sum',
          label: `! ${label}`,
        }),
      ]),
    ),
    chart('Invocations', lambda('Invocations', 'Sum')),
    chart('Failed invocations', lambda('Errors', 'Sum')),
    chart('Duration (p95), in milliseconds', lambda('Duration', 'p95')),
    chart('Concurrent executions', lambda('ConcurrentExecutions', 'Maximum')),
    chart('Throttled invocations', lambda('Throttles', 'Sum')),
    chart(
      'Cost: Lambda, in gigabyte-seconds an hour',
      functions.flatMap(({ FunctionName, MemorySize }, index) => [
        named('AWS/Lambda', 'Duration', { FunctionName }, { id: `d${index}`, visible: false, stat: 'Sum' }),
        expression(`d${index} / 1000 * ${MemorySize / 1_024}`, short(FunctionName, prefix)),
      ]),
      { period: hour, stacked: true },
    ),
    chart(
      'Cost: state table, in capacity units an hour',
      tables.flatMap((table) =>
        ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map((metric) =>
          named('AWS/DynamoDB', metric, { TableName: table }, { stat: 'Sum' }),
        ),
      ),
      { period: hour },
    ),
    chart(
      'Cost: bytes that Athena read an hour',
      workGroups.map((group) =>
        search(
          '{AWS/Athena,QueryState,QueryType,WorkGroup}',
          'ProcessedBytes',
          `WorkGroup="${group}"`,
          'Sum',
          'read',
          hour,
        ),
      ),
      { period: hour },
    ),
    chart(
      'Cost: bytes logged an hour',
      functions.map(({ FunctionName }) =>
        named(
          'AWS/Logs',
          'IncomingBytes',
          { LogGroupName: `/aws/lambda/${FunctionName}` },
          { stat: 'Sum', label: short(FunctionName, prefix) },
        ),
      ),
      { period: hour, stacked: true },
    ),
    chart('Cost: alerts published an hour', each('AWS/SNS', 'NumberOfMessagesPublished', 'TopicName', topics, 'Sum'), {
      period: hour,
    }),
    chart(
      'Cost: bytes written to the archive an hour',
      each('AWS/Firehose', 'DeliveryToS3.Bytes', 'DeliveryStreamName', deliveryStreams, 'Sum'),
      { period: hour },
    ),
    // A chart without metrics, because the stage lacks what it would show, is left out.
  ].filter(({ properties }) => !('metrics' in properties) || properties.metrics.length > 0);
}

/** ownMetrics searches what the functions of one stage count, by service. */
function ownMetrics(stage: string) {
  const ofStage = `stage="${stage}"`;
  const sum = (dimensions: string, metric: string, more: string, label: string): Line =>
    expression(`SUM(${searchText(`{Trailwatch,${dimensions}}`, metric, `${more}${ofStage}`, 'Sum')})`, label);
  return {
    byService: (metric: string) => search('{Trailwatch,service,stage}', metric, ofStage, 'Sum', dimension('service')),
    percentile: (metric: string, stat: string) =>
      search('{Trailwatch,service,stage}', metric, ofStage, stat, `${metric} ${stat} ${dimension('service')}`),
    total: (metric: string, label: string) => sum('service,stage', metric, '', label),
    findings: (level: string) => sum('level,service,stage', 'Findings', `level="${level}" `, level),
    everything: () =>
      expression(
        `SEARCH('{Trailwatch,service,stage} ${ofStage}', 'Sum', 300)`,
        "${!PROP('MetricName')} ${!PROP('Dim.service')}",
      ),
  };
}

/** Fn::Sub leaves ${PROP(…)} to the dashboard. */
const dimension = (name: string): string => `\${!PROP('Dim.${name}')}`;

/** Trailwatch's own metrics that an alarm watches: the canary's latency, errors in the logs. */
function alarmedMetrics(resources: Resources): readonly Line[] {
  return ofType(resources, 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => Properties.Namespace === 'Trailwatch')
    .map(([, { Properties }]) => {
      const dimensions = (Properties.Dimensions ?? []).map(({ Name, Value }) => [Name, String(Value)] as const);
      return named('Trailwatch', Properties.MetricName ?? '', Object.fromEntries(dimensions), {
        stat: Properties.Statistic ?? 'Sum',
      });
    });
}

function short(name: string, prefix: string): string {
  return name.replace(`${prefix}-`, '');
}

/** The most alarms of one widget. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const mostAlarms = 100;

/** Alarms that notify come first, then those that only say which part is unhealthy. */
function alarmNames(resources: Resources, prefix: string): readonly string[] {
  const all = [
    ...ofType(resources, 'AWS::CloudWatch::CompositeAlarm'),
    ...ofType(resources, 'AWS::CloudWatch::Alarm'),
  ].map(([, { Properties }]) => Properties);
  const rings = ({ AlarmActions = [] }: { readonly AlarmActions?: readonly unknown[] }) => AlarmActions.length > 0;
  const names = [...all.filter(rings), ...all.filter((one) => !rings(one))].map(({ AlarmName }) => AlarmName);
  return names.filter((name) => !name.startsWith(`${prefix}-cis-`)).slice(0, mostAlarms);
}
