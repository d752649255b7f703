import type { Ingested } from '../../model/log-record.ts';
import { messageOf } from '../../text/system-error.ts';
import { GunzipError } from '../files/gunzip.ts';
import { defaultLimits } from '../files/limits.ts';
import { readLogBatches } from '../files/read-log-stream.ts';
import { unpacked } from '../files/unpacked.ts';
import type { ReadOptions } from '../files/read-log-stream.ts';
import { failure } from '../ingested.ts';
import { standardOpener } from '../open.ts';
import type { ContainerReader } from './container.ts';
import { containerKind, unreadableKind } from './recognise.ts';
import type { ContainerKind } from './recognise.ts';
import { asUtf8, utf16Of } from './utf16.ts';
import { ReadError } from '../files/read-error.ts';

/** Each reader loads its library when the first file of its kind is read. */
const readers: Readonly<Record<ContainerKind, () => Promise<ContainerReader>>> = {
  csv: async () => (await import('./csv.ts')).readCsv,
  parquet: async () => (await import('./parquet.ts')).readParquet,
  tar: async () => (await import('./tar.ts')).readTar,
  yaml: async () => (await import('./yaml.ts')).readYaml,
  zip: async () => (await import('./zip.ts')).readZip,
};

/** An archive within an archive happens, e.g. an export in a mail. More levels are a mistake or an attack. */
const maxArchives = 2;

/** One answer is one JSON value; a laptop has more memory for it than a function. */
const maxAnswerBytes = 256 * 1024 * 1024;

/** How much of a file's beginning identifies its kind. */
const headBytes = 64 * 1024;

/** GivenFile is where the bytes lie on disk, when they are those of a file. */
export interface GivenFile {
  readonly file?: string | Buffer;
}

/**
 * readGiven reads a file that a person gave to a command: a log of any known format, or a table or archive of logs. Unreadable content
 * is a failure with its reason, and the rest is read. It never throws.
 */
export function readGiven(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  options: ReadOptions,
  { file }: GivenFile = {},
): AsyncIterable<readonly Ingested[]> {
  return readAt(bytes, path, options, file, 0);
}

async function* readAt(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
  options: ReadOptions,
  file: string | Buffer | undefined,
  archives: number,
): AsyncIterable<readonly Ingested[]> {
  const limits = { ...defaultLimits, valueBytes: maxAnswerBytes, ...options };
  const { head, packed, rest } = asText(await beginningOf(bytes, limits));
  const open = (options.opener ?? standardOpener).at({ kind: 'path', name: path });
  const kind = containerKind(head, path);
  const isArchive = kind === 'tar' || kind === 'zip' || kind === 'parquet';
  // A row of the configuration says how the lines of a path are read; archives are opened anyway.
  if (kind === undefined || (open.configured && !isArchive)) {
    const reason = open.configured ? undefined : unreadableKind(head);
    if (reason === undefined)
      yield* readLogBatches(rest, path, { ...options, valueBytes: limits.valueBytes, unpacked: true });
    else yield [failure({ path, index: 0 }, reason)];
    return;
  }
  let index = 0;
  try {
    if (isArchive && archives >= maxArchives)
      throw new ReadError(`archives more than ${maxArchives} deep: unpack it first`);
    const read = await readers[kind]();
    const container = {
      path,
      head,
      bytes: rest,
      limits,
      options,
      ...(file !== undefined && !packed && { file }),
      read: (inner: AsyncIterable<Uint8Array>, name: string, how: ReadOptions) =>
        readAt(inner, name, how, undefined, archives + 1),
    };
    for await (const batch of read(container)) {
      index += batch.length;
      yield batch;
    }
  } catch (error) {
    const known = error instanceof ReadError || error instanceof GunzipError;
    yield [failure({ path, index }, known ? error.message : `cannot be read: ${messageOf(error)}`)];
  }
}

/** UTF-16 becomes UTF-8; everything else stays. */
function asText({ head, packed, rest }: Beginning): Beginning {
  const encoding = utf16Of(head);
  if (encoding === undefined) return { head, packed, rest };
  const text = new TextDecoder(encoding).decode(head.subarray(0, head.length - (head.length % 2)));
  return { head: Buffer.from(text), packed: true, rest: asUtf8(rest, encoding) };
}

interface Beginning {
  readonly head: Buffer;
  /** Whether the file itself was gzip, so that its bytes on disk are others. */
  readonly packed: boolean;
  /** All bytes, the head among them. */
  readonly rest: AsyncIterable<Buffer>;
}

/** Reads the beginning. An error there is thrown again by `rest`, whose reader reports it. */
async function beginningOf(bytes: AsyncIterable<Uint8Array>, limits: typeof defaultLimits): Promise<Beginning> {
  let packed = false;
  const iterator = unpacked(bytes, limits, () => {
    packed = true;
  })[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let size = 0;
  let broken: { readonly error: unknown } | undefined;
  let ended = false;
  while (size < headBytes && !ended) {
    try {
      const next = await iterator.next();
      if (next.done === true) ended = true;
      else {
        chunks.push(next.value);
        size += next.value.length;
      }
    } catch (error) {
      broken = { error };
      ended = true;
    }
  }
  const rest = async function* (): AsyncIterable<Buffer> {
    yield* chunks.splice(0);
    if (broken !== undefined) throw broken.error;
    if (!ended) yield* { [Symbol.asyncIterator]: () => iterator };
  };
  return { head: chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks), packed, rest: rest() };
}
