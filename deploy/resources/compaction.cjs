// When the columnar copy of the trail is brought up to date. Without a trail's bucket there is nothing to copy.
const { attribute, stageOf } = require('./names.cjs');

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, ['trailBucket', 'compactSchedule']);
  return {
    Resources: Object.assign({}, ...compactionRules({ params }).map((rule) => schedule(rule, prefix, params))),
  };
};

/** compactionRules names the rule that calls the function, when there is a bucket to copy from. */
const compactionRules = ({ params }) => (params.trailBucket === '' ? [] : ['CompactRule']);
module.exports.compactionRules = compactionRules;

function schedule(rule, prefix, { compactSchedule }) {
  return {
    [rule]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `${prefix}-compact`,
        Description: 'When the columnar copy of the trail is brought up to date',
        State: 'ENABLED',
        ScheduleExpression: compactSchedule,
        Targets: [
          {
            Id: 'function',
            Arn: attribute('CompactLambdaFunction'),
            DeadLetterConfig: { Arn: attribute('CompactDeadLetters') },
          },
        ],
      },
    },
    [`${rule}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'CompactLambdaFunction' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: attribute(rule),
      },
    },
  };
}
