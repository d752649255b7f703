import { readGiven } from '../../../../src/ingest/containers/read-given.ts';
import type { ReadOptions } from '../../../../src/ingest/files/read-log-stream.ts';
import type { Ingested } from '../../../../src/model/log-record.ts';
import { inChunks } from '../reading.ts';

/** written is when the files of these tests were, long after what they hold. */
export const written = '2026-05-01T00:00:00.000Z';

/** given reads bytes as a file of that name that a person handed over. */
export async function given(
  bytes: Buffer | string,
  path: string,
  options: ReadOptions = {},
  size?: number,
): Promise<readonly Ingested[]> {
  const all: Ingested[] = [];
  const chunks = inChunks(Buffer.from(bytes), size);
  for await (const batch of readGiven(chunks, path, { time: written, trustNames: true, ...options }))
    all.push(...batch);
  return all;
}
