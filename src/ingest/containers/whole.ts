import { ReadError } from '../files/read-error.ts';

/** wholeOf gathers a stream that has to be there as a whole. @throws {ReadError} when it is larger than `maxBytes`. */
export async function wholeOf(bytes: AsyncIterable<Uint8Array>, maxBytes: number, what: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > maxBytes) throw new ReadError(`${what} of more than ${maxBytes} bytes: expected at most that many`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
