import type { Fields } from '../../../model/log-record.ts';
import { recordField } from './field-names.ts';
import { structOf } from './map-text.ts';
import { nested } from './paths.ts';

/** From Sentinel's columns to CloudTrail, where the names differ. https://learn.microsoft.com/azure/azure-monitor/reference/tables/awscloudtrail */
const moved: Readonly<Record<string, string>> = {
  TimeGenerated: 'eventTime',
  AwsEventId: 'eventID',
  AwsRequestId: 'requestID',
  EventTypeName: 'eventType',
  Category: 'eventCategory',
  UserIdentityType: 'userIdentity.type',
  UserIdentityPrincipalid: 'userIdentity.principalId',
  UserIdentityArn: 'userIdentity.arn',
  UserIdentityAccountId: 'userIdentity.accountId',
  UserIdentityInvokedBy: 'userIdentity.invokedBy',
  UserIdentityAccessKeyId: 'userIdentity.accessKeyId',
  UserIdentityUserName: 'userIdentity.userName',
  SessionMfaAuthenticated: 'userIdentity.sessionContext.attributes.mfaAuthenticated',
  SessionCreationDate: 'userIdentity.sessionContext.attributes.creationDate',
  SessionIssuerType: 'userIdentity.sessionContext.sessionIssuer.type',
  SessionIssuerPrincipalId: 'userIdentity.sessionContext.sessionIssuer.principalId',
  SessionIssuerArn: 'userIdentity.sessionContext.sessionIssuer.arn',
  SessionIssuerAccountId: 'userIdentity.sessionContext.sessionIssuer.accountId',
  SessionIssuerUserName: 'userIdentity.sessionContext.sessionIssuer.userName',
};

/** isSentinelRecord recognises a row of the table AWSCloudTrail of Microsoft Sentinel. */
export function isSentinelRecord({ EventName, EventSource, AwsEventId, UserIdentityType }: Fields): boolean {
  return (
    typeof EventName === 'string' && typeof EventSource === 'string' && (AwsEventId ?? UserIdentityType) !== undefined
  );
}

/** recordOfSentinel gives the CloudTrail record that the row was made of. */
export function recordOfSentinel(value: Fields): Fields {
  return nested(
    Object.entries(value).flatMap(([name, given]): readonly [string, unknown][] => {
      const path = moved[name] ?? recordField(name);
      return path === undefined || given === null || given === '' ? [] : [[path, structOf(given)]];
    }),
  );
}
