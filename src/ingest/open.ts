import type { Fields, Ingested } from '../model/log-record.ts';
import { openLine } from './formats/open-line.ts';
import { parseSyslogLine } from './formats/syslog-header.ts';
import { failure, isObject, kindOf, skipped } from './ingested.ts';
import type { LineContext, OpenOrigin, Opener } from './ingested.ts';
import { isDeeperValue, maxDepth, parseJson } from './json-text.ts';
import { chooseOpener } from './log-sources.ts';
import type { LogSource } from './log-sources.ts';
import * as cloudtrail from './shapes/cloudtrail.ts';
import * as eventBridge from './shapes/event-bridge.ts';
import * as logs from './shapes/logs-subscription.ts';
import * as queue from './shapes/queue-message.ts';
import { openUnknown } from './shapes/unknown.ts';
import { isoTime } from './time.ts';

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

/**
 * createOpener opens values and texts by what they look like, and those of the places that `sources` name as these say.
 * Its `value` expects a value whose depth was checked. It never throws.
 */
export function createOpener(sources: readonly LogSource[] = []): Opener {
  const places = new Map<string, Opener>();
  const detect: Opener = {
    value: (value, origin) => openShape(value, origin, detect),
    text: (text, origin, context = {}) => openText(text, origin, context, detect),
    at: (place) => {
      const key = `${place.kind} ${place.name}`;
      const opener = places.get(key) ?? chooseOpener(sources, place, detect);
      if (places.size < rememberedPlaces) places.set(key, opener);
      return opener;
    },
  };
  return detect;
}

/** A function reads few log groups; a command line's folder may hold any number of files, each asked for once. */
const rememberedPlaces = 1000;

/** standardOpener knows no place by its name: each text says what it is. */
export const standardOpener = createOpener();

/** openValue opens any parsed JSON value by its shape. An object of no known shape is a record of the product `unknown`. It never throws. */
export function* openValue(value: unknown, origin: OpenOrigin, open: Opener = standardOpener): Iterable<Ingested> {
  if (isDeeperValue(value)) yield failure(origin, `nested deeper than ${maxDepth} levels`);
  else yield* open.value(value, origin);
}

function openShape(value: unknown, origin: OpenOrigin, open: Opener): Iterable<Ingested> {
  if (Array.isArray(value)) return openArray(value, origin, open);
  if (!isObject(value)) return [failure(origin, `a record must be a JSON object, this is ${kindOf(value)}`)];
  const shape = shapes.find((row) => row.recognise(value));
  return shape === undefined ? [openUnknown(value, origin)] : shape.open(value, origin, open);
}

function* openText(text: string, origin: OpenOrigin, context: LineContext, open: Opener): Iterable<Ingested> {
  const trimmed = text.trim();
  if (trimmed === '') {
    yield skipped(origin, 'empty text');
    return;
  }
  if (!looksLikeJson(trimmed)) {
    const exported = exportedLine(trimmed);
    if (exported === undefined) yield openLine(text, origin, context);
    else yield* openText(exported.text, { ...origin, time: exported.time }, context, open);
    return;
  }
  const parsed = parseJson(trimmed);
  if (parsed.ok) yield* open.value(parsed.value, origin);
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
