// A stream for the logs of other accounts: they subscribe their log groups to the destination here, and the kinesis function
// reads what comes. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CrossAccountSubscriptions.html
const { arn, attribute, choice, listOf, policy, stageOf } = require('./names.cjs');

const stream = attribute('LogsStream');

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, ['logsStream', 'otherAccounts']);
  const accounts = listOf(params.otherAccounts);
  const wanted = choice('logsStream', params.logsStream, ['true', 'false']) === 'true';
  return {
    Resources: {
      ...(accounts.length > 0 && eventsOf(prefix, accounts)),
      ...(wanted && logsStream(prefix)),
      ...(wanted && accounts.length > 0 && logsDestination(prefix, accounts)),
    },
    ...(wanted &&
      accounts.length > 0 && {
        Outputs: {
          LogsDestinationArn: {
            Description: 'Other accounts subscribe their log groups to this destination',
            Value: attribute('LogsDestination'),
          },
        },
      }),
  };
};

function logsStream(prefix) {
  return {
    LogsStream: {
      Type: 'AWS::Kinesis::Stream',
      Properties: {
        Name: `${prefix}-logs`,
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
        // Long enough to mend the function over a weekend.
        RetentionPeriodHours: 72,
        StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      },
    },
    LogsStreamMapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: stream,
        FunctionName: { Ref: 'KinesisLambdaFunction' },
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        // What fails is parted from what doesn't, tried again, and then named to the dead letters, so that the shard goes on.
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 10,
        MaximumRecordAgeInSeconds: 72 * 3_600,
        DestinationConfig: { OnFailure: { Destination: attribute('KinesisDeadLetters') } },
      },
    },
  };
}

function logsDestination(prefix, accounts) {
  return {
    LogsDestinationRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: { 'Fn::Sub': `${prefix}-logs-destination-\${AWS::Region}` },
        AssumeRolePolicyDocument: policy([
          {
            Effect: 'Allow',
            Principal: { Service: 'logs.amazonaws.com' },
            Action: 'sts:AssumeRole',
            // CloudWatch Logs acts for the accounts that send, and for this one when the destination is made.
            Condition: {
              StringLike: {
                'aws:SourceArn': ['${AWS::AccountId}', ...accounts].map((account) => ({
                  'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:${account}:*`,
                })),
              },
            },
          },
        ]),
        Policies: [
          {
            PolicyName: 'stream',
            PolicyDocument: policy([
              {
                Sid: 'WriteStream',
                Effect: 'Allow',
                Action: ['kinesis:PutRecord', 'kinesis:PutRecords'],
                Resource: stream,
              },
            ]),
          },
        ],
      },
    },
    LogsDestination: {
      Type: 'AWS::Logs::Destination',
      Properties: {
        DestinationName: `${prefix}-logs`,
        RoleArn: attribute('LogsDestinationRole'),
        TargetArn: stream,
        // A text, not an object: so CloudFormation wants it.
        DestinationPolicy: {
          'Fn::Sub': JSON.stringify(
            policy([
              {
                Sid: 'OtherAccountsSubscribe',
                Effect: 'Allow',
                Principal: { AWS: accounts },
                Action: 'logs:PutSubscriptionFilter',
                Resource: arn('logs', `destination:${prefix}-logs`)['Fn::Sub'],
              },
            ]),
          ),
        },
      },
    },
  };
}

// What AWS publishes in the other accounts, and a rule there passes on. They can't publish anything of their own here.
function eventsOf(prefix, accounts) {
  return {
    EventsOfOtherAccounts: {
      Type: 'AWS::Events::EventBusPolicy',
      Properties: {
        EventBusName: 'default',
        StatementId: `${prefix}-other-accounts`,
        Statement: {
          Effect: 'Allow',
          Principal: {
            AWS: accounts.map((account) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:root` })),
          },
          Action: 'events:PutEvents',
          Resource: arn('events', 'event-bus/default'),
          Condition: { 'ForAllValues:StringLike': { 'events:source': ['aws.*'] } },
        },
      },
    },
  };
}
