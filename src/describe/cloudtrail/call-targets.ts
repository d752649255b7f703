import type { Target } from '../../model/audit-event.ts';
import { arnOf } from '../arn.ts';
import { textAt } from '../read.ts';
import { textsAt, valuesAt } from './values-at.ts';

/** What stands at a path: of one kind, or of the one that its id or the other parameters say. */
type Part = readonly [kind: string | ((id: string, parameters: unknown) => string), path: string];

/**
 * What calls are done to where the names of their parameters don't say it alone, in order of interest. `*` is every call of a
 * service. A new call is a row.
 */
const calls: Readonly<Record<string, readonly Part[]>> = {
  'ssm *': [
    ['session', 'sessionId'],
    ['parameter', 'path'],
  ],
  'ssm StartSession': [['instance', 'target']],
  'ecs *': [
    ['container', 'container'],
    ['task', 'task'],
    ['task', 'tasks'],
    ['service', 'service'],
    ['task-definition', 'family'],
    ['cluster', 'cluster'],
    ['role', 'taskRoleArn'],
  ],
  'ec2-instance-connect SendSSHPublicKey': [
    ['instance', 'instanceId'],
    ['host-user', 'instanceOSUser'],
  ],
  'ec2 AssociateIamInstanceProfile': [
    ['instance', 'AssociateIamInstanceProfileRequest.InstanceId'],
    ['instance-profile', 'AssociateIamInstanceProfileRequest.IamInstanceProfile.Name'],
    ['instance-profile', 'AssociateIamInstanceProfileRequest.IamInstanceProfile.Arn'],
  ],
  'ec2 ReplaceIamInstanceProfileAssociation': [
    ['instance-profile', 'ReplaceIamInstanceProfileAssociationRequest.IamInstanceProfile.Name'],
    ['instance-profile', 'ReplaceIamInstanceProfileAssociationRequest.IamInstanceProfile.Arn'],
  ],
  'ec2 CreateRoute': [
    ['route-table', 'routeTableId'],
    ['gateway', 'gatewayId'],
  ],
  'ec2 CreateVpcPeeringConnection': [
    ['vpc', 'vpcId'],
    ['vpc', 'peerVpcId'],
  ],
  'ec2 CreateInstanceExportTask': [
    ['instance', 'instanceId'],
    ['bucket', 'exportToS3.s3Bucket'],
  ],
  'sts AssumeRoot': [
    ['account', 'targetPrincipal'],
    ['policy', 'taskPolicyArn.arn'],
  ],
  'sts GetFederationToken': [['federated-user', 'name']],
  'sso *': [
    [kindOfAssigned, 'targetId'],
    ['permission-set', 'permissionSetArn'],
    [kindOfPrincipal, 'principalId'],
    ['policy', 'managedPolicyArn'],
  ],
  'rolesanywhere CreateTrustAnchor': [['trust-anchor', 'name']],
  'rolesanywhere CreateProfile': [
    ['profile', 'name'],
    ['role', 'roleArns'],
  ],
  'organizations *': [
    ['policy', 'policyId'],
    [kindOfMember, 'targetId'],
    [kindOfMember, 'target.id'],
    ['account', 'accountId'],
    ['service', 'servicePrincipal'],
  ],
  'eks *': [
    ['cluster', 'name'],
    ['principal', 'principalArn'],
  ],
  'eks CreatePodIdentityAssociation': [
    ['cluster', 'clusterName'],
    ['role', 'roleArn'],
    ['namespace', 'namespace'],
    ['service-account', 'serviceAccount'],
  ],
  'rds StartExportTask': [
    ['db-snapshot', 'sourceArn'],
    ['bucket', 's3BucketName'],
  ],
  'redshift *': [['snapshot', 'snapshotIdentifier']],
  'ram *': [
    ['resource-share', 'name'],
    ['resource-share', 'resourceShareArn'],
    ['resource', 'resourceArns'],
  ],
  'lambda CreateFunction': [
    ['function', 'functionName'],
    ['role', 'role'],
  ],
  'lambda CreateEventSourceMapping': [
    ['function', 'functionName'],
    ['event-source', 'eventSourceArn'],
  ],
  'events PutTargets': [['rule', 'rule']],
  'route53 ChangeResourceRecordSets': [['record', 'changeBatch.changes.resourceRecordSet.name']],
  'cloudtrail *': [
    ['trail', 'trailName'],
    ['trail', 'name'],
    ['bucket', 's3BucketName'],
  ],
  'guardduty *': [
    ['detector', 'detectorId'],
    ['account', 'accountIds'],
  ],
  'securityhub *': [['account', 'accountIds']],
  'lightsail *': [['instance', 'instanceName']],
  'dynamodb ExportTableToPointInTime': [
    ['table', 'tableArn'],
    ['bucket', 's3Bucket'],
  ],
};

const rows = new Map(Object.entries(calls).map(([key, parts]) => [key.toLowerCase(), parts] as const));

/** Call is a call by the service's short name and its own: `lambda`, `AddPermission20150331v2`. */
export interface Call {
  readonly service: string;
  readonly name: string;
}

/** callKey is how tables of calls are asked: in lower case, and without the version that Lambda adds to its calls. */
export function callKey({ service, name }: Call): string {
  return `${service} ${name.replace(/\d{8}(?:v\d)?$/, '')}`.toLowerCase();
}

/** callTargets gives what the table says of a call: what it was done to, from its parameters or its answer. */
export function callTargets({ service, name }: Call, parameters: unknown): readonly Target[] {
  const call = callKey({ service, name });
  const parts = [...(rows.get(call) ?? []), ...(rows.get(`${service} *`) ?? [])];
  const found = parts.flatMap(([kind, path]) =>
    textsAt(parameters, path).map((id) => ({
      kind: typeof kind === 'string' ? kind : kind(id, parameters),
      id: call === 'sts assumeroot' && path === 'targetPrincipal' ? (arnOf(id)?.account ?? id) : id,
    })),
  );
  return service === 'ssm' ? [...byTags(parameters), ...found] : found;
}

/** `targets: [{ key: 'tag:Role', values: ['web'] }]`, as Systems Manager takes instances. */
function byTags(parameters: unknown): readonly Target[] {
  return valuesAt(parameters, 'targets').flatMap((target) => {
    const key = textAt(target, 'key') ?? '';
    return textsAt(target, 'values').map((value) =>
      key.toLowerCase() === 'instanceids'
        ? { kind: 'instance', id: value }
        : { kind: 'instances', id: `${key}=${value}` },
    );
  });
}

function kindOfAssigned(_id: string, parameters: unknown): string {
  const type = textAt(parameters, 'targetType');
  return type === undefined || type === 'AWS_ACCOUNT' ? 'account' : 'resource';
}

function kindOfPrincipal(_id: string, parameters: unknown): string {
  return textAt(parameters, 'principalType')?.toLowerCase() ?? 'principal';
}

/** The ids of an organization's accounts, units and root differ in form. */
function kindOfMember(id: string): string {
  if (/^\d{12}$/.test(id)) return 'account';
  return id.startsWith('ou-') ? 'organizational-unit' : id.startsWith('r-') ? 'organization-root' : 'member';
}
