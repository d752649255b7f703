import { isUtf8 } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Ingested } from '../../model/log-record.ts';
import { sqlLiteral } from '../../text/sql-literal.ts';
import { messageOf } from '../../text/system-error.ts';
import { createNothingKnown } from '../files/nothing-known.ts';
import { createRepeatCounter } from '../files/repeat-counter.ts';
import { failure } from '../ingested.ts';
import { parseJson } from '../json/json-text.ts';
import { standardOpener } from '../open.ts';
import type { Contained } from './container.ts';
import { ReadError } from '../files/read-error.ts';

/** What a query over one file may take of the machine's memory. */
const memoryLimit = '1GB';

/** readParquet opens each row of a Parquet file: CloudTrail's columns, Security Lake's, or columns that hold events. */
export async function* readParquet(container: Contained): AsyncIterable<readonly Ingested[]> {
  const folder = await mkdtemp(join(tmpdir(), 'trailwatch-'));
  try {
    yield* readRows(namedFile(container) ?? (await written(container, folder)), folder, container);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The file's name, where DuckDB takes it for no pattern of names. */
function namedFile({ file }: Contained): string | undefined {
  const name = Buffer.isBuffer(file) && isUtf8(file) ? file.toString('utf8') : file;
  return typeof name === 'string' && !/[*?[\]{}]/.test(name) ? name : undefined;
}

/** A Parquet file has its index at the end: a stream is written to disk first. */
async function written({ bytes, limits }: Contained, folder: string): Promise<string> {
  const path = join(folder, 'file.parquet');
  let size = 0;
  const bounded = async function* (): AsyncIterable<Buffer> {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > limits.unpackedBytes) throw new ReadError(`Parquet file of more than ${limits.unpackedBytes} bytes`);
      yield chunk;
    }
  };
  await pipeline(Readable.from(bounded()), createWriteStream(path, { mode: 0o600 }));
  return path;
}

async function* readRows(
  file: string,
  folder: string,
  { path, options }: Contained,
): AsyncIterable<readonly Ingested[]> {
  // The library loads a native module of 50 MB: only a Parquet file waits for it.
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: memoryLimit,
    temp_directory: folder,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const open = (options.opener ?? standardOpener).at({ kind: 'path', name: path });
  const { time } = options;
  const surroundings = {
    path,
    nth: createRepeatCounter(),
    written: true,
    ...(time !== undefined && { time }),
  } as const;
  const judge = createNothingKnown(time);
  let index = 0;
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const rows = await connection.stream(
      `SELECT CAST(to_json(t) AS VARCHAR) FROM read_parquet(${sqlLiteral(file)}) AS t`,
    );
    for (;;) {
      const chunk = await rows.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const batch: Ingested[] = [];
      for (const row of chunk.getColumnValues(0)) {
        const parsed = parseJson(String(row));
        const origin = { ...surroundings, index };
        const items = parsed.ok ? open.value(parsed.value, origin) : [failure(origin, parsed.reason)];
        for (const item of items) {
          judge.see(item);
          batch.push(item);
          index++;
        }
      }
      yield batch;
    }
  } catch (error) {
    throw new ReadError(`Parquet file that cannot be read: ${messageOf(error)}`, { cause: error });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  const verdict = judge.verdict(path, index);
  if (verdict !== undefined) yield [verdict];
}
