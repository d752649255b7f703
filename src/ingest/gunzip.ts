import { once } from 'node:events';
import { createGunzip } from 'node:zlib';
import type { ReadLimits } from './limits.ts';

/** Small enough that one step of a bomb stays small in memory, large enough that steps don't show in the time. */
const stepBytes = 32 * 1024;

/** GunzipError says why a gzip stream ends early. What was unpacked before has been given out. */
export class GunzipError extends Error {
  override readonly name = 'GunzipError';
}

/** isGzip recognises gzip by its first two bytes, whatever the file's name says. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * gunzip unpacks a stream, also one of several members behind each other as Firehose and `cat` make them. Everything that can be
 * unpacked is given out before it throws GunzipError: cut off, damaged, or larger than the limits allow.
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>, limits: ReadLimits): AsyncIterable<Buffer> {
  const engine = createGunzip({ chunkSize: 128 * 1024 });
  const state: { out: Buffer[]; unpacked: number; packed: number; error?: Error } = { out: [], unpacked: 0, packed: 0 };
  engine.on('data', (chunk: Buffer) => {
    state.out.push(chunk);
    state.unpacked += chunk.length;
  });
  engine.on('error', (error) => (state.error = error));
  const write = (bytes: Uint8Array) => new Promise<void>((done) => engine.write(bytes, () => done()));
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += stepBytes) {
        const step = chunk.subarray(at, at + stepBytes);
        state.packed += step.length;
        await write(step);
        yield* take(state);
        check(state, limits);
      }
    }
    if (state.error === undefined) {
      engine.end();
      await once(engine, 'end').catch(() => undefined);
    }
    yield* take(state);
    check(state, limits);
    const ignored = state.packed - engine.bytesWritten;
    if (ignored > 0) throw new GunzipError(`${ignored} bytes behind the end of the gzip data are not gzip`);
  } finally {
    engine.destroy();
  }
}

function take(state: { out: Buffer[] }): readonly Buffer[] {
  const { out } = state;
  state.out = [];
  return out;
}

function check(
  state: { readonly unpacked: number; readonly packed: number; readonly error?: Error },
  limits: ReadLimits,
): void {
  const { unpacked, packed, error } = state;
  if (error !== undefined) throw new GunzipError(explain(error), { cause: error });
  if (unpacked > limits.unpackedBytes)
    throw new GunzipError(`gzip unpacks to more than ${limits.unpackedBytes} bytes (gzip bomb?)`);
  if (unpacked > limits.ratioFreeBytes && unpacked > packed * limits.unpackedRatio) {
    throw new GunzipError(`gzip unpacks to more than ${limits.unpackedRatio} times its size (gzip bomb?)`);
  }
}

function explain(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  return code === 'Z_BUF_ERROR' ? 'gzip data is cut off' : `gzip data is damaged (${error.message})`;
}
