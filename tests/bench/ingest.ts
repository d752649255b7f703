import { gunzipSync, gzipSync } from 'node:zlib';
import { readLogBatches } from '../../src/ingest/files/read-log-stream.ts';
import type { LogRecord } from '../../src/model/log-record.ts';

/** IngestFigures compares reading with the least that anybody could do. All in MB of unpacked data a second. */
export interface IngestFigures {
  readonly name: string;
  /** `readLogBatches`: record by record, checked, in bounded memory. */
  readonly read: number;
  /** Unpack (where packed) and `JSON.parse` the whole file, or split it into lines: nothing checked, all in memory. */
  readonly plain: number;
}

const fileBytes = 48e6;
const chunkBytes = 256 * 1024;
const runs = 3;

/** benchIngest measures reading a trail file, packed and not, JSON lines, and an authentication log. */
export async function benchIngest(records: readonly LogRecord[]): Promise<readonly IngestFigures[]> {
  const lines = repeated(records.map(({ fields }) => JSON.stringify(fields)));
  const trail = Buffer.from(`{"Records":[${lines.join(',')}]}`);
  const packed = gzipSync(trail);
  const jsonLines = Buffer.from(lines.join('\n'));
  const log = Buffer.from(
    repeated(
      Array.from({ length: 500 }, (_, i) => authLine(i)),
      fileBytes / 8,
    ).join('\n'),
  );
  const text = (bytes: Buffer) => bytes.toString('utf8');
  return [
    await figures('trail file, gzip', trail.length, packed, () => JSON.parse(text(gunzipSync(packed)))),
    await figures('trail file', trail.length, trail, () => JSON.parse(text(trail))),
    await figures('JSON lines', jsonLines.length, jsonLines, () =>
      text(jsonLines)
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ),
    await figures('authentication log', log.length, log, () => text(log).split('\n')),
  ];
}

async function figures(name: string, size: number, bytes: Buffer, plain: () => unknown): Promise<IngestFigures> {
  const read = async () => {
    let failed = 0;
    for await (const batch of readLogBatches(inChunks(bytes), name, { time: '2026-01-01T00:00:00.000Z' })) {
      for (const item of batch) if (item.kind !== 'record') failed++;
    }
    if (failed > 0) throw new Error(`${name}: ${failed} records could not be read`);
  };
  return { name, read: await rate(size, read), plain: await rate(size, async () => plain()) };
}

/** The best of a few runs: everything else a machine does only makes it slower. */
async function rate(size: number, run: () => Promise<unknown>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const started = performance.now();
    await run();
    best = Math.min(best, performance.now() - started);
  }
  return size / 1e6 / (best / 1000);
}

async function* inChunks(bytes: Buffer): AsyncIterable<Buffer> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

function repeated(lines: readonly string[], size = fileBytes): readonly string[] {
  const all: string[] = [];
  for (let bytes = 0, i = 0; bytes < size && lines.length > 0; i++) {
    const line = lines[i % lines.length] ?? '';
    all.push(line);
    bytes += line.length;
  }
  return all;
}

function authLine(i: number): string {
  const second = String(i % 60).padStart(2, '0');
  return `Mar  1 10:00:${second} web-1 sshd[${1000 + i}]: Failed password for invalid user u${i} from 192.0.2.${i % 250} port ${20_000 + i} ssh2`;
}
