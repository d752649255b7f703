// What the receivers of a stage's configuration may use, beside what the stage brings along. Which receiver needs what
// stands with its kind, in src/notify/receivers/receiver-table.ts.
const { readFile } = require('node:fs/promises');
const path = require('node:path');
const { compile } = require('../build/compile.cjs');
const { arn } = require('./names.cjs');

const serviceDir = path.resolve(__dirname, '../..');

/** receiverAccess gives the statements for the role of a function that sends to the receivers of a stage. */
exports.receiverAccess = async function receiverAccess(stage, { slackWebhookParameter = '' }) {
  const needs = await needsOf(stage, slackWebhookParameter);
  const unknown = needs.find(({ kind }) => !Object.hasOwn(grants, kind));
  if (unknown !== undefined)
    throw new Error(`deploy/resources/receiver-access.cjs has no grant for a need ${unknown.kind}`);
  return Object.entries(grants).flatMap(([kind, { names, statements }]) => {
    const wanted = [...new Set(needs.filter((need) => need.kind === kind).map(names))];
    return wanted.length > 0 ? statements(wanted) : [];
  });
};

/** Each kind of need is a row: what of it is named, and the statements that allow it for those names, and no others. */
const grants = {
  publish: {
    names: ({ topicArn }) => topicArn,
    statements: (topics) => [allow('SendToTopics', 'sns:Publish', topics)],
  },
  'put-events': {
    names: ({ busArn }) => busArn,
    statements: (buses) => [allow('SendToBuses', 'events:PutEvents', buses)],
  },
  'import-findings': {
    names: () => 'default',
    statements: () => [
      allow(
        'ImportFindings',
        'securityhub:BatchImportFindings',
        arn('securityhub', 'product/${AWS::AccountId}/default'),
      ),
    ],
  },
  parameter: {
    names: ({ name }) => name,
    statements: (names) => {
      const parameters = names.map((name) => arn('ssm', `parameter/${name.replace(/^\//, '')}`));
      const through = { StringEquals: { ...via('ssm'), 'kms:EncryptionContext:PARAMETER_ARN': parameters } };
      return [allow('ReadParameters', 'ssm:GetParameter', parameters), decrypt('DecryptParameters', through)];
    },
  },
  secret: {
    names: ({ name }) => name,
    statements: (names) => {
      // Secrets Manager ends each ARN with a hyphen and six characters of its own.
      const secrets = names.map((name) => arn('secretsmanager', `secret:${name}-??????`));
      const through = {
        StringEquals: via('secretsmanager'),
        StringLike: { 'kms:EncryptionContext:SecretARN': secrets },
      };
      return [allow('ReadSecrets', 'secretsmanager:GetSecretValue', secrets), decrypt('DecryptSecrets', through)];
    },
  },
};

/** Whichever key a secret is encrypted with, and nothing else that this key encrypts. */
function decrypt(sid, condition) {
  return { ...allow(sid, 'kms:Decrypt', arn('kms', 'key/*')), Condition: condition };
}

function via(service) {
  return { 'kms:ViaService': { 'Fn::Sub': `${service}.\${AWS::Region}.amazonaws.com` } };
}

function allow(sid, action, resource) {
  return { Sid: sid, Effect: 'Allow', Action: action, Resource: resource };
}

async function needsOf(stage, slackWebhookParameter) {
  const out = path.join('.build', `needs-${stage}.mjs`);
  const given = ['--slack-webhook-parameter', String(slackWebhookParameter)];
  await compile(serviceDir, 'the configuration', [
    'deploy/build/compile-needs.ts',
    '--stage',
    stage,
    '--out',
    out,
    ...given,
  ]);
  const source = await readFile(path.join(serviceDir, out));
  return (await import(`data:text/javascript;base64,${source.toString('base64')}`)).default;
}
