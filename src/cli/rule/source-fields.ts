import { isDerived } from '../../sigma/match.ts';

/**
 * The fields that records of a log source can have, by Sigma's `product` and `service`. A name with parts below it lists
 * them; any other may hold anything. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
interface FieldTable {
  readonly [name: string]: FieldTable | true;
}

const issuer: FieldTable = { type: true, principalId: true, arn: true, accountId: true, userName: true };

const cloudtrail: FieldTable = {
  eventVersion: true,
  eventTime: true,
  eventSource: true,
  eventName: true,
  eventID: true,
  eventType: true,
  eventCategory: true,
  eventContext: true,
  awsRegion: true,
  sourceIPAddress: true,
  userAgent: true,
  userIdentity: {
    type: true,
    principalId: true,
    arn: true,
    accountId: true,
    accessKeyId: true,
    userName: true,
    invokedBy: true,
    identityProvider: true,
    credentialId: true,
    inScopeOf: true,
    onBehalfOf: { userId: true, identityStoreArn: true },
    sessionContext: {
      sessionIssuer: issuer,
      attributes: { mfaAuthenticated: true, creationDate: true },
      webIdFederationData: { federatedProvider: true, attributes: true },
      sourceIdentity: true,
      assumedRoot: true,
      ec2RoleDelivery: true,
      ec2IssuedInVpc: true,
    },
  },
  errorCode: true,
  errorMessage: true,
  requestParameters: true,
  responseElements: true,
  additionalEventData: true,
  requestID: true,
  apiVersion: true,
  managementEvent: true,
  readOnly: true,
  resources: true,
  recipientAccountId: true,
  serviceEventDetails: true,
  sharedEventID: true,
  vpcEndpointId: true,
  vpcEndpointAccountId: true,
  addendum: true,
  sessionCredentialFromConsole: true,
  edgeDeviceDetails: true,
  tlsDetails: { tlsVersion: true, cipherSuite: true, clientProvidedHostHeader: true, keyExchange: true },
  insightDetails: true,
  insightSource: true,
  metadata: true,
  eventData: true,
};

const envelope: FieldTable = {
  version: true,
  id: true,
  'detail-type': true,
  source: true,
  account: true,
  time: true,
  region: true,
  resources: true,
};

const tables = new Map<string, FieldTable>([
  ['aws cloudtrail', cloudtrail],
  ['aws ec2_state_change', { ...envelope, detail: { 'instance-id': true, state: true } }],
  [
    'aws cloudwatch_alarm',
    {
      ...envelope,
      detail: {
        alarmName: true,
        configuration: true,
        operation: true,
        state: {
          value: true,
          reason: true,
          reasonData: true,
          timestamp: true,
          actionsSuppressedBy: true,
          evaluationState: true,
        },
        previousState: {
          value: true,
          reason: true,
          reasonData: true,
          timestamp: true,
          actionsSuppressedBy: true,
          evaluationState: true,
        },
        muteDetail: true,
      },
    },
  ],
  ['aws guardduty', { ...envelope, detail: true }],
  ['aws securityhub_finding', { ...envelope, detail: { findings: true, actionName: true, actionDescription: true } }],
  ['aws health', { ...envelope, detail: true }],
  ['aws codebuild_build', { ...envelope, detail: true }],
  ['aws s3_object', { ...envelope, detail: true }],
]);

/** UnknownField says which part of a field's name its log source doesn't have, and which names it has there. */
export interface UnknownField {
  readonly part: string;
  /** What the part stands in: `userIdentity`, or the record itself when empty. */
  readonly within: string;
  readonly known: readonly string[];
}

/** unknownField checks a field's name against its log source; undefined when it may be there, or when nobody knows. */
export function unknownField(
  field: string,
  logsource: { readonly product?: string; readonly service?: string },
): UnknownField | undefined {
  // Rules that ask for an unknown derived field are refused when they are loaded.
  if (isDerived(field)) return undefined;
  let table: FieldTable | true | undefined = tables.get(
    `${logsource.product ?? ''} ${logsource.service ?? ''}`.toLowerCase(),
  );
  const parts = field.split('.');
  for (const [depth, part] of parts.entries()) {
    if (table === undefined || table === true) return undefined;
    if (!Object.hasOwn(table, part))
      return { part, within: parts.slice(0, depth).join('.'), known: Object.keys(table) };
    table = table[part];
  }
  return undefined;
}
