// How alarms are written: over one metric or the sum of some, and over other alarms.

/** What one alarm takes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
const most = { children: 100, metrics: 10, ruleCharacters: 10_240 };
exports.most = most;

/** inParts cuts a list for what takes only so many. */
exports.inParts = function inParts(all, size) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_part, index) =>
    all.slice(index * size, (index + 1) * size),
  );
};

/** quiet makes an alarm that tells nobody itself: it is above a value for some periods of five minutes. */
exports.quiet = function quiet({ name, description, metrics, above, periods = 1 }) {
  const [only, ...others] = metrics;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: name,
      AlarmDescription: description,
      ...(others.length === 0 ? oneMetric(only) : sumOf(metrics)),
      EvaluationPeriods: periods,
      Threshold: above,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
};

const period = 300;

function oneMetric({ namespace, metric, dimensions, statistic }) {
  return {
    Namespace: namespace,
    MetricName: metric,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: statistic,
    Period: period,
  };
}

function sumOf(metrics) {
  return {
    Metrics: [
      ...metrics.map((one, index) => {
        const { Statistic: Stat, Period, ...Metric } = oneMetric(one);
        return { Id: `m${index + 1}`, MetricStat: { Metric, Period, Stat }, ReturnData: false };
      }),
      { Id: 'sum', Expression: `SUM(METRICS())`, Label: 'sum', ReturnData: true },
    ],
  };
}

/**
 * unhealthy makes the alarm that tells when any of the others is in alarm. It rings again only once all were well: whoever looks
 * finds on the dashboard which of them are. More children than one alarm takes are parted among several below it.
 */
exports.unhealthy = function unhealthy(children, prefix) {
  const parts = exports.inParts(children, most.children);
  const below = parts.length === 1 ? [] : parts.map((part, index) => [`UnhealthyPart${index + 1}`, part]);
  const rings = { AlarmActions: [{ Ref: 'AlertsTopic' }], OKActions: [{ Ref: 'AlertsTopic' }] };
  return Object.fromEntries([
    ...below.map(([id, part], index) => [id, composite(`${prefix}-unhealthy-${index + 1}`, part, {})]),
    ['Unhealthy', composite(`${prefix}-unhealthy`, below.length === 0 ? children : below.map(([id]) => id), rings)],
  ]);
};

function composite(name, children, actions) {
  const rule = children.map((id) => `ALARM("\${${id}}")`).join(' OR ');
  return {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: {
      AlarmName: name,
      AlarmDescription: `Trailwatch is unhealthy: the reason names the alarm, and the dashboard of the stage shows them all.`,
      AlarmRule: { 'Fn::Sub': rule },
      ...actions,
    },
  };
}
