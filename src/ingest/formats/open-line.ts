import type { Ingested, LogRecord, RecordSource } from '../../model/log-record.ts';
import { digestId, failure, plainOrigin, record } from '../ingested.ts';
import type { LineContext, OpenOrigin } from '../ingested.ts';
import { isoTime } from '../time.ts';
import { formatOf, sourceOf } from './index.ts';
import { parsePamText } from './pam.ts';
import { parseSyslogLine } from './syslog-header.ts';
import type { LineFields, SyslogLine } from './text-format.ts';

/** A line that no format knows: Sigma's rules for applications see it, those for Linux don't. */
const plain: RecordSource = { product: 'unknown', services: ['plain'], category: 'application' };

/** The source of a line without a header in a log whose lines have one: it goes on what stood before. */
const continued: RecordSource = { product: 'linux', services: ['syslog'] };

/**
 * openLine makes a record of one line of text. A line that fits no format becomes a record with its text as `message` and the
 * reason as `unparsed`. Only a line without any time, from a place without one, fails. It never throws.
 */
export function openLine(text: string, origin: OpenOrigin, context: LineContext = {}): Ingested {
  const line = text.replace(/[\r\n]{1,2}$/, '');
  const parsed = parseSyslogLine(line, origin.time);
  const own = parsed === undefined ? leadingTime(line) : parsed.time;
  const time = own ?? context.follows?.time ?? origin.time;
  const read = parsed === undefined ? unparsed(line, context.follows) : readSyslog(parsed);
  return lineRecord(line, own, time, read, origin, context);
}

/** openPlainLine makes a record of a line without looking for a format: its text is its `message`. */
export function openPlainLine(text: string, origin: OpenOrigin, context: LineContext = {}): Ingested {
  const line = text.replace(/[\r\n]{1,2}$/, '');
  const own = leadingTime(line);
  const time = own ?? origin.time ?? context.follows?.time;
  return lineRecord(line, own, time, { fields: { message: line }, source: plain }, origin, context);
}

function lineRecord(
  line: string,
  own: string | undefined,
  time: string | undefined,
  { fields, source }: ReadLine,
  origin: OpenOrigin,
  context: LineContext,
): Ingested {
  if (time === undefined) return failure(origin, 'line without a time, and nothing else says when it was written');
  if (context.cutFrom !== undefined) fields['unparsed'] = `line of ${context.cutFrom} bytes, cut`;
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

/** Of what the line says, not of where it was read: the same log read from two places gives the same ids. */
function idOf(time: string | undefined, line: string, { nth }: LineContext): string {
  const id = digestId([time ?? '', line]);
  const before = nth?.(id) ?? 0;
  return before === 0 ? id : digestId([id, String(before)]);
}

interface ReadLine {
  readonly fields: LineFields;
  readonly source: RecordSource;
}

function unparsed(line: string, follows: LogRecord | undefined): ReadLine {
  const fields = { message: line, unparsed: 'no log format known here' };
  return { fields, source: follows?.source.product === 'linux' ? continued : plain };
}

function readSyslog(parsed: SyslogLine): ReadLine {
  const format = formatOf(parsed.program);
  const { message, repeat } = unrepeated(parsed.message);
  const read = parsed.module === undefined ? format.parse(message) : (parsePamText(message) ?? format.parse(message));
  // Assigned one by one: a hundred thousand lines a second pass here, and spreading costs more than reading.
  const fields: LineFields = {};
  if (parsed.hostname !== undefined) fields['hostname'] = parsed.hostname;
  if (parsed.program !== undefined) fields['program'] = parsed.program;
  if (parsed.pid !== undefined) fields['pid'] = parsed.pid;
  if (parsed.priority !== undefined) fields['priority'] = parsed.priority;
  if (parsed.messageId !== undefined) fields['msgid'] = parsed.messageId;
  fields['message'] = message;
  if (repeat !== undefined) fields['repeat'] = repeat;
  if (parsed.module !== undefined) fields['pam_module'] = parsed.module;
  if (read !== undefined) Object.assign(fields, read);
  return { fields, source: sourceOf(format) };
}

/** rsyslog folds equal messages into `message repeated 5 times: [ Failed password for root from … ]`. */
function unrepeated(message: string): { readonly message: string; readonly repeat?: number } {
  if (!message.startsWith('message repeated ')) return { message };
  const found = /^message repeated (\d{1,9}) times: \[ ?/.exec(message);
  if (found === null || !message.endsWith(']')) return { message };
  return { message: message.slice(found[0].length, -1).trimEnd(), repeat: Number(found[1]) };
}

/** Applications commonly begin a line with its time. */
function leadingTime(line: string): string | undefined {
  if (!/^\d{4}-/.test(line)) return undefined;
  const [first = '', second = ''] = line.slice(0, 64).split(' ', 2);
  return isoTime(first) ?? isoTime(`${first} ${second}`);
}

/** startsWithTime tells a log's line from prose: it has a syslog header, or begins with a time. */
export function startsWithTime(line: string): boolean {
  return parseSyslogLine(line, undefined) !== undefined || leadingTime(line) !== undefined;
}
