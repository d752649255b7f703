// Queues, their dead letters, who may send to them, and an alarm on each queue of dead letters.
const { compactionRules } = require('./compaction.cjs');
const { eventRuleParameters, eventRules } = require('./event-rules.cjs');
const { attribute, policy, stageOf, tlsOnly } = require('./names.cjs');
const { probeRules } = require('./probes.cjs');
const { reportRules } = require('./report-schedules.cjs');
const { verificationRules } = require('./verification.cjs');

const day = 86_400;

/** The rule that watches a bucket exists only when there is a bucket to watch. */
const trailFileRules = ({ params }) => (params.trailBucket === '' ? [] : ['TrailFileRule']);

/** Findings go to their table only where there are tables. */
const findingsTableRules = ({ params }) => (params.trailBucket === '' ? [] : ['FindingsTableRule']);

/**
 * A row a step that can fail. `rules`: what may send to the step's queue, or to its dead letters where the step is a
 * function without a queue. `queue`: how long a copy of the function has a message for itself (AWS advises six times the
 * function's timeout) and how often it is tried.
 */
const steps = {
  LogsSubscription: { name: 'logs-subscription', rules: () => [] },
  EventBus: { name: 'event-bus', rules: (stage) => [...eventRules(stage).map(({ id }) => id), 'CanaryRule'] },
  Kinesis: { name: 'kinesis', rules: () => [] },
  Probe: { name: 'probe', rules: ({ stage }) => probeRules(stage) },
  FindingsTable: { name: 'findings-table', rules: findingsTableRules },
  Verify: { name: 'verify', rules: verificationRules },
  Watch: { name: 'watch', rules: () => ['WatchRule'] },
  Compact: { name: 'compact', rules: compactionRules },
  Report: { name: 'report', rules: reportRules },
  TrailFile: { name: 'trail-file', rules: trailFileRules, queue: { visibility: 6 * 300, tries: 5 } },
  Flush: { name: 'flush', rules: () => ['FlushRule'] },
  Deliver: { name: 'deliver', rules: () => ['DeliverRule'], queue: { visibility: 6 * 90, tries: 6 } },
};

module.exports = async ({ resolveVariable }) => {
  const stage = await stageOf(resolveVariable, eventRuleParameters);
  const resources = Object.entries(steps).map(async ([step, row]) =>
    resourcesOf(step, { ...row, name: `${stage.prefix}-${row.name}`, rules: await row.rules(stage) }),
  );
  return { Resources: Object.assign({}, ...(await Promise.all(resources))) };
};

function resourcesOf(step, { name, rules, queue }) {
  const deadLetters = `${step}DeadLetters`;
  return {
    [deadLetters]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${name}-dead-letters`,
        MessageRetentionPeriod: 14 * day,
        SqsManagedSseEnabled: true,
      },
    },
    [`${deadLetters}Policy`]: queuePolicy(deadLetters, rules),
    [`${deadLetters}Alarm`]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${name}-dead-letters`,
        AlarmDescription: `Events that ${name} could not handle wait in the queue ${name}-dead-letters.`,
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: attribute(deadLetters, 'QueueName') }],
        Statistic: 'Maximum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [{ Ref: 'AlertsTopic' }],
        OKActions: [{ Ref: 'AlertsTopic' }],
      },
    },
    ...(queue && {
      [`${step}Queue`]: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: name,
          VisibilityTimeout: queue.visibility,
          MessageRetentionPeriod: 4 * day,
          SqsManagedSseEnabled: true,
          RedrivePolicy: { deadLetterTargetArn: attribute(deadLetters), maxReceiveCount: queue.tries },
        },
      },
      [`${step}QueuePolicy`]: queuePolicy(`${step}Queue`, rules),
    }),
  };
}

function queuePolicy(queue, rules) {
  const senders = rules.map((rule) => ({
    Sid: rule,
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: attribute(queue),
    Condition: { ArnEquals: { 'aws:SourceArn': attribute(rule) } },
  }));
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [{ Ref: queue }],
      PolicyDocument: policy([...senders, tlsOnly('sqs:*', attribute(queue))]),
    },
  };
}
