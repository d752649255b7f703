import type { Target } from '../../model/audit-event.ts';
import { textAt } from '../read.ts';
import { callKey } from './call-targets.ts';
import type { Call } from './call-targets.ts';
import { everyoneOr, isOwnRoot, policyPrincipals } from './policy-principals.ts';
import { textsAt, valuesAt } from './values-at.ts';

/** How a call reaches beyond what it was done to. */
type Relation = 'shared-with' | 'unshared-with' | 'opened-to' | 'sent-to';

/** Where a call's parameters say with whom: a path to names, or one to a policy. */
type Part = readonly [relation: Relation, path: string, reading?: 'policy'];

const permission = (name: string): readonly Part[] =>
  ['userId', 'group', 'organizationArn', 'organizationalUnitArn'].flatMap((who): readonly Part[] => [
    ['shared-with', `${name}.add.items.${who}`],
    ['unshared-with', `${name}.remove.items.${who}`],
  ]);

const securityGroupRules: readonly Part[] = [
  ['opened-to', 'ipPermissions.items.ipRanges.items.cidrIp'],
  ['opened-to', 'ipPermissions.items.ipv6Ranges.items.cidrIpv6'],
  ['opened-to', 'cidrIp'],
];

const snapshotAttribute: readonly Part[] = [
  ['shared-with', 'valuesToAdd'],
  ['unshared-with', 'valuesToRemove'],
];

/** The calls that share something, let somebody in, or send something elsewhere. A new call is a row. */
const calls: Readonly<Record<string, readonly Part[]>> = {
  'iam CreateRole': [['shared-with', 'assumeRolePolicyDocument', 'policy']],
  'iam UpdateAssumeRolePolicy': [['shared-with', 'policyDocument', 'policy']],
  'ec2 ModifySnapshotAttribute': permission('createVolumePermission'),
  'ec2 ModifyImageAttribute': permission('launchPermission'),
  'ec2 ModifyFpgaImageAttribute': permission('loadPermission'),
  'ec2 CreateVpcPeeringConnection': [['shared-with', 'peerOwnerId']],
  'ec2 ModifyVpcEndpointServicePermissions': [
    ['shared-with', 'ModifyVpcEndpointServicePermissionsRequest.AddAllowedPrincipals'],
    ['unshared-with', 'ModifyVpcEndpointServicePermissionsRequest.RemoveAllowedPrincipals'],
  ],
  'ec2 AuthorizeSecurityGroupIngress': securityGroupRules,
  'ec2 AuthorizeSecurityGroupEgress': securityGroupRules,
  'ec2 ModifySecurityGroupRules': [
    ['opened-to', 'ModifySecurityGroupRulesRequest.SecurityGroupRule.SecurityGroupRule.CidrIpv4'],
    ['opened-to', 'ModifySecurityGroupRulesRequest.SecurityGroupRule.SecurityGroupRule.CidrIpv6'],
  ],
  'ec2 CreateRoute': [
    ['opened-to', 'destinationCidrBlock'],
    ['opened-to', 'destinationIpv6CidrBlock'],
  ],
  'ec2 CreateNetworkAclEntry': [
    ['opened-to', 'cidrBlock'],
    ['opened-to', 'ipv6CidrBlock'],
  ],
  'eks CreateCluster': [['opened-to', 'resourcesVpcConfig.publicAccessCidrs']],
  'eks UpdateClusterConfig': [['opened-to', 'resourcesVpcConfig.publicAccessCidrs']],
  'rds ModifyDBSnapshotAttribute': snapshotAttribute,
  'rds ModifyDBClusterSnapshotAttribute': snapshotAttribute,
  'rds AuthorizeDBSecurityGroupIngress': [['opened-to', 'cIDRIP']],
  'redshift AuthorizeSnapshotAccess': [['shared-with', 'accountWithRestoreAccess']],
  'redshift RevokeSnapshotAccess': [['unshared-with', 'accountWithRestoreAccess']],
  'redshift AuthorizeClusterSecurityGroupIngress': [['opened-to', 'cIDRIP']],
  'redshift AuthorizeDataShare': [['shared-with', 'consumerIdentifier']],
  'redshift AuthorizeEndpointAccess': [['shared-with', 'account']],
  'serverlessrepo PutApplicationPolicy': [['shared-with', 'statements.principals']],
  'ram CreateResourceShare': [['shared-with', 'principals']],
  'ram AssociateResourceShare': [['shared-with', 'principals']],
  'ram DisassociateResourceShare': [['unshared-with', 'principals']],
  's3 PutBucketPolicy': [['shared-with', 'bucketPolicy', 'policy']],
  's3 PutAccessPointPolicy': [['shared-with', 'Policy', 'policy']],
  's3 PutBucketReplication': [
    ['shared-with', 'ReplicationConfiguration.Rule.Destination.Bucket'],
    ['shared-with', 'ReplicationConfiguration.Rule.Destination.Account'],
  ],
  'lambda AddPermission': [['shared-with', 'principal']],
  'lambda AddLayerVersionPermission': [
    ['shared-with', 'principal'],
    ['shared-with', 'organizationId'],
  ],
  'kms CreateKey': [['shared-with', 'policy', 'policy']],
  'kms PutKeyPolicy': [['shared-with', 'policy', 'policy']],
  'kms CreateGrant': [['shared-with', 'granteePrincipal']],
  'secretsmanager PutResourcePolicy': [['shared-with', 'resourcePolicy', 'policy']],
  'ssm ModifyDocumentPermission': [
    ['shared-with', 'accountIdsToAdd'],
    ['unshared-with', 'accountIdsToRemove'],
  ],
  'sns CreateTopic': [['shared-with', 'attributes.Policy', 'policy']],
  'sns SetTopicAttributes': [['shared-with', 'attributeValue', 'policy']],
  'sns AddPermission': [['shared-with', 'aWSAccountId']],
  'sns Subscribe': [['sent-to', 'endpoint']],
  'sqs CreateQueue': [['shared-with', 'attributes.Policy', 'policy']],
  'sqs SetQueueAttributes': [['shared-with', 'attributes.Policy', 'policy']],
  'sqs AddPermission': [['shared-with', 'aWSAccountIds']],
  'ecr SetRepositoryPolicy': [['shared-with', 'policyText', 'policy']],
  'ecr PutRegistryPolicy': [['shared-with', 'policyText', 'policy']],
  'events PutPermission': [
    ['shared-with', 'principal'],
    ['shared-with', 'policy', 'policy'],
  ],
  'events PutTargets': [['sent-to', 'targets.arn']],
  'logs PutSubscriptionFilter': [['sent-to', 'destinationArn']],
  'logs PutDestinationPolicy': [['shared-with', 'accessPolicy', 'policy']],
  'logs PutResourcePolicy': [['shared-with', 'policyDocument', 'policy']],
  'glue PutResourcePolicy': [['shared-with', 'policyInJson', 'policy']],
  'dynamodb PutResourcePolicy': [['shared-with', 'policy', 'policy']],
  'dynamodb ExportTableToPointInTime': [['shared-with', 's3BucketOwner']],
  'kinesis PutResourcePolicy': [['shared-with', 'policy', 'policy']],
  'backup PutBackupVaultAccessPolicy': [['shared-with', 'policy', 'policy']],
  'elasticfilesystem PutFileSystemPolicy': [['shared-with', 'policy', 'policy']],
  'es UpdateElasticsearchDomainConfig': [['shared-with', 'accessPolicies', 'policy']],
  'es UpdateDomainConfig': [['shared-with', 'accessPolicies', 'policy']],
  'glacier SetVaultAccessPolicy': [['shared-with', 'policy.policy', 'policy']],
  'codeartifact PutDomainPermissionsPolicy': [['shared-with', 'policyDocument', 'policy']],
  'route53domains TransferDomainToAnotherAwsAccount': [['shared-with', 'accountId']],
  'route53 CreateVPCAssociationAuthorization': [['shared-with', 'vPC.vPCId']],
  'ds ShareDirectory': [['shared-with', 'shareTarget.id']],
};

