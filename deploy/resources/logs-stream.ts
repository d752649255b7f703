import { allow, arn, attribute, combined, policy, ref, sub, type Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

const stream = attribute('LogsStream');

/**
 * logsStream gives a stream for the logs of other accounts, which they send by subscribing their log groups to the destination here,
 * and lets other accounts pass on the events that AWS publishes there.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CrossAccountSubscriptions.html
 */
export function logsStream({ prefix, params: { logsStream: wanted, otherAccounts } }: Stage): Part {
  return combined([
    ...(otherAccounts.length > 0 ? [eventsOf(prefix, otherAccounts)] : []),
    ...(wanted ? [streamOf(prefix)] : []),
    ...(wanted && otherAccounts.length > 0 ? [destinationOf(prefix, otherAccounts)] : []),
  ]);
}

function streamOf(prefix: string): Part {
  return {
    Resources: {
      LogsStream: {
        Type: 'AWS::Kinesis::Stream',
        Properties: {
          Name: `${prefix}-logs`,
          StreamModeDetails: { StreamMode: 'ON_DEMAND' },
          // Long enough to repair the function after a weekend.
          RetentionPeriodHours: 72,
          StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
        },
      },
      LogsStreamMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: stream,
          FunctionName: ref('KinesisLambdaFunction'),
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 100,
          MaximumBatchingWindowInSeconds: 1,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          // A failing record is separated from the others, retried, and then named in the dead letters, so that the shard goes on.
          BisectBatchOnFunctionError: true,
          MaximumRetryAttempts: 10,
          MaximumRecordAgeInSeconds: 72 * 3_600,
          DestinationConfig: { OnFailure: { Destination: attribute('KinesisDeadLetters') } },
        },
      },
    },
  };
}

function destinationOf(prefix: string, accounts: readonly string[]): Part {
  return {
    Resources: {
      LogsDestinationRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: sub(`${prefix}-logs-destination-\${AWS::Region}`),
          AssumeRolePolicyDocument: policy([
            {
              Effect: 'Allow',
              Principal: { Service: 'logs.amazonaws.com' },
              Action: 'sts:AssumeRole',
              // CloudWatch Logs acts for the accounts that send, and for this one when the destination is made.
              Condition: {
                StringLike: {
                  'aws:SourceArn': ['${AWS::AccountId}', ...accounts].map((account) =>
                    sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:${account}:*`),
                  ),
                },
              },
            },
          ]),
          Policies: [
            {
              PolicyName: 'stream',
              PolicyDocument: policy([allow('WriteStream', ['kinesis:PutRecord', 'kinesis:PutRecords'], stream)]),
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
          // CloudFormation takes this policy as a text.
          DestinationPolicy: sub(
            JSON.stringify(
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
          ),
        },
      },
    },
    Outputs: {
      LogsDestinationArn: {
        Description: 'Other accounts subscribe their log groups to this destination',
        Value: attribute('LogsDestination'),
      },
    },
  };
}

/** Rules of the other accounts pass on events of AWS; nothing else is accepted from there. */
function eventsOf(prefix: string, accounts: readonly string[]): Part {
  return {
    Resources: {
      EventsOfOtherAccounts: {
        Type: 'AWS::Events::EventBusPolicy',
        Properties: {
          EventBusName: 'default',
          StatementId: `${prefix}-other-accounts`,
          Statement: {
            Effect: 'Allow',
            Principal: { AWS: accounts.map((account) => sub(`arn:\${AWS::Partition}:iam::${account}:root`)) },
            Action: 'events:PutEvents',
            Resource: arn('events', 'event-bus/default'),
            Condition: { 'ForAllValues:StringLike': { 'events:source': ['aws.*'] } },
          },
        },
      },
    },
  };
}
