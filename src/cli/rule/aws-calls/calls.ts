import { readFileSync } from 'node:fs';
import { nearestOf } from '../../../sigma/index.ts';

/**
 * Names that CloudTrail writes and no SDK has: sign-ins, S3's and Lambda's own spellings, what agents and consoles call,
 * and what services report of themselves. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
 */
const trailOnly: Readonly<Record<string, string>> = {
  signin: `ConsoleLogin CheckMfa SwitchRole ExitRole RenewRole GetSigninToken PasswordRecoveryRequested PasswordRecoveryCompleted
    PasswordUpdated EmailUpdated CredentialChallenge CredentialVerification UserAuthentication AccountEmailUpdated MfaUpdated
    CreateOAuth2Token AuthorizeOAuth2Access SendLoginEmail`,
  s3: `GetBucketPublicAccessBlock PutBucketPublicAccessBlock DeleteBucketPublicAccessBlock GetAccountPublicAccessBlock
    PutAccountPublicAccessBlock DeleteAccountPublicAccessBlock GetBucketObjectLockConfiguration
    PutBucketObjectLockConfiguration GetAccelerateConfiguration PutAccelerateConfiguration GetBucketLifecycle
    PutBucketLifecycle DeleteBucketLifecycle GetBucketReplication PutBucketReplication DeleteBucketReplication
    GetBucketNotification PutBucketNotification PutBucketCors GetBucketCors DeleteBucketCors PutBucketInventory
    PutObjectLockConfiguration ListBucketVersions ListBucket DeleteMultipleObjects JobCreated JobStatusChanged GetBucketVersioning
    PutBucketEncryption DeleteBucketEncryption GetBucketEncryption PostObject BatchDeleteObject`,
  iam: 'DeleteAccountAlias SetDefaultPolicyVersion UpdateAccountEmailAddress',
  sts: 'GetServiceBearerToken',
  kms: 'RotateKey DeleteKey SynchronizeMultiRegionKey ImportedKeyMaterialDeleted',
  ec2: `BidEvictedEvent BidFulfilledEvent BidUnfulfillableEvent SharedSnapshotCopyInitiated SharedSnapshotVolumeCreated
    SharedImageCopied RunScheduledInstances EnableSerialConsoleAccess ListSnapshotsInRecycleBin ConsoleGetConsoleOutput`,
  ssm: `UpdateInstanceInformation UpdateInstanceAssociationStatus ListInstanceAssociations PutConfigurePackageResult
    GetManifest RegisterManagedInstance OpenDataChannel OpenControlChannel CreateControlChannel CreateDataChannel`,
  ssmmessages: 'OpenDataChannel OpenControlChannel CreateControlChannel CreateDataChannel',
  ec2messages: 'GetMessages AcknowledgeMessage DeleteMessage FailMessage SendReply GetEndpoint',
  secretsmanager:
    'RotationStarted RotationSucceeded RotationFailed RotationAbandoned StartSecretVersionDelete CancelSecretVersionDelete EndSecretVersionDelete TestRotationStarted',
  cloudtrail: 'CreateServiceLinkedChannel UpdateServiceLinkedChannel DeleteServiceLinkedChannel',
  rds: 'DescribeRecommendations DescribeRecommendationGroups',
  bedrock:
    'PutFoundationModelEntitlement GetFoundationModelAvailability PutUseCaseForModelAccess GetUseCaseForModelAccess CreateFoundationModelAgreement DeleteFoundationModelAgreement ListFoundationModelAgreementOffers',
  sso: 'Authenticate Federate Logout ListApplications ListProfilesForApplication GetUserInfo CreateToken AssociateProfile DisassociateProfile AssociateDirectory DisassociateDirectory StartSSO DisableApplication UpdateSSOConfiguration',
  'sso-directory': `CreateUser DeleteUser UpdateUser DisableUser EnableUser UpdatePassword VerifyEmail CreateGroup DeleteGroup
    AddMemberToGroup RemoveMemberFromGroup StartVirtualMfaDeviceRegistration CompleteVirtualMfaDeviceRegistration
    StartWebAuthnDeviceRegistration CompleteWebAuthnDeviceRegistration DeleteMfaDeviceForUser UpdateMfaDeviceForUser
    CreateBearerToken DeleteBearerToken EnableExternalIdPConfigurationForDirectory DisableExternalIdPConfigurationForDirectory
    CreateExternalIdPConfigurationForDirectory DeleteExternalIdPConfigurationForDirectory UpdateMfaConfigurationForDirectory
    SearchUsers SearchGroups DescribeUsers DescribeGroups DescribeDirectory ListMfaDevicesForUser ListMembersInGroup
    ListGroupsForUser IsMemberInGroup CreateProvisioningTenant DeleteProvisioningTenant UpdateGroup`,
  cloudshell: `CreateEnvironment CreateSession DeleteEnvironment GetEnvironmentStatus GetFileDownloadUrls GetFileUploadUrls
    GetLayout UpdateLayout PutCredentials RedeemCode SendHeartBeat StartEnvironment StopEnvironment DescribeEnvironments`,
  billingconsole: `AWSPaymentPortalService AWSPaymentPreferenceGateway GetPaymentInstruments UpdatePaymentMethod`,
  'discovery-marketplace': 'GetListingView',
};

