import type { Fields } from '../../model/log-record.ts';
import { compileField, textOf } from '../../sigma/match.ts';

/** Grant is a call that opens a resource to others without a policy: the parameters that say to whom, and within what. */
interface Grant {
  readonly source: string;
  /** `eventName`, without the API version that Lambda and its like write behind it. */
  readonly call: string;
  /** Parameters that name accounts, principals, organizations or everybody (`all`, `*`, S3's groups). */
  readonly to: readonly string[];
  /** Parameters that limit it, by the condition key that they stand for. */
  readonly within?: Readonly<Record<string, string>>;
}

const aclParameters = [
  'x-amz-acl',
  'AccessControlPolicy.AccessControlList.Grant.Grantee.URI',
  ...['read', 'write', 'read-acp', 'write-acp', 'full-control'].map((right) => `x-amz-grant-${right}`),
].join(' ');

const grants: readonly Grant[] = [
  row(
    'ec2',
    'ModifySnapshotAttribute',
    'createVolumePermission.add.items.userId createVolumePermission.add.items.group',
  ),
  row(
    'ec2',
    'ModifyImageAttribute',
    'launchPermission.add.items.userId launchPermission.add.items.group launchPermission.add.items.organizationArn launchPermission.add.items.organizationalUnitArn',
  ),
  row('ec2', 'ModifyFpgaImageAttribute', 'loadPermission.add.items.userId loadPermission.add.items.group'),
  row(
    'ec2',
    'ModifyVpcEndpointServicePermissions',
    'addAllowedPrincipals ModifyVpcEndpointServicePermissionsRequest.AddAllowedPrincipals.content',
  ),
  row('rds', 'ModifyDBSnapshotAttribute', 'valuesToAdd'),
  row('rds', 'ModifyDBClusterSnapshotAttribute', 'valuesToAdd'),
  row('redshift', 'AuthorizeSnapshotAccess', 'accountWithRestoreAccess'),
  row('redshift', 'AuthorizeEndpointAccess', 'account'),
  row('redshift', 'AuthorizeDataShare', 'consumerIdentifier'),
  row('ssm', 'ModifyDocumentPermission', 'accountIdsToAdd'),
  row('ram', 'CreateResourceShare', 'principals'),
  row('ram', 'AssociateResourceShare', 'principals'),
  row('kms', 'CreateGrant', 'granteePrincipal retiringPrincipal'),
  row('sns', 'AddPermission', 'aWSAccountId aWSAccountIds'),
  row('sqs', 'AddPermission', 'aWSAccountIds'),
  row('lambda', 'AddLayerVersionPermission', 'principal', { 'aws:PrincipalOrgID': 'organizationId' }),
  row('lambda', 'AddPermission', 'principal', {
    'aws:PrincipalOrgID': 'principalOrgID',
    'aws:SourceAccount': 'sourceAccount',
    'aws:SourceArn': 'sourceArn',
  }),
  row('events', 'PutPermission', 'principal', { 'aws:PrincipalOrgID': 'condition.value' }),
  row('serverlessrepo', 'PutApplicationPolicy', 'statements.principals', {
    'aws:PrincipalOrgID': 'statements.principalOrgIDs',
  }),
  row('lightsail', 'UpdateBucket', 'accessRules.getObject'),
  ...['PutBucketAcl', 'PutObjectAcl', 'CreateBucket', 'PutObject'].map((call) => row('s3', call, aclParameters)),
];

function row(source: string, call: string, to: string, within?: Grant['within']): Grant {
  return { source: `${source}.amazonaws.com`, call, to: to.split(' '), ...(within && { within }) };
}

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
  if (typeof eventName !== 'string' || typeof requestParameters !== 'object' || requestParameters === null)
    return undefined;
  const call = eventName.replace(/\d{8}(?:v\d+)?$/, '');
  const grant = grants.find((each) => each.source === eventSource && each.call === call);
  if (grant === undefined) return undefined;
  const textsAt = (path: string): readonly string[] =>
    compileField(path)(requestParameters as Fields).flatMap((value) =>
      (Array.isArray(value) ? value : [value]).flatMap((each: unknown) => textOf(each) ?? []),
    );
  const conditions = Object.entries(grant.within ?? {}).flatMap(([key, path]): [string, readonly string[]][] => {
    const values = textsAt(path);
    return values.length === 0 ? [] : [[key, values]];
  });
  const statements = grant.to
    .flatMap(textsAt)
    .flatMap(namesIn)
    .flatMap((text) => statementFor(text, Object.fromEntries(conditions)));
  return statements.length === 0 ? undefined : { Statement: statements };
}

/** A header of S3 lists grantees: `uri="http://…", id="…"`. */
function namesIn(text: string): readonly string[] {
  return /^\s*(?:uri|id|emailAddress)=/i.test(text)
    ? text
        .slice(0, 4_096)
        .split(',')
        .map((one) => one.replace(/^\s*\w+=/, '').replaceAll('"', ''))
    : [text];
}

function statementFor(text: string, conditions: Fields): readonly Fields[] {
  const name = text.trim();
  const condition = Object.keys(conditions).length === 0 ? {} : { Condition: { ArnLike: conditions } };
  const allow = { Effect: 'Allow', Action: '*', ...condition };
  if (everybody.has(name.toLowerCase())) return [{ ...allow, Principal: '*' }];
  const organization = /^(?:arn:[^:]*:organizations::\d{12}:(?:organization|ou)\/)?(o-[a-z0-9]{10,32})(?:\/|$)/.exec(
    name,
  )?.[1];
  if (organization !== undefined)
    return [{ ...allow, Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': organization } } }];
  if (/^(?:[a-z0-9-]+\.)+amazonaws\.com(?:\.cn)?$/.test(name)) return [{ ...allow, Principal: { Service: name } }];
  // S3's other canned lists name the bucket's owner and AWS's own deliveries.
  return /^\d{12}$|^arn:/.test(name) ? [{ ...allow, Principal: { AWS: name } }] : [];
}
