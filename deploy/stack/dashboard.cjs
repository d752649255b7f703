// The stage's dashboard, made from what the template holds. Our own counts are searched for, so that a source that begins to count
// is on it at once; what AWS counts is named, a line a resource.
const { ofType, ruleMetrics, sourcesOf } = require('./resources.cjs');

const levels = ['critical', 'high', 'medium', 'low', 'informational'];
const hour = 3_600;

/** dashboard gives the one resource, whose name is the stage's and the region's: dashboards belong to all regions. */
exports.dashboard = function dashboard(resources, { prefix, stage }) {
  const body = { widgets: place(widgets(resources, { prefix, stage })), periodOverride: 'inherit', start: '-PT24H' };
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: { 'Fn::Sub': `${prefix}-\${AWS::Region}` },
        DashboardBody: { 'Fn::Sub': JSON.stringify(body) },
      },
    },
  };
};

function widgets(resources, { prefix, stage }) {
  const functions = ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties.FunctionName);
  const queues = ofType(resources, 'AWS::SQS::Queue').map(([id, { Properties }]) => ({
    id,
    name: Properties.QueueName,
  }));
  const read = new Set(sourcesOf(resources).map(({ from }) => from));
  const deadLetters = queues.filter(({ id }) => !read.has(id)).map(({ name }) => name);
  const waiting = queues.filter(({ id }) => read.has(id)).map(({ name }) => name);
  const rules = ofType(resources, 'AWS::Events::Rule').map(([, { Properties }]) => ({
    name: Properties.Name,
    dimensions: ruleMetrics(Properties, resources),
  }));
  const own = ownMetrics(stage);
  const each = (namespace, metric, dimension, names, stat) =>
    names.map((name) => named(namespace, metric, { [dimension]: name }, { stat, label: short(name, prefix) }));
  const lambda = (metric, stat) => each('AWS/Lambda', metric, 'FunctionName', functions, stat);
  const namesOf = (type, name) => ofType(resources, type).map(([, { Properties }]) => Properties[name]);

  return [
    alarms('Health', alarmNames(resources, prefix)),
    chart('Records read, a source a line', [own.byService('RecordsRead')]),
    chart('Records matched', [own.byService('RecordsMatched')]),
    chart('Records that could not be read', [own.byService('RecordsFailed')]),
    chart(
      'Findings, by level',
      levels.map((level) => own.findings(level)),
      { stacked: true },
    ),
    chart('What became of findings', [
      own.total('FindingsAccepted', 'accepted'),
      own.total('FindingsJoined', 'joined to a group'),
      own.total('FindingsThrottled', 'throttled'),
      own.total('FindingsSuppressed', 'suppressed'),
      own.total('FindingsInhibited', 'inhibited'),
      own.total('FindingsOnTrial', 'on trial'),
      own.total('FindingsRoutedToNone', 'routed to none'),
      own.total('FindingsDeadLettered', 'dead-lettered'),
    ]),
    chart('Telling people', [
      own.total('NotificationsSent', 'sent'),
      own.total('DeliveriesFailed', 'failed'),
      own.total('CircuitsOpen', 'held back: circuit open'),
      own.total('FallbacksUsed', 'fallen back'),
    ]),
    chart('From the event to the alert, in milliseconds', [
      own.percentile('EventToAlert', 'p50'),
      own.percentile('EventToAlert', 'p95'),
      own.percentile('QueueToAlert', 'p95'),
    ]),
    chart('What the trail said of the fast paths', [
      own.total('ConfirmedByTrail', 'seen by both'),
      own.total('MissedByFastPaths', 'missed by the fast paths'),
      own.total('FastPathsOvertaken', 'seen by the trail first'),
    ]),
    chart('What alarms watch of our own', alarmedMetrics(resources)),
    chart('Everything else that is counted', [own.everything()], { width: 24 }),
    chart(
      'Dead letters: work set aside, to be replayed',
      each('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', deadLetters, 'Maximum'),
    ),
    chart(
      'Age of the oldest message, in seconds',
      each('AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName', waiting, 'Maximum'),
    ),
    chart('Messages sent to queues', each('AWS/SQS', 'NumberOfMessagesSent', 'QueueName', waiting, 'Sum')),
    chart(
      'Events that rules could not hand over, and, with !, lost',
      rules.flatMap(({ name, dimensions }) => [
        named('AWS/Events', 'FailedInvocations', dimensions, { stat: 'Sum', label: short(name, prefix) }),
        named('AWS/Events', 'InvocationsFailedToBeSentToDlq', dimensions, {
          stat: 'Sum',
          label: `! ${short(name, prefix)}`,
        }),
      ]),
    ),
    chart('Calls', lambda('Invocations', 'Sum')),
    chart('Failed calls', lambda('Errors', 'Sum')),
    chart('Duration (p95), in milliseconds', lambda('Duration', 'p95')),
    chart('Copies at once', lambda('ConcurrentExecutions', 'Maximum')),
    chart('Calls refused for want of copies', lambda('Throttles', 'Sum')),
    chart(
      'Cost: Lambda, in gigabyte-seconds an hour',
      ofType(resources, 'AWS::Lambda::Function').flatMap(([, { Properties }], index) => [
        named(
          'AWS/Lambda',
          'Duration',
          { FunctionName: Properties.FunctionName },
          { id: `d${index}`, visible: false, stat: 'Sum' },
        ),
        {
          expression: `d${index} / 1000 * ${Properties.MemorySize / 1_024}`,
          label: short(Properties.FunctionName, prefix),
        },
      ]),
      { period: hour, stacked: true },
    ),
    chart(
      'Cost: state table, in capacity units an hour',
      namesOf('AWS::DynamoDB::Table', 'TableName').flatMap((table) =>
        ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map((metric) =>
          named('AWS/DynamoDB', metric, { TableName: table }, { stat: 'Sum' }),
        ),
      ),
      { period: hour },
    ),
    chart(
      'Cost: bytes that Athena read an hour',
      namesOf('AWS::Athena::WorkGroup', 'Name').map((group) =>
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
      functions.map((name) =>
        named(
          'AWS/Logs',
          'IncomingBytes',
          { LogGroupName: `/aws/lambda/${name}` },
          { stat: 'Sum', label: short(name, prefix) },
        ),
      ),
      { period: hour, stacked: true },
    ),
    chart(
      'Cost: alerts published an hour',
      each('AWS/SNS', 'NumberOfMessagesPublished', 'TopicName', namesOf('AWS::SNS::Topic', 'TopicName'), 'Sum'),
      { period: hour },
    ),
    chart(
      'Cost: bytes written to the archive an hour',
      each(
        'AWS/Firehose',
        'DeliveryToS3.Bytes',
        'DeliveryStreamName',
        namesOf('AWS::KinesisFirehose::DeliveryStream', 'DeliveryStreamName'),
        'Sum',
      ),
      { period: hour },
    ),
    // A chart of nothing, because the stage lacks what it would show, is left out.
  ].filter(({ properties }) => properties.metrics?.length !== 0);
}

