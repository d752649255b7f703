import { isKnownProgram, readsMessage } from '../programs.ts';
import { stampAt } from '../clock/stamp.ts';
import type { Stamp } from '../clock/stamp.ts';
import type { SyslogLine } from '../text-format.ts';
import { macSenderEnd, macTag } from './mac-log.ts';
import { messageIdAt, priorityAt } from './priority.ts';
import { readRfc5424 } from './rfc5424.ts';
import { knownNameAt, tagAt } from './tag.ts';
import type { Tag } from './tag.ts';

/** A relay puts its own header before the one that came; more than one relay before it nobody reads. */
const maxHeaders = 3;

/**
 * parseSyslogLine reads the header of a line that a host wrote, from left to right: `[<priority>] [stamp] [host] [facility.level]
 * tag: message`, or RFC 5424's. A stamp is any that `stampAt` knows; `referenceTime` is the file's time, or the log event's. What a
 * relay put before the header is read first: the host and the time are those of the header within. Times without a zone are taken
 * as UTC. It looks at each character a bounded number of times.
 */
export function parseSyslogLine(line: string, referenceTime: string | undefined): SyslogLine | undefined {
  const first = line.charCodeAt(0);
  // Most lines of most logs begin otherwise: an application's with a word, JSON with a brace.
  if (!mayBegin(first)) return undefined;
  return headerAt(line, countedAt(line), referenceTime, 1);
}

function mayBegin(code: number): boolean {
  return (
    code === 0x3c || code === 0x5b || code === 0x40 || (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a)
  );
}

/** Syslog over TCP puts each line's length before it. https://www.rfc-editor.org/rfc/rfc6587#section-3.4.1 */
function countedAt(line: string): number {
  counted.lastIndex = 0;
  return counted.exec(line)?.[0].length ?? 0;
}

const counted = /\d{1,6} (?=<\d{1,3}>)/y;

type Writable = { -readonly [Key in keyof SyslogLine]: SyslogLine[Key] };

function headerAt(text: string, from: number, referenceTime: string | undefined, nth: number): SyslogLine | undefined {
  const marked = numberAt(text, from);
  const at = marked?.end ?? from;
  const line = readRfc5424(text, at) ?? readStamped(text, at, referenceTime, marked !== undefined, nth);
  if (line === undefined || marked === undefined || line.priority !== undefined || marked.priority > 191) return line;
  return { ...line, priority: marked.priority };
}

/** `<38>`. */
function numberAt(text: string, at: number): { readonly priority: number; readonly end: number } | undefined {
  if (text.charCodeAt(at) !== 0x3c) return undefined;
  number.lastIndex = at;
  const found = number.exec(text);
  return found === null ? undefined : { priority: Number(found[1]), end: at + found[0].length };
}

const number = /<(\d{1,3})>(?! )/y;

function readStamped(
  text: string,
  at: number,
  referenceTime: string | undefined,
  marked: boolean,
  nth: number,
): SyslogLine | undefined {
  const stamp = stampAt(text, at, referenceTime);
  if (stamp === undefined) return marked ? unstamped(text, at) : undefined;
  const end = text.charAt(stamp.end) === ':' ? stamp.end + 1 : stamp.end;
  if (text.charAt(end) !== ' ') return undefined;
  const line = afterStamp(text, end, stamp, referenceTime, nth);
  return line === undefined || !isSyslog(line, stamp) ? undefined : stamped(line, stamp);
}

/** What a program hands to syslog may come without a time: `<38>sshd[812]: …`. */
function unstamped(text: string, at: number): SyslogLine | undefined {
  const tag = tagAt(text, at);
  return tag?.program === undefined || !isKnownProgram(tag.program) ? undefined : tagged(text, tag);
}

/** An application's own line may begin with a time too: only a tag separates syslog from `2023-07-10T12:00:00Z done: 3 files`. */
function isSyslog({ program, pid, unit, hostname, module }: Writable, { yearless, uptime }: Stamp): boolean {
  if (yearless === true || module !== undefined) return true;
  if (program === undefined) return unit !== undefined && hostname !== undefined;
  if (isKnownProgram(program)) return true;
  return pid !== undefined && (uptime === undefined || hostname !== undefined) && !isLevel(hostname);
}

