import { createHash } from 'node:crypto';
import { GzipError, gunzipMember, isGzip } from './gzip-member.ts';

/** ContentError says why a file's content can't be read: it is not as CloudTrail delivered it. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
}

const mega = 1024 * 1024;
/** CloudTrail's files are at most some tens of megabytes uncompressed. */
const limitBytes = 2048 * mega;

/** contentHash is the SHA-256, in hex, of a file's uncompressed content, as digests state it. */
export async function contentHash(body: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of unpacked(body, limitBytes)) hash.update(chunk);
  return hash.digest('hex');
}

/** readContent reads and decompresses a small file. */
export async function readContent(body: AsyncIterable<Uint8Array>, limit = 64 * mega): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of unpacked(body, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Gzip is detected by its first bytes: a copy may be uncompressed although its name ends in .gz, or the other way round. */
async function* unpacked(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let size = 0;
  while (size < 2) {
    const next = await chunks.next();
    if (next.done === true) break;
    head.push(next.value);
    size += next.value.length;
  }
  const start = Buffer.concat(head);
  const whole = (async function* () {
    if (start.length > 0) yield start;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  })();
  let given = 0;
  for await (const chunk of isGzip(start) ? gunzipped(whole) : whole) {
    given += chunk.length;
    if (given > limit) throw new ContentError(`is larger than ${limit} bytes, more than any CloudTrail file`);
    yield chunk;
  }
}

async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* gunzipMember(packed);
  } catch (cause) {
    // A failed read is thrown as it is: it says nothing about the file.
    if (!(cause instanceof GzipError)) throw cause;
    throw new ContentError(`its gzip data is damaged (${cause.message})`, { cause });
  }
}
