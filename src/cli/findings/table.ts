import type { Finding } from '../../model/finding.ts';
import type { Level } from '../../model/level.ts';
import { plain } from '../../text/escape.ts';
import { bySeverity, inTime } from './casebook/order.ts';
import { createShortlist } from './casebook/shortlist.ts';
import { colorLevel } from '../shell/terminal.ts';
import type { Colors } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';
import type { FindingWriter } from './format.ts';

/** How many rows a table holds; ndjson has all. */
const rowLimit = 10_000;

interface Row {
  readonly time: string;
  readonly level: Level;
  readonly cells: readonly string[];
}

const titles = ['time (UTC)', 'level', 'rule', 'who', 'what', 'from', 'where it is logged'];
// The widest each column may grow; the last one is a path, and is never cut.
const widest = [19, 13, 44, 32, 48, 24, Infinity];

/** createTableWriter writes a line a finding in order of time; of more than it can hold, the most severe. */
export function createTableWriter(colors: Colors): FindingWriter {
  const rows = createShortlist<Row>(rowLimit, (a, b) => bySeverity(a.level, b.level) || inTime(a, b));
  let total = 0;
  return {
    begin: () => '',
    finding(finding) {
      total++;
      rows.add(rowOf(finding));
      return '';
    },
    end() {
      const kept = rows.kept().toSorted(inTime);
      const left = total - kept.length;
      const more = left > 0 ? `… and ${plural(left, 'less severe finding')}; --format ndjson prints all\n` : '';
      return kept.length === 0 ? '' : `${renderTable(kept, colors)}${more}`;
    },
  };
}

function rowOf({ time, rule, event }: Finding): Row {
  const [target] = event.targets;
  const failed = event.outcome.kind === 'failure' ? ` (${event.outcome.code})` : '';
  return {
    time,
    level: rule.level,
    cells: [
      time.slice(0, 19).replace('T', ' '),
      rule.level,
      rule.title,
      event.actor.name,
      `${event.action}${target === undefined ? '' : `${target.kind === 'host' ? ' on' : ''} ${target.id}`}${failed}`,
      event.sourceAddress ?? '',
      `${event.origin.path}#${event.origin.index}`,
    ].map((cell) => plain(cell)),
  };
}

function renderTable(rows: readonly Row[], colors: Colors): string {
  const widths = titles.map((title, column) =>
    Math.min(
      widest[column] ?? Infinity,
      rows.reduce((width, { cells }) => Math.max(width, cells[column]?.length ?? 0), title.length),
    ),
  );
  const lay = (cells: readonly string[]): string[] =>
    cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      if (column === cells.length - 1) return cell;
      return (cell.length > width ? `${cell.slice(0, width - 1)}…` : cell).padEnd(width);
    });
  const head = colors.dim(lay(titles).join('  '));
  const lines = rows.map(({ cells, level }) =>
    lay(cells)
      .map((cell, column) => (column === 1 ? colorLevel(colors, level, cell) : cell))
      .join('  '),
  );
  return `${[head, ...lines].join('\n')}\n`;
}
