import type { Fields } from '../../../model/log-record.ts';
import { isObject } from '../../ingested.ts';
import { structOf } from './map-text.ts';
import { nested, textAt, valueAt } from './paths.ts';

/**
 * From OCSF to CloudTrail, for what only changes its place; of several, the first that is there. Security Lake's first version
 * and its second differ. https://docs.aws.amazon.com/security-lake/latest/userguide/subscriber-query-examples.html
 */
const moved: Readonly<Record<string, readonly string[]>> = {
  eventTime: ['time_dt', 'time'],
  eventID: ['metadata.uid', 'metadata.original_event_uid'],
  eventName: ['api.operation'],
  eventSource: ['api.service.name'],
  eventVersion: ['metadata.product.version', 'metadata.log_version'],
  eventType: ['metadata.event_code'],
  eventCategory: ['metadata.product.feature.name'],
  apiVersion: ['api.version'],
  awsRegion: ['cloud.region'],
  requestID: ['api.request.uid'],
  errorCode: ['api.response.error'],
  errorMessage: ['api.response.message', 'api.response.error_message'],
  sourceIPAddress: ['src_endpoint.ip', 'src_endpoint.domain', 'src_endpoint.svc_name'],
  userAgent: ['http_request.user_agent'],
  vpcEndpointId: ['src_endpoint.uid'],
  recipientAccountId: ['cloud.account.uid', 'cloud.account_uid'],
  'userIdentity.type': ['actor.user.type'],
  'userIdentity.userName': ['actor.user.name'],
  'userIdentity.accountId': ['actor.user.account.uid', 'actor.user.account_uid'],
  'userIdentity.accessKeyId': ['actor.user.credential_uid', 'actor.session.credential_uid'],
  'userIdentity.invokedBy': ['actor.invoked_by', 'actor.app_name'],
  'userIdentity.identityProvider': ['actor.idp.name'],
  'userIdentity.sessionContext.attributes.creationDate': [
    'actor.session.created_time_dt',
    'actor.session.created_time',
  ],
  'userIdentity.sessionContext.attributes.mfaAuthenticated': ['actor.session.is_mfa', 'actor.session.mfa'],
  'userIdentity.sessionContext.sessionIssuer.arn': ['actor.session.issuer'],
};

/** isOcsfRecord recognises a CloudTrail record in OCSF, as Security Lake and others store it. */
export function isOcsfRecord(value: Fields): boolean {
  if (!('metadata' in value || 'metadata.product.name' in value) || !('api' in value || 'api.operation' in value))
    return false;
  return (
    textAt(value, 'metadata.product.name')?.includes('CloudTrail') === true &&
    textAt(value, 'api.operation') !== undefined
  );
}

/** recordOfOcsf gives the CloudTrail record that the event was made of, as far as OCSF keeps it; `unmapped` has the rest. */
export function recordOfOcsf(value: Fields): Fields {
  const raw = structOf(valueAt(value, 'raw_data'));
  if (isObject(raw) && typeof raw['eventName'] === 'string') return raw;
  const found: [string, unknown][] = Object.entries(moved).flatMap(([to, froms]) => {
    const given = froms
      .map((from) => valueAt(value, from))
      .find((one) => one !== undefined && one !== null && one !== '');
    return given === undefined
      ? []
      : [[to, to === 'eventTime' ? given : typeof given === 'boolean' ? String(given) : given]];
  });
  // The first version keeps the ARN as `uuid`, the second as `uid`: an ARN says itself that it is one.
  for (const from of ['actor.user.uid', 'actor.user.uid_alt', 'actor.user.uuid']) {
    const given = textAt(value, from);
    if (given !== undefined)
      found.push([given.startsWith('arn:') ? 'userIdentity.arn' : 'userIdentity.principalId', given]);
  }
  const resources = valueAt(value, 'resources');
  if (Array.isArray(resources)) found.push(['resources', resources.filter(isObject).map(resourceOf)]);
  for (const [to, from] of [
    ['requestParameters', 'api.request.data'],
    ['responseElements', 'api.response.data'],
  ] as const) {
    const given = structOf(valueAt(value, from));
    if (given !== undefined && given !== null) found.push([to, given]);
  }
  found.push(...unmapped(value));
  return nested(found);
}

/** The values without a place in OCSF, by their path in CloudTrail's record: an object, the entries of a map, or their text. */
function unmapped(value: Fields): readonly [string, unknown][] {
  const given = structOf(valueAt(value, 'unmapped'));
  if (Array.isArray(given)) {
    return given.flatMap((entry: unknown): [string, unknown][] =>
      isObject(entry) && typeof entry['key'] === 'string' ? [[entry['key'], entry['value']]] : [],
    );
  }
  if (!isObject(given)) return [];
  return Object.entries(given).map(([path, one]): [string, unknown] => [path, structOf(one)]);
}

function resourceOf(resource: Fields): Fields {
  const arn = textAt(resource, 'uid');
  const accountId = textAt(resource, 'owner.account.uid') ?? textAt(resource, 'account_uid');
  const type = textAt(resource, 'type');
  return { ...(arn && { ARN: arn }), ...(accountId && { accountId }), ...(type && { type }) };
}
