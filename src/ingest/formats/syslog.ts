import type { RecordSource } from '../../model/log-record.ts';
import { formatOf, programByMessage, sourceOf } from './programs.ts';
import { parsePamText } from './programs/pam/pam.ts';
import { parseSyslogLine } from './header/syslog-line.ts';
import type { LineFields, LineReader, SyslogLine } from './text-format.ts';
import { unreadMessage } from './unread.ts';

/** readSyslog reads a line with a syslog header, and the message of a program that `index.ts` knows. */
export const readSyslog: LineReader = (line, referenceTime) => {
  const parsed = parseSyslogLine(line, referenceTime);
  if (parsed === undefined) return undefined;
  const read = readMessage(parsed);
  return parsed.time === undefined ? read : { time: parsed.time, ...read };
};

/** readMessage reads what a program wrote, out of its header: a syslog line's or a journal entry's. */
export function readMessage(parsed: SyslogLine): { readonly fields: LineFields; readonly source: RecordSource } {
  // Blanks before a message are the header's: how many there are differs from syslog to syslog. Some daemons put one behind it,
  // which would hide their last word from the patterns.
  const { message, repeat } = unrepeated(parsed.message.startsWith(' ') ? parsed.message.trimStart() : parsed.message);
  const text = message.endsWith(' ') ? message.trimEnd() : message;
  const program = parsed.program ?? (parsed.unit === undefined ? undefined : programByMessage(text));
  const format = formatOf(program);
  const read = parsed.module === undefined ? format.parse(text) : (parsePamText(text) ?? format.parse(text));
  // Assigned one by one: a hundred thousand lines a second pass here, and spreading costs more than reading.
  const fields: LineFields = {};
  if (parsed.data !== undefined) Object.assign(fields, parsed.data);
  if (read !== undefined) Object.assign(fields, read);
  else if (message !== '' && format.services.includes('auth')) fields['unparsed'] = unreadMessage;
  if (parsed.hostname !== undefined) fields['hostname'] = parsed.hostname;
  if (program !== undefined) fields['program'] = program;
  if (parsed.unit !== undefined) fields['unit'] = parsed.unit;
  if (parsed.pid !== undefined) fields['pid'] = parsed.pid;
  if (parsed.priority !== undefined) fields['priority'] = parsed.priority;
  if (parsed.messageId !== undefined) fields['msgid'] = parsed.messageId;
  fields['message'] = message;
  if (repeat !== undefined) fields['repeat'] = repeat;
  if (parsed.module !== undefined) fields['pam_module'] = parsed.module;
  if (parsed.uptime !== undefined) fields['seconds_since_start'] = parsed.uptime;
  if (parsed.doubt !== undefined) fields['unparsed'] = parsed.doubt;
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
