// When the stage runs which reports by itself: the section `reports` of its configuration. Without a trail's bucket none.
const { readFile } = require('node:fs/promises');
const path = require('node:path');
const { compile } = require('../build/compile.cjs');
const { attribute, stageOf } = require('./names.cjs');

const root = path.join(__dirname, '../..');

module.exports = async ({ resolveVariable }) => {
  const stage = await stageOf(resolveVariable, ['trailBucket']);
  const resources = (await schedules(stage)).map((scheduled) => schedule(scheduled, stage.prefix));
  return { Resources: Object.assign({}, ...resources) };
};

/** reportRules names the rules that call the function. */
module.exports.reportRules = async (stage) => (await schedules(stage)).map(ruleOf);

async function schedules({ stage, params }) {
  if (params.trailBucket === '') return [];
  await compile(root, 'the reports', ['deploy/build/compile-reports.ts', '--stage', stage]);
  return JSON.parse(await readFile(path.join(root, '.build', `report-schedules-${stage}.json`), 'utf8'));
}

function ruleOf({ report }) {
  return `${report.replaceAll(/(?:^|-)([a-z0-9])/g, (_match, letter) => letter.toUpperCase())}ReportRule`;
}

function schedule(scheduled, prefix) {
  const { expression, ...asked } = scheduled;
  const rule = ruleOf(scheduled);
  // The schedule's own id and time, so that a try again asks the same. EventBridge puts quotes round what it fills in.
  const template = JSON.stringify({ ...asked, id: '<id>', time: '<time>' }).replaceAll(/"(<(?:id|time)>)"/g, '$1');
  return {
    [rule]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `${prefix}-report-${asked.report}`,
        Description: `When the report ${asked.report} is run`,
        State: 'ENABLED',
        ScheduleExpression: expression,
        Targets: [
          {
            Id: 'function',
            Arn: attribute('ReportLambdaFunction'),
            InputTransformer: { InputPathsMap: { id: '$.id', time: '$.time' }, InputTemplate: template },
            DeadLetterConfig: { Arn: attribute('ReportDeadLetters') },
          },
        ],
      },
    },
    [`${rule}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'ReportLambdaFunction' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: attribute(rule),
      },
    },
  };
}
