import { createHash } from 'node:crypto';
import { arn, attribute, ref, type Part, type Resource } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/**
 * Up to so many log groups have a permission each. Lambda's policy of a function takes 20 KB, which some fifty permissions fill, and
 * fails only while it is deployed. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const mostPermissions = 20;

/** subscriptions sends what is written to the log groups of the stage to the function logs-subscription. */
export function subscriptions({ prefix, params: { logGroups } }: Stage): Part {
  const groups = logGroups.map((group) => ({ group, id: idOf(group) }));
  const ofAll = groups.length > mostPermissions;
  return {
    Resources: {
      // More groups share one permission, for every log group of this account and region.
      ...(ofAll && { LogsPermission: permission('*') }),
      ...Object.fromEntries(
        groups.flatMap(({ group, id }) => [
          ...(ofAll ? [] : [[`${id}Permission`, permission(group)] as const]),
          [`${id}Subscription`, subscription(prefix, group, ofAll ? 'LogsPermission' : `${id}Permission`)] as const,
        ]),
      ),
    },
  };
}

/** Logical ids are letters and digits; the digest keeps two groups with the same letters apart. */
function idOf(group: string): string {
  return `Logs${createHash('sha256').update(group).digest('hex').slice(0, 12)}`;
}

function permission(group: string): Resource {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      FunctionName: ref('LogsSubscriptionLambdaFunction'),
      Action: 'lambda:InvokeFunction',
      Principal: 'logs.amazonaws.com',
      SourceAccount: ref('AWS::AccountId'),
      SourceArn: arn('logs', `log-group:${group}:*`),
    },
  };
}

function subscription(prefix: string, group: string, dependsOn: string): Resource {
  return {
    Type: 'AWS::Logs::SubscriptionFilter',
    DependsOn: dependsOn,
    Properties: {
      FilterName: prefix,
      LogGroupName: group,
      FilterPattern: '',
      DestinationArn: attribute('LogsSubscriptionLambdaFunction'),
    },
  };
}
