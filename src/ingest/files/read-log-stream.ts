import { isUtf8 } from 'node:buffer';
import type { Ingested } from '../../model/log-record.ts';
import { gunzip, GunzipError, isGzip } from './gunzip.ts';
import { failure, skipped } from '../ingested.ts';
import { createJsonScanner } from '../json/json-scanner.ts';
import { explainJsonError, parseJson } from '../json/json-text.ts';
import { salvageJson } from '../json/salvage.ts';
import { defaultLimits } from './limits.ts';
import type { ReadLimits } from './limits.ts';
import { createExportReader } from './journal/export.ts';
import type { JournalSink } from './journal/export.ts';
import { createVerboseReader } from './journal/verbose.ts';
import { createLineReader } from './line-reader.ts';
import type { Opener, OpenOrigin } from '../ingested.ts';
import { createRowReader } from '../unwrap/rows.ts';
import { createNothingKnown } from './nothing-known.ts';
import { createRepeatCounter } from './repeat-counter.ts';
import { standardOpener } from '../open.ts';
import { ReadError } from './read-error.ts';
import { sniff } from './sniff.ts';
import { messageOf } from '../../text/system-error.ts';

/** ReadOptions are the limits, and what only the stream's surroundings know. */
export interface ReadOptions extends Partial<ReadLimits> {
  /** ISO 8601: when the file was written. Lines without a year, and values without a time, are dated by it. */
  readonly time?: string;
  /** Skips text that doesn't begin with a log line, e.g. a README among the logs. */
  readonly onlyLogs?: boolean;
  /** Binary data that is named as a log has failed, rather than being left alone. */
  readonly trustNames?: boolean;
  /** Called for each record with bytes that aren't UTF-8; they become U+FFFD. */
  readonly onInvalidText?: (index: number) => void;
  /** Gzip was taken off already. */
  readonly unpacked?: boolean;
  /** Knows how the logs of some places are to be read; without it, each text says so itself. */
  readonly opener?: Opener;
}

/** LogReader turns a file's bytes into its records, piece by piece. */
export interface LogReader {
  push(chunk: Buffer): void;
  end(): void;
}

/** The results of a reader. The index of a result is the number of results before it. */
interface Output {
  readonly items: Ingested[];
  next: number;
  see?: (item: Ingested) => void;
}

/** How much of a stream's beginning decides its format. */
const headBytes = 64 * 1024;

/**
 * readLogStream reads a log file of any known format record by record, in bounded memory: gunzips it when its first bytes say so,
 * recognises JSON and text, and opens the content. Unreadable content is a failure with its reason, and the rest is read. It never
 * throws: an error of the stream itself is a failure as well.
 */
export async function* readLogStream(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  options: ReadOptions = {},
): AsyncIterable<Ingested> {
  for await (const batch of readLogBatches(stream, path, options)) yield* batch;
}

/** readLogBatches is readLogStream with all that one chunk of the file held at a time: a third faster for large files. */
export async function* readLogBatches(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  options: ReadOptions = {},
): AsyncIterable<readonly Ingested[]> {
  const limits: ReadLimits = { ...defaultLimits, ...options };
  const output: Output = { items: [], next: 0 };
  let reader: LogReader | undefined;
  let head: Buffer[] = [];
  let headSize = 0;
  const flush = function* (): Iterable<readonly Ingested[]> {
    if (output.items.length > 0) yield output.items.splice(0);
  };
  const begin = (whole: boolean): LogReader => {
    const bytes = Buffer.concat(head);
    head = [];
    const found = startReader(bytes, whole, path, output, limits, options);
    return found;
  };
  try {
    for await (const chunk of options.unpacked === true ? toBuffers(stream) : unpacked(stream, limits)) {
      if (reader === undefined) {
        head.push(chunk);
        headSize += chunk.length;
        if (headSize < headBytes) continue;
        reader = begin(false);
      } else reader.push(chunk);
      yield* flush();
    }
  } catch (error) {
    // The records before the cut are whole; the cut itself is one failure.
    reader ??= begin(false);
    reader.end();
    add(output, failure({ path, index: output.next }, reasonOf(error)));
    yield* flush();
    return;
  }
  reader ??= begin(true);
  reader.end();
  yield* flush();
}

/** readLogBytes reads unpacked content that is in memory, as readLogStream would. */
export function readLogBytes(bytes: Buffer, path: string, options: ReadOptions = {}): readonly Ingested[] {
  const output: Output = { items: [], next: 0 };
  startReader(bytes, true, path, output, { ...defaultLimits, ...options }, options).end();
  return output.items;
}

