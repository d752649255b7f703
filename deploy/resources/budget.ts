import { ref, sub, type Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/**
 * budget gives a budget that notifies the alerts' topic. It counts what CloudFormation has tagged as the stack's: the tag has to be
 * activated for cost allocation in the billing console, once in an organization, or the budget counts nothing.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activate-built-in-tags.html
 */
export function budget({ prefix, params: { monthlyBudgetUsd } }: Stage): Part {
  if (monthlyBudgetUsd === undefined) return { Resources: {} };
  return {
    Resources: {
      MonthlyBudget: {
        Type: 'AWS::Budgets::Budget',
        // Until the topic's policy is there, the topic refuses what budgets send.
        DependsOn: 'AlertsTopicPolicy',
        Properties: {
          Budget: {
            BudgetName: sub(`${prefix}-\${AWS::Region}`),
            BudgetType: 'COST',
            TimeUnit: 'MONTHLY',
            BudgetLimit: { Amount: monthlyBudgetUsd, Unit: 'USD' },
            CostFilters: { TagKeyValue: [sub('aws:cloudformation:stack-name$${AWS::StackName}')] },
          },
          NotificationsWithSubscribers: [
            notification('ACTUAL', 80),
            notification('ACTUAL', 100),
            notification('FORECASTED', 100),
          ],
        },
      },
    },
  };
}

function notification(type: 'ACTUAL' | 'FORECASTED', percent: number) {
  return {
    Notification: {
      NotificationType: type,
      ComparisonOperator: 'GREATER_THAN',
      Threshold: percent,
      ThresholdType: 'PERCENTAGE',
    },
    Subscribers: [{ SubscriptionType: 'SNS', Address: ref('AlertsTopic') }],
  };
}
