import type { Fields, Ingested, RecordSource } from '../../model/log-record.ts';
import { digestId, failure, isObject, kindOf, plainOrigin, quote, record, skippedOfAws } from '../ingested.ts';
import type { OpenOrigin, Opener } from '../ingested.ts';
import { isoTime } from '../../time/iso-time.ts';
import { storeTime } from '../../time/store-time.ts';
import { hasColumnValues, recordOfColumns } from './spellings/columns.ts';

/** CloudTrail's ids are 36 characters. Those of other makers may be longer, but stores keep them as keys, of limited size. */
const maxIdChars = 1_000;

/** The log source of CloudTrail's records. */
export const cloudtrailSource: RecordSource = { product: 'aws', services: ['cloudtrail'] };

/**
 * isCloudTrailRecord recognises a CloudTrail record of any version, Insights records (which have no `eventName` of
 * their own) included. Notifications of S3, SQS and so on also have an `eventSource`, spelled `aws:s3`.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function isCloudTrailRecord(value: Fields): boolean {
  const { eventSource, eventName, eventVersion } = value;
  if (typeof eventSource === 'string' && eventSource.startsWith('aws:')) return false;
  if (eventName !== undefined && eventSource !== undefined) return true;
  return (
    eventVersion !== undefined &&
    (value['eventID'] !== undefined || value['eventType'] !== undefined || eventName !== undefined)
  );
}

/**
 * openCloudTrailRecord checks what every later step relies on: an id and a readable time. A record whose parts became columns or
 * texts on its way is put together again.
 */
export function* openCloudTrailRecord(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const given = hasColumnValues(value) ? recordOfColumns(value) : value;
  // Aggregated events spell it `eventId`. Where a store dropped it, a hash of the content takes its place.
  const eventID = given['eventID'] ?? given['eventId'] ?? digestId([JSON.stringify(value)]);
  if (typeof eventID !== 'string' || eventID === '') {
    yield failure(origin, `CloudTrail record whose eventID is ${kindOf(eventID)}: expected a text`);
    return;
  }
  if (eventID.length > maxIdChars) {
    yield failure(
      origin,
      `CloudTrail record with an eventID of ${eventID.length} characters: expected at most ${maxIdChars}`,
    );
    return;
  }
  const eventTime = timeIn(given);
  const iso = typeof eventTime === 'string' ? isoTime(eventTime) : undefined;
  const time = iso ?? storeTime(eventTime);
  if (time === undefined) {
    const seen = typeof eventTime === 'string' ? quote(eventTime) : kindOf(eventTime);
    yield failure(origin, `CloudTrail record ${quote(eventID)}: eventTime is not an ISO 8601 time: ${seen}`);
    return;
  }
  // Rules and tables ask for both under CloudTrail's names, and for the time as CloudTrail writes it.
  const fields =
    iso === undefined || given['eventID'] === undefined
      ? { ...given, eventID, eventTime: iso === undefined ? time.replace('.000Z', 'Z') : eventTime }
      : given;
  // An action of two accounts is logged in both, each time with an eventID of its own.
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
  // The start and the end of an insight share theirs as well, and are two facts.
  const fact = fields['insightDetails'] === undefined ? fields['sharedEventID'] : undefined;
  const account = fields['userIdentity'] === undefined ? accountOf(fields) : undefined;
  yield record({
    id: eventID,
    time,
    source: cloudtrailSource,
    fields,
    origin: plainOrigin(origin),
    ...(typeof fact === 'string' && fact !== '' && fact.length <= maxIdChars && { fact }),
    ...(account !== undefined && { account }),
  });
}

/** Logstash and its kin move the time where they keep all times; of aggregated events, it is the window's beginning. */
function timeIn(fields: Fields): unknown {
  const own = fields['eventTime'] ?? fields['@timestamp'];
  if (own !== undefined) return own;
  const { timeWindow } = fields;
  return isObject(timeWindow) ? timeWindow['windowStart'] : undefined;
}

/**
 * Aggregated events name the account, but no caller.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aggregated-events.html
 */
function accountOf({ accountId, recipientAccountId }: Fields): string | undefined {
  return recipientAccountId === undefined && typeof accountId === 'string' ? accountId : undefined;
}

/** isTrailFile recognises what CloudTrail delivers to S3; `Records` is never absent, but may be empty. */
export function isTrailFile(value: Fields): boolean {
  return Array.isArray(value['Records']);
}

/**
 * isDigestFile recognises CloudTrail's hourly digest.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export function isDigestFile(value: Fields): boolean {
  return typeof value['digestS3Object'] === 'string' && typeof value['digestStartTime'] === 'string';
}

/** openDigestFile skips the digest: it proves that log files are intact, and contains no records. */
export function* openDigestFile(_value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  yield skippedOfAws(origin, 'CloudTrail digest file: proves log files intact, contains no records');
}

/** isLookupEvents recognises the answer of `aws cloudtrail lookup-events`. */
export function isLookupEvents(value: Fields): boolean {
  return Array.isArray(value['Events']);
}

/** isLookedUpEvent recognises one element of that answer: the record is JSON text inside it. */
export function isLookedUpEvent(value: Fields): boolean {
  return typeof value['CloudTrailEvent'] === 'string';
}

/** openLookedUpEvent opens the record inside. */
export function* openLookedUpEvent(value: Fields, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  yield* open.text(String(value['CloudTrailEvent']), origin);
}