function startReader(
  head: Buffer,
  whole: boolean,
  path: string,
  output: Output,
  limits: ReadLimits,
  options: ReadOptions,
): LogReader {
  const open = (options.opener ?? standardOpener).at({ kind: 'path', name: path });
  const given = open.deep && !open.configured;
  const format = sniff(head, path, { ...options, given });
  const reader = (() => {
    switch (format.kind) {
      case 'json':
        return jsonReader(path, open, output, limits, { ...options, given });
      case 'text':
        return createLineReader(
          path,
          open.text,
          (item) => add(output, item),
          () => output.next,
          limits,
          { ...options, given },
        );
      case 'journal-export':
        return createExportReader(journalSink(path, open, output, { ...options, given }), limits);
      case 'journal-verbose':
        return createVerboseReader(journalSink(path, open, output, { ...options, given }), limits);
      case 'empty':
      case 'binary':
      case 'unreadable':
        return undefined;
      default:
        throw new Error(`no reader for ${JSON.stringify(format satisfies never)}`);
    }
  })();
  if (reader === undefined) {
    const origin = { path, index: 0 };
    if (format.kind === 'binary') add(output, skipped(origin, format.reason));
    else if (format.kind === 'unreadable') add(output, failure(origin, format.reason));
    else if (whole) add(output, failure(origin, 'empty file'));
    return { push: () => undefined, end: () => undefined };
  }
  reader.push('from' in format ? head.subarray(format.from) : head);
  return given ? judged(reader, path, output, options.time) : reader;
}

/** Adds a failure for a file in which nothing was understood, so that nobody takes it for a file in which nothing happened. */
function judged(reader: LogReader, path: string, output: Output, written: string | undefined): LogReader {
  const judge = createNothingKnown(written);
  for (const item of output.items) judge.see(item);
  output.see = judge.see;
  return {
    push: (chunk) => reader.push(chunk),
    end: () => {
      reader.end();
      const verdict = judge.verdict(path, output.next);
      if (verdict !== undefined) add(output, verdict);
    },
  };
}

function jsonReader(
  path: string,
  open: Opener,
  output: Output,
  limits: ReadLimits,
  { time, onInvalidText, given }: ReadOptions & { readonly given: boolean },
): LogReader {
  const surroundings: Omit<OpenOrigin, 'index'> = {
    path,
    nth: createRepeatCounter(),
    ...(time !== undefined && { time }),
    ...(given && { written: true }),
  };
  const rows = given ? createRowReader() : undefined;
  /** The events before the cut of a truncated answer are whole. */
  const salvage = (bytes: Buffer): boolean => {
    const whole = salvageJson(bytes.toString('utf8'));
    const parsed = whole === undefined ? undefined : parseJson(whole);
    if (parsed?.ok !== true) return false;
    const items = open.within(parsed.value, { ...surroundings, index: output.next });
    for (const item of items ?? []) add(output, item);
    return items !== undefined;
  };
  return createJsonScanner(
    {
      value: (bytes) => {
        const origin = { ...surroundings, index: output.next };
        if (onInvalidText !== undefined && !isUtf8(bytes)) onInvalidText(origin.index);
        let value: unknown;
        try {
          value = JSON.parse(bytes.toString('utf8'));
        } catch (error) {
          add(output, failure(origin, `not valid JSON: ${explainJsonError(error)}`));
          return;
        }
        const row = rows?.read(value);
        if (row === 'names') return;
        for (const item of open.value(row ?? value, origin)) add(output, item);
      },
      broken: (reason, rest) => {
        const read = given && rest !== undefined && salvage(rest());
        add(output, failure({ path, index: output.next }, reason));
        return read;
      },
    },
    limits,
  );
}

function journalSink(
  path: string,
  open: Opener,
  output: Output,
  { time, given }: ReadOptions & { readonly given: boolean },
): JournalSink {
  const surroundings: Omit<OpenOrigin, 'index'> = {
    path,
    nth: createRepeatCounter(),
    ...(time !== undefined && { time }),
    ...(given && { written: true }),
  };
  return {
    entry: (fields) => {
      for (const item of open.value(fields, { ...surroundings, index: output.next })) add(output, item);
    },
    broken: (reason) => add(output, failure({ path, index: output.next }, reason)),
  };
}

function add(output: Output, item: Ingested): void {
  output.see?.(item);
  output.items.push(item);
  output.next++;
}

/** Firehose compresses the gzip of CloudWatch Logs again: two layers. More layers are a mistake or an attack. */
const maxLayers = 2;

/** unpacked removes up to two layers of gzip from a stream, and calls `onGzip` for each. */
export async function* unpacked(
  stream: AsyncIterable<Uint8Array>,
  limits: ReadLimits,
  onGzip?: () => void,
  layers: number = maxLayers,
): AsyncIterable<Buffer> {
  const iterator = stream[Symbol.asyncIterator]();
  // The first two bytes identify gzip, and a stream may give one at a time.
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < 2) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  const rest = rejoin(first, iterator);
  const packed = isGzip(Buffer.concat(first.map((part) => part.subarray(0, 2))));
  if (packed && layers > 0) {
    onGzip?.();
    yield* unpacked(gunzip(rest, limits), limits, onGzip, layers - 1);
  } else for await (const chunk of rest) yield toBuffer(chunk);
}

async function* rejoin(first: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* first;
  yield* { [Symbol.asyncIterator]: () => iterator };
}

async function* toBuffers(stream: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  for await (const chunk of stream) yield toBuffer(chunk);
}

function toBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

function reasonOf(error: unknown): string {
  if (error instanceof GunzipError || error instanceof ReadError) return error.message;
  return `cannot be read: ${messageOf(error)}`;
}
