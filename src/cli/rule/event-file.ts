import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readGiven } from '../../ingest/containers/read-given.ts';
import type { Fields } from '../../model/log-record.ts';
import { UsageError } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { unreadable } from './unreadable.ts';

const maxPlainBytes = 64 * 1024 * 1024;

/**
 * readEvent reads the record that `path`, `path#index` or `-` names: of any log that ingest opens the record of that
 * number, as `scan` counts them; else a JSON object, or an element of an array, as it is.
 * @throws {UsageError} when there is no such file or record.
 */
export async function readEvent(name: string, { cwd, stdin }: Pick<Surroundings, 'cwd' | 'stdin'>): Promise<Fields> {
  const { path, index } = placeOf(name);
  const bytes = path === '-' ? await bytesOf(stdin, path) : await fileBytes(path, cwd);
  const ofLog = await recordAt(bytes, path, index ?? 0);
  if ('fields' in ofLog) return ofLog.fields;
  // An event made for trying a rule is seldom a whole record: no id, no time.
  const plain = plainAt(bytes, index);
  if (plain !== undefined) return plain;
  throw new UsageError(
    `${name}: ${ofLog.reason}`,
    'Give a JSON file with an event, path#index for one of several, or - for stdin.',
  );
}

function placeOf(name: string): { readonly path: string; readonly index?: number } {
  const found = /^(?<path>.+)#(?<index>\d{1,9})$/.exec(name)?.groups;
  return found === undefined ? { path: name } : { path: found['path'] ?? name, index: Number(found['index']) };
}

async function fileBytes(path: string, cwd: string): Promise<Buffer> {
  const full = resolve(cwd, path);
  try {
    await stat(full);
    return await bytesOf(createReadStream(full), path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path}: ${unreadable(error)}`, undefined, error);
  }
}

async function bytesOf(stream: AsyncIterable<unknown>, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > maxPlainBytes) throw new UsageError(`${path}: larger than 64 MB; cut the record out of it`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

async function recordAt(
  bytes: Buffer,
  path: string,
  index: number,
): Promise<{ readonly fields: Fields } | { readonly reason: string }> {
  let count = 0;
  // Named by position, as scan and run name them, whether or not the records before could be read.
  for await (const batch of readGiven(pieces(bytes), path, {})) {
    for (const one of batch) {
      count += 1;
      if (one.kind === 'record' && one.record.origin.index === index) return { fields: one.record.fields };
      if (one.kind === 'failure' && one.failure.origin.index === index) return { reason: one.failure.reason };
    }
  }
  return { reason: `it has no record ${index}; it has ${count}, counted from 0` };
}

async function* pieces(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield bytes;
}

function plainAt(bytes: Buffer, index: number | undefined): Fields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  const one: unknown = Array.isArray(value)
    ? value[index ?? 0]
    : index === undefined || index === 0
      ? value
      : undefined;
  return typeof one === 'object' && one !== null && !Array.isArray(one) ? (one as Fields) : undefined;
}
