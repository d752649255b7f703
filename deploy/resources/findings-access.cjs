// Who else may use the findings bus: other accounts, or a whole organization, that read findings by rules of their own, or that
// publish findings of their own stages here. The stage's own account decides by IAM.
const { arn, attribute, listOf, stageOf } = require('./names.cjs');

// What an account needs to keep rules of its own on a bus that isn't its own.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-permissions-manage.html
const keepRules = [
  'DeleteRule',
  'DescribeRule',
  'DisableRule',
  'EnableRule',
  'ListTagsForResource',
  'ListTargetsByRule',
  'PutRule',
  'PutTargets',
  'RemoveTargets',
  'TagResource',
  'UntagResource',
].map((action) => `events:${action}`);

module.exports = async ({ resolveVariable }) => {
  const { prefix, params } = await stageOf(resolveVariable, ['findingsReaders', 'findingsWriters']);
  const bus = `${prefix}-findings`;
  const reads = {
    Action: keepRules,
    Resource: arn('events', `rule/${bus}/*`),
    // A rule belongs to the account that made it. Fn::Sub leaves ${aws:PrincipalAccount} for IAM to read.
    Condition: { StringEqualsIfExists: { 'events:creatorAccount': { 'Fn::Sub': '${!aws:PrincipalAccount}' } } },
  };
  const writes = {
    Action: 'events:PutEvents',
    Resource: attribute('FindingsBus'),
    Condition: {
      'ForAllValues:StringEquals': { 'events:source': ['trailwatch'], 'events:detail-type': ['Trailwatch Finding'] },
    },
  };
  return {
    Resources: {
      ...grants('FindingsReaders', params.findingsReaders, reads),
      ...grants('FindingsWriters', params.findingsWriters, writes),
    },
  };
};

/** Accounts are principals; an organization is a condition on anybody. */
function grants(id, who, { Condition, ...statement }) {
  const named = listOf(who);
  const accounts = named.filter((one) => /^\d/.test(one));
  const organizations = named.filter((one) => one.startsWith('o-'));
  return {
    ...(accounts.length > 0 && {
      [`${id}Accounts`]: busPolicy(`${id}Accounts`, {
        ...statement,
        Principal: { AWS: accounts.map((one) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${one}:root` })) },
        Condition,
      }),
    }),
    ...(organizations.length > 0 && {
      [`${id}Organizations`]: busPolicy(`${id}Organizations`, {
        ...statement,
        Principal: '*',
        Condition: { ...Condition, StringEquals: { 'aws:PrincipalOrgID': organizations } },
      }),
    }),
  };
}

function busPolicy(id, statement) {
  return {
    Type: 'AWS::Events::EventBusPolicy',
    Properties: {
      EventBusName: { Ref: 'FindingsBus' },
      StatementId: id,
      Statement: { Effect: 'Allow', ...statement },
    },
  };
}
