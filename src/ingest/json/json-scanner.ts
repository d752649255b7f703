import { createBounds, tableOf, unfinished } from './json-bounds.ts';
import { maxDepth } from './json-text.ts';
import type { ReadLimits } from '../files/limits.ts';
import { createRecordFinder } from './record-finder.ts';

/** JsonSink takes what the scanner finds, in the order of the file. */
export interface JsonSink {
  /** One record's bytes, balanced but not yet parsed. */
  value(bytes: Buffer): void;
  /**
   * A record that can't be read, with the reason. `rest` gives the bytes of a single truncated value. Returns whether they were used:
   * then they are not searched for records.
   */
  broken(reason: string, rest?: () => Buffer): boolean;
}

/** JsonScanner is fed a file's bytes in pieces of any size. */
export interface JsonScanner {
  push(chunk: Buffer): void;
  end(): void;
}

/** How far the scanner looks ahead where a value begins: enough for `{ "Records" : [` and for a first key. */
const lookahead = 128;

/**
 * createJsonScanner finds where each record of a JSON file begins and ends without parsing it: elements of a bare array, of a
 * trail file's `Records`, of a LookupEvents answer's `Events`, and values behind each other, with newlines between them or without.
 *
 * Memory is bounded by the limits. A record whose brackets or quotes don't fit is broken alone: the scanner goes on at the next
 * place that looks like the beginning of a record, judged by the records before. Inside a JSON string the quotes
 * round a key would be escaped, so nothing that a whole string says can look like one.
 */
