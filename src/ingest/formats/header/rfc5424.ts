import { isoTime } from '../../../time/iso-time.ts';
import type { LineFields, SyslogLine } from '../text-format.ts';
import { programOf } from './tag.ts';

const start = /\d{1,2} (?:\d{4}-|- )/y;

/**
 * readRfc5424 reads `1 2026-03-11T05:33:00Z h1 sshd 812 ID47 [id name="value"] message`, out of its priority; undefined for what is
 * written otherwise. https://www.rfc-editor.org/rfc/rfc5424#section-6
 */
export function readRfc5424(line: string, from: number): SyslogLine | undefined {
  if (line.charCodeAt(from) > 0x39) return undefined;
  start.lastIndex = from;
  if (!start.test(line)) return undefined;
  // VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID, each without spaces, then structured data and the message.
  const words = takeWords(line, from, 6);
  if (words === undefined) return undefined;
  const [, timestamp = '-', host = '-', app = '-', procid = '-', messageId = '-'] = words.taken;
  const time = timestamp === '-' ? undefined : isoTime(timestamp);
  if (timestamp !== '-' && time === undefined) return undefined;
  const structured = readStructuredData(line, words.next);
  if (structured === undefined) return undefined;
  const program = app === '-' ? undefined : programOf(app);
  return {
    ...(time !== undefined && { time }),
    ...(host !== '-' && { hostname: host }),
    ...(program !== undefined && { program }),
    ...(procid !== '-' && { pid: procid }),
    ...(messageId !== '-' && { messageId }),
    ...structured,
  };
}

function takeWords(
  line: string,
  from: number,
  count: number,
): { readonly taken: readonly string[]; readonly next: number } | undefined {
  const taken: string[] = [];
  let at = from;
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
