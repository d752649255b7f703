import { plural } from '../../../text/amounts.ts';
import { clip } from '../../../text/escape.ts';
import type { Level } from '../../../model/level.ts';
import type { Colors } from '../../shell/terminal.ts';
import type { Cell, Coverage } from './matrix.ts';

/** A cell narrower than this has no room for a technique's name. */
const narrowest = 38;
const gap = 2;

/** coverageText draws the matrix for a terminal: a part a tactic, its techniques side by side as far as the width allows. */
export function coverageText({ tactics }: Coverage, width: number, colors: Colors): string {
  const across = Math.max(1, Math.floor((width + gap) / (narrowest + gap)));
  const size = Math.max(20, Math.floor((width - gap * (across - 1)) / across));
  return tactics
    .map(({ name, id, cells, rules }) => {
      const amounts = rules === 0 ? 'no rule' : `${plural(cells.length, 'technique')}, ${plural(rules, 'rule')}`;
      const head = `${colors.bold(name)} ${colors.dim(id)}  ${rules === 0 ? colors.dim(amounts) : amounts}\n`;
      const high = Math.ceil(cells.length / across);
      const lines = Array.from({ length: high }, (_, row) => {
        // Techniques read downwards, as in ATT&CK's matrix.
        const inRow = cells.filter((_cell, index) => index % high === row);
        return inRow.map((cell, at) => cellText(cell, size, colors, at === inRow.length - 1)).join(' '.repeat(gap));
      });
      return `${head}${lines.map((line) => `${line}\n`).join('')}`;
    })
    .join('\n');
}

/** `T1098.001 Additional Cloud Credentials    3 high`. */
function cellText({ technique, name = '', rules, level }: Cell, size: number, colors: Colors, isLast: boolean): string {
  const shown = shortLevels[level];
  const end = `${String(rules.length).padStart(3)} ${shown}`;
  const room = size - endSize - technique.length - 1;
  const start = `${technique} ${clip(name, room).padEnd(room)}`;
  return `${start}${end.replace(shown, paint(level, colors)(shown))}${isLast ? '' : ' '.repeat(endSize - end.length)}`;
}

const shortLevels: Readonly<Record<Level, string>> = {
  informational: 'info',
  low: 'low',
  medium: 'medium',
  high: 'high',
  critical: 'critical',
};
const endSize = '123 critical'.length;

function paint(level: Level, colors: Colors): (text: string) => string {
  switch (level) {
    case 'critical':
    case 'high':
      return colors.red;
    case 'medium':
      return colors.yellow;
    case 'low':
    case 'informational':
      return colors.dim;
    default:
      throw new Error(level satisfies never);
  }
}
