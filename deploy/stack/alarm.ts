import { ref, sub, type Resource, type Resources } from '../cloudformation.ts';

/** The most that one alarm takes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html */
export const most = { children: 100, metrics: 10, ruleCharacters: 10_240 };

/** inParts cuts a list into parts of at most `size`. */
export function inParts<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_part, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

export interface Metric {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: 'Maximum' | 'Sum';
}

export interface QuietAlarm {
  readonly name: string;
  readonly description: string;
  /** One metric, or several that are summed. */
  readonly metrics: readonly [Metric, ...Metric[]];
  readonly above: number;
  /** How many periods of five minutes in a row; one when absent. */
  readonly periods?: number;
}

/** quiet makes an alarm that notifies nobody itself. */
export function quiet({ name, description, metrics, above, periods = 1 }: QuietAlarm): Resource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: name,
      AlarmDescription: description,
      ...(metrics.length === 1 ? oneMetric(metrics[0]) : sumOf(metrics)),
      EvaluationPeriods: periods,
      Threshold: above,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    },
  };
}

const periodSeconds = 300;

function oneMetric({ namespace, metric, dimensions, statistic }: Metric) {
  return {
    Namespace: namespace,
    MetricName: metric,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: statistic,
    Period: periodSeconds,
  };
}

function sumOf(metrics: readonly Metric[]) {
  return {
    Metrics: [
      ...metrics.map((one, index) => {
        const { Statistic: Stat, Period, ...metric } = oneMetric(one);
        return { Id: `m${index + 1}`, MetricStat: { Metric: metric, Period, Stat }, ReturnData: false };
      }),
      { Id: 'sum', Expression: 'SUM(METRICS())', Label: 'sum', ReturnData: true },
    ],
  };
}

/**
 * unhealthy makes the alarm that notifies when any of the others is in alarm. It rings again only once all are well; the dashboard
 * shows which are not. More children than one alarm takes are divided among several below it.
 */
export function unhealthy(children: readonly string[], prefix: string): Resources {
  const parts = inParts(children, most.children);
  const below =
    parts.length === 1
      ? []
      : parts.map((part, index) => ({ id: `UnhealthyPart${index + 1}`, part, number: index + 1 }));
  const rings = { AlarmActions: [ref('AlertsTopic')], OKActions: [ref('AlertsTopic')] };
  return Object.fromEntries([
    ...below.map(({ id, part, number }) => [id, composite(`${prefix}-unhealthy-${number}`, part, {})] as const),
    ['Unhealthy', composite(`${prefix}-unhealthy`, below.length === 0 ? children : below.map(({ id }) => id), rings)],
  ]);
}

function composite(name: string, children: readonly string[], actions: object): Resource {
  return {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: {
      AlarmName: name,
      AlarmDescription:
        'Trailwatch is unhealthy: the reason names the alarm, and the dashboard of the stage shows all alarms.',
      AlarmRule: sub(children.map((id) => `ALARM("\${${id}}")`).join(' OR ')),
      ...actions,
    },
  };
}