export function createJsonScanner(sink: JsonSink, limits: ReadLimits): JsonScanner {
  let mode: 'between' | 'value' | 'word' | 'tail' | 'lost' = 'between';
  /** Whether values are elements of a list, and whether that list is in an object whose other keys follow. */
  let listed = false;
  let inObject = false;
  const value = createBounds();
  let pieces: Buffer[] = [];
  let size = 0;
  let carry: Buffer | undefined;
  const finder = createRecordFinder();
  /** How many bytes may be read a second time in search of the next record: keeps hostile files linear. */
  let rereads = 16 * limits.recordBytes;

  const begin = (next: 'value' | 'word') => {
    mode = next;
    pieces = [];
    size = 0;
    value.reset();
  };

  const limit = () => (mode === 'word' || listed ? limits.recordBytes : limits.valueBytes);

  const keep = (bytes: Buffer) => {
    size += bytes.length;
    if (size > limit()) pieces = [];
    else pieces.push(bytes);
  };

  const finish = (bytes: Buffer) => {
    size += bytes.length;
    const most = limit();
    if (mode === 'value') finder.confirm();
    mode = 'between';
    if (value.tooDeep()) sink.broken(`nested deeper than ${maxDepth} levels`);
    else if (size > most) sink.broken(`larger than ${most} bytes`);
    else sink.value(pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes]));
    pieces = [];
  };

  /** Ends a scalar. In a list, only a JSON value is possible here: anything else means that the structure is lost. */
  const finishWord = (bytes: Buffer) => {
    if (!listed || isScalar(pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes]))) {
      finish(bytes);
      return;
    }
    sink.broken('brackets or quotes that do not fit');
    pieces = [];
    mode = 'lost';
  };

  /** Reports the current value, which began or continued at `from` and can't continue at `seen`, and returns where to continue. */
  const recover = (
    reason: string,
    buf: Buffer,
    from: number,
    seen: number,
  ): { readonly buf: Buffer; readonly at: number } => {
    const before = pieces;
    const cut = reason === cutOff && !listed ? () => Buffer.concat([...before, buf.subarray(from)]) : undefined;
    if (sink.broken(reason, cut)) {
      pieces = [];
      mode = 'between';
      return { buf, at: buf.length };
    }
    const again = before.reduce((sum, piece) => sum + piece.length, seen - from);
    pieces = [];
    mode = 'lost';
    rereads -= again;
    if (rereads < 0) return { buf, at: findBeginning(buf, seen) };
    if (before.length === 0) return { buf, at: findBeginning(buf, from + 1) };
    const joined = Buffer.concat([...before, buf.subarray(from)]);
    return { buf: joined, at: findBeginning(joined, 1) };
  };

  /** The next place that looks like a record's beginning; when there is none, the buffer's end. */
  const findBeginning = (buf: Buffer, from: number): number => {
    const at = finder.find(buf, from, listed);
    if (at === -1) {
      carry = Buffer.from(buf.subarray(Math.max(from, buf.length - finder.overlap())));
      return buf.length;
    }
    mode = 'between';
    return at;
  };

  /** Finds what begins next; `unfinished` when that takes more bytes. */
  const between = (buf: Buffer, from: number, last: boolean): number => {
    let at = from;
    while (at < buf.length && isBetween[buf[at] ?? 0] === 1) at++;
    if (at === buf.length) return at;
    const byte = buf[at];
    if (listed && byte === 0x5d) {
      listed = false;
      if (inObject) {
        begin('value');
        value.enter();
        mode = 'tail';
      }
      return at + 1;
    }
    if (byte !== 0x7b && byte !== 0x5b) {
      begin('word');
      return at;
    }
    if (buf.length - at < lookahead && !last) {
      carry = Buffer.from(buf.subarray(at));
      return unfinished;
    }
    const inside = listed ? -1 : byte === 0x5b ? at + 1 : listStart(buf, at);
    if (inside !== -1) {
      listed = true;
      inObject = byte === 0x7b;
      return inside;
    }
    if (byte === 0x7b) finder.see(buf, at);
    begin('value');
    return at;
  };

  const scan = (chunk: Buffer, last: boolean) => {
    let buf = chunk;
    let at = 0;
    while (at < buf.length) {
      if (mode === 'between') {
        at = between(buf, at, last);
        if (at === unfinished) return;
      } else if (mode === 'lost') at = findBeginning(buf, at);
      else {
        const end = mode === 'word' ? value.wordEnd(buf, at, listed) : value.end(buf, at);
        const tail = mode === 'tail';
        if (end >= 0) {
          if (tail) mode = 'between';
          else if (mode === 'word') finishWord(buf.subarray(at, end));
          else finish(buf.subarray(at, end));
          at = end;
        } else if (end === unfinished) {
          if (!tail) keep(buf.subarray(at));
          at = buf.length;
        } else ({ buf, at } = recover('brackets or quotes that do not fit', buf, at, -end - 2));
      }
      if (last && at === buf.length) {
        if (mode === 'word') finishWord(empty);
        else if (mode === 'value') ({ buf, at } = recover(cutOff, empty, 0, 0));
        else if (mode === 'tail' || (listed && mode !== 'lost')) sink.broken(cutOff);
      }
    }
  };

  return {
    push: (chunk) => {
      const joined = carry === undefined ? chunk : Buffer.concat([carry, chunk]);
      carry = undefined;
      scan(joined, false);
    },
    end: () => {
      // A newline of our own behind the last byte lets the end be found where everything else is.
      const joined = carry === undefined ? newline : Buffer.concat([carry, newline]);
      carry = undefined;
      scan(joined, true);
    },
  };
}

const empty = Buffer.alloc(0);
const newline = Buffer.from('\n');
const cutOff = 'cut off: the file ends in the middle of it';

/** The index behind `{ "Records": [`, or -1. The list must come first: a record may have a field of that name. */
function listStart(buf: Buffer, at: number): number {
  const found = /^\{\s*"(?:Records|Events)"\s*:\s*\[/.exec(buf.toString('latin1', at, at + lookahead));
  return found === null ? -1 : at + found[0].length;
}

function isScalar(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** Between values: blanks, commas, the record separator of JSON text sequences, and the NULs that a crash leaves behind. */
const isBetween = tableOf(' \n\r\t,\x1e\0');
