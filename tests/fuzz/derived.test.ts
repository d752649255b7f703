import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createDerive } from '../../src/detect/derived/derive.ts';
import { derivations } from '../../src/detect/derived/table.ts';
import type { Fields } from '../../src/model/log-record.ts';

const names = fc.constantFrom(
  ...(
    'Statement Effect Principal AWS Action NotAction Resource Condition StringEquals aws:PrincipalOrgID policy ' +
    'policyDocument ipPermissions items ipRanges cidrIp fromPort toPort ipProtocol createVolumePermission add userId ' +
    'group x-amz-acl principal'
  ).split(' '),
);
const leaf = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom('Allow', 'Deny', '*', '0.0.0.0/0', '::/0', '22', '%7B', '{"Statement":[{"Effect":"Allow"}]}'),
);
const parameters = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'medium' },
    leaf,
    fc.dictionary(names, tie('node'), { maxKeys: 4 }),
    fc.array(tie('node'), { maxLength: 3 }),
  ),
})).node;
const call = fc.constantFrom(
  'ec2 AuthorizeSecurityGroupIngress',
  'ec2 ModifySnapshotAttribute',
  'ec2 ModifySecurityGroupRules',
  'ec2 CreateNetworkAclEntry',
  'lightsail OpenInstancePublicPorts',
  'iam PutUserPolicy',
  's3 PutBucketPolicy',
  's3 PutBucketAcl',
  'lambda AddPermission20150331v2',
  'organizations UpdatePolicy',
);

function fieldsOf(text: string, requestParameters: unknown): Fields {
  const [service, eventName] = text.split(' ');
  return { eventSource: `${service}.amazonaws.com`, eventName, requestParameters };
}

/** Asks for every group; each gives no field that its row does not name. */
function askAll(fields: Fields): void {
  const derived = createDerive()(fields)['derived'] as Readonly<Record<string, Fields>>;
  for (const { name, fields: named } of derivations) {
    expect(Object.keys(derived[name] ?? {}).filter((field) => !Object.hasOwn(named, field))).toEqual([]);
  }
}

test('parameters of any shape make no derivation throw', () => {
  fc.assert(
    fc.property(call, parameters, (text, given) => askAll(fieldsOf(text, given))),
    { numRuns: 3_000 },
  );
});

test.each<[string, unknown]>([
  ['text that nests deeper than the stack', '['.repeat(100_000)],
  ['an object that does', Array.from({ length: 100_000 }).reduce<unknown>((inner) => ({ Statement: [inner] }), {})],
])('neither does %s', (_what, policy) => {
  askAll(fieldsOf('s3 PutBucketPolicy', { policy }));
});