/** `INFO worker[12]: …` is an application's line. */
function isLevel(word: string | undefined): boolean {
  return (
    word !== undefined && /^\W?(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERR(?:OR)?|CRIT(?:ICAL)?|FATAL)\W?$/i.test(word)
  );
}

function stamped(line: Writable, { time, uptime, doubt }: Stamp): SyslogLine {
  // A header within says when the line was written; the one before it, when it was passed on.
  if (line.time === undefined && time !== undefined) line.time = time;
  if (uptime !== undefined) line.uptime = uptime;
  if (doubt !== undefined && line.doubt === undefined) line.doubt = doubt;
  return line;
}

/** Host, relay's host, facility and a word of a relay: a header holds no more before the tag. */
const maxWords = 6;

/** Reads `[host] [facility.level] tag: message`, or a whole header behind a relay's; what has no tag is all message. */
function afterStamp(
  text: string,
  from: number,
  stamp: Stamp,
  referenceTime: string | undefined,
  nth: number,
): Writable | undefined {
  let at = skipBlanks(text, from);
  let hostname: string | undefined;
  let priority: number | undefined;
  const named = (line: Writable): Writable => {
    if (hostname !== undefined && line.hostname === undefined) line.hostname = hostname;
    if (priority !== undefined && line.priority === undefined) line.priority = priority;
    return line;
  };
  const mac = macTag(text, at);
  if (mac !== undefined) return mac;
  for (let words = 0; words < maxWords; words++) {
    const level = priorityAt(text, at);
    if (level !== undefined) {
      priority = level.priority;
      at = skipBlanks(text, level.end);
      continue;
    }
    if (words > 0 && nth < maxHeaders && mayBegin(text.charCodeAt(at))) {
      const inner = headerAt(text, at, stamp.time ?? referenceTime, nth + 1);
      if (inner !== undefined) return named({ ...inner });
    }
    const tag = tagAt(text, at);
    if (tag !== undefined) return named(tagged(text, tag));
    const end = text.indexOf(' ', at);
    if (hostname === undefined) {
      if (end === -1) break;
      hostname = text.slice(at, end);
      at = skipBlanks(text, end);
      continue;
    }
    const passed = passedOn(text, at);
    if (passed === undefined) break;
    hostname = passed.hostname;
    at = passed.end;
  }
  return named(untagged(text, at));
}

/** The host that a relay got the line from: `relay h1 sshd[812]: …`, and AIX's `relay Message forwarded from h1: sshd[812]: …`. */
function passedOn(text: string, at: number): { readonly hostname: string; readonly end: number } | undefined {
  forwarded.lastIndex = at;
  const found = forwarded.exec(text);
  if (found !== null) return { hostname: found[1] ?? '', end: at + found[0].length };
  const end = text.indexOf(' ', at);
  const next = end === -1 ? -1 : skipBlanks(text, end);
  const tag = next === -1 ? undefined : tagAt(text, next);
  return tag?.program !== undefined && isKnownProgram(tag.program)
    ? { hostname: text.slice(at, end), end: next }
    : undefined;
}

const forwarded = /Message forwarded from ([^\s:]{1,255}): /y;

function tagged(text: string, { program, module, pid, unit, end }: Tag): Writable {
  const at = skipBlanks(text, end);
  const id = messageIdAt(text, at);
  const line: Writable = { message: text.slice(id?.end ?? macSenderEnd(text, at)) };
  if (program !== undefined) line.program = program;
  if (unit !== undefined) line.unit = unit;
  if (module !== undefined) line.module = module;
  if (pid !== undefined) line.pid = pid;
  if (id !== undefined) line.priority = id.priority;
  return line;
}

/** Without a colon, a name is a program's only when the rest is a message of that program. */
function untagged(text: string, at: number): Writable {
  const known = knownNameAt(text, at);
  if (known?.program === undefined) return { message: text.slice(at) };
  const message = text.slice(skipBlanks(text, known.end));
  return readsMessage(known.program, message) ? { program: known.program, message } : { message: text.slice(at) };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0x20) at++;
  return at;
}
