import { expect, test } from '@jest/globals';
import { privilegesGiven } from '../../../../src/detect/derived/privileges.ts';
import type { Fields } from '../../../../src/model/log-record.ts';

function call(source: string, eventName: string, requestParameters: unknown): Fields {
  return { eventSource: `${source}.amazonaws.com`, eventName, requestParameters };
}
const policy = (...actions: readonly string[]): string =>
  JSON.stringify({ Statement: actions.map((Action) => ({ Effect: 'Allow', Action, Resource: '*' })) });

test.each<[string, Fields, unknown]>([
  ['everything', call('iam', 'PutUserPolicy', { policyDocument: policy('*') }), { administration: true }],
  [
    'a way over two statements',
    call('iam', 'CreatePolicyVersion', { policyDocument: policy('iam:PassRole', 'ec2:RunInstances') }),
    { escalations: ['iam:PassRole + ec2:RunInstances'] },
  ],
  ["a session's policy, which only takes away", call('sts', 'AssumeRole', { policy: policy('*') }), {}],
  ['a policy that is simulated', call('iam', 'SimulateCustomPolicy', { policyInputList: [policy('*')] }), {}],
  ['a policy of things', call('iot', 'CreatePolicy', { policyDocument: policy('*') }), {}],
  [
    'a permission set',
    call('sso', 'PutInlinePolicyToPermissionSet', { inlinePolicy: policy('*') }),
    { administration: true },
  ],
  ['ordinary work', call('iam', 'PutRolePolicy', { policyDocument: policy('s3:GetObject') }), {}],
  [
    'a policy of a resource, which gives no identity anything',
    call('s3', 'PutBucketPolicy', {
      bucketPolicy: { Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] },
    }),
    {},
  ],
  ['a guard rail taken away', call('organizations', 'UpdatePolicy', { content: policy('*') }), { unrestricted: true }],
  [
    'a guard rail that denies',
    call('organizations', 'UpdatePolicy', {
      content: JSON.stringify({
        Statement: [
          { Effect: 'Allow', Action: '*', Resource: '*' },
          { Effect: 'Deny', Action: 'organizations:LeaveOrganization', Resource: '*' },
        ],
      }),
    }),
    {},
  ],
  ['an endpoint opened', call('ec2', 'ModifyVpcEndpoint', { policyDocument: policy('*') }), { unrestricted: true }],
])('what is given by %s', (_what, fields, given) => {
  const found = privilegesGiven(fields);
  expect(found).toMatchObject(given as object);
  expect(Object.keys(given as object).length === 0).toBe(Object.keys(found).length === 0);
});
