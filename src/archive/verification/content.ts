import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

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
  const gzip = start[0] === 0x1f && start[1] === 0x8b;
  let given = 0;
  for await (const chunk of gzip ? gunzipped(whole) : whole) {
    given += chunk.length;
    if (given > limit) throw new ContentError(`is larger than ${limit} bytes, more than any CloudTrail file`);
    yield chunk;
  }
}

async function* gunzipped(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // A failed read must not count as damaged content: that would be a verdict on the file.
  let failed: unknown;
  const watched = (async function* () {
    try {
      yield* packed;
    } catch (error) {
      failed = error;
      throw error;
    }
  })();
  const source = Readable.from(watched, { objectMode: false });
  const engine = createGunzip();
  source.once('error', (error) => engine.destroy(error));
  try {
    yield* source.pipe(engine) as AsyncIterable<Uint8Array>;
  } catch (cause) {
    if (failed !== undefined) throw failed;
    throw new ContentError(`its gzip data is damaged (${cause instanceof Error ? cause.message : String(cause)})`, {
      cause,
    });
  } finally {
    source.destroy();
    engine.destroy();
  }
}
