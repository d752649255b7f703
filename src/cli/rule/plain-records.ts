import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Fields } from '../../model/log-record.ts';
import { UsageError } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { unreadable } from './unreadable.ts';

/** PlainRecord is one record as it stands in a file, counted from 0, or the reason why it isn't one. */
export interface PlainRecord {
  readonly index: number;
  readonly fields?: Fields;
  readonly reason?: string;
}

/**
 * readPlainRecords reads records as they are, no envelope opened: JSON lines, one at a time; or one JSON array; or one
 * JSON object over several lines.
 * @throws {UsageError} when the file can't be opened.
 */
export async function* readPlainRecords(
  path: string,
  { cwd, stdin }: Pick<Surroundings, 'cwd' | 'stdin'>,
): AsyncIterable<PlainRecord> {
  const stream = path === '-' ? stdin : createReadStream(await opened(path, cwd));
  let index = 0;
  let whole: string[] | undefined;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    const text = index === 0 && whole === undefined ? line.replace(/^\uFEFF/, '') : line;
    if (whole !== undefined) whole.push(text);
    else if (text.trim() === '') continue;
    else {
      const record = recordOf(text, index);
      // The first line tells: a whole object is the first of many, anything else the beginning of one value.
      if (index === 0 && record.fields === undefined) whole = [text];
      else {
        yield record;
        index += 1;
      }
    }
  }
  if (whole !== undefined) yield* wholeValue(whole);
}

async function opened(path: string, cwd: string): Promise<string> {
  const full = resolve(cwd, path);
  await access(full).catch((error: unknown) => {
    throw new UsageError(`${path}: ${unreadable(error)}`, undefined, error);
  });
  return full;
}

function recordOf(text: string, index: number): PlainRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { index, reason: `not JSON: ${unreadable(error)}` };
  }
  return asRecord(value, index);
}

function asRecord(value: unknown, index: number): PlainRecord {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { index, fields: value as Fields };
  return { index, reason: 'not a JSON object' };
}

function* wholeValue(lines: readonly string[]): Iterable<PlainRecord> {
  let value: unknown;
  try {
    value = JSON.parse(lines.join('\n'));
  } catch {
    // JSON lines after all, the first of them broken.
    const texts = lines.filter((line) => line.trim() !== '');
    yield* texts.map(recordOf);
    return;
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  yield* values.map(asRecord);
}
