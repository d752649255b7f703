import { isGzip } from './gunzip.ts';
import { cleanText } from '../formats/clean-text.ts';
import { isLogLine } from '../formats/open-line.ts';
import { quote } from '../ingested.ts';
import { looksLikeJson } from '../looks-like-json.ts';
import { containerLine } from '../shapes/container-line.ts';
import { isJournalExport } from './journal/export.ts';
import { isJournalVerbose } from './journal/verbose.ts';

/** Sniffed is what a file's first bytes say it is. */
export type Sniffed =
  /** `from` is where the content begins, behind a byte order mark. */
  | { readonly kind: 'json' | 'text' | 'journal-export' | 'journal-verbose'; readonly from: number }
  | { readonly kind: 'empty' }
  /** Not a log, e.g. an image: recognised and skipped. */
  | { readonly kind: 'binary'; readonly reason: string }
  /** Meant to be a log, but not readable as one. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Files whose first bytes name them; a log may have been packed as some of them. */
const signatures: readonly { readonly bytes: readonly number[]; readonly name: string; readonly packs?: true }[] = [
  { bytes: [0x89, 0x50, 0x4e, 0x47], name: 'PNG image' },
  { bytes: [0xff, 0xd8, 0xff], name: 'JPEG image' },
  { bytes: [0x47, 0x49, 0x46, 0x38], name: 'GIF image' },
  { bytes: [...Buffer.from('SQLite format 3\0')], name: 'SQLite database' },
  { bytes: [...Buffer.from('PAR1')], name: 'Parquet file' },
  { bytes: [...Buffer.from('%PDF-')], name: 'PDF document' },
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: 'zip archive', packs: true },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], name: 'program (ELF)' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'zstd archive', packs: true },
  { bytes: [...Buffer.from('BZh')], name: 'bzip2 archive', packs: true },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], name: 'xz archive', packs: true },
  { bytes: [...Buffer.from('LPKSHHRH')], name: 'systemd journal (export it with journalctl -o short-iso)' },
];

/** SniffOptions say how much a file's name counts. */
export interface SniffOptions {
  /** Skips text that neither is named as a log nor begins with a log line. */
  readonly onlyLogs?: boolean;
  /** Binary data that is named as a log is unreadable: it was one, or it hides as one. */
  readonly trustNames?: boolean;
  /** Whether a person gave the file to a command: text with the name of a JSON file is searched too. */
  readonly given?: boolean;
}

/** sniff recognises JSON, text and everything else by a file's beginning. The name only says what the file was meant to be. */
export function sniff(head: Buffer, path: string, { onlyLogs, trustNames, given }: SniffOptions = {}): Sniffed {
  const signature = signatures.find(({ bytes }) => bytes.every((byte, at) => head[at] === byte));
  const named = trustNames === true && (namedJson.test(path) || namedLog.test(path));
  if (signature !== undefined) {
    const { name, packs } = signature;
    return named && packs === true
      ? { kind: 'unreadable', reason: `${name}: unpack it first` }
      : { kind: 'binary', reason: `not a log: ${name}` };
  }
  if (isGzip(head)) return { kind: 'unreadable', reason: 'gzip inside gzip: unpack it once first' };
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    return { kind: 'unreadable', reason: 'UTF-16 text: convert it to UTF-8 first' };
  }
  const from = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  const text = head.toString('latin1', from, from + 4096).trimStart();
  // A JSON text sequence puts a record separator before each value.
  const first = text.startsWith('\x1e') ? text.slice(1).trimStart() : text;
  if (text === '' && head.length - from < 4096) return { kind: 'empty' };
  if (/^(?:\{\s*["}]|\[\s*[{[\]"])/.test(first) || /^[{[]\s*$/.test(first)) return { kind: 'json', from };
  if (isJournalExport(head.subarray(from))) return { kind: 'journal-export', from };
  if (isJournalVerbose(head.subarray(from))) return { kind: 'journal-verbose', from };
  if (isBinary(head)) return { kind: named ? 'unreadable' : 'binary', reason: 'not a log: binary data' };
  if (!namedJson.test(path)) {
    return onlyLogs === true && !namedLog.test(path) && !hasLogLine(head.toString('utf8', from))
      ? { kind: 'binary', reason: 'not a log: text without a log line' }
      : { kind: 'text', from };
  }
  // A JSON lines file may begin in the middle of a record; among text lines, those that are JSON are opened as such.
  const content = head.toString('latin1', from);
  if (/^"?\{\s*\\?"/m.test(content)) return { kind: 'text', from };
  if (given === true && (text.startsWith('"') || /\{\s*"/.test(content) || hasLogLine(head.toString('utf8', from))))
    return { kind: 'text', from };
  return { kind: 'unreadable', reason: `not JSON: it begins with ${quote(text, 40)}` };
}

/** Names that logs have, rotated ones too. */
const namedLog = /\.log(?:[-.][^/]*)?$|(?:^|\/)(?:auth|secure|messages|syslog|cron)(?:[-.][^/]*)?$/i;
const namedJson = /\.(?:json|jsonl|ndjson)(?:\.(?:gz|zst|bz2|xz|zip))?$/i;

/** Whether a line among the first is dated, or JSON. */
function hasLogLine(text: string): boolean {
  return text
    .split('\n', 50)
    .some(
      (line) => looksLikeJson(line) || isLogLine(cleanText(line)) || containerLine(cleanText(line))?.time !== undefined,
    );
}

/** Text has next to no control characters but tab, line ends and the escape of colours. */
function isBinary(head: Buffer): boolean {
  const length = Math.min(head.length, 4096);
  let odd = 0;
  for (let at = 0; at < length; at++) {
    const byte = head[at] ?? 0;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x1b && byte !== 0x0c) odd++;
  }
  return odd * 10 > length;
}
