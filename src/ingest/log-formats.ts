import type { Ingested } from '../model/log-record.ts';
import { lineFormats } from './formats/lines.ts';
import type { LineFormat } from './formats/lines.ts';
import { openLine, openPlainLine } from './formats/open-line.ts';
import type { LineReader } from './formats/text-format.ts';
import { failure, isObject, skipped } from './ingested.ts';
import type { LineContext, Opener, OpenOrigin } from './ingested.ts';
import { parseJson } from './json/json-text.ts';
import { openUnknown } from './shapes/unknown.ts';

type Open = Pick<Opener, 'text' | 'value'>;

/** A row for each format that a log's place can be given in the configuration. A new one is a row here. */
const formats = {
  /** What the text itself says: JSON by its shape, lines by their header, everything else a plain line. */
  auto: (detect) => detect,
  /** CloudTrail records and what holds them; everything else is a failure, since CloudTrail writes nothing else there. */
  cloudtrail: (detect) => ({
    value: (value, origin) => onlyCloudTrail(detect.value(value, origin)),
    text: (text, origin, context) => onlyCloudTrail(detect.text(text, origin, context)),
  }),
  /** Lines of any format, also those that begin like JSON. */
  lines: (detect) => linesOf(detect),
  /** One JSON object a line, taken as it is: an application's `Records` or `detail-type` is its own. */
  json: (detect) => ({
    value: (value, origin) => (isObject(value) ? [openUnknown(value, origin)] : detect.value(value, origin)),
    text: openJsonLine,
  }),
  /**
   * What programs print that let strangers choose words of it: lines of web servers and connections, JSON taken as it is, all
   * else plain. Nothing of it passes for a record of AWS, of Docker or of a host.
   */
  application: (detect) => onlyFrom('unknown', detect),
  /** Docker's events as JSON or text; everything else is taken as it is. */
  'docker-event': (detect) => onlyFrom('docker', detect),
  /** Lines that are only what they say: no header is looked for. */
  plain: (detect) => ({
    value: (value, origin) => detect.value(value, origin),
    text: (text, origin, context) => [openPlainLine(text, origin, context)],
  }),
  /** Not read at all, but counted. */
  ignore: () => ({
    value: (_value, origin) => [skipped(origin, 'the configuration says to leave this log alone')],
    text: (_text, origin) => [skipped(origin, 'the configuration says to leave this log alone')],
  }),
} as const satisfies Record<string, (detect: Open) => Open>;

/**
 * LogFormat is how the logs of a place are to be read: by one of the rows above, or as lines of one format alone. Where
 * others decide what is logged, that keeps them from writing lines that pass for another program's.
 */
export type LogFormat = keyof typeof formats | LineFormat;

export const logFormats = [...new Set([...Object.keys(formats), ...Object.keys(lineFormats)])] as readonly LogFormat[];

/** openAs reads as a format says; what the format leaves open, `detect` decides. */
export function openAs(format: LogFormat, detect: Open): Open {
  return isPlaceFormat(format) ? formats[format](detect) : linesOf(detect, lineFormats[format]);
}

function isPlaceFormat(format: LogFormat): format is keyof typeof formats {
  return Object.hasOwn(formats, format);
}

function linesOf(detect: Open, reader?: LineReader): Open {
  return {
    value: (value, origin) => detect.value(value, origin),
    text: (text, origin, context) => [openLine(text, origin, context, reader)],
  };
}

/** What passes for a record of another product is only what somebody wrote: it is taken as it is. */
function onlyFrom(product: string, detect: Open): Open {
  const ofProduct = (items: Iterable<Ingested>): readonly Ingested[] | undefined => {
    const all = [...items];
    const are = all.every((item) => item.kind === 'record' && item.record.source.product === product);
    return are && all.length > 0 ? all : undefined;
  };
  return {
    value: (value, origin) =>
      ofProduct(detect.value(value, origin)) ??
      (isObject(value) ? [openUnknown(value, origin)] : [failure(origin, 'a record must be a JSON object')]),
    text: (text, origin, context) =>
      text.trim() === ''
        ? detect.text(text, origin, context)
        : (ofProduct(detect.text(text, origin, context)) ?? openJsonLine(text, origin, context)),
  };
}

function* onlyCloudTrail(items: Iterable<Ingested>): Iterable<Ingested> {
  for (const item of items) {
    if (item.kind !== 'record' || item.record.source.services.includes('cloudtrail')) yield item;
    else yield failure(item.record.origin, 'no CloudTrail record, which is all that the configuration expects here');
  }
}

function openJsonLine(text: string, origin: OpenOrigin, context?: LineContext): Iterable<Ingested> {
  const parsed = parseJson(text.trim());
  if (parsed.ok && isObject(parsed.value)) return [openUnknown(parsed.value, origin)];
  return [openPlainLine(text, origin, context)];
}
