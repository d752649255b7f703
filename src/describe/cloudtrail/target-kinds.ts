/**
 * What a parameter's name says of its value, in lower case, in order of interest: a call that names an instance and its
 * subnet was done to the instance. A new kind is a row.
 */
const parameterKinds = {
  bucketName: 'bucket',
  userName: 'user',
  targetUserName: 'user',
  userId: 'user',
  roleName: 'role',
  roleArn: 'role',
  groupName: 'group',
  accessKeyId: 'access-key',
  serialNumber: 'mfa-device',
  virtualMFADeviceName: 'mfa-device',
  instanceProfileName: 'instance-profile',
  sAMLProviderArn: 'identity-provider',
  openIDConnectProviderArn: 'identity-provider',
  certificateId: 'certificate',
  serverCertificateName: 'certificate',
  serviceSpecificCredentialId: 'credential',
  policyArn: 'policy',
  policyName: 'policy',
  trailName: 'trail',
  trailNameList: 'trail',
  trailARN: 'trail',
  eventDataStore: 'event-data-store',
  detectorId: 'detector',
  analyzerName: 'analyzer',
  configRuleName: 'config-rule',
  configurationRecorderName: 'config-recorder',
  deliveryChannelName: 'delivery-channel',
  instanceId: 'instance',
  instanceIds: 'instance',
  functionName: 'function',
  functionArn: 'function',
  layerName: 'layer',
  tableName: 'table',
  globalTableName: 'table',
  logGroupName: 'log-group',
  logGroupNames: 'log-group',
  logGroupIdentifier: 'log-group',
  logStreamName: 'log-stream',
  keyId: 'key',
  keyName: 'key-pair',
  aliasName: 'alias',
  secretId: 'secret',
  groupId: 'security-group',
  securityGroupIds: 'security-group',
  dBInstanceIdentifier: 'db-instance',
  dBClusterIdentifier: 'db-cluster',
  dBSnapshotIdentifier: 'db-snapshot',
  dBClusterSnapshotIdentifier: 'db-snapshot',
  clusterName: 'cluster',
  clusterIdentifier: 'cluster',
  clusterId: 'cluster',
  nodegroupName: 'node-group',
  volumeId: 'volume',
  snapshotId: 'snapshot',
  imageId: 'image',
  networkInterfaceId: 'network-interface',
  vpcId: 'vpc',
  subnetId: 'subnet',
  routeTableId: 'route-table',
  networkAclId: 'network-acl',
  internetGatewayId: 'internet-gateway',
  natGatewayId: 'nat-gateway',
  vpcEndpointId: 'vpc-endpoint',
  vpcPeeringConnectionId: 'vpc-peering',
  transitGatewayId: 'transit-gateway',
  flowLogIds: 'flow-log',
  flowLogId: 'flow-log',
  allocationId: 'elastic-ip',
  launchTemplateId: 'launch-template',
  autoScalingGroupName: 'auto-scaling-group',
  loadBalancerArn: 'load-balancer',
  loadBalancerName: 'load-balancer',
  listenerArn: 'listener',
  targetGroupArn: 'target-group',
  fileSystemId: 'file-system',
  topicArn: 'topic',
  subscriptionArn: 'subscription',
  queueUrl: 'queue',
  queueName: 'queue',
  streamName: 'stream',
  streamARN: 'stream',
  deliveryStreamName: 'delivery-stream',
  stackName: 'stack',
  stackSetName: 'stack-set',
  repositoryName: 'repository',
  projectName: 'project',
  pipelineName: 'pipeline',
  restApiId: 'api',
  distributionId: 'distribution',
  hostedZoneId: 'hosted-zone',
  domainName: 'domain',
  certificateArn: 'certificate',
  webACLArn: 'web-acl',
  userPoolId: 'user-pool',
  identityPoolId: 'identity-pool',
  stateMachineArn: 'state-machine',
  taskDefinition: 'task-definition',
  workGroup: 'work-group',
  databaseName: 'database',
  backupVaultName: 'backup-vault',
  recoveryPointArn: 'recovery-point',
  documentName: 'document',
  eventBusName: 'event-bus',
  ruleName: 'rule',
  alarmNames: 'alarm',
  alarmName: 'alarm',
  organizationId: 'organization',
  policyId: 'policy',
  permissionSetArn: 'permission-set',
  modelId: 'model',
  endpointName: 'endpoint',
  notebookInstanceName: 'notebook',
  resourceArn: 'resource',
  resourceId: 'resource',
  accountId: 'account',
  targetId: 'resource',
} as const;