/** Services under the name that CloudTrail gives them where the SDK has another. */
const sameCalls: Readonly<Record<string, string>> = { dax: 'dynamodb', 'autoscaling-plans': 'autoscaling' };

interface CallsFile {
  readonly source: string;
  readonly derived: string;
  /** By source and call: its parameters, parted by blanks, or null where CloudTrail writes other names than the SDK. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
}

/** AwsCalls knows which `eventName` belongs to which `eventSource`. */
export interface AwsCalls {
  /** Where the names come from, and of what day they are. */
  readonly origin: string;
  readonly hasSource: (source: string) => boolean;
  /** The names of a source, in lower case; of all sources when none is given. */
  readonly callsOf: (source?: string) => ReadonlySet<string>;
  /** The sources that have a call. */
  readonly sourcesOf: (call: string) => readonly string[];
  /** The parameters of a source's call as the SDK spells them; undefined where CloudTrail may have others. */
  readonly parametersOf: (source: string, call: string) => readonly string[] | undefined;
  /** What was probably meant: the nearest name by spelling. */
  readonly nearest: (call: string, source?: string) => string | undefined;
}

let loaded: AwsCalls | undefined;

/** awsCalls loads the table when it is first asked for: one and a half megabytes that only checks of rules need. */
export function awsCalls(): AwsCalls {
  loaded ??= createAwsCalls(JSON.parse(readFileSync(new URL('aws-calls.json', import.meta.url), 'utf8')) as CallsFile);
  return loaded;
}

function createAwsCalls({ source, derived, calls }: CallsFile): AwsCalls {
  const bySource = new Map<string, ReadonlyMap<string, string>>();
  const byCall = new Map<string, string[]>();
  for (const name of new Set([...Object.keys(calls), ...Object.keys(trailOnly)])) {
    const own = trailOnly[name]?.split(/\s+/) ?? [];
    const words = [...callNames(calls[name]), ...own, ...callNames(calls[sameCalls[name] ?? ''])];
    bySource.set(name.toLowerCase(), new Map(words.map((word) => [word.toLowerCase(), word])));
    for (const word of words) byCall.set(word.toLowerCase(), [...(byCall.get(word.toLowerCase()) ?? []), name]);
  }
  const all = new Set(byCall.keys());
  const spelling = new Map([...bySource.values()].flatMap((words) => [...words]));
  const none: ReadonlySet<string> = new Set();
  const callsOf = (name?: string): ReadonlySet<string> =>
    name === undefined ? all : new Set(bySource.get(shortSource(name))?.keys() ?? none);
  return {
    origin: `${source} of ${derived}`,
    hasSource: (name) => bySource.has(shortSource(name)),
    callsOf,
    sourcesOf(call) {
      const found = byCall.get(plainCall(call)) ?? [];
      // `api.ecr` is the endpoint of what CloudTrail calls `ecr`.
      const short = found.filter((name) => !name.includes('.'));
      return short.length > 0 ? short : found;
    },
    parametersOf(name, call) {
      const of = calls[shortSource(name)] ?? {};
      const plain = plainCall(call);
      const found = Object.entries(of).find(([known]) => known.toLowerCase() === plain)?.[1];
      return typeof found === 'string' ? found.split(' ').filter((one) => one !== '') : undefined;
    },
    nearest(call, name) {
      const found = nearestOf(plainCall(call), callsOf(name));
      return found === undefined ? undefined : (spelling.get(found) ?? found);
    },
  };
}

function callNames(of: Readonly<Record<string, string | null>> | undefined): readonly string[] {
  return Object.keys(of ?? {});
}

/** shortSource is an `eventSource` as the table names it. */
export function shortSource(source: string): string {
  return source.toLowerCase().replace(/\.amazonaws\.com(?:\.cn)?$/, '');
}

/** plainCall takes off the API version that Lambda, CloudFront and their like write behind a name: `Invoke20150331v2`. */
export function plainCall(call: string): string {
  return call.toLowerCase().replace(/_?(?:\d{8}|\d{4}_\d{2}_\d{2})(?:v\d{1,2})?$/, '');
}
