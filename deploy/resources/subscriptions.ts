import { createHash } from 'node:crypto';
import { arn, attribute, combined, ref, type Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/** subscriptions sends what is written to the log groups of the stage to the function logs-subscription. */
export function subscriptions({ prefix, params: { logGroups } }: Stage): Part {
  return combined(logGroups.map((group) => subscription(prefix, group)));
}

function subscription(prefix: string, group: string): Part {
  // Logical ids are letters and digits; the digest keeps two groups with the same letters apart.
  const id = `Logs${createHash('sha256').update(group).digest('hex').slice(0, 12)}`;
  return {
    Resources: {
      [`${id}Permission`]: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: ref('LogsSubscriptionLambdaFunction'),
          Action: 'lambda:InvokeFunction',
          Principal: 'logs.amazonaws.com',
          SourceAccount: ref('AWS::AccountId'),
          SourceArn: arn('logs', `log-group:${group}:*`),
        },
      },
      [`${id}Subscription`]: {
        Type: 'AWS::Logs::SubscriptionFilter',
        DependsOn: `${id}Permission`,
        Properties: {
          FilterName: prefix,
          LogGroupName: group,
          FilterPattern: '',
          DestinationArn: attribute('LogsSubscriptionLambdaFunction'),
        },
      },
    },
  };
}
