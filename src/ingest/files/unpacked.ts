import { gunzip, isGzip } from './gunzip.ts';
import type { ReadLimits } from './limits.ts';

/** Firehose compresses the gzip of CloudWatch Logs again: two layers. More layers are a mistake or an attack. */
const maxLayers = 2;

/** unpacked removes up to two layers of gzip from a stream, and calls `onGzip` for each. */
export async function* unpacked(
  stream: AsyncIterable<Uint8Array>,
  limits: ReadLimits,
  onGzip?: () => void,
  layers: number = maxLayers,
): AsyncIterable<Buffer> {
  const iterator = stream[Symbol.asyncIterator]();
  // The first two bytes identify gzip, and a stream may give one at a time.
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < 2) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  const rest = rejoin(first, iterator);
  const packed = isGzip(Buffer.concat(first.map((part) => part.subarray(0, 2))));
  if (packed && layers > 0) {
    onGzip?.();
    yield* unpacked(gunzip(rest, limits), limits, onGzip, layers - 1);
  } else for await (const chunk of rest) yield toBuffer(chunk);
}

async function* rejoin(first: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* first;
  yield* { [Symbol.asyncIterator]: () => iterator };
}

/** toBuffers gives the chunks of a stream as buffers. */
export async function* toBuffers(stream: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  for await (const chunk of stream) yield toBuffer(chunk);
}

function toBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
