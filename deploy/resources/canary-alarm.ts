import { ref, type Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/** canaryAlarm rings when no canary returns, or when each returns too late: then no finding may reach anybody. */
export function canaryAlarm({ name: stage, prefix, params: { canaryMaxSeconds } }: Stage): Part {
  return {
    Resources: {
      CanaryAlarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: `${prefix}-canary`,
          AlarmDescription: `No canary returned to ${prefix}-deliver, or each took more than ${canaryMaxSeconds} s: findings may reach nobody.`,
          Namespace: 'Trailwatch',
          MetricName: 'CanaryLatency',
          Dimensions: [
            { Name: 'service', Value: 'deliver' },
            { Name: 'stage', Value: stage },
          ],
          // A single late canary is a cold start or a retry; when the fastest of three is late, all are.
          Statistic: 'Minimum',
          Period: 900,
          EvaluationPeriods: 1,
          Threshold: canaryMaxSeconds * 1_000,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'breaching',
          AlarmActions: [ref('AlertsTopic')],
          OKActions: [ref('AlertsTopic')],
        },
      },
    },
  };
}
