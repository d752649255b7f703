import type { RecordSource } from '../../model/log-record.ts';
import { formatOf, sourceOf } from './index.ts';
import { parsePamText } from './programs/pam.ts';
import { parseSyslogLine } from './syslog-header.ts';
import type { LineFields, LineReader, SyslogLine } from './text-format.ts';

/** readSyslog reads a line with a syslog header, and the message of a program that `index.ts` knows. */
export const readSyslog: LineReader = (line, referenceTime) => {
  const parsed = parseSyslogLine(line, referenceTime);
  if (parsed === undefined) return undefined;
  const read = readMessage(parsed);
  return parsed.time === undefined ? read : { time: parsed.time, ...read };
};

/** readMessage reads what a program wrote, out of its header: a syslog line's or a journal entry's. */
export function readMessage(parsed: SyslogLine): { readonly fields: LineFields; readonly source: RecordSource } {
  const format = formatOf(parsed.program);
  const { message, repeat } = unrepeated(parsed.message);
  // Some daemons end their messages in a space, which would hide their last word from the patterns.
  const text = message.endsWith(' ') ? message.trimEnd() : message;
  const read = parsed.module === undefined ? format.parse(text) : (parsePamText(text) ?? format.parse(text));
  // Assigned one by one: a hundred thousand lines a second pass here, and spreading costs more than reading.
  const fields: LineFields = {};
  if (parsed.data !== undefined) Object.assign(fields, parsed.data);
  if (read !== undefined) Object.assign(fields, read);
  if (parsed.hostname !== undefined) fields['hostname'] = parsed.hostname;
  if (parsed.program !== undefined) fields['program'] = parsed.program;
  if (parsed.pid !== undefined) fields['pid'] = parsed.pid;
  if (parsed.priority !== undefined) fields['priority'] = parsed.priority;
  if (parsed.messageId !== undefined) fields['msgid'] = parsed.messageId;
  fields['message'] = message;
  if (repeat !== undefined) fields['repeat'] = repeat;
  if (parsed.module !== undefined) fields['pam_module'] = parsed.module;
  return { fields, source: sourceOf(format) };
}

/**
 * rsyslog folds equal messages into `message repeated 5 times: [ Failed password for root from … ]`, which stand for five more than
 * the one before: correlations that count events count it `repeat` times.
 */
function unrepeated(message: string): { readonly message: string; readonly repeat?: number } {
  if (!message.startsWith('message repeated ')) return { message };
  const found = /^message repeated (\d{1,9}) times: \[ ?/.exec(message);
  if (found === null || !message.endsWith(']')) return { message };
  return { message: message.slice(found[0].length, -1).trimEnd(), repeat: Number(found[1]) };
}
