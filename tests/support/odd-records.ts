const user = {
  type: 'IAMUser',
  principalId: 'AIDA',
  arn: 'arn:aws:iam::111122223333:user/eve',
  accountId: '111122223333',
  userName: 'eve',
  accessKeyId: 'AKIAEVEEVEEVEEXAMPLE',
};
let number = 0;

function record(fields: Readonly<Record<string, unknown>>): unknown {
  number++;
  return {
    eventVersion: '1.11',
    eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    eventTime: '2026-01-31T12:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventType: 'AwsApiCall',
    awsRegion: 'us-east-1',
    recipientAccountId: '111122223333',
    userIdentity: user,
    readOnly: false,
    ...fields,
  };
}

const policy = (statement: unknown): unknown =>
  record({
    eventName: 'PutUserPolicy',
    requestParameters: {
      userName: 'eve',
      policyName: 'p',
      policyDocument: JSON.stringify({ Statement: statement }, undefined, 2),
    },
  });

const twice = record({ eventName: 'DeleteRole', requestParameters: { roleName: 'once' } });
/** oddRecords are CloudTrail records that reports must not stumble over: twice, half, hidden, of another shape, at the edge of a month. */
export const oddRecords: readonly unknown[] = [
  twice,
  twice,
  record({ eventName: 'DeleteUser', requestParameters: 'HIDDEN_DUE_TO_SECURITY_REASONS', responseElements: null }),
  record({
    eventName: 'DeleteGroup',
    userIdentity: 'not an identity',
    requestParameters: { groupName: '\ud800 half \u0000 \\ud800' },
  }),
  record({
    eventName: 'DeletePolicy',
    eventTime: '2026-01-31T23:59:59Z',
    requestParameters: { policyArn: 'last-second' },
  }),
  record({
    eventName: 'DeletePolicy',
    eventTime: '2026-02-01T00:00:00Z',
    requestParameters: { policyArn: 'next-month' },
  }),
  record({ eventName: 'CreateSAMLProvider', requestParameters: { name: 'evil-idp' } }),
  record({ eventSource: 'sso.amazonaws.com', eventName: 'Authenticate' }),
  record({ eventName: 'ListUsers', readOnly: true, tlsDetails: { tlsVersion: 'TLSv1.1', cipherSuite: 'x' } }),
  policy([{ Effect: 'Allow', Action: ['s3:GetObject', '*'], Resource: '*' }]),
  policy([{ Action: '*', Resource: '*', Effect: 'Allow' }]),
  policy([
    { Effect: 'Deny', Action: '*', Resource: '*' },
    { Effect: 'Allow', Action: 's3:*', Resource: '*' },
  ]),
  record({
    eventSource: 'ec2.amazonaws.com',
    eventName: 'RunInstances',
    errorCode: 'Client.InstanceLimitExceeded',
    requestParameters: { instancesSet: { items: [{ imageId: 'ami-1' }] } },
  }),
  record({
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    eventType: 'AwsConsoleSignIn',
    userIdentity: {
      type: 'Root',
      principalId: '111122223333',
      arn: 'arn:aws:iam::111122223333:root',
      accountId: '111122223333',
      accessKeyId: '',
    },
    responseElements: { ConsoleLogin: 'Failure' },
    errorMessage: 'Failed authentication',
    additionalEventData: { MFAUsed: 'No' },
    sourceIPAddress: '198.51.100.9',
  }),
  // On Athena these lie in folders and tables of their own.
  record({ eventName: 'DeleteRole', eventCategory: 'NetworkActivity', requestParameters: { roleName: 'by-endpoint' } }),
  record({ eventName: 'DeleteRole', eventCategory: 'Insight', requestParameters: { roleName: 'unusual' } }),
];
