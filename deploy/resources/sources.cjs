// What sets the detecting functions going: EventBridge rules, log subscriptions, new objects in the trail's bucket.
const { createHash } = require('node:crypto');
const { eventRuleParameters, eventRules } = require('./event-rules.cjs');
const { arn, attribute, listOf, stageOf } = require('./names.cjs');
const { refuseOwn } = require('../own.cjs');

module.exports = async ({ resolveVariable }) => {
  const stage = await stageOf(resolveVariable, ['logGroups', ...eventRuleParameters]);
  const { prefix, params } = stage;
  const groups = listOf(params.logGroups).map((group) => refuseOwn('logGroups', group, stage));
  if (params.trailBucket !== '') refuseOwn('trailBucket', params.trailBucket, stage);
  return {
    Resources: {
      ...Object.assign({}, ...eventRules(stage).map(({ id, properties }) => functionRule(id, properties))),
      ...(params.trailBucket === '' ? {} : trailFileRule(prefix, params.trailBucket)),
      ...Object.assign({}, ...groups.map((group) => subscription(prefix, group))),
    },
  };
};

function functionRule(id, properties) {
  return {
    [id]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ...properties,
        Targets: [
          {
            Id: 'function',
            Arn: attribute('EventBusLambdaFunction'),
            DeadLetterConfig: { Arn: attribute('EventBusDeadLetters') },
          },
        ],
      },
    },
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'EventBusLambdaFunction' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: attribute(id),
      },
    },
  };
}

// Digest files lie beside the logs and hold no records.
function trailFileRule(prefix, bucket) {
  return {
    TrailFileRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `${prefix}-trail-file`,
        Description: `Log files that CloudTrail writes to ${bucket}`,
        State: 'ENABLED',
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: {
            bucket: { name: [bucket] },
            object: { key: [{ 'anything-but': { wildcard: ['*/CloudTrail-Digest/*'] } }] },
          },
        },
        Targets: [
          {
            Id: 'queue',
            Arn: attribute('TrailFileQueue'),
            DeadLetterConfig: { Arn: attribute('TrailFileDeadLetters') },
          },
        ],
      },
    },
  };
}

function subscription(prefix, group) {
  // Logical ids are letters and digits; the digest keeps two groups with the same letters apart.
  const id = `Logs${createHash('sha256').update(group).digest('hex').slice(0, 12)}`;
  return {
    [`${id}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'LogsSubscriptionLambdaFunction' },
        Action: 'lambda:InvokeFunction',
        Principal: 'logs.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
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
  };
}
