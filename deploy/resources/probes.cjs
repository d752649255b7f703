// The schedule of the probes. A stage without endpoints in its configuration has none, and the function is never called.
const { attribute, stageOf } = require('./names.cjs');
const { stageConfiguration } = require('../build/stage-configuration.cjs');

module.exports = async ({ resolveVariable }) => {
  const { prefix, stage, params } = await stageOf(resolveVariable, ['probeSchedule']);
  const [rule] = await probeRules(stage);
  return { Resources: rule === undefined ? {} : schedule(rule, prefix, params.probeSchedule) };
};

/** probeRules names the rule that calls the function, when the stage's configuration has anything to probe. */
async function probeRules(stage) {
  const { probes } = await stageConfiguration(stage);
  return probes.endpoints.length > 0 ? ['ProbeRule'] : [];
}
module.exports.probeRules = probeRules;

function schedule(rule, prefix, expression) {
  return {
    [rule]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `${prefix}-probe`,
        Description: 'When the configured endpoints are checked',
        State: 'ENABLED',
        ScheduleExpression: expression,
        Targets: [
          {
            Id: 'function',
            Arn: attribute('ProbeLambdaFunction'),
            DeadLetterConfig: { Arn: attribute('ProbeDeadLetters') },
          },
        ],
      },
    },
    [`${rule}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'ProbeLambdaFunction' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: attribute(rule),
      },
    },
  };
}
