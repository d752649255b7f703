import type { Fields } from '../../../model/log-record.ts';
import type { ReadLimits } from '../limits.ts';
import { createEntryFields, fieldName } from './fields.ts';

/** JournalSink takes what a journal's text holds. */
export interface JournalSink {
  readonly entry: (fields: Fields) => void;
  readonly broken: (reason: string) => void;
}

/** isJournalExport recognises what `journalctl -o export` writes by its beginning. */
export function isJournalExport(head: Buffer): boolean {
  return /^(?:__CURSOR=s=|__REALTIME_TIMESTAMP=\d{10})/.test(head.toString('latin1', 0, 64));
}

/**
 * createExportReader reads the Journal Export Format over chunks of any size: `NAME=value` lines, or a name with the value's size
 * in 8 bytes and the value behind it; an empty line ends an entry. https://systemd.io/JOURNAL_EXPORT_FORMATS/
 */
export function createExportReader(
  { entry, broken }: JournalSink,
  { recordBytes }: ReadLimits,
): { push(chunk: Buffer): void; end(): void } {
  const fields = createEntryFields();
  let rest: Buffer = Buffer.alloc(0);
  /** The field whose value is still to come. */
  let binary: string | undefined;
  /** Bytes of a value too large to be kept, and of the line end behind it. */
  let skip = 0;

  const finish = () => {
    const taken = fields.take();
    if (taken !== undefined) entry(taken);
  };

  /** Where the next field begins, or -1 when more bytes are needed. */
  const step = (at: number): number => {
    if (binary !== undefined) {
      if (rest.length < at + 8) return -1;
      const size = rest.readBigUInt64LE(at);
      if (size > BigInt(recordBytes)) {
        broken(`journal: field ${binary} of ${size} bytes left out`);
        binary = undefined;
        skip = Number(size < 1n << 50n ? size : 1n << 50n) + 1;
        return at + 8;
      }
      const end = at + 8 + Number(size);
      if (rest.length < end + 1) return -1;
      fields.add(binary, rest.toString('utf8', at + 8, end));
      binary = undefined;
      return end + 1;
    }
    const end = rest.indexOf(0x0a, at);
    if (end === -1) return -1;
    const equals = rest.indexOf(0x3d, at);
    const name = rest.toString('latin1', at, equals === -1 || equals > end ? end : equals);
    if (end === at) finish();
    else if (!fieldName.test(name)) broken(`journal: not a field: ${JSON.stringify(name.slice(0, 40))}`);
    else if (equals !== -1 && equals < end) fields.add(name, rest.toString('utf8', equals + 1, end));
    else binary = name;
    return end + 1;
  };

  const push = (chunk: Buffer) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      if (skip > 0) {
        const skipped = Math.min(skip, rest.length - at);
        skip -= skipped;
        at += skipped;
        if (skip > 0) break;
      }
      const next = step(at);
      if (next === -1) break;
      at = next;
    }
    rest = rest.subarray(at);
    if (rest.length > recordBytes + 16) {
      broken(`journal: a field of more than ${recordBytes} bytes left out`);
      rest = Buffer.alloc(0);
    }
  };

  return {
    push,
    end() {
      if (rest.length > 0 || binary !== undefined) {
        // The last line may come without its end.
        if (binary === undefined) push(Buffer.from('\n'));
        else broken('journal: it ends in the middle of an entry (cut off)');
      }
      finish();
    },
  };
}
