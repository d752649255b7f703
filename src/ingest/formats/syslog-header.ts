import { isoTime, utcTime } from '../../time/iso-time.ts';
import { monthOf } from './clock.ts';
import type { LineFields, SyslogLine } from './text-format.ts';

const dayMs = 86_400_000;

/** SyslogHeader reads one way of writing the header; undefined when the line isn't written so. */
type SyslogHeader = (line: string, referenceTime: string | undefined) => SyslogLine | undefined;

/**
 * parseSyslogLine reads a line in RFC 5424, in rsyslog's ISO 8601 form or in RFC 3164, with priority and host optional. RFC 3164
 * has no year: it is the latest one in which the line isn't more than a day after `referenceTime` (the file's time, or the
 * log event's). Times without a zone are taken as UTC.
 */
export function parseSyslogLine(line: string, referenceTime: string | undefined): SyslogLine | undefined {
  const first = line.charCodeAt(0);
  const priority = first === 0x3c ? /^<(\d{1,3})>/.exec(line) : null;
  if (first === 0x3c && priority === null) return undefined;
  const rest = priority === null ? line : line.slice(priority[0].length);
  const header = headerOf(rest);
  const parsed = header(rest, referenceTime);
  if (parsed === undefined || priority === null || Number(priority[1]) > 191) return parsed;
  return { ...parsed, priority: Number(priority[1]) };
}

function headerOf(line: string): SyslogHeader {
  if (/^\d{1,2} (?:\d{4}-|- )/.test(line)) return rfc5424;
  return /^\d{4}-/.test(line) ? rsyslog : rfc3164;
}

/** https://www.rfc-editor.org/rfc/rfc5424#section-6 */
const rfc5424: SyslogHeader = (line) => {
  // VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID, each without spaces, then structured data and the message.
  const words = takeWords(line, 6);
  if (words === undefined) return undefined;
  const [, timestamp = '-', host = '-', app = '-', procid = '-', messageId = '-'] = words.taken;
  const time = timestamp === '-' ? undefined : isoTime(timestamp);
  if (timestamp !== '-' && time === undefined) return undefined;
  const structured = readStructuredData(line, words.next);
  if (structured === undefined) return undefined;
  return {
    ...(time !== undefined && { time }),
    ...(host !== '-' && { hostname: host }),
    ...(app !== '-' && { program: programOf(app) }),
    ...(procid !== '-' && { pid: procid }),
    ...(messageId !== '-' && { messageId }),
    ...structured,
  };
};

const rsyslog: SyslogHeader = (line) => {
  const space = line.indexOf(' ');
  const time = space === -1 ? undefined : isoTime(line.slice(0, space));
  if (time === undefined) return undefined;
  const parsed = afterTime(line.slice(space + 1), time);
  // An application's own line may begin with a time too: only a tag tells syslog from `2023-07-10T12:00:00Z done: 3 files`.
  const known = parsed.program !== undefined && (parsed.pid !== undefined || knownPrograms.has(parsed.program));
  return known ? parsed : undefined;
};

/** Programs that write no process id into their tag. */
const knownPrograms = new Set([
  'sudo',
  'su',
  'doas',
  'kernel',
  'sshd',
  'cron',
  'CRON',
  'systemd',
  'rsyslogd',
  'audit',
  'useradd',
  'usermod',
  'groupadd',
  'userdel',
  'groupdel',
  'groupmod',
  'gpasswd',
  'chpasswd',
  'chage',
  'passwd',
  'login',
  'pkexec',
  'polkitd',
  'audispd',
  'nginx',
  'httpd',
  'apache2',
]);

/** https://www.rfc-editor.org/rfc/rfc3164#section-4.1 */
const rfc3164: SyslogHeader = (line, referenceTime) => {
  const found = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))? /.exec(line);
  if (found === null) return undefined;
  const [header, name = '', day, year, hour, minute, second, fraction = ''] = found;
  const month = monthOf(name);
  if (month === 0) return undefined;
  const ms = Math.floor(Number(`0.${fraction}0`) * 1000);
  const at = (inYear: number) => utcTime(inYear, month, Number(day), Number(hour), Number(minute), Number(second), ms);
  const time = year === undefined ? inLikelyYear(at, referenceTime) : at(Number(year));
  // A time that doesn't exist (Feb 30, 25:00) makes it a plain line; no reference only leaves the time open.
  if (time === undefined && (year !== undefined || at(2024) === undefined)) return undefined;
  return afterTime(line.slice(header.length), time);
};

