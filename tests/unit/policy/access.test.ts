import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { accessOf, parsePolicy, type Own, type PolicyAccess } from '../../../src/policy/index.ts';
import { isAllowed, requestsOf, strangerAccount } from './second-opinion.ts';

const mine = '111122223333';
const sister = '222233334444';
const foreign = '444455556666';
const own: Own = { accounts: new Set([mine, sister]), organizations: new Set(['o-mine']) };

type Json = Readonly<Record<string, unknown>>;

const bucket = 'arn:aws:s3:::b/*';
const allow = (principal: unknown, rest: Json = {}): Json => ({
  Effect: 'Allow',
  Principal: principal,
  Action: 's3:GetObject',
  Resource: bucket,
  ...rest,
});
const deny = (rest: Json): Json => ({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', ...rest });
const policy = (...statements: readonly Json[]): Json => ({ Version: '2012-10-17', Statement: statements });
const accessBy = (value: unknown): PolicyAccess => {
  const parsed = parsePolicy(value);
  if (!parsed.ok) throw new Error(parsed.reason);
  return accessOf(parsed.document, own);
};

/** What a statement's principal says, without conditions. */
const principals: readonly (readonly [string, unknown, 'anyone' | 'foreign' | 'own' | 'nobody'])[] = [
  ['a star', '*', 'anyone'],
  ['a star under AWS', { AWS: '*' }, 'anyone'],
  ['a star in a list', { AWS: ['*'] }, 'anyone'],
  ['a star behind an account of our own', { AWS: [`arn:aws:iam::${mine}:root`, '*'] }, 'anyone'],
  ['an account of our own, by id', { AWS: mine }, 'own'],
  ['an account of our own, by ARN', { AWS: `arn:aws:iam::${mine}:root` }, 'own'],
  ['a role of a sister account', { AWS: `arn:aws:iam::${sister}:role/visitor` }, 'own'],
  ['a foreign account, by id', { AWS: foreign }, 'foreign'],
  ['a foreign account, by ARN', { AWS: `arn:aws:iam::${foreign}:root` }, 'foreign'],
  ['a foreign role', { AWS: [`arn:aws:iam::${foreign}:role/visitor`] }, 'foreign'],
  ['a foreign account behind our own', { AWS: [mine, foreign] }, 'foreign'],
  ['a service', { Service: 'cloudfront.amazonaws.com' }, 'nobody'],
];

/** Conditions by whether they limit everybody to somebody. `limited` names none of our own. */
const conditions: readonly (readonly [string, Json | undefined, 'no' | 'own' | 'limited' | 'nobody'])[] = [
  ['no condition', undefined, 'no'],
  ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }, 'no'],
  ['an agent', { StringEquals: { 'aws:UserAgent': 'secret-agent' } }, 'no'],
  ['a referer', { StringLike: { 'aws:Referer': 'https://example.com/*' } }, 'no'],
  ['a second factor', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, 'no'],
  ["a tag of the caller's own", { StringEquals: { 'aws:PrincipalTag/team': 'red' } }, 'no'],
  ['our organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-mine' } }, 'own'],
  ['our organization, key in lower case', { StringEquals: { 'aws:principalorgid': ['o-mine'] } }, 'own'],
  ['our organization by path', { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-mine/r-1/ou-1/*' } }, 'own'],
  ['any organization', { StringLike: { 'aws:PrincipalOrgID': 'o-*' } }, 'no'],
  ['our organization, if the key is there', { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-mine' } }, 'no'],
  ['our organization, for all values', { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-mine' } }, 'no'],
  ['not our organization', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-mine' } }, 'no'],
  ['an organization at all', { Null: { 'aws:PrincipalOrgID': 'false' } }, 'no'],
  ['our account', { StringEquals: { 'aws:PrincipalAccount': mine } }, 'own'],
  ['our accounts', { StringEquals: { 'aws:PrincipalAccount': [mine, sister] } }, 'own'],
  ['our account as the source', { StringEquals: { 'aws:SourceAccount': mine } }, 'own'],
  ['our account or any', { StringLike: { 'aws:PrincipalAccount': [mine, '*'] } }, 'no'],
  ['a star that is no wildcard', { StringEquals: { 'aws:PrincipalAccount': '*' } }, 'nobody'],
  ['the account of the resource', { StringEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } }, 'own'],
  ['the account of the caller', { StringEquals: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } }, 'no'],
  ['the organization of the resource', { StringEquals: { 'aws:PrincipalOrgID': '${aws:ResourceOrgID}' } }, 'own'],
  ['a role of ours', { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${mine}:role/app` } }, 'own'],
  ['roles of ours', { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${mine}:role/*` } }, 'own'],
  ['any principal', { ArnLike: { 'aws:PrincipalArn': '*' } }, 'no'],
  ['any principal, as text', { StringLike: { 'aws:PrincipalArn': '*' } }, 'no'],
  ['a role of that name in any account', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/visitor' } }, 'no'],
  ['a topic of ours as the source', { ArnLike: { 'aws:SourceArn': `arn:aws:sns:eu-west-1:${mine}:topic` } }, 'own'],
  ['a bucket as the source', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::our-bucket' } }, 'limited'],
  [
    'a bucket as the source, if there is one',
    { ArnLikeIfExists: { 'aws:SourceArn': 'arn:aws:s3:::our-bucket' } },
    'no',
  ],
  ['a network', { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'limited'],
  ['an endpoint', { StringEquals: { 'aws:SourceVpce': ['vpce-1', 'vpce-2'] } }, 'limited'],
  ['an endpoint or any', { StringLike: { 'aws:SourceVpce': ['vpce-1', '*'] } }, 'no'],
  ['an endpoint at all', { Null: { 'aws:SourceVpce': 'false' } }, 'no'],
  ['an office', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.7'] } }, 'limited'],
  ['every address', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, 'no'],
  ['every address of version 6', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '::/0'] } }, 'no'],
  ['four quarters', { IpAddress: { 'aws:SourceIp': ['0.0.0.0/2', '64.0.0.0/2', '128.0.0.0/2', '192.0.0.0/2'] } }, 'no'],
  ['all but an office', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, 'no'],
  ['a secret', { StringEquals: { 'sts:ExternalId': 'k3y' } }, 'limited'],
  ['an access point of ours', { StringEquals: { 's3:DataAccessPointAccount': mine } }, 'own'],
  ['access points in networks', { StringEquals: { 's3:AccessPointNetworkOrigin': 'VPC' } }, 'limited'],
  ['sessions of one role', { StringLike: { 'aws:userid': 'AROAEXAMPLE:*' } }, 'limited'],
  ['sessions of any role', { StringLike: { 'aws:userid': 'A*:*' } }, 'no'],
  ['an AWS service', { Bool: { 'aws:PrincipalIsAWSService': 'true' } }, 'limited'],
  [
    'two keys, one of them ours',
    { StringEquals: { 'aws:PrincipalOrgID': 'o-mine' }, Bool: { 'aws:SecureTransport': 'true' } },
    'own',
  ],
  ['two keys under one operator', { StringEquals: { 'aws:UserAgent': 'x', 'aws:PrincipalAccount': mine } }, 'own'],
  ['our account from a network', { StringEquals: { 'aws:PrincipalAccount': mine, 'aws:SourceVpc': 'vpc-1' } }, 'own'],
];

/** Denials that go with an Allow for everybody. */
const denials: readonly (readonly [string, Json, 'no' | 'own' | 'limited' | 'nobody'])[] = [
  ['without a condition', deny({}), 'nobody'],
  [
    'for others than our organization',
    deny({ Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-mine' } } }),
    'own',
  ],
  [
    'for others, if the key is there',
    deny({ Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-mine' } } }),
    'own',
  ],
  [
    'for others, any value',
    deny({ Condition: { 'ForAnyValue:StringNotEquals': { 'aws:PrincipalOrgID': 'o-mine' } } }),
    'no',
  ],
  ['for others than our network', deny({ Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } }), 'limited'],
  ['for others than our office', deny({ Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }), 'limited'],
  ['without TLS', deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), 'no'],
  [
    'for others who are no service',
    deny({
      Condition: {
        StringNotEquals: { 'aws:PrincipalOrgID': 'o-mine' },
        Bool: { 'aws:PrincipalIsAWSService': 'false' },
      },
    }),
    'limited',
  ],
  [
    'for others without TLS',
    deny({
      Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-mine' }, Bool: { 'aws:SecureTransport': 'false' } },
    }),
    'no',
  ],
  ['of something else', deny({ Action: 's3:DeleteObject' }), 'no'],
  ['of another resource', deny({ Resource: 'arn:aws:s3:::other/*' }), 'no'],
  ['of all but reading', deny({ Action: undefined, NotAction: 's3:GetObject' }), 'no'],
  ['of all but writing', deny({ Action: undefined, NotAction: 's3:Put*' }), 'nobody'],
  ['of a part of it', deny({ Resource: 'arn:aws:s3:::b/secret/*' }), 'no'],
  ['for one foreign account', deny({ Principal: { AWS: foreign } }), 'no'],
  ['for everybody but ours', deny({ Principal: undefined, NotPrincipal: { AWS: [mine, sister] } }), 'own'],
];

function expectLimits(access: PolicyAccess, limits: 'no' | 'own' | 'limited' | 'nobody'): void {
  expect(access.anyone).toBe(limits === 'no');
  expect(access.foreignAccounts).toEqual([]);
  if (limits !== 'no') expect(access.publicActions).toEqual([]);
  const some = access.conditional || access.unknown.length > 0 || access.services.length > 0;
  expect(some).toBe(limits === 'limited');
}

test.each(principals)('by its principal, %s', (_name, principal, to) => {
  const access = accessBy(policy(allow(principal)));
  expect(access.anyone).toBe(to === 'anyone');
  expect(access.foreignAccounts).toEqual(to === 'foreign' ? [foreign] : []);
  expect(access.conditional).toBe(false);
});

test.each(conditions)('everybody, under the condition of %s', (_name, condition, limits) => {
  expectLimits(accessBy(policy(allow('*', condition && { Condition: condition }))), limits);
});

test.each(denials)('everybody, with a Deny %s', (_name, denial, limits) => {
  expectLimits(accessBy(policy(allow('*'), JSON.parse(JSON.stringify(denial)) as Json)), limits);
});

const rows: readonly (readonly [string, unknown, Partial<PolicyAccess>])[] = [
  ['one statement instead of a list', { Statement: allow('*') }, { anyone: true }],
  ['JSON text', JSON.stringify(policy(allow('*'))), { anyone: true }],
  ['URL-encoded text', encodeURIComponent(JSON.stringify(policy(allow('*')))), { anyone: true }],
  ['text in text', JSON.stringify(JSON.stringify(policy(allow('*')))), { anyone: true }],
  [
    'escaped letters',
    String.raw`{"Statement":{"Effect":"Allow","Principal":"\u002a","Action":"s3:*"}}`,
    { anyone: true },
  ],
  [
    'names in another case',
    { statement: [{ effect: 'ALLOW', principal: { aws: '*' }, action: 'S3:getobject' }] },
    { anyone: true, publicActions: ['s3:getobject'] },
  ],
  [
    'all but a principal',
    policy({ Effect: 'Allow', NotPrincipal: { AWS: mine }, Action: 's3:*', Resource: '*' }),
    { anyone: true },
  ],
  [
    'all but an action',
    policy({ Effect: 'Allow', Principal: '*', NotAction: 's3:Delete*', Resource: '*' }),
    { anyone: true, publicActions: ['not s3:delete*'] },
  ],
  [
    'a condition between Effect and Principal',
    policy({ Effect: 'Allow', Condition: {}, Principal: '*', Action: 's3:*' }),
    { anyone: true },
  ],
  ['the second statement', policy(allow({ AWS: mine }), allow('*')), { anyone: true }],
  [
    "somebody else's organization",
    policy(allow('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-other' } } })),
    { anyone: false, foreignOrganizations: ['o-other'] },
  ],
  [
    'a foreign account that must be in our organization',
    policy(allow({ AWS: foreign }, { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-mine' } } })),
    { foreignAccounts: [] },
  ],
  [
    'a foreign account with a secret',
    policy(allow({ AWS: foreign }, { Condition: { StringEquals: { 'sts:ExternalId': 'k3y' } } })),
    { foreignAccounts: [foreign] },
  ],
  [
    'everybody of a foreign account',
    policy(allow('*', { Condition: { StringEquals: { 'aws:PrincipalAccount': foreign } } })),
    { foreignAccounts: [foreign] },
  ],
  [
    'a foreign account that is denied',
    policy(allow({ AWS: foreign }), deny({ Principal: { AWS: foreign } })),
    { foreignAccounts: [] },
  ],
  ['a canonical user', policy(allow({ CanonicalUser: 'abc' })), { unknown: ['abc'], anyone: false }],
  ['a role that was deleted', policy(allow({ AWS: 'AROAEXAMPLE' })), { unknown: ['AROAEXAMPLE'] }],
  [
    'a provider of our own',
    policy(allow({ Federated: `arn:aws:iam::${mine}:saml-provider/idp` })),
    { federated: [`arn:aws:iam::${mine}:saml-provider/idp`], openFederated: [] },
  ],
  ['no statement', { Statement: [] }, { anyone: false }],
  ['statements that are none', { Statement: ['*', 1, null, { Effect: 'Maybe', Principal: '*' }] }, { anyone: false }],
  [
    '100 KB of statements before the one',
    policy(...Array.from({ length: 900 }, (_, n) => allow({ AWS: mine }, { Sid: `S${n}` })), allow('*')),
    { anyone: true },
  ],
];

test.each(rows)('read as IAM reads it: %s', (_name, value, says) => {
  expect(accessBy(value)).toMatchObject(says);
});

test.each([
  ['no JSON', '{"Statement": [', /not JSON/],
  ['no object', '"*"', /not JSON|no object/],
  ['a number', 7, /expected a policy/],
  ['a list', [], /expected a policy/],
  ['no statements', { Version: '2012-10-17' }, /without Statement/],
  ['too large', `"${'x'.repeat(300_000)}"`, /300002 characters/],
  ['broken percent signs', '%7B%', /not JSON/],
])('what is no policy is said to be none: %s', (_name, value, reason) => {
  expect(parsePolicy(value)).toEqual({ ok: false, reason: expect.stringMatching(reason) });
});

const github = `arn:aws:iam::${mine}:oidc-provider/token.actions.githubusercontent.com`;
const sub = 'token.actions.githubusercontent.com:sub';
const aud = { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' };
test.each([
  ['GitHub without a repository', github, { StringEquals: aud }, true],
  ['GitHub with a repository', github, { StringEquals: { ...aud, [sub]: 'repo:acme/app:ref:refs/heads/main' } }, false],
  ['GitHub with the repositories of an owner', github, { StringLike: { [sub]: 'repo:acme/*' } }, false],
  ['GitHub with any repository', github, { StringLike: { [sub]: 'repo:*' } }, true],
  ['GitHub with any owner', github, { StringLike: { [sub]: 'repo:*/app:*' } }, true],
  ['GitHub with a part of an owner', github, { StringLike: { [sub]: 'repo:acme*/app:*' } }, true],
  ['GitHub with a repository or any', github, { StringLike: { [sub]: ['repo:acme/app:*', '*'] } }, true],
  ['GitHub with a repository, if there is one', github, { StringLikeIfExists: { [sub]: 'repo:acme/app:*' } }, true],
  [
    'GitHub with an owner',
    github,
    { StringEquals: { 'token.actions.githubusercontent.com:repository_owner': 'acme' } },
    false,
  ],
  ['GitHub with other than a repository', github, { StringNotEquals: { [sub]: 'repo:acme/app:*' } }, true],
  [
    'GitLab with any group',
    `arn:aws:iam::${mine}:oidc-provider/gitlab.com`,
    { StringLike: { 'gitlab.com:sub': 'project_path:*' } },
    true,
  ],
  [
    'GitLab with a group',
    `arn:aws:iam::${mine}:oidc-provider/gitlab.com`,
    { StringLike: { 'gitlab.com:sub': 'project_path:acme/*' } },
    false,
  ],
  [
    'Cognito without a pool',
    'cognito-identity.amazonaws.com',
    { 'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' } },
    true,
  ],
  [
    'Cognito with a pool',
    'cognito-identity.amazonaws.com',
    { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'eu-west-1:1' } },
    false,
  ],
  ['Google without a condition', 'accounts.google.com', {}, true],
  ['Google with an application', 'accounts.google.com', { StringEquals: { 'accounts.google.com:aud': 'x' } }, false],
  ['a cluster of our own', `arn:aws:iam::${mine}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A`, {}, false],
])('web identity: %s', (_name, provider, condition, open) => {
  const trust = policy({
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: condition,
  });
  expect(accessBy(trust)).toMatchObject({ federated: [provider], openFederated: open ? [provider] : [] });
});

const statement = fc
  .record({
    principal: fc.constantFrom(...principals.map(([, principal]) => principal)),
    condition: fc.constantFrom(...conditions.map(([, condition]) => condition)),
    action: fc.constantFrom('s3:GetObject', ['s3:Get*', 's3:PutObject'], '*', ['s3:Put*']),
    resource: fc.constantFrom(bucket, '*', [bucket, 'arn:aws:s3:::c']),
  })
  .map(({ principal, condition, action, resource }): Json => ({
    Effect: 'Allow',
    Principal: principal,
    Action: action,
    Resource: resource,
    ...(condition && { Condition: condition }),
  }));
const generated = fc
  .record({
    allows: fc.array(statement, { minLength: 1, maxLength: 3 }),
    denies: fc.subarray(
      denials.map(([, denial]) => JSON.parse(JSON.stringify(denial)) as Json),
      { maxLength: 2 },
    ),
  })
  .map(({ allows, denies }) => policy(...allows, ...denies));

const letsIn = (account: string, organization: string | undefined, value: Json): boolean =>
  requestsOf(account, organization, value).some((request) => isAllowed(value, request));
const letsStrangersIn = (value: Json): boolean =>
  letsIn(strangerAccount, undefined, value) || letsIn(strangerAccount, 'o-strange', value);

test('a stranger whom IAM would let in is never overlooked, over generated policies', () => {
  fc.assert(
    fc.property(generated, (value) => {
      const { anyone, foreignAccounts } = accessBy(value);
      if (letsStrangersIn(value)) expect(anyone).toBe(true);
      if (letsIn(foreign, 'o-strange', value)) expect(anyone || foreignAccounts.includes(foreign)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('where one Deny at the most is at work, nobody is called a stranger whom IAM would not let in', () => {
  const plain = generated.filter((value) => {
    const text = JSON.stringify(value);
    // A key that must be there and a Deny of its values limit only together.
    return text.split('"Deny"').length <= 2 && !/"Null"|o-\*.*ForAnyValue:StringNot/.test(text);
  });
  fc.assert(
    fc.property(plain, (value) => expect(accessBy(value).anyone).toBe(letsStrangersIn(value))),
    { numRuns: 500 },
  );
});

const shuffled = (value: unknown, random: () => number): unknown => {
  if (Array.isArray(value)) return value.map((each): unknown => shuffled(each, random)).toSorted(() => random() - 0.5);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [random() < 0.5 ? key : key.toLowerCase(), shuffled(each, random)] as const)
      .toSorted(() => random() - 0.5),
  );
};

test('the order of statements, principals, actions and keys, and the case of names, change nothing', () => {
  fc.assert(
    fc.property(generated, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (value, stream) => {
      const random = (): number => stream.next().value ?? 0;
      expect(accessBy(shuffled(value, random))).toEqual(accessBy(value));
    }),
    { numRuns: 300 },
  );
});
