import { isUtf8 } from 'node:buffer';
import type { Ingested, LogRecord } from '../../model/log-record.ts';
import type { ReadLimits } from './limits.ts';
import type { Opener, OpenOrigin } from '../ingested.ts';
import { createJsonBlocks } from './json-blocks.ts';
import { createRepeatCounter } from './repeat-counter.ts';

/** LineOptions are what the surroundings of the text know. */
interface LineOptions {
  /** ISO 8601. */
  readonly time?: string;
  readonly onInvalidText?: (index: number) => void;
  /** The text was handed over by a person: JSON over several lines is joined, and values without a time are not dated by the file. */
  readonly given?: boolean;
}

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
  const nth = createRepeatCounter();
  const surroundings: Omit<OpenOrigin, 'index'> = {
    path,
    nth,
    ...(options.time !== undefined && { time: options.time }),
    ...(options.given === true && { written: true }),
  };

  const give = (text: string, cutFrom: number | undefined) => {
    const origin = { ...surroundings, index: nextIndex() };
    const context = { nth, ...(cutFrom !== undefined && { cutFrom }), ...(follows !== undefined && { follows }) };
    for (const item of open(text, origin, context)) {
      if (item.kind === 'record') follows = item.record;
      add(item);
    }
  };
  const blocks = options.given === true ? createJsonBlocks((text) => give(text, undefined)) : undefined;

  const keep = (bytes: Buffer) => {
    // The beginning of a line beyond the limit is kept: it contains the header and the message.
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
    const text = line.toString('utf8');
    if (text.trim() === '') return;
    if (options.onInvalidText !== undefined && !isUtf8(line)) options.onInvalidText(nextIndex());
    if (blocks === undefined || cutFrom !== undefined) {
      blocks?.end();
      give(text, cutFrom);
    } else blocks.push(text);
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
      blocks?.end();
    },
  };
}