function inLikelyYear(at: (year: number) => string | undefined, referenceTime: string | undefined): string | undefined {
  if (referenceTime === undefined) return undefined;
  const latest = Date.parse(referenceTime) + dayMs;
  const year = new Date(latest).getUTCFullYear();
  // February 29 may lie up to eight years back (1904, 1896).
  for (let back = 0; back <= 8; back++) {
    const time = at(year - back);
    if (time !== undefined && Date.parse(time) <= latest) return time;
  }
  return undefined;
}

/** Reads `[host ]tag[pid]: message`; what has no tag is all message. */
function afterTime(rest: string, time: string | undefined): SyslogLine {
  const text = rest.trimStart();
  const space = text.indexOf(' ');
  // A tag without a host before it ends in a colon; only then is it worth a try.
  const direct = space === -1 || text.charAt(space - 1) === ':' ? takeTag(text) : undefined;
  const line: Writable = direct ?? (space === -1 ? { message: text } : afterHost(text, space));
  if (time !== undefined) line.time = time;
  return line;
}

type Writable = { -readonly [Key in keyof SyslogLine]: SyslogLine[Key] };

function afterHost(text: string, space: number): Writable {
  const after = text.slice(space + 1).trimStart();
  const line: Writable = takeTag(after) ?? takeLoginTag(after) ?? { message: after };
  line.hostname = text.slice(0, space);
  return line;
}

/** login tags what it says with `-- ` and the user's name. */
function takeLoginTag(text: string): Writable | undefined {
  const found = /^-- \S{1,64}\[(\d{1,10})\]: /.exec(text);
  if (found === null) return undefined;
  return { program: 'login', pid: found[1] ?? '', message: text.slice(found[0].length) };
}

/** Reads `program[pid]: `, `program(module)[pid]: ` or `program: `. */
function takeTag(text: string): Writable | undefined {
  const found = /^([^\s:[\]()]{1,128})(?:\(([\w-]{1,32})\))?(?:\[(\d{1,10})\])?:(?: |$)/.exec(text);
  if (found === null) return undefined;
  const [tag, program = '', module, pid] = found;
  const line: Writable = { program: programOf(program), message: text.slice(tag.length).trimStart() };
  if (module !== undefined) line.module = module;
  if (pid !== undefined) line.pid = pid;
  return line;
}

/** `/usr/sbin/cron` is `cron`; `postfix/smtpd` is kept, since the first word says whose smtpd it is. */
function programOf(name: string): string {
  return name.startsWith('/') ? name.slice(name.lastIndexOf('/') + 1) : name;
}

function takeWords(
  line: string,
  count: number,
): { readonly taken: readonly string[]; readonly next: number } | undefined {
  const taken: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const space = line.indexOf(' ', at);
    if (space === -1) return undefined;
    taken.push(line.slice(at, space));
    at = space + 1;
  }
  return { taken, next: at };
}

/** How many parameters of structured data are kept. */
const maxParameters = 100;

/** `-` or `[id name="value"]…`, and the message behind; undefined when the structured data doesn't end. */
function readStructuredData(line: string, from: number): Pick<SyslogLine, 'data' | 'message'> | undefined {
  let at = from;
  const data: LineFields = {};
  let count = 0;
  if (line.charAt(at) === '-') at++;
  else {
    while (line.charAt(at) === '[') {
      const end = endOfElement(line, at + 1);
      if (end === -1) return undefined;
      for (const [name, value] of parameters(line.slice(at + 1, end))) {
        if (count++ < maxParameters && !Object.hasOwn(data, name)) data[name] = value;
      }
      at = end + 1;
    }
    if (at === from) return undefined;
  }
  if (at < line.length && line.charAt(at) !== ' ') return undefined;
  const message = line.slice(at + 1);
  return {
    message: message.startsWith('\uFEFF') ? message.slice(1) : message,
    ...(count > 0 && { data }),
  };
}

/** The parameters of one element, `id name="value" name="value"`; `\"`, `\\` and `\]` are escaped in a value. */
function* parameters(element: string): Iterable<readonly [string, string]> {
  const [id = ''] = element.split(' ', 1);
  for (const [, name = '', value = ''] of element.matchAll(/ ([^\s="\]]{1,32})="([^"\\]*(?:\\.[^"\\]*)*)"/gs)) {
    yield [`${id}.${name}`, value.replaceAll(/\\(["\\\]])/g, '$1')];
  }
}

function endOfElement(line: string, from: number): number {
  let quoted = false;
  for (let at = from; at < line.length; at++) {
    const char = line.charAt(at);
    if (quoted && char === '\\') at++;
    else if (char === '"') quoted = !quoted;
    else if (char === ']' && !quoted) return at;
  }
  return -1;
}
