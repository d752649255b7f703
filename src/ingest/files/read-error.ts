/** ReadError says why the rest of a file can't be read. What was read before stands. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
}
