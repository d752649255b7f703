/** The names of a CloudTrail record's own fields, as CloudTrail spells them. */
const recordFields = [
  'additionalEventData',
  'addendum',
  'apiVersion',
  'awsRegion',
  'edgeDeviceDetails',
  'errorCode',
  'errorMessage',
  'eventCategory',
  'eventID',
  'eventName',
  'eventSource',
  'eventTime',
  'eventType',
  'eventVersion',
  'insightDetails',
  'managementEvent',
  'readOnly',
  'recipientAccountId',
  'requestID',
  'requestParameters',
  'resources',
  'responseElements',
  'serviceEventDetails',
  'sessionCredentialFromConsole',
  'sharedEventID',
  'sourceIPAddress',
  'tlsDetails',
  'userAgent',
  'userIdentity',
  'vpcEndpointAccountId',
  'vpcEndpointId',
] as const;

/** The names within `userIdentity`, `tlsDetails` and `resources`. Those within the parameters of a call belong to each service. */
const innerFields = [
  'ARN',
  'accessKeyId',
  'accountId',
  'arn',
  'assumedRoot',
  'attributes',
  'cipherSuite',
  'clientProvidedHostHeader',
  'creationDate',
  'credentialId',
  'credentialsIssuedTo',
  'ec2RoleDelivery',
  'federatedProvider',
  'identityProvider',
  'identityStoreArn',
  'inScopeOf',
  'invokedBy',
  'issuerType',
  'mfaAuthenticated',
  'onBehalfOf',
  'principalId',
  'sessionContext',
  'sessionIssuer',
  'sourceAccount',
  'sourceArn',
  'sourceIdentity',
  'tlsVersion',
  'type',
  'userId',
  'userName',
  'webIdFederationData',
] as const;

export type RecordField = (typeof recordFields)[number];

const byName: ReadonlyMap<string, RecordField> = new Map(recordFields.map((name) => [plain(name), name]));
// `ARN` is a resource's, and `arn` everybody else's: the caller decides between the two.
const byInnerName: ReadonlyMap<string, string> = new Map(innerFields.map((name) => [plain(name), name]));

/** recordField gives CloudTrail's spelling of a column's name: `eventname`, `EVENT_NAME` and `Event name` are `eventName`. */
export function recordField(name: string): RecordField | undefined {
  return byName.get(plain(name));
}

/** innerField gives CloudTrail's spelling of a name within the caller's identity: `sessionissuer` is `sessionIssuer`. */
export function innerField(name: string): string | undefined {
  return byInnerName.get(plain(name));
}

function plain(name: string): string {
  return name.length > 60 ? name : name.toLowerCase().replaceAll(/[_ -]/g, '');
}
