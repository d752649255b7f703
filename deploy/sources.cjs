// What sets the detecting functions going: EventBridge rules, log subscriptions, new objects in the trail's bucket.
const { createHash } = require('node:crypto');
const { arn, attribute, choice, listOf, stageOf } = require('./names.cjs');

// Nobody but AWS can publish an event whose source begins so: what comes by these rules is not forged.
const fromAws = [{ prefix: 'aws.' }];

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, ['logGroups', 'trailBucket', 'readOnlyEvents']);
  return {
    Resources: {
      ...eventBusRules(prefix, choice('readOnlyEvents', params.readOnlyEvents, ['true', 'false']) === 'true'),
      ...(params.trailBucket === '' ? {} : trailFileRule(prefix, params.trailBucket)),
      ...Object.assign({}, ...listOf(params.logGroups).map((group) => subscription(prefix, group))),
    },
  };
};

function eventBusRules(prefix, readOnlyEvents) {
  return {
    ...functionRule('CloudTrailRule', {
      Name: `${prefix}-cloudtrail`,
      Description: 'Calls, sign-ins, service events and insights, as CloudTrail sees them',
      // A rule that is just ENABLED gets no read-only management events.
      // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
      State: readOnlyEvents ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED',
      EventPattern: {
        source: fromAws,
        'detail-type': [
          'AWS API Call via CloudTrail',
          'AWS Console Sign In via CloudTrail',
          'AWS Service Event via CloudTrail',
          'AWS Insight via CloudTrail',
        ],
      },
    }),
    ...functionRule('InstanceStateRule', {
      Name: `${prefix}-instance-state`,
      Description: 'Instances that start, stop and terminate',
      State: 'ENABLED',
      EventPattern: { source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'] },
    }),
  };
}

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
  if (group.startsWith(`/aws/lambda/${prefix}-`)) {
    throw new Error(`parameter logGroups: ${group} is Trailwatch's own log: reading it would go round in circles`);
  }
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
