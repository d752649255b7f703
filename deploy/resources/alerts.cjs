// The topic that alerts are sent to. It has a key of its own because neither alarms nor budgets can use AWS's key for SNS.
const { listOf, policy, stageOf, tlsOnly } = require('./names.cjs');

const topic = { Ref: 'AlertsTopic' };
const ownAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, ['alertEmails', 'monthlyBudgetUsd']);
  const publishers = [
    { Sid: 'AlarmsPublish', Principal: { Service: 'cloudwatch.amazonaws.com' } },
    ...(params.monthlyBudgetUsd === ''
      ? []
      : [{ Sid: 'BudgetsPublish', Principal: { Service: 'budgets.amazonaws.com' } }]),
  ];
  return {
    Resources: {
      AlertsKey: {
        Type: 'AWS::KMS::Key',
        Properties: {
          Description: `Encrypts the alerts of ${prefix}`,
          EnableKeyRotation: true,
          PendingWindowInDays: 7,
          KeyPolicy: policy([
            {
              Sid: 'AccountDecidesByIam',
              Effect: 'Allow',
              Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
              Action: 'kms:*',
              Resource: '*', // in a key's own policy: this key
            },
            ...publishers.map(({ Sid, Principal }) => ({
              Sid,
              Effect: 'Allow',
              Principal,
              Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
              Resource: '*', // in a key's own policy: this key
              Condition: ownAccount,
            })),
          ]),
        },
      },
      AlertsKeyAlias: {
        Type: 'AWS::KMS::Alias',
        Properties: { AliasName: `alias/${prefix}-alerts`, TargetKeyId: { Ref: 'AlertsKey' } },
      },
      AlertsTopic: {
        Type: 'AWS::SNS::Topic',
        Properties: {
          TopicName: `${prefix}-alerts`,
          DisplayName: 'Trailwatch',
          KmsMasterKeyId: { Ref: 'AlertsKey' },
        },
      },
      AlertsTopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [topic],
          PolicyDocument: policy([
            ...publishers.map(({ Sid, Principal }) => ({
              Sid,
              Effect: 'Allow',
              Principal,
              Action: 'sns:Publish',
              Resource: topic,
              Condition: ownAccount,
            })),
            tlsOnly('sns:Publish', topic),
          ]),
        },
      },
      ...Object.fromEntries(
        listOf(params.alertEmails).map((address, index) => [
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
};
