import type { Ingested, LogRecord, RecordSource } from '../../model/log-record.ts';
import { digestId, failure, plainOrigin, record, skipped } from '../ingested.ts';
import type { LineContext, OpenOrigin } from '../ingested.ts';
import { readBareLine } from './bare-line.ts';
import { cleanText, hasNoise } from './clean-text.ts';
import { leadingTime } from './clock/stamp.ts';
import { readLine } from './lines.ts';
import { plainFields } from './plain.ts';
import { separatorReason } from './separator.ts';
import type { LineFields, LineReader, ReadLine } from './text-format.ts';
import { dayMs } from '../../time/days.ts';

/** A line that no format knows: Sigma's rules for applications see it, those for Linux don't. */
export const plainSource: RecordSource = { product: 'unknown', services: ['plain'], category: 'application' };

/** The source of a line without a header in a log whose lines have one: it goes on what stood before. */
const continued: RecordSource = { product: 'linux', services: ['syslog'] };

/**
 * openLine makes a record of one line of text. Colours and NULs are taken out before it is read; `raw` then keeps the line as it
 * was. With a `reader`, only its format is looked for. A line that fits no format becomes a record with its text as `message` and the reason as `unparsed`. Only a line
 * without any time, from a place without one, fails. It never throws.
 */
export function openLine(
  text: string,
  origin: OpenOrigin,
  context: LineContext = {},
  reader: LineReader = readLine,
): Ingested {
  const line = cleanText(text);
  const separator = separatorReason(line);
  if (separator !== undefined) return skipped(origin, separator);
  const found =
    reader(line, origin.time) ??
    (context.headless === true ? readBareLine(line, context.follows) : undefined) ??
    plainLine(line, context.follows);
  const read = repeated(found, context.follows) ?? found;
  return lineRecord(
    text,
    line,
    read,
    sinceStart(read.fields, context.follows) ?? context.follows?.time ?? origin.time,
    origin,
    context,
  );
}

/**
 * BSD's and BusyBox's syslogs fold equal messages into `last message repeated 5 times`: the line stands for so many more of the
 * one before it, of the same host.
 */
function repeated({ time, fields }: ReadLine, follows: LogRecord | undefined): ReadLine | undefined {
  const { message, hostname } = fields;
  if (typeof message !== 'string' || !message.startsWith('last message repeated ') || follows === undefined)
    return undefined;
  const times = /^last message repeated (\d{1,9}) times?$/.exec(message.trim())?.[1];
  const { raw: _raw, ...before } = follows.fields;
  if (times === undefined || before['action'] === undefined || before['hostname'] !== hostname) return undefined;
  return {
    fields: { ...(before as LineFields), repeat: Number(times) },
    source: follows.source,
    ...(time !== undefined && { time }),
  };
}

/**
 * A line that only says how long its host ran is as much later than the line before as it says: how often something happened in ten
 * minutes stays right, whatever the day. The first one is dated by the file.
 */
function sinceStart(fields: LineFields, follows: LogRecord | undefined): string | undefined {
  const [now, before] = [fields[secondsSinceStart], follows?.fields[secondsSinceStart]];
  if (typeof now !== 'number') return undefined;
  fields['unparsed'] ??=
    'the line only says how long its host ran: the first one is dated by the file, the others after it';
  if (follows === undefined || typeof before !== 'number' || now < before) return undefined;
  return new Date(Date.parse(follows.time) + Math.floor((now - before) * 1000)).toISOString();
}

const secondsSinceStart = 'seconds_since_start';

/** openPlainLine makes a record of a line without looking for a format: its text is its `message`. */
export function openPlainLine(text: string, origin: OpenOrigin, context: LineContext = {}): Ingested {
  const line = cleanText(text);
  const time = leadingTime(line)?.time;
  const fields = { message: line, ...plainFields(line) };
  const read = { fields, source: plainSource, ...(time !== undefined && { time }) };
  return lineRecord(text, line, read, origin.time ?? context.follows?.time, origin, context);
}

/** isKnownLine says whether a known format reads the line: prose and applications' own lines have none. */
export function isKnownLine(line: string, referenceTime: string | undefined): boolean {
  return readLine(line, referenceTime) !== undefined;
}

/** isLogLine separates a log's line from prose: it is of a known format, or begins with a time. */
export function isLogLine(line: string): boolean {
  return separatorReason(line) !== undefined || isKnownLine(line, undefined) || leadingTime(line) !== undefined;
}

function lineRecord(
  text: string,
  line: string,
  { time: own, fields, source }: ReadLine,
  otherwise: string | undefined,
  origin: OpenOrigin,
  context: LineContext,
): Ingested {
  const doubt = own === undefined ? undefined : doubtOf(own, origin.time);
  const time = doubt === undefined ? (own ?? otherwise) : (otherwise ?? own);
  if (time === undefined) return failure(origin, 'line without a time, and nothing else says when it was written');
  if (doubt !== undefined) fields['unparsed'] = doubt;
  if (context.cutFrom !== undefined) fields['unparsed'] = `line of ${context.cutFrom} bytes, cut`;
  const raw = context.raw ?? (hasNoise(text) ? text : undefined);
  if (raw !== undefined) fields['raw'] = raw;
  const { account, region } = origin;
  return record({
    id: origin.id ?? idOf(own, line, context),
    time,
    source,
    fields,
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}

/** Clocks that lost their battery begin in 1970 or 1980; no log that somebody still reads is older. */
const earliest = '2000-01-01T00:00:00.000Z';

/** Why a line's own time can't be right: a wrong clock must not move the line out of the window that a rule looks at. */
function doubtOf(time: string, reference: string | undefined): string | undefined {
  if (time < earliest) return `its own time, ${time}, is before any log`;
  // Written alike, times compare as text; a line is nearly always older than its log.
  if (reference === undefined || time <= reference) return undefined;
  if (Date.parse(time) <= Date.parse(reference) + dayMs) return undefined;
  return `its own time, ${time}, is more than a day after it was written`;
}

/** Of what the line says, not of where it was read: the same log read from two places gives the same ids. */
function idOf(time: string | undefined, line: string, { nth }: LineContext): string {
  const id = digestId([time ?? '', line]);
  const before = nth?.(id) ?? 0;
  return before === 0 ? id : digestId([id, String(before)]);
}

function plainLine(line: string, follows: LogRecord | undefined): ReadLine {
  const time = leadingTime(line)?.time;
  const fields = { message: line, ...plainFields(line), unparsed: 'no log format known here' };
  return {
    fields,
    source: follows?.source.product === 'linux' ? continued : plainSource,
    ...(time !== undefined && { time }),
  };
}