/** What a bare `name`, `names`, `id` or `arn` means: what the call's name mentions of these, else the first. */
const kindsOfService = new Map<string, readonly string[]>([
  ['cloudtrail', ['trail', 'event-data-store', 'channel']],
  ['events', ['rule', 'event-bus', 'archive', 'connection', 'endpoint']],
  ['scheduler', ['schedule']],
  ['secretsmanager', ['secret']],
  ['ssm', ['parameter', 'document', 'association', 'maintenance-window']],
  ['eks', ['cluster']],
  ['states', ['state-machine']],
  ['sns', ['topic']],
  ['codebuild', ['project']],
  ['codepipeline', ['pipeline']],
  ['wafv2', ['web-acl', 'rule-group', 'ip-set']],
  ['glue', ['job', 'crawler', 'database', 'table']],
  ['athena', ['query', 'work-group', 'data-catalog']],
  ['organizations', ['policy', 'account', 'organizational-unit']],
  ['kafka', ['cluster']],
  ['guardduty', ['filter', 'ip-set']],
  ['sso', ['permission-set']],
]);

const rankedKinds = new Map(
  Object.entries(parameterKinds).map(([name, kind], rank) => [name.toLowerCase(), { kind, rank }] as const),
);
/** KindOfName says what a parameter names, and how much it says about what a call was done to: the lowest rank says most. */
export interface KindOfName {
  readonly kind: string;
  readonly rank: number;
}

/** kindOfParameter reads the name of a parameter of a service's call; services differ in case only. */
export function kindOfParameter(name: string, service: string, call: string): KindOfName | undefined {
  const lower = name.toLowerCase();
  // EC2's groups are security groups, everyone else's are groups of users.
  if (lower === 'groupname' && service === 'ec2') return ranked('security-group', 0, service, call);
  // `userId` is a person in the identity store, elsewhere anything.
  if (lower === 'userid' && service !== 'identitystore') return undefined;
  const row = rankedKinds.get(lower);
  if (row !== undefined) return ranked(row.kind, row.rank, service, call);
  // A rule's targets have ids of their own.
  if (!bareNames.has(lower) || (service === 'events' && lower === 'id')) return undefined;
  const kinds = kindsOfService.get(service);
  const kind = kinds?.find((one) => isNamedBy(call, one)) ?? kinds?.[0];
  return kind === undefined ? undefined : ranked(kind, 0, service, call);
}

const bareNames = new Set(['name', 'names', 'id', 'arn']);

/** What a call says it is about comes first; in IAM the user, role or group that gains by it does. */
function ranked(kind: string, rank: number, service: string, call: string): KindOfName {
  return { kind, rank: service !== 'iam' && isNamedBy(call, kind) ? rank - rankedKinds.size : rank };
}

function isNamedBy(call: string, kind: string): boolean {
  return call.toLowerCase().includes(kind.replaceAll('-', ''));
}

/** kindOfResourceType turns `AWS::IAM::Role` into `role`, and `AWS::Logs::LogGroup` into `log-group`. */
export function kindOfResourceType(type: string): string {
  const last = type.slice(type.lastIndexOf(':') + 1).slice(0, 64);
  const kind = last.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
  return kind === '' ? 'resource' : (renamedTypes.get(type) ?? kind);
}

const renamedTypes = new Map([
  ['AWS::RDS::DBInstance', 'db-instance'],
  ['AWS::RDS::DBCluster', 'db-cluster'],
  ['AWS::RDS::DBSnapshot', 'db-snapshot'],
]);