const rows = new Map(Object.entries(calls).map(([key, parts]) => [key.toLowerCase(), parts] as const));

/**
 * sharePaths gives the paths of a call's parameters that name with whom it shares something; none for a call that shares nothing,
 * or that says so in a policy.
 */
export function sharePaths(call: Call): readonly string[] {
  const parts = rows.get(callKey(call)) ?? [];
  return parts.flatMap(([relation, path, reading]) =>
    relation === 'shared-with' && reading === undefined ? [path] : [],
  );
}

/** sharedWith says with whom a call shares what it was done to, to whom it opens it, or where it sends it. */
export function sharedWith(call: Call, parameters: unknown, account: string | undefined): readonly Target[] {
  const found = (rows.get(callKey(call)) ?? []).flatMap(([relation, path, reading]) => {
    if (reading === 'policy') {
      return valuesAt(parameters, path).flatMap((policy) =>
        policyPrincipals(policy, account).map((id) => ({ kind: relation, id })),
      );
    }
    return textsAt(parameters, path)
      .filter((id) => !relation.endsWith('with') || !(isOwnRoot(id, account) || id.endsWith('.amazonaws.com')))
      .map((id) => ({ kind: relation, id: relation.endsWith('with') ? everyoneOr(id) : id }));
  });
  if (call.service === 's3') found.push(...aclGrants(parameters).map((id) => ({ kind: 'shared-with' as const, id })));
  if (call.name === 'CreateFunctionUrlConfig' || call.name === 'UpdateFunctionUrlConfig') {
    if (textAt(parameters, 'authType') === 'NONE') found.push({ kind: 'shared-with', id: 'everyone' });
  }
  return found;
}

/** Groups of S3's access control lists, which grant to more than one. */
const aclGroups = new Map([
  ['AllUsers', 'everyone'],
  ['AuthenticatedUsers', 'every AWS user'],
  ['public-read', 'everyone'],
  ['public-read-write', 'everyone'],
  ['authenticated-read', 'every AWS user'],
]);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html */
function aclGrants(parameters: unknown): readonly string[] {
  const list = 'AccessControlPolicy.AccessControlList.Grant.Grantee';
  const groups = [...textsAt(parameters, `${list}.URI`), ...textsAt(parameters, 'x-amz-acl')].flatMap(
    (uri) => aclGroups.get(uri.slice(uri.lastIndexOf('/') + 1)) ?? [],
  );
  const headers = ['read', 'write', 'read-acp', 'write-acp', 'full-control'].flatMap((right) =>
    textsAt(parameters, `x-amz-grant-${right}`).flatMap((value) =>
      [...aclGroups].flatMap(([group, who]) => (value.includes(`/global/${group}"`) ? [who] : [])),
    ),
  );
  const [owner] = textsAt(parameters, 'AccessControlPolicy.Owner.ID');
  const users = owner === undefined ? [] : textsAt(parameters, `${list}.ID`).filter((id) => id !== owner);
  return [...groups, ...headers, ...users];
}
