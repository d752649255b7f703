import type { Fields, Ingested } from '../model/log-record.ts';
import { openLine } from './formats/open-line.ts';
import type { LineContext } from './formats/open-line.ts';
import { parseSyslogLine } from './formats/syslog-header.ts';
import { digestId, failure, isObject, kindOf, plainOrigin, record, skipped } from './ingested.ts';
import type { OpenOrigin, Opener } from './ingested.ts';
import { isDeeperValue, maxDepth, parseJson } from './json-text.ts';
import * as cloudtrail from './shapes/cloudtrail.ts';
import * as eventBridge from './shapes/event-bridge.ts';
import * as logs from './shapes/logs-subscription.ts';
import * as queue from './shapes/queue-message.ts';
import { isoTime, timeOf } from './time.ts';

/** Shape is one kind of JSON object that holds records. A new one is a row in `shapes`. */
interface Shape {
  readonly name: string;
  readonly recognise: (value: Fields) => boolean;
  readonly open: (value: Fields, origin: OpenOrigin, open: Opener) => Iterable<Ingested>;
}

/** The first row that recognises a value opens it. The most frequent comes first. */
const shapes: readonly Shape[] = [
  { name: 'CloudTrail record', recognise: cloudtrail.isCloudTrailRecord, open: cloudtrail.openCloudTrailRecord },
  { name: 'EventBridge event', recognise: eventBridge.isEventBridgeEvent, open: eventBridge.openEventBridgeEnvelope },
  {
    name: 'CloudTrail file',
    recognise: cloudtrail.isTrailFile,
    open: (value, at, open) => openArray(value['Records'], at, open),
  },
  { name: 'CloudTrail digest file', recognise: cloudtrail.isDigestFile, open: cloudtrail.openDigestFile },
  {
    name: 'LookupEvents answer',
    recognise: cloudtrail.isLookupEvents,
    open: (value, at, open) => openArray(value['Events'], at, open),
  },
  { name: 'looked-up event', recognise: cloudtrail.isLookedUpEvent, open: cloudtrail.openLookedUpEvent },
  { name: 'CloudWatch Logs subscription event', recognise: logs.isSubscriptionEvent, open: logs.openSubscriptionEvent },
  {
    name: 'CloudWatch Logs subscription payload',
    recognise: logs.isSubscriptionPayload,
    open: logs.openSubscriptionPayload,
  },
  { name: 'SQS message', recognise: queue.isSqsMessage, open: queue.openSqsMessage },
  { name: 'SNS record', recognise: queue.isSnsRecord, open: queue.openSnsRecord },
  { name: 'SNS notification', recognise: queue.isSnsNotification, open: queue.openSnsNotification },
  { name: 'S3 notification', recognise: queue.isS3EventRecord, open: queue.openS3Notice },
  { name: 'S3 test event', recognise: queue.isS3TestEvent, open: queue.openS3Notice },
];

/** openValue opens any parsed JSON value by its shape. An object of no known shape is a record of the product `unknown`. It never throws. */
export function* openValue(value: unknown, origin: OpenOrigin): Iterable<Ingested> {
  if (isDeeperValue(value)) yield failure(origin, `nested deeper than ${maxDepth} levels`);
  else yield* openShallow(value, origin);
}

/** openShallow is openValue for a value whose depth the caller has checked. */
export function openShallow(value: unknown, origin: OpenOrigin): Iterable<Ingested> {
  if (Array.isArray(value)) return openArray(value, origin, opener);
  if (!isObject(value)) return [failure(origin, `a record must be a JSON object, this is ${kindOf(value)}`)];
  const shape = shapes.find((row) => row.recognise(value));
  return shape === undefined ? [openUnknown(value, origin)] : shape.open(value, origin, opener);
}

/** openText opens a text that may be JSON or a log line, e.g. the message of a log event. It never throws. */
export function* openText(text: string, origin: OpenOrigin, context: LineContext = {}): Iterable<Ingested> {
  const trimmed = text.trim();
  if (trimmed === '') {
    yield skipped(origin, 'empty text');
    return;
  }
  if (!looksLikeJson(trimmed)) {
    const exported = exportedLine(trimmed);
    if (exported === undefined) yield openLine(text, origin, context);
    else yield* openText(exported.text, { ...origin, time: exported.time }, context);
    return;
  }
  const parsed = parseJson(trimmed);
  if (parsed.ok) yield* openShallow(parsed.value, origin);
  else yield failure(origin, parsed.reason);
}

/**
 * A line of CloudWatch Logs' export to S3: the event's time, a space, and its message. Where the message isn't a format of its own,
 * the line stays whole, since applications begin their lines with a time as well.
 */
function exportedLine(line: string): { readonly time: string; readonly text: string } | undefined {
  if (line.charAt(23) !== 'Z' || line.charAt(24) !== ' ') return undefined;
  const time = isoTime(line.slice(0, 24));
  const text = line.slice(25).trimStart();
  if (time === undefined || !(looksLikeJson(text) || parseSyslogLine(text, time)?.time !== undefined)) return undefined;
  return { time, text };
}

/** looksLikeJson tells JSON objects and arrays of objects from log lines that begin with a bracket, e.g. `[error] …`. */
export function looksLikeJson(text: string): boolean {
  return /^(?:\{\s*["}]|\[\s*[{[\]])/.test(text);
}

const opener: Opener = { value: openShallow, text: openText };

/** Opens each element on its own; the indexes of what comes out count on from the origin's. */
function* openArray(values: unknown, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  let index = origin.index;
  for (const value of Array.isArray(values) ? values : []) {
    for (const item of open.value(value, { ...origin, index })) {
      yield item;
      index++;
    }
  }
}

function openUnknown(fields: Fields, origin: OpenOrigin): Ingested {
  const time = timeOf(fields) ?? origin.time;
  if (time === undefined) return failure(origin, 'JSON object of unknown shape without a time');
  const { account, region } = origin;
  return record({
    id: origin.id ?? digestId([JSON.stringify(fields)]),
    time,
    source: { product: 'unknown', services: [] },
    fields,
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}
