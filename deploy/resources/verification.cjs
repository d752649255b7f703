// The daily check of the trail's digests. Without a trail's bucket there is nothing to check, and the function is never called.
const { attribute, stageOf } = require('./names.cjs');

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, ['trailBucket', 'verifySchedule']);
  return {
    Resources: Object.assign({}, ...verificationRules({ params }).map((rule) => schedule(rule, prefix, params))),
  };
};

/** verificationRules names the rule that calls the function, when there is a bucket to check. */
const verificationRules = ({ params }) => (params.trailBucket === '' ? [] : ['VerifyRule']);
module.exports.verificationRules = verificationRules;

function schedule(rule, prefix, { verifySchedule }) {
  return {
    [rule]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `${prefix}-verify`,
        Description: "When the trail's digests are checked",
        State: 'ENABLED',
        ScheduleExpression: verifySchedule,
        Targets: [
          {
            Id: 'function',
            Arn: attribute('VerifyLambdaFunction'),
            DeadLetterConfig: { Arn: attribute('VerifyDeadLetters') },
          },
        ],
      },
    },
    [`${rule}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'VerifyLambdaFunction' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: attribute(rule),
      },
    },
  };
}
