/** Part is one part of the results: a table, figures, and broken promises. */
export interface Part {
  readonly title: string;
  readonly head?: readonly string[];
  readonly table?: readonly (readonly Cell[])[];
  readonly rows: readonly (readonly [string, Cell])[];
  readonly problems: readonly string[];
  readonly seconds?: number;
}

type Cell = string | number;

const mostProblems = 20;

/** textOf writes a part for a person. */
export function textOf({ title, head, table, rows, problems, seconds }: Part): string {
  const took = seconds === undefined ? '' : ` (${seconds} s)`;
  const shown = problems.slice(0, mostProblems).map((problem) => `  PROBLEM  ${problem}`);
  const more = problems.length - shown.length;
  return [
    `${title}${took}`,
    ...aligned([...(head ? [head] : []), ...(table ?? [])]),
    ...aligned(rows),
    ...shown,
    ...(more > 0 ? [`  … and ${more} problems more`] : []),
    '\n',
  ].join('\n');
}

function aligned(rows: readonly (readonly Cell[])[]): readonly string[] {
  const cells = rows.map((row) => row.map(wordOf));
  const widths = cells[0]?.map((_cell, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return cells.map((row) => {
    const words = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      const isNumber = typeof rows.at(-1)?.[column] === 'number';
      return isNumber ? cell.padStart(width) : cell.padEnd(width);
    });
    return `  ${words.join('   ').trimEnd()}`;
  });
}

function wordOf(cell: Cell): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell;
}
