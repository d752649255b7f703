import type { LogRecord } from '../../model/log-record.ts';
import { tagAt } from './header/tag.ts';
import { formatOf, isKnownProgram, programByMessage, sourceOf } from './programs.ts';
import { readMessage } from './syslog.ts';
import type { LineFields, ReadLine } from './text-format.ts';

/** What a line says in its `unparsed` that has no header: `journalctl -o cat` and `docker logs` of a host's program write such. */
const bare = 'a line without a header: its words say which program wrote it, and the file dates it';

/** Programs that write messages of a form of their own, the most frequent first. */
const distinctPrograms = ['sshd', 'dropbear', 'vsftpd'] as const;

/**
 * readBareLine reads a message of a host's program that stands without a header, in a log of such lines alone: from the first line on,
 * nothing but what such a program writes. A single one among an application's lines may be what somebody made it print.
 */
export function readBareLine(line: string, follows: LogRecord | undefined): ReadLine | undefined {
  const within = follows?.fields['unparsed'] === bare;
  if (follows !== undefined && !within) return undefined;
  const text = line.trim();
  const tag = tagAt(text, 0);
  if (tag?.program !== undefined && tag.pid !== undefined && isKnownProgram(tag.program)) {
    const { program, pid } = tag;
    const { fields, source } = readMessage({ program, pid, message: text.slice(tag.end).trimStart() });
    return { fields: { ...fields, unparsed: bare }, source };
  }
  const program = programByMessage(text) ?? distinctPrograms.find((name) => isDistinct(formatOf(name).parse(text)));
  if (program !== undefined) {
    const { fields, source } = readMessage({ program, message: text });
    return { fields: { ...fields, unparsed: bare }, source };
  }
  // In a log of such lines, what isn't understood is a host's as well.
  return within ? { fields: { message: line, unparsed: bare }, source: sourceOf(formatOf(undefined)) } : undefined;
}

/** Only a message with who and whence is one that nobody else writes. */
function isDistinct(fields: LineFields | undefined): boolean {
  return fields !== undefined && fields['src_ip'] !== undefined && fields['user'] !== undefined;
}
