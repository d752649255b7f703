import { policy, ref, sub, tlsOnly, type Part, type Statement } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

const topic = ref('AlertsTopic');
const ownAccount = { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } };

/** alerts gives the topic of notifications. It has a key of its own because alarms and budgets can't use AWS's key for SNS. */
export function alerts({ prefix, params }: Stage): Part {
  const publishers = [
    { Sid: 'AlarmsPublish', Principal: { Service: 'cloudwatch.amazonaws.com' } },
    ...(params.monthlyBudgetUsd === undefined
      ? []
      : [{ Sid: 'BudgetsPublish', Principal: { Service: 'budgets.amazonaws.com' } }]),
  ];
  const keyPolicy: readonly Statement[] = [
    {
      Sid: 'AccountDecidesByIam',
      Effect: 'Allow',
      Principal: { AWS: sub('arn:${AWS::Partition}:iam::${AWS::AccountId}:root') },
      Action: 'kms:*',
      Resource: '*', // in a key's own policy: this key
    },
    ...publishers.map(({ Sid, Principal }): Statement => ({
      Sid,
      Effect: 'Allow',
      Principal,
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      Resource: '*', // in a key's own policy: this key
      Condition: ownAccount,
    })),
  ];
  const topicPolicy: readonly Statement[] = [
    ...publishers.map(({ Sid, Principal }): Statement => ({
      Sid,
      Effect: 'Allow',
      Principal,
      Action: 'sns:Publish',
      Resource: topic,
      Condition: ownAccount,
    })),
    tlsOnly('sns:Publish', topic),
  ];
  return {
    Resources: {
      AlertsKey: {
        Type: 'AWS::KMS::Key',
        Properties: {
          Description: `Encrypts the alerts of ${prefix}`,
          EnableKeyRotation: true,
          PendingWindowInDays: 7,
          KeyPolicy: policy(keyPolicy),
        },
      },
      AlertsKeyAlias: {
        Type: 'AWS::KMS::Alias',
        Properties: { AliasName: `alias/${prefix}-alerts`, TargetKeyId: ref('AlertsKey') },
      },
      AlertsTopic: {
        Type: 'AWS::SNS::Topic',
        Properties: { TopicName: `${prefix}-alerts`, DisplayName: 'Trailwatch', KmsMasterKeyId: ref('AlertsKey') },
      },
      AlertsTopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: { Topics: [topic], PolicyDocument: policy(topicPolicy) },
      },
      ...Object.fromEntries(
        params.alertEmails.map((address, index) => [
          `AlertsEmail${index + 1}`,
          {
            Type: 'AWS::SNS::Subscription',
            Properties: { TopicArn: topic, Protocol: 'email', Endpoint: address },
          },
        ]),
      ),
    },
    Outputs: {
      AlertsTopicArn: { Description: 'Subscribe to this topic to receive alerts', Value: topic },
    },
  };
}
