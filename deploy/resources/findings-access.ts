import {
  arn,
  attribute,
  ref,
  sub,
  type Part,
  type Resource,
  type Resources,
  type Statement,
} from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

// What an account needs to keep rules of its own on a bus of another account.
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

/** findingsAccess lets other accounts, or an organization, read the findings bus by rules of their own, or publish findings on it. */
export function findingsAccess({ prefix, params }: Stage): Part {
  const reads: Grant = {
    Action: keepRules,
    Resource: arn('events', `rule/${prefix}-findings/*`),
    // A rule belongs to the account that made it. Fn::Sub leaves ${aws:PrincipalAccount} to IAM.
    Condition: { StringEqualsIfExists: { 'events:creatorAccount': sub('${!aws:PrincipalAccount}') } },
  };
  const writes: Grant = {
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
}

type Grant = Pick<Statement, 'Action' | 'Resource'> & Required<Pick<Statement, 'Condition'>>;

/** Accounts are principals; an organization is a condition on every principal. */
function grants(id: string, principals: readonly string[], { Condition, ...statement }: Grant): Resources {
  const accounts = principals.filter((one) => /^\d/.test(one));
  const organizations = principals.filter((one) => one.startsWith('o-'));
  return {
    ...(accounts.length > 0 && {
      [`${id}Accounts`]: busPolicy(`${id}Accounts`, {
        ...statement,
        Principal: { AWS: accounts.map((one) => sub(`arn:\${AWS::Partition}:iam::${one}:root`)) },
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

function busPolicy(id: string, statement: Omit<Statement, 'Effect'>): Resource {
  return {
    Type: 'AWS::Events::EventBusPolicy',
    Properties: {
      EventBusName: ref('FindingsBus'),
      StatementId: id,
      Statement: { Effect: 'Allow', ...statement },
    },
  };
}
