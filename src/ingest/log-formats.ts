import type { Ingested, RecordSource } from '../model/log-record.ts';
import { lineFormats } from './formats/lines.ts';
import type { LineFormat } from './formats/lines.ts';
import { openLine, openPlainLine } from './formats/open-line.ts';
import type { LineReader } from './formats/text-format.ts';
import { failure, isAwsSource, isCloudTrailSource, isObject, skipped } from './ingested.ts';
import type { LineContext, Opener, OpenOrigin } from './ingested.ts';
import { parseJson } from './json/json-text.ts';
import { isCloudTrailRecord, openCloudTrailRecord } from './shapes/cloudtrail.ts';
import { isSubscriptionPayload, openSubscriptionPayload } from './shapes/logs-subscription.ts';
import { openUnknown } from './shapes/unknown.ts';

type Open = Pick<Opener, 'text' | 'value'>;

/**
 * A row for each format that a log's place can be given in the configuration: how its logs are read, and so what may come from
 * there. Records of AWS (CloudTrail's, and the events of other services) come from no other place than one of `cloudtrail`,
 * `aws-events` or `log-groups`. A new one is a row here.
 */
const formats = {
  /** What the text itself says: JSON by its shape, lines by their header, everything else a plain line. */
  auto: (detect) => (detect.deep ? detect : withoutAws(detect)),
  /** CloudTrail records and their envelopes. Everything else is a failure: CloudTrail writes nothing else there. */
  cloudtrail: (detect) => onlyCloudTrail(detect, 'the configuration expects only CloudTrail records here'),
  /** Events of AWS services as EventBridge hands them out, CloudTrail's among them. */
  'aws-events': (detect) => detect,
  /** What CloudWatch Logs subscriptions write, by Firehose or a stream: the row of each log group decides about its events. */
  'log-groups': (detect) => {
    const others = withoutAws(detect);
    return {
      text: others.text,
      value: (value, origin) =>
        isObject(value) && isSubscriptionPayload(value)
          ? openSubscriptionPayload(value, origin, detect)
          : others.value(value, origin),
    };
  },
  /** Lines of any format, also those that begin like JSON. */
  lines: (detect) => linesOf(detect),
  /** What the programs of hosts write, as lines or as the JSON of the journal and of shippers; everything else is taken as it is. */
  host: (detect) => onlyFrom('linux', detect),
  /** One JSON object a line, taken as it is: an application's `Records` or `detail-type` is its own. */
  json: () => ({ value: openAsIs, text: openJsonLine }),
  /**
   * What programs print that let strangers choose words of it: lines of web servers and connections, JSON taken as it is, all
   * else plain. Nothing of it passes for a record of AWS, of Docker or of a host.
   */
  application: (detect) => onlyFrom('unknown', detect),
  /** Docker's events as JSON or text; everything else is taken as it is. */
  'docker-event': (detect) => onlyFrom('docker', detect),
  /** Lines that are only what they say: no header is looked for. */
  plain: () => ({ value: openAsIs, text: (text, origin, context) => [openPlainLine(text, origin, context)] }),
  /** Not read at all, but counted. */
  ignore: () => ({
    value: (_value, origin) => [skipped(origin, 'the configuration says to leave this log alone')],
    text: (_text, origin) => [skipped(origin, 'the configuration says to leave this log alone')],
  }),
} as const satisfies Record<string, (detect: Opener) => Open>;

/**
 * LogFormat is how the logs of a place are to be read: by one of the rows above, or as lines of one format alone. Where
 * other people decide what is logged, one format alone keeps them from forging another program's lines.
 */
export type LogFormat = keyof typeof formats | LineFormat;

export const logFormats = [...new Set([...Object.keys(formats), ...Object.keys(lineFormats)])] as readonly LogFormat[];

/** openAs reads as a format says; what the format leaves open, `detect` decides. */
export function openAs(format: LogFormat, detect: Opener): Open {
  return isPlaceFormat(format) ? formats[format](detect) : linesOf(detect, lineFormats[format]);
}

