import type { Cell } from '../run/query-engine.ts';
import type { Rows } from '../run/rows.ts';
import { inPieces } from './pieces.ts';

/**
 * csvLine writes one line as RFC 4180 has it. Text that a spreadsheet would take for a formula, and text that begins with the
 * quote that says so, gets a leading quote; no other text does, so that `parseCsv` gives back what was there. Null is nothing, empty text is `""`.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** csvOf writes a whole answer with a line of column names. */
export function csvOf(columns: readonly string[], rows: Iterable<readonly Cell[]>): string {
  let text = csvLine(columns);
  for (const row of rows) text += csvLine(row);
  return text;
}

/** csvPieces writes an answer that may be longer than memory, piece by piece. */
export function csvPieces(columns: readonly string[], rows: Rows): AsyncIterable<string> {
  return inPieces(csvLine(columns), rows, csvLine, '');
}

function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = /^[=+\-@\t\r\n'＝＋－＠]/.test(cell) ? `'${cell}` : cell;
  return safe === '' || /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** parseCsv reads what `csvOf` wrote, every value as text or null. @throws {Error} when a quote is never closed. */
export function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string | null = '';
    if (text[at] === '"') {
      at++;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0) throw new Error(`CSV: the quote before character ${at} is not closed`);
        cell += text.slice(at, end);
        at = end + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at++;
      }
    } else {
      const start = at;
      while (at < text.length && text[at] !== ',' && text[at] !== '\r' && text[at] !== '\n') at++;
      cell = at === start ? null : text.slice(start, at);
    }
    row.push(cell?.startsWith("'") === true ? cell.slice(1) : cell);
    if (text[at] === ',') {
      at++;
      // A comma at the very end is followed by one more, empty cell.
      if (at < text.length && text[at] !== '\r' && text[at] !== '\n') continue;
      row.push(null);
    }
    while (text[at] === '\r' || text[at] === '\n') at++;
    rows.push(row);
    row = [];
  }
  return rows;
}
