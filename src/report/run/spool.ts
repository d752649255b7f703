import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Row, Rows } from './rows.ts';

/** Spool collects an answer's rows: in memory, or in a file when there are many. */
export interface Spool {
  /** @param line is the row as JSON, with a newline. */
  add(row: Row, line: string): void | Promise<void>;
  /** All rows. Rows on disk are readable while the spool's file exists; the caller removes it. */
  rows(): Promise<Rows>;
}

const inMemory = 4 * 1024 ** 2;
const writtenAtOnce = 1024 ** 2;

/** createSpool keeps up to `most` characters of rows in memory, and beyond that all of them in the file `path`. */
export function createSpool(path: string, most = inMemory): Spool {
  let rows: Row[] = [];
  let waiting: string[] = [];
  let waitingSize = 0;
  let length = 0;
  let file: FileHandle | undefined;

  async function write(): Promise<void> {
    file ??= await open(path, 'wx', 0o600);
    // A string at once would have to be copied; the pieces are written in order.
    await file.appendFile(waiting.join(''));
    waiting = [];
    waitingSize = 0;
    rows = [];
  }

  return {
    add(row, line) {
      length++;
      waiting.push(line);
      waitingSize += line.length;
      if (file === undefined) rows.push(row);
      return waitingSize > (file === undefined ? most : writtenAtOnce) ? write() : undefined;
    },
    async rows() {
      if (file === undefined) return rows;
      await write();
      await file.close();
      return { length, [Symbol.asyncIterator]: () => readRows(path) };
    },
  };
}

async function* readRows(path: string): AsyncGenerator<Row> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
    const lines = `${rest}${chunk as string}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as Row;
  }
}
