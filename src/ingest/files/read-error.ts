/** ReadError says why the rest of a file can't be read. The results before it remain valid. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
}
