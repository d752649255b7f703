import type { Fields, Ingested, RecordSource } from '../../model/log-record.ts';
import { datedBy, digestId, failure, ignoredAsOwn, isObject, kindOf, plainOrigin, quote, record } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import { isCanary, isOwnEvent } from '../own-output.ts';
import { isoTime } from '../../time/iso-time.ts';
import { isCloudTrailRecord, openCloudTrailRecord } from './cloudtrail.ts';

/**
 * What AWS services publish: a row for each source and detail type whose log source has a name of its own, from special to
 * general. A new one is a row here. Every other event of AWS goes by its source alone: `aws.athena` is `athena`.
 */
const sources: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'aws.ec2': { 'EC2 Instance State-change Notification': ['ec2_state_change'] },
  'aws.cloudwatch': { 'CloudWatch Alarm State Change': ['cloudwatch_alarm', 'cloudwatch'] },
  'aws.codebuild': { 'CodeBuild Build State Change': ['codebuild_build', 'codebuild'] },
  'aws.guardduty': { 'GuardDuty Finding': ['guardduty'] },
  'aws.securityhub': {
    'Security Hub Findings - Imported': ['securityhub_finding', 'securityhub'],
    'Security Hub Findings - Custom Action': ['securityhub_finding', 'securityhub'],
  },
  'aws.health': { 'AWS Health Event': ['health'], 'AWS Health Abuse Event': ['health'] },
  'aws.s3': {
    'Object Created': ['s3_object', 's3'],
    'Object Deleted': ['s3_object', 's3'],
    'Object ACL Updated': ['s3_object', 's3'],
    'Object Tags Added': ['s3_object', 's3'],
    'Object Tags Deleted': ['s3_object', 's3'],
  },
};

/** eventBridgeSources are the log sources of the events that have a name of their own. */
export const eventBridgeSources: readonly RecordSource[] = Object.values(sources).flatMap((types) =>
  Object.values(types).map((services) => ({ product: 'aws', services })),
);

const canary: RecordSource = { product: 'trailwatch', services: ['canary'] };

/** isEventBridgeEvent recognises the envelope that EventBridge puts round every event. https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
export function isEventBridgeEvent(value: Fields): boolean {
  return typeof value['detail-type'] === 'string' && typeof value['source'] === 'string' && 'detail' in value;
}

/**
 * openEventBridgeEnvelope opens it: what CloudTrail put on the bus is the CloudTrail record inside; of everything else the
 * whole envelope is the record, since its `resources`, `account` and `region` belong to it. Only AWS can publish under a source
 * that begins with `aws.`; what any other source publishes is what its place is set to carry.
 */
export function* openEventBridgeEnvelope(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  if (isOwnEvent(value)) {
    yield ignoredAsOwn(origin, 'event');
    return;
  }
  const source = String(value['source']);
  const detail = value['detail'];
  const foreign = source.startsWith('aws.') ? undefined : openForeignDetail(value, source, origin, open);
  if (foreign !== undefined) yield* foreign;
  else if (source.startsWith('aws.') && isCloudTrailDetail(value)) {
    if (isObject(detail)) yield* openCloudTrailRecord(detail, origin);
    else
      yield failure(
        origin,
        `EventBridge event ${quote(String(value['detail-type']))}: detail must be the CloudTrail record, got ${kindOf(detail)}`,
      );
  } else yield* openEnvelope(value, origin);
}

/** `AWS API Call via CloudTrail`, `AWS Console Sign In via CloudTrail`, `AWS Service Event via CloudTrail`, `AWS Insight via CloudTrail`. */
function isCloudTrailDetail({ 'detail-type': type, detail }: Fields): boolean {
  return String(type).endsWith(' via CloudTrail') || (isObject(detail) && isWholeRecord(detail));
}

/**
 * An application that forwards records over a bus chooses source and type itself. In a stage, a row of the configuration has to say
 * that it does; for a command, the content is enough. Undefined when neither does.
 */
function openForeignDetail(
  value: Fields,
  source: string,
  origin: OpenOrigin,
  open: Opener,
): Iterable<Ingested> | undefined {
  const { detail, id, time } = value;
  const place = open.at({ kind: 'event', name: source });
  const when = typeof time === 'string' ? isoTime(time) : undefined;
  const here: OpenOrigin = {
    ...(when === undefined ? origin : datedBy(origin, when)),
    ...(typeof id === 'string' && id !== '' && { id }),
  };
  if (place.configured) return isObject(detail) ? place.value(detail, here) : undefined;
  return open.within(detail, here);
}

function* openEnvelope(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const type = String(value['detail-type']);
  const { id, time } = value;
  if (typeof id !== 'string' || id === '') {
    yield failure(origin, `EventBridge event ${quote(type)} without an id`);
    return;
  }
  const when = typeof time === 'string' ? isoTime(time) : undefined;
  if (when === undefined) {
    const seen = typeof time === 'string' ? quote(time) : kindOf(time);
    yield failure(origin, `EventBridge event ${quote(id)}: time is not an ISO 8601 time: ${seen}`);
    return;
  }
  yield record({
    id,
    time: when,
    source: isCanary(value) ? canary : sourceOf(String(value['source']), type),
    fields: value,
    origin: plainOrigin(origin),
    ...(typeof value['account'] === 'string' && { account: value['account'] }),
    ...(typeof value['region'] === 'string' && { region: value['region'] }),
    ...factOf(value),
  });
}

function isWholeRecord(detail: Fields): boolean {
  return (
    isCloudTrailRecord(detail) && typeof detail['eventVersion'] === 'string' && typeof detail['eventID'] === 'string'
  );
}

/** Only AWS can publish under a source that begins with `aws.`; any other source is an application. */
function sourceOf(source: string, type: string): RecordSource {
  if (!source.startsWith('aws.')) return { product: 'unknown', services: [source] };
  const types = Object.hasOwn(sources, source) ? sources[source] : undefined;
  const services = types !== undefined && Object.hasOwn(types, type) ? types[type] : undefined;
  return { product: 'aws', services: services ?? [source.slice('aws.'.length)] };
}

/**
 * Several events may describe one fact. AWS Health sends each communication also to a second region, and to the account that looks after the organisation.
 * https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html
 */
function factOf(value: Fields): { readonly fact?: string } {
  const { source, detail } = value;
  // A run that is tried again sends the same canary in another event.
  if (isCanary(value) && isObject(detail) && typeof detail['canary'] === 'string') {
    return { fact: digestId(['canary', detail['canary']]) };
  }
  if (source !== 'aws.health' || !isObject(detail)) return {};
  const parts = ['eventArn', 'communicationId', 'affectedAccount', 'page'].map((name) => detail[name]);
  return typeof parts[0] === 'string' && typeof parts[1] === 'string' ? { fact: digestId(parts.map(String)) } : {};
}
