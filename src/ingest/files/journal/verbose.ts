import type { ReadLimits } from '../limits.ts';
import type { JournalSink } from './export.ts';
import { createEntryFields, fieldName } from './fields.ts';

/** The line above an entry: its time for people, then its cursor, with the time as microseconds in hex. */
const heading =
  /^\S.{0,80} \[(s=[\da-f]{1,32};i=[\da-f]{1,16};b=[\da-f]{1,32};m=[\da-f]{1,16};t=([\da-f]{1,16});x=[\da-f]{1,16})\]$/;

/** isJournalVerbose recognises what `journalctl -o verbose` writes by its beginning. */
export function isJournalVerbose(head: Buffer): boolean {
  const lines = head.toString('utf8', 0, 4096).split('\n', 4);
  return heading.test((lines[0]?.startsWith('-- ') === true ? lines[1] : lines[0]) ?? '');
}

/**
 * createVerboseReader reads entries as `journalctl -o verbose` shows them: a heading, then a field a line behind four blanks. What
 * goes on over several lines is indented further, so that no message can hold a field.
 */
export function createVerboseReader(
  { entry, broken }: JournalSink,
  { lineBytes, recordBytes }: ReadLimits,
): { push(chunk: Buffer): void; end(): void } {
  const fields = createEntryFields();
  let rest = '';
  let field: { readonly name: string; lines: string[]; size: number } | undefined;
  const decoder = new TextDecoder('utf-8', { fatal: false });

  const closeField = () => {
    if (field !== undefined) fields.add(field.name, field.lines.join('\n'));
    field = undefined;
  };
  const closeEntry = () => {
    closeField();
    const taken = fields.take();
    if (taken !== undefined) entry(taken);
  };
  const line = (text: string) => {
    const head = text.startsWith(' ') ? null : heading.exec(text);
    if (head !== null) {
      closeEntry();
      fields.add('__CURSOR', head[1] ?? '');
      fields.add('__REALTIME_TIMESTAMP', String(Number.parseInt(head[2] ?? '', 16)));
      return;
    }
    const equals = text.indexOf('=');
    const name = text.slice(4, equals);
    if (equals > 4 && text.startsWith('    ') && fieldName.test(name)) {
      closeField();
      field = { name, lines: [text.slice(equals + 1)], size: text.length };
    } else if (field !== undefined && text.startsWith(' '.repeat(4 + field.name.length + 1))) {
      field.size += text.length;
      if (field.size <= recordBytes) field.lines.push(text.slice(4 + field.name.length + 1));
    } else if (text.trim() !== '' && !text.startsWith('-- ')) {
      broken(`journal: neither an entry nor a field: ${JSON.stringify(text.slice(0, 60))}`);
    }
  };
  const take = (text: string, last: boolean) => {
    const lines = (rest + text).split('\n');
    rest = last ? '' : (lines.pop() ?? '');
    for (const one of lines) line(one);
    if (rest.length <= lineBytes) return;
    broken(`journal: line of more than ${lineBytes} bytes, left out`);
    rest = '';
  };

  return {
    push: (chunk) => take(decoder.decode(chunk, { stream: true }), false),
    end: () => {
      take(decoder.decode(), true);
      closeEntry();
    },
  };
}
