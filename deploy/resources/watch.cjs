// Trailwatch looks after itself: a function that runs every few minutes, the rule that catches its canary, and the alarm for when
// none comes back.
const { attribute, stageOf } = require('./names.cjs');

const parameters = ['canaryMaxSeconds'];
const minutes = 5;

module.exports = async ({ resolveVariable }) => {
  const { prefix, stage, params } = await stageOf(resolveVariable, parameters);
  return {
    Resources: {
      ...ruleTo('Watch', 'WatchRule', {
        Name: `${prefix}-watch`,
        Description: 'When Trailwatch looks after itself',
        State: 'ENABLED',
        ScheduleExpression: `rate(${minutes} minutes)`,
      }),
      ...ruleTo('EventBus', 'CanaryRule', {
        Name: `${prefix}-canary`,
        Description: 'The event by which Trailwatch sees that events arrive',
        State: 'ENABLED',
        EventPattern: {
          source: ['trailwatch.canary'],
          'detail-type': ['Trailwatch Canary'],
          // Whoever may put events here from another account could send one as well.
          account: [{ Ref: 'AWS::AccountId' }],
          detail: { stage: [stage] },
        },
      }),
      CanaryAlarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: `${prefix}-canary`,
          AlarmDescription: `No canary came back to ${prefix}-deliver, or each needed more than ${params.canaryMaxSeconds} s: what happens now may reach nobody.`,
          Namespace: 'Trailwatch',
          MetricName: 'CanaryLatency',
          Dimensions: [
            { Name: 'service', Value: 'deliver' },
            { Name: 'stage', Value: stage },
          ],
          // One that is late is a cold start or a retry; when the fastest of several is, all are.
          Statistic: 'Minimum',
          Period: 3 * minutes * 60,
          EvaluationPeriods: 1,
          Threshold: Number(params.canaryMaxSeconds) * 1_000,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'breaching',
          AlarmActions: [{ Ref: 'AlertsTopic' }],
          OKActions: [{ Ref: 'AlertsTopic' }],
        },
      },
    },
  };
};

function ruleTo(step, id, properties) {
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ...properties,
        Targets: [
          {
            Id: 'function',
            Arn: attribute(`${step}LambdaFunction`),
            DeadLetterConfig: { Arn: attribute(`${step}DeadLetters`) },
          },
        ],
      },
    },
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: `${step}LambdaFunction` },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: attribute(id),
      },
    },
  };
}
