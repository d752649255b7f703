import { plain } from '../../text/escape.ts';
import type { Cell } from '../../report/run/query-engine.ts';
import { inPieces } from '../../report/render/pieces.ts';
import type { Rows } from '../../report/run/rows.ts';
import type { ReportRun } from '../../report/run/run-report.ts';
import type { Output } from '../shell/terminal.ts';

const gap = '  ';
const narrowest = 6;
const widest = 80;

/** answerTable writes rows for a person: one line each, as wide as the terminal, long values cut with an ellipsis. */
export async function* answerTable(
  { report, rows }: ReportRun<Rows>,
  { colors, interactive, width }: Output,
): AsyncGenerator<string> {
  const heads = report.columns.map(({ name }) => name);
  const natural = heads.map((head) => head.length);
  for await (const row of rows) {
    for (const index of natural.keys()) natural[index] = Math.max(natural[index] ?? 0, textOf(row[index]).length);
  }
  const widths = interactive ? fitted(natural, width - gap.length * (heads.length - 1)) : natural;
  const right = report.columns.map(({ type }) => type === 'integer' || type === 'number');
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const room = widths[index] ?? 0;
        const cut = cell.length > room ? `${cell.slice(0, room - 1)}…` : cell;
        return right[index] === true ? cut.padStart(room) : cut.padEnd(room);
      })
      .join(gap)
      .trimEnd();
  yield* inPieces(
    `${colors.bold(line(heads))}\n`,
    rows,
    (row) => `${line(heads.map((_head, index) => textOf(row[index])))}\n`,
    '',
  );
}

function textOf(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? '' : plain(String(cell));
}

/** Takes from the widest columns first what the terminal doesn't have. */
function fitted(natural: readonly number[], room: number): readonly number[] {
  const widths = natural.map((width) => Math.min(width, widest));
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const most = Math.max(...widths);
    if (most <= narrowest) break;
    widths[widths.indexOf(most)] = most - 1;
    over--;
  }
  return widths;
}
