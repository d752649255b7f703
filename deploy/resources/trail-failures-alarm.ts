import { ref, type Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/**
 * trailFailuresAlarm notifies when a file of the trail, or a record in it, can't be read: under CloudTrail's own names everything else
 * than CloudTrail's records is a failure, since it could be somebody's attempt to hide what happened.
 */
export function trailFailuresAlarm({ name: stage, prefix }: Stage): Part {
  return {
    Resources: {
      TrailFailuresAlarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: `${prefix}-trail-failures`,
          AlarmDescription: `${prefix}-trail-file could not read a file of the trail, or a record in it: its log names the file and the reason.`,
          Namespace: 'Trailwatch',
          MetricName: 'RecordsFailed',
          Dimensions: [
            { Name: 'service', Value: 'trail-file' },
            { Name: 'stage', Value: stage },
          ],
          Statistic: 'Sum',
          Period: 300,
          EvaluationPeriods: 1,
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'notBreaching',
          AlarmActions: [ref('AlertsTopic')],
        },
      },
    },
  };
}
