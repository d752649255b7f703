import type { Fields, Ingested } from '../model/log-record.ts';
import { cleanText, hasNoise } from './formats/clean-text.ts';
import { isKnownLine, openLine } from './formats/open-line.ts';
import { isTableHeading } from './formats/system-stats.ts';
import { digestId, failure, isObject, kindOf, skipped } from './ingested.ts';
import type { LineContext, OpenOrigin, Opener } from './ingested.ts';
import { isDeeperValue, maxDepth, parseJson } from './json/json-text.ts';
import { chooseOpener } from './log-sources.ts';
import type { LogSource } from './log-sources.ts';
import { looksLikeJson } from './looks-like-json.ts';
import * as cloudtrail from './shapes/cloudtrail.ts';
import { containerLine, inContainer } from './shapes/container-line.ts';
import * as docker from './shapes/docker.ts';
import { isConfigFile, openConfigFile } from './shapes/config.ts';
import * as eventBridge from './shapes/event-bridge.ts';
import * as journald from './shapes/journald.ts';
import * as logs from './shapes/logs-subscription.ts';
import * as queue from './shapes/queue-message.ts';
import { isRespelledRecord, openRespelledRecord } from './shapes/spellings/index.ts';
import * as stats from './shapes/system-stats.ts';
import { openUnknown } from './shapes/unknown.ts';
import { createWrapping } from './shapes/wrapped.ts';
import { isoTime } from '../time/iso-time.ts';

/** Shape is one kind of JSON object that holds records. A new one is a row in `shapes`. */
interface Shape {
  readonly name: string;
  readonly recognise: (value: Fields) => boolean;
  readonly open: (value: Fields, origin: OpenOrigin, open: Opener) => Iterable<Ingested>;
}

/** Shapes that a value has of itself. The first row that recognises it opens it; the most frequent comes first. */
const bareShapes: readonly Shape[] = [
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
  { name: 'AWS Config file', recognise: isConfigFile, open: openConfigFile },
  { name: 'CloudTrail record of another schema', recognise: isRespelledRecord, open: openRespelledRecord },
  { name: 'SQS message', recognise: queue.isSqsMessage, open: queue.openSqsMessage },
  { name: 'SNS record', recognise: queue.isSnsRecord, open: queue.openSnsRecord },
  { name: 'SNS notification', recognise: queue.isSnsNotification, open: queue.openSnsNotification },
  { name: 'S3 notification', recognise: queue.isS3EventRecord, open: queue.openS3Notice },
  { name: 'S3 test event', recognise: queue.isS3TestEvent, open: queue.openS3Notice },
  { name: 'journal entry', recognise: journald.isJournalEntry, open: journald.openJournalEntry },
  { name: 'Docker event', recognise: docker.isDockerEvent, open: docker.openDockerEvent },
  { name: "line of Docker's json-file", recognise: docker.isJsonFileLine, open: docker.openJsonFileLine },
  { name: 'disk usage', recognise: stats.isDiskUsage, open: stats.openDiskUsage },
  { name: 'system load', recognise: stats.isSystemLoad, open: stats.openSystemLoad },
];

const shapes: readonly Shape[] = [
  ...bareShapes,
  { name: 'wrapped record', ...createWrapping((value) => bareShapes.some(({ recognise }) => recognise(value))) },
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
  const clean = cleanText(text);
  const trimmed = clean.trim();
  if (trimmed === '') {
    yield skipped(origin, 'empty text');
    return;
  }
  if (looksLikeJson(trimmed)) {
    const parsed = parseJson(trimmed);
    if (parsed.ok) yield* open.value(parsed.value, origin);
    else yield failure(origin, parsed.reason);
    return;
  }
  if (trimmed.includes('\n') && isTableHeading(trimmed)) {
    yield* openTable(trimmed, origin);
    return;
  }
  const within = hasNoise(text) ? { ...context, raw: text } : context;
  const container = containerLine(clean);
  if (container !== undefined) {
    yield* inContainer(container, origin, open, within);
    return;
  }
  const dated = datedLine(trimmed);
  if (dated === undefined) yield openLine(text, origin, context);
  else yield* inContainer(dated, origin, open, within);
}

/**
 * A line with its time before it, as CloudWatch Logs' export to S3 and `docker logs -t` write it. Where what follows isn't a format
 * of its own, the line stays whole, since applications begin their lines with a time as well.
 */
function datedLine(line: string): { readonly time: string; readonly text: string } | undefined {
  const space = line.slice(0, 40).indexOf(' ');
  if (space < 20 || line.charAt(space - 1) !== 'Z') return undefined;
  const time = isoTime(line.slice(0, space));
  const text = line.slice(space + 1).trimStart();
  if (time === undefined || !(looksLikeJson(text) || isKnownLine(text, time)) || isKnownLine(line, time))
    return undefined;
  return { time, text };
}

/** The output of `df` in one log event: each mount is a record. */
function* openTable(table: string, origin: OpenOrigin): Iterable<Ingested> {
  for (const [row, line] of table.split('\n').entries()) {
    if (line.trim() === '') continue;
    yield openLine(line, { ...origin, ...(origin.id !== undefined && { id: digestId([origin.id, String(row)]) }) });
  }
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
