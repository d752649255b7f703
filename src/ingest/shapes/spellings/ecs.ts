import type { Fields } from '../../../model/log-record.ts';
import { isObject } from '../../ingested.ts';
import { parseJson } from '../../json/json-text.ts';
import { structOf } from './map-text.ts';
import { nested, textAt, valueAt } from './paths.ts';

/** From ECS to CloudTrail, for what only changes its place. https://www.elastic.co/docs/reference/beats/filebeat/exported-fields-aws */
const moved = {
  '@timestamp': 'eventTime',
  'event.id': 'eventID',
  'event.action': 'eventName',
  'event.provider': 'eventSource',
  'cloud.region': 'awsRegion',
  'user_agent.original': 'userAgent',
  'aws.cloudtrail.event_version': 'eventVersion',
  'aws.cloudtrail.event_type': 'eventType',
  'aws.cloudtrail.event_category': 'eventCategory',
  'aws.cloudtrail.api_version': 'apiVersion',
  'aws.cloudtrail.request_id': 'requestID',
  'aws.cloudtrail.error_code': 'errorCode',
  'aws.cloudtrail.error_message': 'errorMessage',
  'aws.cloudtrail.management_event': 'managementEvent',
  'aws.cloudtrail.read_only': 'readOnly',
  'aws.cloudtrail.recipient_account_id': 'recipientAccountId',
  'aws.cloudtrail.shared_event_id': 'sharedEventID',
  'aws.cloudtrail.vpc_endpoint_id': 'vpcEndpointId',
  'cloud.account.id': 'userIdentity.accountId',
  'user.id': 'userIdentity.principalId',
  'aws.cloudtrail.user_identity.type': 'userIdentity.type',
  'aws.cloudtrail.user_identity.arn': 'userIdentity.arn',
  'aws.cloudtrail.user_identity.access_key_id': 'userIdentity.accessKeyId',
  'aws.cloudtrail.user_identity.invoked_by': 'userIdentity.invokedBy',
  'aws.cloudtrail.user_identity.session_context.mfa_authenticated':
    'userIdentity.sessionContext.attributes.mfaAuthenticated',
  'aws.cloudtrail.user_identity.session_context.creation_date': 'userIdentity.sessionContext.attributes.creationDate',
  'aws.cloudtrail.user_identity.session_context.session_issuer.type': 'userIdentity.sessionContext.sessionIssuer.type',
  'aws.cloudtrail.user_identity.session_context.session_issuer.arn': 'userIdentity.sessionContext.sessionIssuer.arn',
  'aws.cloudtrail.user_identity.session_context.session_issuer.account_id':
    'userIdentity.sessionContext.sessionIssuer.accountId',
  'aws.cloudtrail.user_identity.session_context.session_issuer.principal_id':
    'userIdentity.sessionContext.sessionIssuer.principalId',
} as const;

/** The fields of each service: complete in `flattened`, and as the text of a Java map. */
const ofServices = {
  request_parameters: 'requestParameters',
  response_elements: 'responseElements',
  additional_eventdata: 'additionalEventData',
  service_event_details: 'serviceEventDetails',
} as const;

/** isEcsRecord recognises a CloudTrail record as Filebeat and Elastic Agent index it, nested or with dotted names. */
export function isEcsRecord(value: Fields): boolean {
  if (!('event' in value || 'event.action' in value)) return false;
  if (textAt(value, 'event.action') === undefined) return false;
  if (textAt(value, 'event.provider')?.endsWith('.amazonaws.com') !== true) return false;
  return (
    textAt(value, 'event.dataset') === 'aws.cloudtrail' ||
    textAt(value, 'data_stream.dataset') === 'aws.cloudtrail' ||
    textAt(value, 'aws.cloudtrail.event_version') !== undefined ||
    textAt(value, 'aws.cloudtrail.event_type') !== undefined
  );
}

/** recordOfEcs gives the CloudTrail record: `event.original` where it was kept, else the one that the fields were made of. */
export function recordOfEcs(value: Fields): Fields {
  const original = originalOf(value);
  if (original !== undefined) return original;
  const found: [string, unknown][] = Object.entries(moved).flatMap(([from, to]) => {
    const given = valueAt(value, from);
    return given === undefined || given === null ? [] : [[to, given]];
  });
  const address = textAt(value, 'source.address') ?? textAt(value, 'source.ip');
  if (address !== undefined) found.push(['sourceIPAddress', address]);
  for (const [from, to] of Object.entries(ofServices)) {
    const given =
      valueAt(value, `aws.cloudtrail.flattened.${from}`) ?? dottedAt(value, `aws.cloudtrail.flattened.${from}.`);
    const text = given ?? valueAt(value, `aws.cloudtrail.${from}`);
    if (text !== undefined && text !== null) found.push([to, structOf(text)]);
  }
  const account = textAt(value, 'aws.cloudtrail.recipient_account_id') ?? textAt(value, 'cloud.account.id');
  if (account !== undefined) found.push(['recipientAccountId', account]);
  // Of a role's session, ECS calls the role the user.
  const user = textAt(value, 'user.name');
  const assumed = textAt(value, 'aws.cloudtrail.user_identity.type') === 'AssumedRole';
  if (user !== undefined) {
    found.push([assumed ? 'userIdentity.sessionContext.sessionIssuer.userName' : 'userIdentity.userName', user]);
  }
  return nested(found);
}

function originalOf(value: Fields): Fields | undefined {
  const text = textAt(value, 'event.original');
  if (text === undefined || !text.trimStart().startsWith('{')) return undefined;
  const parsed = parseJson(text);
  return parsed.ok && isObject(parsed.value) && typeof parsed.value['eventName'] === 'string'
    ? parsed.value
    : undefined;
}

/** The values whose keys begin so, where a search engine made one key of each value. */
function dottedAt(value: Fields, prefix: string): Fields | undefined {
  const found = Object.entries(value)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, given]): [string, unknown] => [
      key.slice(prefix.length),
      Array.isArray(given) && given.length === 1 ? given[0] : given,
    ]);
  return found.length === 0 ? undefined : nested(found);
}
