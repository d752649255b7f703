import { ref, type Part, type Resources } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

// Metric alarms over CloudTrail's log group, as the CIS AWS Foundations Benchmark (3.0, section 4) wants them, for teams that have to
// show such alarms. Trailwatch's own rules say more, sooner; these alarms count and ring, and nothing else.

interface CisRow {
  readonly control: string;
  readonly name: string;
  readonly title: string;
  /** Calls of a service, or another pattern of CloudWatch Logs. */
  readonly service?: string;
  readonly calls?: string;
  readonly pattern?: string;
  /** How many in five minutes ring; one when absent. */
  readonly from?: number;
}

/** cisRows has a row a control. */
export const cisRows: readonly CisRow[] = [
  { control: '4.1', name: 'denied-calls', title: 'Calls that were denied', pattern: denied(), from: 5 },
  { control: '4.2', name: 'sign-in-without-mfa', title: 'Console sign-ins without MFA', pattern: signInWithoutMfa() },
  { control: '4.3', name: 'root-activity', title: 'Use of the root user', pattern: rootActivity() },
  {
    control: '4.4',
    name: 'iam-policy-changes',
    title: 'Changes of IAM policies',
    service: 'iam',
    calls: `
      AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreatePolicy CreatePolicyVersion DeleteGroupPolicy
      DeletePolicy DeletePolicyVersion DeleteRolePolicy DeleteUserPolicy DetachGroupPolicy DetachRolePolicy
      DetachUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy SetDefaultPolicyVersion
    `,
  },
  {
    control: '4.5',
    name: 'trail-changes',
    title: 'Changes of trails',
    service: 'cloudtrail',
    calls: `
      CreateTrail DeleteTrail PutEventSelectors StartLogging StopLogging UpdateTrail
    `,
  },
  {
    control: '4.6',
    name: 'failed-sign-ins',
    title: 'Console sign-ins that failed',
    pattern: '{ ($.eventName = "ConsoleLogin") && ($.errorMessage = "Failed authentication") }',
    from: 5,
  },
  {
    control: '4.7',
    name: 'keys-disabled',
    title: 'KMS keys disabled or about to be deleted',
    service: 'kms',
    calls: 'DisableKey ScheduleKeyDeletion',
  },
  {
    control: '4.8',
    name: 'bucket-policy-changes',
    title: "Changes of buckets' policies and access",
    service: 's3',
    calls: `
      DeleteBucketCors DeleteBucketLifecycle DeleteBucketPolicy DeleteBucketReplication PutBucketAcl
      PutBucketCors PutBucketLifecycle PutBucketPolicy PutBucketReplication
    `,
  },
  {
    control: '4.9',
    name: 'config-changes',
    title: 'Changes of AWS Config',
    service: 'config',
    calls: `
      DeleteDeliveryChannel PutConfigurationRecorder PutDeliveryChannel StopConfigurationRecorder
    `,
  },
  {
    control: '4.10',
    name: 'security-group-changes',
    title: 'Changes of security groups',
    service: 'ec2',
    calls: `
      AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup DeleteSecurityGroup
      ModifySecurityGroupRules RevokeSecurityGroupEgress RevokeSecurityGroupIngress
    `,
  },
  {
    control: '4.11',
    name: 'network-acl-changes',
    title: 'Changes of network ACLs',
    service: 'ec2',
    calls: `
      CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry
      ReplaceNetworkAclAssociation ReplaceNetworkAclEntry
    `,
  },
  {
    control: '4.12',
    name: 'gateway-changes',
    title: 'Changes of gateways',
    service: 'ec2',
    calls: `
      AttachInternetGateway CreateCustomerGateway CreateInternetGateway DeleteCustomerGateway
      DeleteInternetGateway DetachInternetGateway
    `,
  },
  {
    control: '4.13',
    name: 'route-changes',
    title: 'Changes of route tables',
    service: 'ec2',
    calls: `
      CreateRoute CreateRouteTable DeleteRoute DeleteRouteTable DisassociateRouteTable ReplaceRoute
      ReplaceRouteTableAssociation
    `,
  },
  {
    control: '4.14',
    name: 'vpc-changes',
    title: 'Changes of VPCs',
    service: 'ec2',
    calls: `
      AcceptVpcPeeringConnection AttachClassicLinkVpc CreateVpc CreateVpcPeeringConnection DeleteVpc
      DeleteVpcPeeringConnection DetachClassicLinkVpc DisableVpcClassicLink EnableVpcClassicLink
      ModifyVpcAttribute RejectVpcPeeringConnection
    `,
  },
  {
    control: '4.15',
    name: 'organization-changes',
    title: 'Changes of the organization',
    service: 'organizations',
    calls: `
      AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy DeclineHandshake
      DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy DisablePolicyType EnablePolicyType
      InviteAccountToOrganization LeaveOrganization MoveAccount RemoveAccountFromOrganization
      UpdateOrganizationalUnit UpdatePolicy
    `,
  },
];

/** cisAlarms gives the alarms for the log group that the parameter names. */
export function cisAlarms({ prefix, params: { cisAlarms: group } }: Stage): Part {
  if (group === undefined) return { Resources: {} };
  return { Resources: Object.assign({}, ...cisRows.map((row) => resourcesOf(row, prefix, group))) as Resources };
}

function resourcesOf(row: CisRow, prefix: string, group: string): Resources {
  const { control, name, title, service = '', calls = '', pattern, from = 1 } = row;
  const id = `Cis${control.replace('.', 'x')}`;
  const metric = { MetricName: `cis-${control}-${name}`, namespace: `Trailwatch/CIS/${prefix}` };
  return {
    [`${id}Filter`]: {
      Type: 'AWS::Logs::MetricFilter',
      Properties: {
        FilterName: `${prefix}-cis-${control}`,
        LogGroupName: group,
        FilterPattern: pattern ?? anyOf(service, calls),
        MetricTransformations: [
          { MetricNamespace: metric.namespace, MetricName: metric.MetricName, MetricValue: '1', Unit: 'Count' },
        ],
      },
    },
    [`${id}Alarm`]: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${prefix}-cis-${control}-${name}`,
        AlarmDescription: `CIS AWS Foundations ${control}: ${title}, counted in ${group}.`,
        Namespace: metric.namespace,
        MetricName: metric.MetricName,
        Statistic: 'Sum',
        Period: 300,
        EvaluationPeriods: 1,
        Threshold: from,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [ref('AlertsTopic')],
      },
    },
  };
}

function anyOf(service: string, names: string): string {
  const any = names
    .trim()
    .split(/\s+/)
    .map((name) => `($.eventName = "${name}")`)
    .join(' || ');
  return `{ ($.eventSource = "${service}.amazonaws.com") && (${any}) }`;
}

function denied(): string {
  return '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }';
}

// A user of single sign-on has shown the second factor elsewhere.
function signInWithoutMfa(): string {
  return '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }';
}

function rootActivity(): string {
  return '{ ($.userIdentity.type = "Root") && ($.userIdentity.invokedBy NOT EXISTS) && ($.eventType != "AwsServiceEvent") }';
}
