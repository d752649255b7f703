import { isUtf8 } from 'node:buffer';
import type { Ingested, LogRecord } from '../../model/log-record.ts';
import type { ReadLimits } from './limits.ts';
import type { Opener } from '../ingested.ts';

/** LineOptions are what the surroundings of the text know. */
interface LineOptions {
  /** ISO 8601. */
  readonly time?: string;
  readonly onInvalidText?: (index: number) => void;
}

/** How many different lines are remembered to tell equal ones apart: equal lines stand close together. */
const rememberedLines = 20_000;

/** createLineReader splits text into lines, over chunks of any size, and opens each with `open`. Empty lines are no records. */
export function createLineReader(
  path: string,
  open: Opener['text'],
  add: (item: Ingested) => void,
  nextIndex: () => number,
  limits: ReadLimits,
  options: LineOptions,
): { push(chunk: Buffer): void; end(): void } {
  let pieces: Buffer[] = [];
  let size = 0;
  let follows: LogRecord | undefined;
  const nth = createCounter(rememberedLines);

  const keep = (bytes: Buffer) => {
    // Of a line beyond the limit the beginning is kept: the header and what happened stand there.
    const room = limits.lineBytes - size;
    if (room > 0) pieces.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
    size += bytes.length;
  };

  const finish = (bytes: Buffer) => {
    const whole = size === 0 && bytes.length <= limits.lineBytes;
    if (!whole) keep(bytes);
    const line = whole ? bytes : Buffer.concat(pieces);
    const cutFrom = size > limits.lineBytes ? size : undefined;
    pieces = [];
    size = 0;
    const index = nextIndex();
    const text = line.toString('utf8');
    if (text.trim() === '') return;
    if (options.onInvalidText !== undefined && !isUtf8(line)) options.onInvalidText(index);
    const origin = { path, index, ...(options.time !== undefined && { time: options.time }) };
    const context = { nth, ...(cutFrom !== undefined && { cutFrom }), ...(follows !== undefined && { follows }) };
    for (const item of open(text, origin, context)) {
      if (item.kind === 'record') follows = item.record;
      add(item);
    }
  };

  return {
    push: (chunk) => {
      let at = 0;
      for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, at)) {
        finish(chunk.subarray(at, end));
        at = end + 1;
      }
      if (at < chunk.length) keep(chunk.subarray(at));
    },
    end: () => {
      if (size > 0) finish(Buffer.alloc(0));
    },
  };
}

/** Counts how often each key came before, forgetting keys that didn't come among the last `limit` different ones or twice as many. */
function createCounter(limit: number): (key: string) => number {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  return (key) => {
    const before = young.get(key) ?? old.get(key) ?? 0;
    young.set(key, before + 1);
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    return before;
  };
}
