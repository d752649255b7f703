// A budget for what the stage costs, told to the alerts' topic. It counts what CloudFormation has tagged as the stack's: this tag has
// to be activated for cost allocation in the billing console, once in an organization, or the budget sees nothing.
// https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activate-built-in-tags.html
const { stageOf } = require('./names.cjs');

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, ['monthlyBudgetUsd']);
  if (params.monthlyBudgetUsd === '') return { Resources: {} };
  return {
    Resources: {
      MonthlyBudget: {
        Type: 'AWS::Budgets::Budget',
        // The topic takes what budgets send only once its policy says so.
        DependsOn: 'AlertsTopicPolicy',
        Properties: {
          Budget: {
            BudgetName: { 'Fn::Sub': `${prefix}-\${AWS::Region}` },
            BudgetType: 'COST',
            TimeUnit: 'MONTHLY',
            BudgetLimit: { Amount: Number(params.monthlyBudgetUsd), Unit: 'USD' },
            CostFilters: { TagKeyValue: [{ 'Fn::Sub': 'aws:cloudformation:stack-name$${AWS::StackName}' }] },
          },
          NotificationsWithSubscribers: [told('ACTUAL', 80), told('ACTUAL', 100), told('FORECASTED', 100)],
        },
      },
    },
  };
};

function told(type, percent) {
  return {
    Notification: {
      NotificationType: type,
      ComparisonOperator: 'GREATER_THAN',
      Threshold: percent,
      ThresholdType: 'PERCENTAGE',
    },
    Subscribers: [{ SubscriptionType: 'SNS', Address: { Ref: 'AlertsTopic' } }],
  };
}
