import { createGunzip } from 'node:zlib';
import type { ReadLimits } from './limits.ts';
import { codeOf } from '../../text/system-error.ts';

/** Small enough that one step of a bomb stays small in memory, large enough that steps don't show in the time. */
const stepBytes = 32 * 1024;

/** How much of the packed data is kept, to unpack it once more and more carefully when it turns out damaged. */
const historyBytes = 16 * 1024 * 1024;

/** GunzipError says why a gzip stream ends early. What could be unpacked before has been given out. */
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
  const engine = startEngine();
  const history: Uint8Array[] = [];
  let packed = 0;
  let givenOut = 0;
  const give = function* (buffers: readonly Buffer[]): Iterable<Buffer> {
    for (const buffer of buffers) {
      givenOut += buffer.length;
      yield buffer;
    }
  };
  try {
    // While one step's output is read, the next is unpacked on another thread.
    let step = Promise.resolve();
    steps: for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += stepBytes) {
        await step;
        const stopped = engine.error() !== undefined || tooLarge(engine.unpacked(), packed, limits) !== undefined;
        yield* give(engine.take());
        if (stopped) break steps;
        const bytes = chunk.subarray(at, at + stepBytes);
        if (engine.ended() && !bytes.every((byte) => byte === 0))
          throw new GunzipError('what follows the gzip data is not gzip');
        packed += bytes.length;
        if (packed <= historyBytes) history.push(bytes);
        else history.length = 0;
        step = engine.write(bytes);
      }
    }
    await step;
    const bomb = tooLarge(engine.unpacked(), packed, limits);
    if (bomb === undefined && engine.error() === undefined) await engine.finish();
    yield* give(engine.take());
    if (bomb !== undefined) throw new GunzipError(bomb);
    const error = engine.error();
    if (error === undefined) return;
    if (!isCutOff(error)) yield* salvage(history, givenOut);
    throw new GunzipError(isCutOff(error) ? 'gzip data is cut off' : `gzip data is damaged (${error.message})`, {
      cause: error,
    });
  } finally {
    engine.close();
  }
}

/**
 * Where zlib meets an error, it keeps to itself what it had unpacked in that step. This unpacks everything once more, the
 * last step in pieces, the piece that fails byte by byte, and gives out what comes behind the `known` bytes.
 */
async function* salvage(history: readonly Uint8Array[], known: number, size = 512): AsyncIterable<Buffer> {
  const last = history.at(-1);
  if (last === undefined) return;
  const before = history.slice(0, -1);
  const engine = startEngine();
  let skip = known;
  let given = known;
  const give = function* (): Iterable<Buffer> {
    for (const buffer of engine.take()) {
      const fresh = buffer.subarray(Math.min(skip, buffer.length));
      skip -= buffer.length - fresh.length;
      given += fresh.length;
      if (fresh.length > 0) yield fresh;
    }
  };
  try {
    for (const bytes of before) {
      await engine.write(bytes);
      yield* give();
    }
    for (let at = 0; at < last.length; at += size) {
      await engine.write(last.subarray(at, at + size));
      yield* give();
      if (engine.error() === undefined) continue;
      if (size > 1) yield* salvage([...before, last.subarray(0, at), last.subarray(at, at + size)], given, 1);
      return;
    }
  } finally {
    engine.close();
  }
}

/** Engine is zlib's stream with an answer to every write, also after an error and behind the data's end. */
interface Engine {
  write(bytes: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  /** What was unpacked since it was last asked. */
  take(): readonly Buffer[];
  unpacked(): number;
  error(): Error | undefined;
  ended(): boolean;
  close(): void;
}

function startEngine(): Engine {
  const stream = createGunzip({ chunkSize: 512 * 1024 });
  let out: Buffer[] = [];
  let unpacked = 0;
  let error: Error | undefined;
  let ended = false;
  let release = () => {};
  stream.on('data', (chunk: Buffer) => {
    out.push(chunk);
    unpacked += chunk.length;
  });
  stream.on('error', (cause) => {
    error = cause;
    release();
  });
  stream.on('end', () => {
    ended = true;
    release();
  });
  const answered = (ask: (done: () => void) => void) =>
    new Promise<void>((done) => {
      release = done;
      if (ended || error !== undefined) done();
      else ask(done);
    });
  return {
    write: (bytes) => answered((done) => stream.write(bytes, () => done())),
    finish: () => answered(() => stream.end()),
    take: () => {
      const taken = out;
      out = [];
      return taken;
    },
    unpacked: () => unpacked,
    error: () => error,
    ended: () => ended,
    close: () => stream.destroy(),
  };
}

function tooLarge(unpacked: number, packed: number, limits: ReadLimits): string | undefined {
  if (unpacked > limits.unpackedBytes) return `gzip unpacks to more than ${limits.unpackedBytes} bytes (gzip bomb?)`;
  if (unpacked > limits.ratioFreeBytes && unpacked > packed * limits.unpackedRatio) {
    return `gzip unpacks to more than ${limits.unpackedRatio} times its size (gzip bomb?)`;
  }
  return undefined;
}

function isCutOff(error: Error): boolean {
  return codeOf(error) === 'Z_BUF_ERROR';
}
