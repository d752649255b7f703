import { describe as group, expect, test } from '@jest/globals';
import { describe } from '../../../../src/describe/describe.ts';
import type { Fields } from '../../../../src/model/log-record.ts';
import { trailRecord } from '../record.ts';

interface Row {
  readonly asked?: unknown;
  readonly answered?: Fields;
  readonly more?: Fields;
  /** To what, and with whom: kind and id of each target. */
  readonly says: string;
}

const own = '111122223333';
const other = '444455556666';
const role = (name: string, account = own) => `arn:aws:iam::${account}:role/${name}`;
const policy = (...principals: readonly unknown[]): Fields => ({
  Version: '2012-10-17',
  Statement: principals.map((Principal) => ({ Effect: 'Allow', Principal, Action: '*' })),
});
const text = (value: unknown): string => JSON.stringify(value);
const open = { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } };

/** The calls that an intruder makes, or an auditor asks about, each with what it was done to and with whom something is shared. */
const calls: Readonly<Record<string, Row>> = {
  // Who may do what
  'iam CreateUser': {
    asked: { userName: 'eve' },
    answered: { user: { userName: 'eve', userId: 'AIDA1' } },
    says: 'user eve',
  },
  'iam DeleteUser': { asked: { userName: 'eve' }, says: 'user eve' },
  'iam CreateAccessKey': {
    asked: { userName: 'eve' },
    answered: { accessKey: { accessKeyId: 'AKIA1', userName: 'eve', status: 'Active' } },
    says: 'user eve, access-key AKIA1',
  },
  'iam UpdateAccessKey': {
    asked: { userName: 'eve', accessKeyId: 'AKIA1', status: 'Active' },
    says: 'user eve, access-key AKIA1',
  },
  'iam CreateLoginProfile': { asked: { userName: 'eve' }, says: 'user eve' },
  'iam UpdateLoginProfile': { asked: { userName: 'eve' }, says: 'user eve' },
  'iam AttachUserPolicy': {
    asked: { userName: 'eve', policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    says: 'user eve, policy arn:aws:iam::aws:policy/AdministratorAccess',
  },
  'iam AttachRolePolicy': {
    asked: { roleName: 'r', policyArn: 'arn:aws:iam::aws:policy/A' },
    says: 'role r, policy arn:aws:iam::aws:policy/A',
  },
  'iam AttachGroupPolicy': {
    asked: { groupName: 'g', policyArn: 'arn:aws:iam::aws:policy/A' },
    says: 'group g, policy arn:aws:iam::aws:policy/A',
  },
  'iam PutUserPolicy': {
    asked: { userName: 'eve', policyName: 'p', policyDocument: '{}' },
    says: 'user eve, policy p',
  },
  'iam PutRolePolicy': { asked: { roleName: 'r', policyName: 'p' }, says: 'role r, policy p' },
  'iam PutGroupPolicy': { asked: { groupName: 'g', policyName: 'p' }, says: 'group g, policy p' },
  'iam AddUserToGroup': { asked: { userName: 'eve', groupName: 'admins' }, says: 'user eve, group admins' },
  'iam CreateRole': {
    asked: { roleName: 'r', assumeRolePolicyDocument: text(policy({ AWS: `arn:aws:iam::${other}:root` })) },
    says: `role r, shared-with arn:aws:iam::${other}:root`,
  },
  'iam UpdateAssumeRolePolicy': {
    asked: {
      roleName: 'r',
      policyDocument: text(policy({ Service: 'ec2.amazonaws.com' }, { AWS: [other, `arn:aws:iam::${own}:user/eve`] })),
    },
    says: `role r, shared-with ${other}, shared-with arn:aws:iam::${own}:user/eve`,
  },
  'iam CreatePolicyVersion': {
    asked: { policyArn: `arn:aws:iam::${own}:policy/p`, policyDocument: '{}', setAsDefault: true },
    says: `policy arn:aws:iam::${own}:policy/p`,
  },
  'iam SetDefaultPolicyVersion': { asked: { policyArn: 'arn:p', versionId: 'v1' }, says: 'policy arn:p' },
  'iam DeactivateMFADevice': {
    asked: { userName: 'eve', serialNumber: `arn:aws:iam::${own}:mfa/eve` },
    says: `user eve, mfa-device arn:aws:iam::${own}:mfa/eve`,
  },
  'iam AddRoleToInstanceProfile': {
    asked: { roleName: 'r', instanceProfileName: 'ip' },
    says: 'role r, instance-profile ip',
  },
  'iam DeleteRolePermissionsBoundary': { asked: { roleName: 'r' }, says: 'role r' },
  'iam CreateSAMLProvider': {
    asked: { name: 'idp' },
    answered: { sAMLProviderArn: `arn:aws:iam::${own}:saml-provider/idp` },
    says: `identity-provider arn:aws:iam::${own}:saml-provider/idp`,
  },
  'iam CreateOpenIDConnectProvider': {
    asked: { url: 'https://evil.example' },
    answered: { openIDConnectProviderArn: `arn:aws:iam::${own}:oidc-provider/evil.example` },
    says: `identity-provider arn:aws:iam::${own}:oidc-provider/evil.example`,
  },
  'sts AssumeRole': { asked: { roleArn: role('r', other), roleSessionName: 's' }, says: `role ${role('r', other)}` },
  'sts AssumeRoleWithWebIdentity': { asked: { roleArn: role('r'), roleSessionName: 's' }, says: `role ${role('r')}` },
  'sts AssumeRoot': {
    asked: { targetPrincipal: other, taskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy' } },
    answered: { credentials: { accessKeyId: 'ASIA1' } },
    says: `account ${other}, policy arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy, access-key ASIA1`,
  },
  'sts GetFederationToken': {
    asked: { name: 'eve', policy: '{}' },
    answered: {
      federatedUser: { arn: `arn:aws:sts::${own}:federated-user/eve` },
      credentials: { accessKeyId: 'ASIA1' },
    },
    says: 'federated-user eve, access-key ASIA1',
  },
  'sso CreateAccountAssignment': {
    asked: {
      instanceArn: 'arn:aws:sso:::instance/ssoins-1',
      targetId: other,
      targetType: 'AWS_ACCOUNT',
      permissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-1/ps-1',
      principalType: 'USER',
      principalId: 'u-9',
    },
    says: `account ${other}, permission-set arn:aws:sso:::permissionSet/ssoins-1/ps-1, user u-9`,
  },
  'sso DeleteAccountAssignment': {
    asked: {
      targetId: other,
      targetType: 'AWS_ACCOUNT',
      permissionSetArn: 'arn:ps',
      principalType: 'GROUP',
      principalId: 'g-9',
    },
    says: `account ${other}, permission-set arn:ps, group g-9`,
  },
  'sso AttachManagedPolicyToPermissionSet': {
    asked: { permissionSetArn: 'arn:ps', managedPolicyArn: 'arn:aws:iam::aws:policy/A' },
    says: 'permission-set arn:ps, policy arn:aws:iam::aws:policy/A',
  },
  'sso PutInlinePolicyToPermissionSet': {
    asked: { permissionSetArn: 'arn:ps', inlinePolicy: '{}' },
    says: 'permission-set arn:ps',
  },
  'sso ProvisionPermissionSet': {
    asked: { permissionSetArn: 'arn:ps', targetType: 'AWS_ACCOUNT', targetId: other },
    says: `account ${other}, permission-set arn:ps`,
  },
  'rolesanywhere CreateTrustAnchor': {
    asked: { name: 'ta' },
    answered: { trustAnchor: { trustAnchorArn: 'arn:ta' } },
    says: 'trust-anchor ta',
  },
  'rolesanywhere CreateProfile': {
    asked: { name: 'pr', roleArns: [role('r')] },
    says: `profile pr, role ${role('r')}`,
  },
  'organizations LeaveOrganization': { says: `account ${own}` },
  'organizations RemoveAccountFromOrganization': { asked: { accountId: other }, says: `account ${other}` },
  'organizations InviteAccountToOrganization': {
    asked: { target: { type: 'ACCOUNT', id: other } },
    says: `account ${other}`,
  },
  'organizations AttachPolicy': { asked: { policyId: 'p-1', targetId: other }, says: `policy p-1, account ${other}` },
  'organizations DetachPolicy': {
    asked: { policyId: 'p-1', targetId: 'ou-1' },
    says: 'policy p-1, organizational-unit ou-1',
  },
  'organizations RegisterDelegatedAdministrator': {
    asked: { accountId: other, servicePrincipal: 'guardduty.amazonaws.com' },
    says: `account ${other}, service guardduty.amazonaws.com`,
  },

  // Sessions on hosts and in containers
  'ssm StartSession': {
    asked: { target: 'i-0abc', documentName: 'AWS-StartInteractiveCommand' },
    answered: { sessionId: 'mallory-1', tokenValue: 'HIDDEN' },
    says: 'instance i-0abc, document AWS-StartInteractiveCommand, session mallory-1',
  },
  'ssm ResumeSession': { asked: { sessionId: 'mallory-1' }, says: 'session mallory-1' },
  'ssm SendCommand': {
    asked: { documentName: 'AWS-RunShellScript', instanceIds: ['i-0abc'] },
    says: 'instance i-0abc, document AWS-RunShellScript',
  },
  'ssm SendCommand, by tags': {
    asked: { documentName: 'AWS-RunShellScript', targets: [{ key: 'tag:Role', values: ['web'] }] },
    says: 'instances tag:Role=web, document AWS-RunShellScript',
  },
  'ssm SendCommand, by ids': {
    asked: { documentName: 'D', targets: [{ key: 'InstanceIds', values: ['i-0abc', 'i-0def'] }] },
    says: 'instance i-0abc, instance i-0def, document D',
  },
  'ssm GetParameter': { asked: { name: '/db/password', withDecryption: true }, says: 'parameter /db/password' },
  'ssm GetParametersByPath': { asked: { path: '/db', recursive: true }, says: 'parameter /db' },
  'ssm PutParameter': { asked: { name: '/db/password', type: 'SecureString' }, says: 'parameter /db/password' },
  'ssm ModifyDocumentPermission': {
    asked: { name: 'doc', permissionType: 'Share', accountIdsToAdd: [other, 'all'] },
    says: `document doc, shared-with ${other}, shared-with everyone`,
  },
  'ecs ExecuteCommand': {
    asked: {
      cluster: 'prod',
      container: 'web',
      command: '/bin/sh',
      interactive: true,
      task: `arn:aws:ecs:eu-west-1:${own}:task/prod/abc`,
    },
    says: `container web, task arn:aws:ecs:eu-west-1:${own}:task/prod/abc, cluster prod`,
  },
  'ecs RunTask': {
    asked: { cluster: 'prod', taskDefinition: 'web:3', launchType: 'FARGATE' },
    says: 'cluster prod, task-definition web:3',
  },
  'ecs RegisterTaskDefinition': {
    asked: { family: 'web', taskRoleArn: role('r'), containerDefinitions: [{ name: 'c', image: 'evil/image' }] },
    says: `task-definition web, role ${role('r')}`,
  },
  'ecs UpdateService': {
    asked: { cluster: 'prod', service: 'web', taskDefinition: 'web:3' },
    says: 'service web, cluster prod, task-definition web:3',
  },
  'ec2-instance-connect SendSSHPublicKey': {
    asked: { instanceId: 'i-0abc', instanceOSUser: 'ec2-user', sSHPublicKey: 'ssh-ed25519 A' },
    says: 'instance i-0abc, host-user ec2-user',
  },
  'ec2-instance-connect SendSerialConsoleSSHPublicKey': {
    asked: { instanceId: 'i-0abc', serialPort: 0 },
    says: 'instance i-0abc',
  },
  'ec2 GetPasswordData': { asked: { instanceId: 'i-0abc' }, says: 'instance i-0abc' },
  'ec2 ModifyInstanceAttribute': {
    asked: { instanceId: 'i-0abc', userData: '<sensitiveDataRemoved>' },
    says: 'instance i-0abc',
  },
  'ec2 RunInstances': {
    asked: {
      instancesSet: { items: [{ imageId: 'ami-1', minCount: 1, maxCount: 1, keyName: 'k' }] },
      instanceType: 'p3.2xlarge',
      subnetId: 'subnet-1',
    },
    answered: { instancesSet: { items: [{ instanceId: 'i-0abc', imageId: 'ami-1' }] } },
    says: 'instance i-0abc, key-pair k, image ami-1, subnet subnet-1',
  },
  'ec2 StopInstances': { asked: { instancesSet: { items: [{ instanceId: 'i-0abc' }] } }, says: 'instance i-0abc' },
  'ec2 TerminateInstances': {
    asked: { instancesSet: { items: [{ instanceId: 'i-0abc' }, { instanceId: 'i-0def' }] } },
    says: 'instance i-0abc, instance i-0def',
  },
  'ec2 AssociateIamInstanceProfile': {
    asked: { AssociateIamInstanceProfileRequest: { IamInstanceProfile: { Name: 'ip' }, InstanceId: 'i-0abc' } },
    says: 'instance i-0abc, instance-profile ip',
  },
  'ec2 ModifyInstanceMetadataOptions': {
    asked: { ModifyInstanceMetadataOptionsRequest: { HttpTokens: 'optional', InstanceId: 'i-0abc' } },
    says: 'instance i-0abc',
  },
  'ec2 ImportKeyPair': { asked: { keyName: 'k', publicKeyMaterial: 'A' }, says: 'key-pair k' },
  'ec2 AttachVolume': {
    asked: { volumeId: 'vol-1', instanceId: 'i-0abc', device: '/dev/sdf' },
    says: 'volume vol-1, instance i-0abc',
  },
  'eks CreateAccessEntry': {
    asked: { name: 'prod', principalArn: role('r', other), kubernetesGroups: ['masters'] },
    says: `cluster prod, principal ${role('r', other)}`,
  },
  'eks AssociateAccessPolicy': {
    asked: {
      name: 'prod',
      principalArn: role('r'),
      policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy',
    },
    says: `cluster prod, principal ${role('r')}, policy arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
  },
  'eks CreatePodIdentityAssociation': {
    asked: { clusterName: 'prod', namespace: 'default', serviceAccount: 'sa', roleArn: role('r') },
    says: `cluster prod, role ${role('r')}, namespace default, service-account sa`,
  },
  'eks UpdateClusterConfig': {
    asked: { name: 'prod', resourcesVpcConfig: { endpointPublicAccess: true, publicAccessCidrs: ['0.0.0.0/0'] } },
    says: 'cluster prod, opened-to 0.0.0.0/0',
  },

  // Sharing: with whom
  'ec2 ModifySnapshotAttribute': {
    asked: {
      snapshotId: 'snap-1',
      createVolumePermission: { add: { items: [{ userId: other }] } },
      attributeType: 'CREATE_VOLUME_PERMISSION',
    },
    says: `snapshot snap-1, shared-with ${other}`,
  },
  'ec2 ModifySnapshotAttribute, public': {
    asked: { snapshotId: 'snap-1', createVolumePermission: { add: { items: [{ group: 'all' }] } } },
    says: 'snapshot snap-1, shared-with everyone',
  },
  'ec2 ModifySnapshotAttribute, taken back': {
    asked: { snapshotId: 'snap-1', createVolumePermission: { remove: { items: [{ userId: other }] } } },
    says: `snapshot snap-1, unshared-with ${other}`,
  },
  'ec2 ModifyImageAttribute': {
    asked: {
      imageId: 'ami-1',
      launchPermission: { add: { items: [{ userId: other }, { organizationArn: 'arn:org' }] } },
      attributeType: 'launchPermission',
    },
    says: `image ami-1, shared-with ${other}, shared-with arn:org`,
  },
  'rds ModifyDBSnapshotAttribute': {
    asked: { dBSnapshotIdentifier: 's', attributeName: 'restore', valuesToAdd: [other] },
    answered: { dBSnapshotIdentifier: 's' },
    says: `db-snapshot s, shared-with ${other}`,
  },
  'rds ModifyDBClusterSnapshotAttribute': {
    asked: {
      dBClusterSnapshotIdentifier: 's',
      attributeName: 'restore',
      valuesToAdd: ['all'],
      valuesToRemove: [other],
    },
    says: `db-snapshot s, shared-with everyone, unshared-with ${other}`,
  },
  'rds StartExportTask': {
    asked: { exportTaskIdentifier: 'x', sourceArn: 'arn:aws:rds:eu-west-1:111122223333:snapshot:s', s3BucketName: 'b' },
    says: 'db-snapshot arn:aws:rds:eu-west-1:111122223333:snapshot:s, bucket b',
  },
  'rds RestoreDBInstanceFromDBSnapshot': {
    asked: { dBInstanceIdentifier: 'db2', dBSnapshotIdentifier: 's' },
    says: 'db-instance db2, db-snapshot s',
  },
  'rds ModifyDBInstance': { asked: { dBInstanceIdentifier: 'db', publiclyAccessible: true }, says: 'db-instance db' },
  'rds DeleteDBInstance': { asked: { dBInstanceIdentifier: 'db', skipFinalSnapshot: true }, says: 'db-instance db' },
  'redshift AuthorizeSnapshotAccess': {
    asked: { snapshotIdentifier: 's', accountWithRestoreAccess: other },
    says: `snapshot s, shared-with ${other}`,
  },
  'ram CreateResourceShare': {
    asked: { name: 'share', principals: [other], resourceArns: ['arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1'] },
    says: `resource-share share, resource arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1, shared-with ${other}`,
  },
  'ec2 CreateVpcPeeringConnection': {
    asked: { vpcId: 'vpc-1', peerVpcId: 'vpc-2', peerOwnerId: other },
    answered: { vpcPeeringConnection: { vpcPeeringConnectionId: 'pcx-1' } },
    says: `vpc vpc-1, vpc vpc-2, vpc-peering pcx-1, shared-with ${other}`,
  },
  's3 PutBucketPolicy': {
    asked: { bucketName: 'b', bucketPolicy: policy('*'), Host: 'b.s3.amazonaws.com' },
    says: 'bucket b, shared-with everyone',
  },
  's3 PutBucketPolicy, with conditions': {
    asked: {
      bucketName: 'b',
      bucketPolicy: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: 's3:*',
            Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } },
          },
          { Effect: 'Deny', Principal: '*', Action: 's3:*' },
        ],
      },
    },
    says: 'bucket b, shared-with everyone, on conditions',
  },
  's3 PutBucketAcl': {
    asked: {
      bucketName: 'b',
      AccessControlPolicy: {
        AccessControlList: {
          Grant: [
            { Grantee: { ID: 'c1' }, Permission: 'FULL_CONTROL' },
            { Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' },
          ],
        },
      },
    },
    says: 'bucket b, shared-with everyone',
  },
  's3 PutBucketAcl, canned': {
    asked: { bucketName: 'b', 'x-amz-acl': ['public-read'] },
    says: 'bucket b, shared-with everyone',
  },
  's3 PutBucketReplication': {
    asked: {
      bucketName: 'b',
      ReplicationConfiguration: {
        Role: role('r'),
        Rule: { Destination: { Bucket: 'arn:aws:s3:::evil', Account: other }, Status: 'Enabled' },
      },
    },
    says: `bucket b, shared-with arn:aws:s3:::evil, shared-with ${other}`,
  },
  's3 DeleteBucket': { asked: { bucketName: 'b' }, says: 'bucket b' },
  's3 DeleteBucketPolicy': { asked: { bucketName: 'b' }, says: 'bucket b' },
  's3 PutBucketPublicAccessBlock': {
    asked: { bucketName: 'b', PublicAccessBlockConfiguration: { BlockPublicAcls: false } },
    says: 'bucket b',
  },
  's3 PutBucketVersioning': {
    asked: { bucketName: 'b', VersioningConfiguration: { Status: 'Suspended' } },
    says: 'bucket b',
  },
  's3 GetObject': { asked: { bucketName: 'b', key: 'a/b.csv' }, says: 'object b/a/b.csv, bucket b' },
  'lambda AddPermission20150331v2': {
    asked: { functionName: 'f', principal: '*', action: 'lambda:InvokeFunction', statementId: 's' },
    says: 'function f, shared-with everyone',
  },
  'lambda AddLayerVersionPermission20181031': {
    asked: { layerName: 'l', versionNumber: 1, principal: other, statementId: 's' },
    says: `layer l, shared-with ${other}`,
  },
  'lambda CreateFunctionUrlConfig': {
    asked: { functionName: 'f', authType: 'NONE' },
    says: 'function f, shared-with everyone',
  },
  'lambda UpdateFunctionCode20150331v2': { asked: { functionName: 'f', dryRun: false }, says: 'function f' },
  'lambda CreateFunction20150331': {
    asked: { functionName: 'f', role: role('r') },
    says: `function f, role ${role('r')}`,
  },
  'lambda CreateEventSourceMapping20150331': {
    asked: { functionName: 'f', eventSourceArn: `arn:aws:sqs:eu-west-1:${own}:q` },
    says: `function f, event-source arn:aws:sqs:eu-west-1:${own}:q`,
  },
  'kms PutKeyPolicy': {
    asked: { keyId: 'k-1', policy: text(policy({ AWS: `arn:aws:iam::${own}:root` }, { AWS: role('r', other) })) },
    says: `key k-1, shared-with ${role('r', other)}`,
  },
  'kms CreateGrant': {
    asked: { keyId: 'k-1', granteePrincipal: role('r', other), operations: ['Decrypt'] },
    says: `key k-1, shared-with ${role('r', other)}`,
  },
  'kms ScheduleKeyDeletion': { asked: { keyId: 'k-1', pendingWindowInDays: 7 }, says: 'key k-1' },
  'kms DisableKey': { asked: { keyId: 'k-1' }, says: 'key k-1' },
  'secretsmanager GetSecretValue': { asked: { secretId: 'db' }, says: 'secret db' },
  'secretsmanager PutResourcePolicy': {
    asked: { secretId: 'db', resourcePolicy: text(policy({ AWS: other })) },
    says: `secret db, shared-with ${other}`,
  },
  'secretsmanager DeleteSecret': { asked: { secretId: 'db' }, says: 'secret db' },
  'sns SetTopicAttributes': {
    asked: { topicArn: 'arn:t', attributeName: 'Policy', attributeValue: text(policy({ AWS: '*' })) },
    says: 'topic arn:t, shared-with everyone',
  },
  'sns AddPermission': {
    asked: { topicArn: 'arn:t', label: 'l', aWSAccountId: [other], actionName: ['Publish'] },
    says: `topic arn:t, shared-with ${other}`,
  },
  'sns Subscribe': {
    asked: { topicArn: 'arn:t', protocol: 'email', endpoint: 'eve@example.com' },
    says: 'topic arn:t, sent-to eve@example.com',
  },
  'sqs SetQueueAttributes': {
    asked: { queueUrl: 'https://q', attributes: { Policy: text(policy('*')) } },
    says: 'queue https://q, shared-with everyone',
  },
  'sqs AddPermission': {
    asked: { queueUrl: 'https://q', label: 'l', aWSAccountIds: [other] },
    says: `queue https://q, shared-with ${other}`,
  },
  'ecr SetRepositoryPolicy': {
    asked: { repositoryName: 'r', policyText: text(policy('*')) },
    says: 'repository r, shared-with everyone',
  },
  'events PutPermission': {
    asked: { eventBusName: 'bus', principal: other, action: 'events:PutEvents' },
    says: `event-bus bus, shared-with ${other}`,
  },
  'events PutTargets': {
    asked: { rule: 'r', targets: [{ id: '1', arn: 'arn:aws:lambda:eu-west-1:111122223333:function:f' }] },
    says: 'rule r, sent-to arn:aws:lambda:eu-west-1:111122223333:function:f',
  },
  'logs PutSubscriptionFilter': {
    asked: { logGroupName: '/a', filterName: 'f', destinationArn: `arn:aws:logs:eu-west-1:${other}:destination:d` },
    says: `log-group /a, sent-to arn:aws:logs:eu-west-1:${other}:destination:d`,
  },
  'logs DeleteLogGroup': { asked: { logGroupName: '/a' }, says: 'log-group /a' },
  'backup PutBackupVaultAccessPolicy': {
    asked: { backupVaultName: 'v', policy: text(policy({ AWS: other })) },
    says: `backup-vault v, shared-with ${other}`,
  },
  'elasticfilesystem PutFileSystemPolicy': {
    asked: { fileSystemId: 'fs-1', policy: text(policy({ AWS: '*' })) },
    says: 'file-system fs-1, shared-with everyone',
  },
  'route53domains TransferDomainToAnotherAwsAccount': {
    asked: { domainName: 'example.com', accountId: other },
    says: `domain example.com, shared-with ${other}`,
  },

  // The way in and out
  'ec2 AuthorizeSecurityGroupIngress': {
    asked: {
      groupId: 'sg-1',
      ipPermissions: { items: [open, { ...open, ipRanges: {}, ipv6Ranges: { items: [{ cidrIpv6: '::/0' }] } }] },
    },
    says: 'security-group sg-1, opened-to 0.0.0.0/0, opened-to ::/0',
  },
  'ec2 AuthorizeSecurityGroupEgress': {
    asked: { groupId: 'sg-1', ipPermissions: { items: [open] } },
    says: 'security-group sg-1, opened-to 0.0.0.0/0',
  },
  'ec2 ModifySecurityGroupRules': {
    asked: {
      ModifySecurityGroupRulesRequest: {
        GroupId: 'sg-1',
        SecurityGroupRule: { SecurityGroupRule: { CidrIpv4: '0.0.0.0/0' }, SecurityGroupRuleId: 'sgr-1' },
      },
    },
    says: 'security-group sg-1, opened-to 0.0.0.0/0',
  },
  'ec2 CreateRoute': {
    asked: { routeTableId: 'rtb-1', destinationCidrBlock: '0.0.0.0/0', gatewayId: 'igw-1' },
    says: 'route-table rtb-1, gateway igw-1, opened-to 0.0.0.0/0',
  },
  'ec2 DeleteFlowLogs': {
    asked: { DeleteFlowLogsRequest: { FlowLogId: { tag: 1, content: 'fl-1' } } },
    says: 'flow-log fl-1',
  },
  'ec2 CreateNetworkAclEntry': {
    asked: { networkAclId: 'acl-1', cidrBlock: '0.0.0.0/0', ruleAction: 'allow' },
    says: 'network-acl acl-1, opened-to 0.0.0.0/0',
  },
  'route53 ChangeResourceRecordSets': {
    asked: {
      hostedZoneId: 'Z1',
      changeBatch: { changes: [{ action: 'UPSERT', resourceRecordSet: { name: 'www.example.com.', type: 'A' } }] },
    },
    says: 'record www.example.com., hosted-zone Z1',
  },

  // Blinding those who watch
  'cloudtrail StopLogging': { asked: { name: 'arn:trail' }, says: 'trail arn:trail' },
  'cloudtrail DeleteTrail': { asked: { name: 'arn:trail' }, says: 'trail arn:trail' },
  'cloudtrail UpdateTrail': {
    asked: { name: 'arn:trail', s3BucketName: 'evil' },
    says: 'trail arn:trail, bucket evil',
  },
  'cloudtrail PutEventSelectors': { asked: { trailName: 't', eventSelectors: [] }, says: 'trail t' },
  'guardduty DeleteDetector': { asked: { detectorId: 'd-1' }, says: 'detector d-1' },
  'guardduty UpdateDetector': { asked: { detectorId: 'd-1', enable: false }, says: 'detector d-1' },
  'guardduty DisassociateMembers': {
    asked: { detectorId: 'd-1', accountIds: [other] },
    says: `detector d-1, account ${other}`,
  },
  'guardduty CreateIPSet': {
    asked: { detectorId: 'd-1', name: 'trusted', location: 's3://evil/list.txt', activate: true },
    says: 'detector d-1, ip-set trusted',
  },
  'securityhub DisableSecurityHub': { says: `account ${own}` },
  'config StopConfigurationRecorder': {
    asked: { configurationRecorderName: 'default' },
    says: 'config-recorder default',
  },
  'access-analyzer DeleteAnalyzer': { asked: { analyzerName: 'a' }, says: 'analyzer a' },
  'monitoring DeleteAlarms': { asked: { alarmNames: ['a', 'b'] }, says: 'alarm a, alarm b' },
  'wafv2 DeleteWebACL': { asked: { name: 'w', scope: 'REGIONAL', id: 'id-1' }, says: 'web-acl w, web-acl id-1' },
  'bedrock InvokeModel': { asked: { modelId: 'anthropic.claude' }, says: 'model anthropic.claude' },
  'bedrock DeleteModelInvocationLoggingConfiguration': { says: `account ${own}` },
  'cloudformation CreateStack': {
    asked: { stackName: 's', templateURL: 'https://x', capabilities: ['CAPABILITY_IAM'] },
    says: 'stack s',
  },
  'glue CreateDevEndpoint': {
    asked: { endpointName: 'e', roleArn: role('r'), publicKey: 'k' },
    says: `endpoint e, role ${role('r')}`,
  },
  'sagemaker CreatePresignedNotebookInstanceUrl': { asked: { notebookInstanceName: 'n' }, says: 'notebook n' },
  'lightsail GetInstanceAccessDetails': { asked: { instanceName: 'n', protocol: 'ssh' }, says: 'instance n' },
  'dynamodb ExportTableToPointInTime': {
    asked: { tableArn: `arn:aws:dynamodb:eu-west-1:${own}:table/t`, s3Bucket: 'evil', s3BucketOwner: other },
    says: `table arn:aws:dynamodb:eu-west-1:${own}:table/t, bucket evil, shared-with ${other}`,
  },
  'dynamodb DeleteTable': { asked: { tableName: 't' }, says: 'table t' },
  'ec2 CreateInstanceExportTask': {
    asked: { instanceId: 'i-0abc', targetEnvironment: 'vmware', exportToS3: { s3Bucket: 'evil' } },
    says: 'instance i-0abc, bucket evil',
  },
  'signin ConsoleLogin': { answered: { ConsoleLogin: 'Success' }, says: `account ${own}` },
};

group('who, what, to what, with whom', () => {
  test.each(Object.entries(calls))('%s', (call, { asked = null, answered = null, more = {}, says }) => {
    const [service = '', name = ''] = call.split(/[ ,]/);
    const event = describe(
      trailRecord({
        eventVersion: '1.11',
        eventSource: `${service}.amazonaws.com`,
        eventName: name,
        userIdentity: { type: 'IAMUser', userName: 'mallory', arn: `arn:aws:iam::${own}:user/mallory`, accountId: own },
        sourceIPAddress: '198.51.100.77',
        requestParameters: asked,
        responseElements: answered,
        recipientAccountId: own,
        ...more,
      }),
    );
    expect(event).toMatchObject({
      actor: { name: 'mallory', kind: 'iam-user' },
      service,
      action: name,
      sourceAddress: '198.51.100.77',
      outcome: { kind: 'success' },
    });
    expect(event.targets.map(({ kind, id }) => `${kind} ${id}`).join(', ')).toBe(says);
  });
});
