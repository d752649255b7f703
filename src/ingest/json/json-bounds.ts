import { maxDepth } from './json-text.ts';

/** unfinished says that a value goes on behind the buffer's end. */
export const unfinished = -1;

/** Bounds follows one value's brackets and quotes over any number of buffers. */
export interface Bounds {
  reset(): void;
  /** Begins inside an object that is already open. */
  enter(): void;
  tooDeep(): boolean;
  /** The index behind the value, `unfinished`, or -(index + 1) - 1 of the byte that can't be there. */
  end(buf: Buffer, from: number): number;
  /** The same for a scalar: up to the comma, the bracket or the end of the line. */
  wordEnd(buf: Buffer, from: number, listed: boolean): number;
}

/** createBounds starts between values. */
export function createBounds(): Bounds {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  let escaped = false;
  /** The opening bracket at each depth; deeper ones are only counted. */
  const stack = new Uint8Array(maxDepth + 2);

  /** The index of the closing quote, or the buffer's end. */
  const stringEnd = (buf: Buffer, from: number): number => {
    const length = buf.length;
    let at = escaped ? from + 1 : from;
    escaped = false;
    while (at < length) {
      const byte = buf[at];
      if (byte === 0x22) return at;
      at += byte === 0x5c ? 2 : 1;
    }
    escaped = at > length;
    return length;
  };

  return {
    reset: () => {
      depth = 0;
      deepest = 0;
      inString = false;
      escaped = false;
    },
    enter: () => {
      depth = 1;
      stack[1] = 0x7b;
    },
    tooDeep: () => deepest > maxDepth,
    end: (buf, from) => {
      const length = buf.length;
      let at = from;
      for (;;) {
        if (inString) {
          at = stringEnd(buf, at);
          if (at >= length) return unfinished;
          inString = false;
          at++;
          // A missing quote shows here first: what follows a string is never a letter.
          if (at < length && followsString[buf[at] ?? 0] === 0) return -at - 2;
        }
        while (at < length && isStructure[buf[at] ?? 0] === 0) at++;
        if (at === length) return unfinished;
        const byte = buf[at] ?? 0;
        if (byte === 0x22) inString = true;
        else if (byte === 0x7b || byte === 0x5b) {
          // A missing bracket shows here first: the next record would begin where a key should.
          if (depth > 0 && depth <= maxDepth && !mayOpen(buf, at, from, stack[depth] ?? 0)) return -at - 2;
          depth++;
          if (depth <= maxDepth) stack[depth] = byte;
          if (depth > deepest) deepest = depth;
        } else {
          if (depth <= maxDepth && stack[depth] !== byte - 2) return -at - 2;
          depth--;
          if (depth === 0) return at + 1;
        }
        at++;
      }
    },
    wordEnd: (buf, from, listed) => {
      for (let at = from; at < buf.length; at++) {
        if (inString) {
          at = stringEnd(buf, at);
          inString = at >= buf.length;
          continue;
        }
        const byte = buf[at];
        if (byte === 0x0a || (listed && (byte === 0x2c || byte === 0x5d))) return at;
        if (byte === 0x22 && listed) inString = true;
      }
      return unfinished;
    },
  };
}

/** Whether an opening bracket is possible there: in an object behind a colon, in an array behind its bracket or a comma. */
function mayOpen(buf: Buffer, at: number, from: number, container: number): boolean {
  let before = at - 1;
  while (before >= from && isBlank(buf[before] ?? 0)) before--;
  // The piece before this buffer is gone: JSON.parse will see.
  if (before < from) return true;
  const byte = buf[before];
  return container === 0x7b ? byte === 0x3a : byte === 0x2c || byte === 0x5b;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** tableOf marks the bytes of a text (Latin-1) with 1: the quickest way to ask what kind a byte is. */
export function tableOf(bytes: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(bytes, 'latin1')) table[byte] = 1;
  return table;
}

const isStructure = tableOf('"{}[]');
const followsString = tableOf(':,}] \n\r\t');
