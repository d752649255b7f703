import type { Category } from '../../model/audit-event.ts';
import type { Fields } from '../../model/log-record.ts';
import { isInsight } from './insight.ts';
import { at, flagOf, listOf, textAt } from '../read.ts';
import { serviceOf } from '../service.ts';

type TrailCategory = Extract<Category, { access: 'read' | 'write' }>;

/** categoryOf classifies a CloudTrail event; records of versions before 1.08 don't say their category, so it is worked out. */
export function categoryOf(fields: Fields): TrailCategory {
  return { kind: kindOf(fields), access: accessOf(fields), via: viaOf(fields) };
}

const kinds = new Map<string, TrailCategory['kind']>([
  ['management', 'management'],
  ['data', 'data'],
  ['insight', 'insight'],
  ['networkactivity', 'network-activity'],
]);

function kindOf(fields: Fields): TrailCategory['kind'] {
  const said = kinds.get(textAt(fields, 'eventCategory')?.toLowerCase() ?? '');
  if (said !== undefined) return said;
  if (isInsight(fields)) return 'insight';
  if (textAt(fields, 'eventType') === 'AwsVpceEvent') return 'network-activity';
  const management = flagOf(at(fields, 'managementEvent'));
  if (management !== undefined) return management ? 'management' : 'data';
  return isDataEvent(fields) ? 'data' : 'management';
}

function viaOf(fields: Fields): TrailCategory['via'] {
  const type = textAt(fields, 'eventType');
  if (type === 'AwsConsoleSignIn' || isSignIn(textAt(fields, 'eventSource'), textAt(fields, 'eventName')))
    return 'sign-in';
  if (isInsight(fields)) return 'insight';
  return type === 'AwsServiceEvent' ? 'service-event' : 'api-call';
}

/** Identity Center's sign-ins are service events: of the sign-in service, and of its portal. */
function isSignIn(source: string | undefined, name: string | undefined): boolean {
  if (source === 'signin.amazonaws.com') return true;
  return source === 'sso.amazonaws.com' && (name === 'Authenticate' || name === 'Federate' || name === 'Logout');
}

function accessOf(fields: Fields): 'read' | 'write' {
  const readOnly = flagOf(at(fields, 'readOnly'));
  if (readOnly !== undefined) return readOnly ? 'read' : 'write';
  const name = textAt(fields, 'eventName') ?? textAt(fields, 'insightDetails', 'eventName') ?? '';
  return isReadName(name) ? 'read' : 'write';
}

const readVerbs = new Set(
  words(`
    Get List Describe Head Lookup Search Query Scan Select View Batch Filter Test Validate Simulate Preview
    Estimate Discover Count Check Download Read Is Find Detect Transact Verify Decode
  `),
);

/** Calls whose first word says otherwise than the `readOnly` that CloudTrail gives them nowadays. */
const readNames = new Set(
  words(`
    AssumeRole AssumeRoleWithSAML AssumeRoleWithWebIdentity AssumeRoot Decrypt Encrypt ReEncrypt Sign
    DeriveSharedSecret ConsoleDiscover GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair
    GenerateMac GenerateRandom GenerateDataKeyPairWithoutPlaintext GenerateCredentialReport
    GenerateServiceLastAccessedDetails
  `),
);
const writeNames = new Set(['CheckMfa', 'GetSigninToken']);

/** isReadName guesses from an `eventName` alone, for records without `readOnly`. */
export function isReadName(name: string): boolean {
  if (readNames.has(name)) return true;
  if (writeNames.has(name)) return false;
  const [verb = '', next = ''] = name.match(/[A-Z][a-z]*/g) ?? [];
  if (verb === 'Batch' || verb === 'Transact') return readVerbs.has(next);
  return readVerbs.has(verb);
}

/**
 * Data events by service, as names or beginnings of names (`*`), for records that don't say their category.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
 */
const dataCalls: Readonly<Record<string, readonly string[]>> = {
  s3: words(`
    GetObject* PutObject* HeadObject DeleteObject* CopyObject RestoreObject SelectObjectContent ListObjects*
    ListObjectVersions ListParts ListMultipartUploads UploadPart* HeadBucket CreateMultipartUpload
    CompleteMultipartUpload AbortMultipartUpload PostObject WriteGetObjectResponse
  `),
  lambda: ['Invoke*'],
  dynamodb: words(`
    GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem TransactGetItems
    TransactWriteItems ExecuteStatement BatchExecuteStatement ExecuteTransaction GetRecords GetShardIterator
  `),
  ebs: ['GetSnapshotBlock', 'PutSnapshotBlock', 'ListSnapshotBlocks', 'ListChangedBlocks'],
  'cognito-identity': ['GetId', 'GetCredentialsForIdentity', 'GetOpenIdToken*', 'UnlinkIdentity'],
  sns: ['Publish', 'PublishBatch'],
  sqs: ['SendMessage*', 'ReceiveMessage', 'DeleteMessage*', 'ChangeMessageVisibility*'],
  kinesis: ['PutRecord', 'PutRecords', 'GetRecords', 'GetShardIterator', 'SubscribeToShard'],
  'rds-data': ['*'],
  'cloudtrail-data': ['*'],
};

const dataResourceTypes = new Set(['AWS::S3::Object', 'AWS::S3ObjectLambda::AccessPoint', 'AWS::S3Outposts::Object']);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

function isDataEvent(fields: Fields): boolean {
  const service = serviceOf(textAt(fields, 'eventSource')) ?? '';
  const name = textAt(fields, 'eventName') ?? '';
  const calls = Object.hasOwn(dataCalls, service) ? (dataCalls[service] ?? []) : [];
  const known = calls.some((call) => (call.endsWith('*') ? name.startsWith(call.slice(0, -1)) : name === call));
  if (known) return !managementAnyway.has(name);
  return listOf(at(fields, 'resources')).some((one) => dataResourceTypes.has(textAt(one, 'type') ?? ''));
}

/** Bucket-level calls that begin like the object-level ones. */
const managementAnyway = new Set(['GetObjectLockConfiguration', 'PutObjectLockConfiguration']);
