import { crc32, createInflateRaw } from 'node:zlib';

/** GzipError says what is wrong with gzip data. */
export class GzipError extends Error {
  override readonly name = 'GzipError';
}

/** isGzip recognises gzip by its first two bytes. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Longer than any header that holds a file's name. */
const longestHeader = 4 * 1024;
const trailerBytes = 8;

/**
 * gunzipMember unpacks gzip data of a single member, as CloudTrail writes it. Node's own gunzip goes on with further members and
 * ignores other bytes behind them; here they are an error, since other readers may stop earlier or read on.
 * https://www.rfc-editor.org/rfc/rfc1952
 * @throws {GzipError} for data that is cut off or damaged, and for bytes behind the member.
 */
export async function* gunzipMember(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const engine = startInflating();
  let head: Uint8Array | undefined = new Uint8Array();
  let checksum = 0;
  let size = 0;
  let behind: Uint8Array = new Uint8Array();
  const unpacked = function* (): Generator<Uint8Array> {
    for (const piece of engine.take()) {
      checksum = crc32(piece, checksum);
      size += piece.length;
      yield piece;
    }
  };
  try {
    for await (const chunk of packed) {
      let rest: Uint8Array = chunk;
      if (head !== undefined) {
        head = Buffer.concat([head, chunk]);
        const length = headerLength(head);
        if (length === undefined) continue;
        rest = head.subarray(length);
        head = undefined;
      }
      behind = Buffer.concat([behind, rest.subarray(await engine.write(rest))]);
      yield* unpacked();
      if (behind.length > trailerBytes) {
        throw new GzipError('bytes follow its end, where CloudTrail writes none');
      }
    }
    await engine.finish();
    yield* unpacked();
    const { crc, length } = trailerOf(behind);
    if (crc !== checksum || length !== size % 2 ** 32) throw new GzipError('its checksum is wrong');
  } finally {
    engine.close();
  }
}

/** The length of a header; undefined while it isn't there whole. */
function headerLength(head: Uint8Array): number | undefined {
  if (head.length > longestHeader) throw new GzipError('its header is too long');
  if (head.length < 10) return undefined;
  const [hasChecksum, hasExtra, hasName, hasComment] = [2, 4, 8, 16].map((flag) => ((head[3] ?? 0) & flag) !== 0);
  let at = 10;
  if (hasExtra === true) {
    if (head.length < at + 2) return undefined;
    at += 2 + (head[at] ?? 0) + (head[at + 1] ?? 0) * 256;
  }
  for (const isThere of [hasName, hasComment]) {
    if (isThere !== true) continue;
    const end = head.indexOf(0, at);
    if (end === -1) return undefined;
    at = end + 1;
  }
  if (hasChecksum === true) at += 2;
  return head.length < at ? undefined : at;
}

function trailerOf(bytes: Uint8Array): { readonly crc: number; readonly length: number } {
  if (bytes.length < trailerBytes) throw new GzipError('unexpected end of file');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { crc: view.getUint32(0, true), length: view.getUint32(4, true) };
}

interface Inflating {
  /** write gives the number of bytes that belong to the compressed data: fewer than were given once that has ended. */
  write(bytes: Uint8Array): Promise<number>;
  /** finish throws when the data has not ended. */
  finish(): Promise<void>;
  /** What was unpacked since it was last asked. */
  take(): readonly Uint8Array[];
  close(): void;
}

function startInflating(): Inflating {
  const stream = createInflateRaw();
  let out: Uint8Array[] = [];
  let error: Error | undefined;
  let ended = false;
  let release = (): void => {};
  stream.on('data', (piece: Uint8Array) => out.push(piece));
  stream.on('error', (cause) => {
    error = cause;
    release();
  });
  stream.on('end', () => {
    ended = true;
    release();
  });
  // An answer comes by the callback, or by one of the events after which there is no callback any more.
  const answered = async (ask: (done: () => void) => void): Promise<void> => {
    await new Promise<void>((done) => {
      release = done;
      if (ended || error !== undefined) done();
      else ask(done);
    });
    if (error !== undefined) throw new GzipError(error.message, { cause: error });
  };
  return {
    async write(bytes) {
      if (ended) return 0;
      const before = stream.bytesWritten;
      await answered((done) => stream.write(bytes, () => done()));
      return stream.bytesWritten - before;
    },
    finish: () => answered(() => stream.end()),
    take() {
      const taken = out;
      out = [];
      return taken;
    },
    close: () => void stream.destroy(),
  };
}