/** openTrailFile reads a file that CloudTrail delivered: what isn't a CloudTrail record there is a failure. */
export function openTrailFile(detect: Opener): Open {
  return onlyCloudTrail(detect, 'CloudTrail writes nothing else into a file of this name');
}

/** openUnlisted reads a place of a stage that no row names: by what it says of itself, but never as AWS. */
export function openUnlisted(detect: Opener): Open {
  return withoutAws(detect);
}

function isPlaceFormat(format: LogFormat): format is keyof typeof formats {
  return Object.hasOwn(formats, format);
}

function linesOf(detect: Opener, reader?: LineReader): Open {
  const others = withoutAws(detect);
  return {
    value: (value, origin) => others.value(value, origin),
    text: (text, origin, context) => [openLine(text, origin, context, reader)],
  };
}

/** Reads everything except records of AWS. These become plain JSON records, marked with the source that they claim. */
function withoutAws(detect: Opener): Open {
  const refuse = function* (items: Iterable<Ingested>): Iterable<Ingested> {
    for (const item of items) {
      if (item.kind === 'record' && isAwsSource(item.record.source)) yield refused(item.record, item.record.source);
      else yield item;
    }
  };
  return {
    value: (value, origin) => refuse(detect.value(value, origin)),
    text: (text, origin, context) => refuse(detect.text(text, origin, context)),
  };
}

function refused(
  { fields, origin, time }: Extract<Ingested, { kind: 'record' }>['record'],
  source: RecordSource,
): Ingested {
  return marked(openUnknown(fields, { ...origin, time }), source);
}

function marked(item: Ingested, { services, product }: RecordSource): Ingested {
  return item.kind === 'record' ? { ...item, refusedAs: services[0] ?? product } : item;
}

/** A record of any other product was written by somebody else: it is read as plain JSON or as a plain line. */
function onlyFrom(product: string, detect: Opener): Open {
  const read = (items: Iterable<Ingested>, asIs: () => Iterable<Ingested>): Iterable<Ingested> => {
    const all = [...items];
    const isOf = (item: Ingested): boolean => item.kind === 'record' && item.record.source.product === product;
    if (all.length > 0 && all.every(isOf)) return all;
    const foreign = all.find((item) => item.kind === 'record' && isAwsSource(item.record.source));
    return foreign?.kind === 'record' ? Array.from(asIs(), (item) => marked(item, foreign.record.source)) : asIs();
  };
  return {
    value: (value, origin) => read(detect.value(value, origin), () => openAsIs(value, origin)),
    text: (text, origin, context) =>
      text.trim() === ''
        ? detect.text(text, origin, context)
        : read(detect.text(text, origin, context), () => openJsonLine(text, origin, context)),
  };
}

function onlyCloudTrail(detect: Opener, why: string): Open {
  const only = function* (items: Iterable<Ingested>): Iterable<Ingested> {
    for (const item of items) {
      if (item.kind === 'failure' || (item.kind === 'record' && isCloudTrailSource(item.record.source))) yield item;
      else if (item.kind === 'record') yield failure(item.record.origin, `not a CloudTrail record: ${why}`);
      else if (item.own === true || item.ofAws === true) yield item;
      else yield failure(item.origin, `${item.reason}; ${why}`);
    }
  };
  return {
    value: (value, origin) =>
      isObject(value) && isCloudTrailRecord(value)
        ? openCloudTrailRecord(value, origin)
        : only(detect.value(value, origin)),
    text: (text, origin, context) =>
      text.trim() === '' ? detect.text(text, origin, context) : only(detect.text(text, origin, context)),
  };
}

function* openAsIs(value: unknown, origin: OpenOrigin): Iterable<Ingested> {
  if (!Array.isArray(value)) {
    yield isObject(value) ? openUnknown(value, origin) : failure(origin, 'a record must be a JSON object');
    return;
  }
  for (const [index, item] of value.entries()) yield* openAsIs(item, { ...origin, index: origin.index + index });
}

function openJsonLine(text: string, origin: OpenOrigin, context?: LineContext): Iterable<Ingested> {
  const parsed = parseJson(text.trim());
  if (parsed.ok && isObject(parsed.value)) return [openUnknown(parsed.value, origin)];
  return [openPlainLine(text, origin, context)];
}
