import type { Row, Rows } from '../run/rows.ts';

const pieceSize = 64 * 1024;

/** inPieces writes rows between a head and a foot, in pieces worth writing at once. */
export async function* inPieces(
  head: string,
  rows: Rows,
  write: (row: Row, index: number) => string,
  foot: string,
): AsyncGenerator<string> {
  let piece = head;
  let index = 0;
  for await (const row of rows) {
    piece += write(row, index++);
    if (piece.length < pieceSize) continue;
    yield piece;
    piece = '';
  }
  yield piece + foot;
}
