import { sharePaths } from '../../describe/cloudtrail/sharing.ts';
import type { Fields } from '../../model/log-record.ts';
import { compileField, textOf } from '../../sigma/match.ts';

/** Parameters of S3's access control lists: canned, by a list, by a header for each right. */
const aclPaths = [
  'x-amz-acl',
  'AccessControlPolicy.AccessControlList.Grant.Grantee.URI',
  ...['read', 'write', 'read-acp', 'write-acp', 'full-control'].map((right) => `x-amz-grant-${right}`),
];

/** Calls that open something to everybody by a word, which names nobody. */
const openedBy: Readonly<Record<string, readonly string[]>> = {
  's3 PutBucketAcl': aclPaths,
  's3 PutObjectAcl': aclPaths,
  's3 CreateBucket': aclPaths,
  's3 PutObject': aclPaths,
  'lightsail UpdateBucket': ['accessRules.getObject'],
};

/** Parameters that limit what a call shares, by the condition key that they stand for. */
const within: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'lambda AddPermission': {
    'aws:PrincipalOrgID': 'principalOrgID',
    'aws:SourceAccount': 'sourceAccount',
    'aws:SourceArn': 'sourceArn',
  },
  'lambda AddLayerVersionPermission': { 'aws:PrincipalOrgID': 'organizationId' },
  'events PutPermission': { 'aws:PrincipalOrgID': 'condition.value' },
  'serverlessrepo PutApplicationPolicy': { 'aws:PrincipalOrgID': 'statements.principalOrgIDs' },
};

/** Names of everybody that AWS's parameters have beside `*`. */
const everybody = new Set([
  '*',
  'all',
  'public',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'http://acs.amazonaws.com/groups/global/allusers',
  'http://acs.amazonaws.com/groups/global/authenticatedusers',
]);

/** policyOf gives what a call shares as a policy that says the same, to be judged as any other; undefined when it shares nothing. */
export function policyOf({ eventSource, eventName, requestParameters }: Fields): unknown {
  if (typeof eventSource !== 'string' || typeof eventName !== 'string') return undefined;
  if (typeof requestParameters !== 'object' || requestParameters === null) return undefined;
  const service = eventSource.replace(/\.amazonaws\.com(?:\.cn)?$/, '');
  // Lambda and its like write the version of their API behind the name.
  const call = `${service} ${eventName.replace(/\d{8}(?:v\d+)?$/, '')}`;
  const paths = [...sharePaths({ service, name: eventName }), ...(rowOf(openedBy, call) ?? [])];
  const textsAt = (path: string): readonly string[] => textsOf(compileField(path)(requestParameters as Fields));
  const conditions = Object.entries(rowOf(within, call) ?? {}).flatMap(([key, path]): [string, readonly string[]][] => {
    const values = textsAt(path);
    return values.length === 0 ? [] : [[key, values]];
  });
  const names = paths.flatMap(textsAt).flatMap(namesIn);
  const statements = names.flatMap((name) => statementFor(name.trim(), Object.fromEntries(conditions)));
  return statements.length === 0 ? undefined : { Statement: statements };
}

function rowOf<Row>(table: Readonly<Record<string, Row>>, call: string): Row | undefined {
  return Object.hasOwn(table, call) ? table[call] : undefined;
}

function textsOf(values: readonly unknown[]): readonly string[] {
  return values.flat(2).flatMap((value) => textOf(value) ?? textOf(contentOf(value)) ?? []);
}

/** Some EC2 requests keep the XML that they came in: `{ tag: 1, content: 'arn:…' }`. */
function contentOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? (value as Fields)['content'] : undefined;
}

/** A header of S3 lists grantees: `uri="http://…", id="…"`. */
function namesIn(text: string): readonly string[] {
  if (!/^\s*(?:uri|id|emailAddress)=/i.test(text)) return [text];
  return text
    .slice(0, 4_096)
    .split(',')
    .map((one) => one.replace(/^\s*\w+=/, '').replaceAll('"', ''));
}

function statementFor(name: string, conditions: Fields): readonly Fields[] {
  const condition = Object.keys(conditions).length === 0 ? {} : { Condition: { ArnLike: conditions } };
  const allow = { Effect: 'Allow', Action: '*', ...condition };
  if (everybody.has(name.toLowerCase())) return [{ ...allow, Principal: '*' }];
  const organization = organizationIn(name);
  if (organization !== undefined)
    return [{ ...allow, Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } } }];
  if (/^(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?$/.test(name)) return [{ ...allow, Principal: { Service: name } }];
  // S3's other canned lists name the bucket's owner and AWS's own deliveries.
  return /^\d{12}$|^arn:/.test(name) ? [{ ...allow, Principal: { AWS: name } }] : [];
}

/** The organization that an id, or an ARN of it or of a unit in it, names. */
function organizationIn(name: string): string | undefined {
  const id = /^arn:[^:]*:organizations::\d{12}:(?:organization|ou)\/([^/]+)/.exec(name)?.[1] ?? name;
  return /^o-[a-z0-9]{10,32}$/.test(id) ? id : undefined;
}
