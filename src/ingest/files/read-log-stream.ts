import type { Ingested } from '../../model/log-record.ts';
import { GunzipError } from './gunzip.ts';
import { failure, skipped } from '../ingested.ts';
import { defaultLimits } from './limits.ts';
import type { ReadLimits } from './limits.ts';
import { createExportReader } from './journal/export.ts';
import type { JournalSink } from './journal/export.ts';
import { createVerboseReader } from './journal/verbose.ts';
import { createJsonReader } from './json-reader.ts';
import { createLineReader } from './line-reader.ts';
import type { Opener, OpenOrigin } from '../ingested.ts';
import { createNothingKnown } from './nothing-known.ts';
import { createRepeatCounter } from './repeat-counter.ts';
import { standardOpener } from '../open.ts';
import { ReadError } from './read-error.ts';
import { add } from './output.ts';
import type { Output } from './output.ts';
import { sniff } from './sniff.ts';
import { toBuffers, unpacked } from './unpacked.ts';
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
        return createJsonReader(path, open, output, limits, { ...options, given });
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

function reasonOf(error: unknown): string {
  if (error instanceof GunzipError || error instanceof ReadError) return error.message;
  return `cannot be read: ${messageOf(error)}`;
}
