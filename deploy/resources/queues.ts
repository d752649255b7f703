import { attribute, policy, ref, tlsOnly, type Resource, type Resources, type Statement } from '../cloudformation.ts';

const daySeconds = 86_400;

interface QueueOptions {
  /** For how long a message that was received is hidden from other readers. */
  readonly visibilitySeconds: number;
  /** How often a message is received before it is a dead letter. */
  readonly tries: number;
  /** The logical ids of the EventBridge rules that may send to it. */
  readonly rules: readonly string[];
  /** The KMS key that encrypts it; SQS's own when absent. */
  readonly key: string | undefined;
}

/** encryption is SQS's own, or by the key that is given. */
function encryption(key: string | undefined) {
  return key === undefined ? { SqsManagedSseEnabled: true } : { SqsManagedSseEnabled: false, KmsMasterKeyId: key };
}

/** queue gives the queue of a step, whose dead letters `deadLetters` gives. */
export function queue(step: string, name: string, { visibilitySeconds, tries, rules, key }: QueueOptions): Resources {
  return {
    [`${step}Queue`]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: name,
        VisibilityTimeout: visibilitySeconds,
        MessageRetentionPeriod: 4 * daySeconds,
        ...encryption(key),
        RedrivePolicy: { deadLetterTargetArn: attribute(`${step}DeadLetters`), maxReceiveCount: tries },
      },
    },
    [`${step}QueuePolicy`]: queuePolicy(`${step}Queue`, rules),
  };
}

/** deadLetters gives the queue for what a step could not handle, and the alarm that rings as long as something is in it. */
export function deadLetters(
  step: string,
  name: string,
  { rules, key }: Pick<QueueOptions, 'rules' | 'key'>,
): Resources {
  const id = `${step}DeadLetters`;
  return {
    [id]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${name}-dead-letters`,
        MessageRetentionPeriod: 14 * daySeconds,
        ...encryption(key),
      },
    },
    [`${id}Policy`]: queuePolicy(id, rules),
    [`${id}Alarm`]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${name}-dead-letters`,
        AlarmDescription: `Events that ${name} could not handle are in the queue ${name}-dead-letters.`,
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: attribute(id, 'QueueName') }],
        Statistic: 'Maximum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [ref('AlertsTopic')],
        OKActions: [ref('AlertsTopic')],
      },
    },
  };
}

function queuePolicy(id: string, rules: readonly string[]): Resource {
  const senders = rules.map((rule): Statement => ({
    Sid: rule,
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: attribute(id),
    Condition: { ArnEquals: { 'aws:SourceArn': attribute(rule) } },
  }));
  return {
    Type: 'AWS::SQS::QueuePolicy',
    Properties: {
      Queues: [ref(id)],
      PolicyDocument: policy([...senders, tlsOnly('sqs:*', attribute(id))]),
    },
  };
}