/** ownMetrics searches what the functions count, by service, of one stage. */
function ownMetrics(stage) {
  const ofStage = `stage="${stage}"`;
  const sum = (dimensions, metric, more, label) => ({
    expression: `SUM(${searchText(`{Trailwatch,${dimensions}}`, metric, `${more}${ofStage}`, 'Sum')})`,
    label,
  });
  return {
    byService: (metric) => search('{Trailwatch,service,stage}', metric, ofStage, 'Sum', dimension('service')),
    percentile: (metric, stat) =>
      search('{Trailwatch,service,stage}', metric, ofStage, stat, `${metric} ${stat} ${dimension('service')}`),
    total: (metric, label) => sum('service,stage', metric, '', label),
    findings: (level) => sum('level,service,stage', 'Findings', `level="${level}" `, level),
    everything: () => ({
      expression: `SEARCH('{Trailwatch,service,stage} ${ofStage}', 'Sum', 300)`,
      label: "${!PROP('MetricName')} ${!PROP('Dim.service')}",
    }),
  };
}

/** Fn::Sub leaves ${PROP(…)} for the dashboard to read. */
const dimension = (name) => `\${!PROP('Dim.${name}')}`;

function search(schema, metric, filter, stat, label, period) {
  return { expression: searchText(schema, metric, filter, stat, period), label };
}

function searchText(schema, metric, filter, stat, period = 300) {
  return `SEARCH('${schema} MetricName="${metric}" ${filter}', '${stat}', ${period})`;
}

function named(namespace, metric, dimensions, options) {
  return { namespace, metric, dimensions, options };
}

/** Of our own metrics, those that an alarm watches: the canary's way, errors in the logs. */
function alarmedMetrics(resources) {
  return ofType(resources, 'AWS::CloudWatch::Alarm')
    .filter(([, { Properties }]) => Properties.Namespace === 'Trailwatch')
    .map(([, { Properties }]) => {
      const dimensions = Object.fromEntries(Properties.Dimensions.map(({ Name, Value }) => [Name, Value]));
      return named('Trailwatch', Properties.MetricName, dimensions, { stat: Properties.Statistic });
    });
}

function short(name, prefix) {
  return String(name).replace(`${prefix}-`, '');
}

/** What one widget shows. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const mostAlarms = 100;

/** First those that ring, then the others, for whoever looks which it is. */
function alarmNames(resources, prefix) {
  const all = ['AWS::CloudWatch::CompositeAlarm', 'AWS::CloudWatch::Alarm'].flatMap((type) =>
    ofType(resources, type).map(([, { Properties }]) => Properties),
  );
  const rings = ({ AlarmActions = [] }) => AlarmActions.length > 0;
  const [first, then] = [all.filter(rings), all.filter((one) => !rings(one))];
  const names = [...first, ...then].map(({ AlarmName }) => AlarmName);
  return names.filter((name) => !name.startsWith(`${prefix}-cis-`)).slice(0, mostAlarms);
}

function alarms(title, names) {
  const before = 'arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:';
  return {
    type: 'alarm',
    width: 24,
    height: 4 + Math.ceil(names.length / 6),
    properties: { title, alarms: names.map((name) => `${before}${name}`) },
  };
}

function chart(title, metrics, { period = 300, stacked = false, width = 8 } = {}) {
  return {
    type: 'metric',
    width,
    height: 6,
    properties: {
      title,
      view: 'timeSeries',
      region: '${AWS::Region}',
      period,
      stacked,
      yAxis: { left: { min: 0, showUnits: false } },
      metrics: metrics.map(line),
    },
  };
}

/** A dashboard's own way to write a metric: a list with the names first. */
function line({ expression, label, namespace, metric, dimensions, options }) {
  if (expression !== undefined) return [{ expression, label }];
  return [namespace, metric, ...Object.entries(dimensions).flat(), options];
}

/** place lays widgets from left to right, 24 columns wide. */
function place(all) {
  let [x, y, tallest] = [0, 0, 0];
  return all.map((widget) => {
    if (x + widget.width > 24) [x, y, tallest] = [0, y + tallest, 0];
    const placed = { ...widget, x, y };
    x += widget.width;
    tallest = Math.max(tallest, widget.height);
    return placed;
  });
}
