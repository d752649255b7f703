import { dayVerdict, summaryOf } from '../../archive/verification/verdict.ts';
import type { DayTally, Verification } from '../../archive/verification/verdict.ts';
import { shown } from '../../text/escape.ts';
import type { Colors } from '../shell/terminal.ts';
import { count, plural } from '../../text/amounts.ts';

/** How many entries a section lists; JSON has all of them. */
const listed = 50;

/** verdictText is the verdict for a person: a line a day and region, the problems, and a last line with the verdict. */
export function verdictText(found: Verification, colors: Colors): string {
  const parts = [
    dayTable(found.days, colors),
    section(
      'Not as delivered',
      found.problems
        .filter(({ kind }) => kind !== 'gap')
        .map(({ kind, key, reason }) => `${colors.red(kind)}  ${shown(key)}\n    ${shown(reason)}`),
      colors,
    ),
    section(
      'Not covered by digests',
      found.problems
        .filter(({ kind }) => kind === 'gap')
        .map(({ kind, key, reason }) => `${colors.yellow(kind)}  ${shown(key)}\n    ${shown(reason)}`),
      colors,
    ),
    section(
      'Could not be read',
      found.unread.map(({ key, reason }) => `${shown(key)}\n    ${shown(reason)}`),
      colors,
    ),
    section(
      'Notes',
      found.notes.map(({ key, note }) => `${shown(key)}\n    ${shown(note)}`),
      colors,
    ),
    `${lastLine(found, colors)}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** verdictJson is the verdict as one JSON object. */
export function verdictJson(found: Verification): string {
  const days = found.days.map((day) => ({ ...day, verdict: dayVerdict(day) }));
  return `${JSON.stringify({ ...summaryOf(found), ...found, days }, null, 2)}\n`;
}

function dayTable(days: readonly DayTally[], colors: Colors): string {
  const rows = days.map((day) => [
    day.account,
    shown(day.region),
    shown(day.day),
    day.start === undefined || day.end === undefined ? '-' : `${day.start.slice(11, 16)}–${day.end.slice(11, 16)}`,
    count(day.digests),
    count(day.files),
    count(day.uncovered),
    dayVerdict(day),
  ]);
  const head = ['account', 'region', 'day', 'from–to UTC', 'digests', 'files', 'outside', 'verdict'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        if (column === cells.length - 1) return cell;
        const width = widths[column] ?? 0;
        return column >= 4 ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ');
  const colored = rows.map((row) => {
    const text = line(row);
    if (text.endsWith('not intact')) return colors.red(text);
    return /(?:not proven|no digests|not read)$/.test(text) ? colors.yellow(text) : text;
  });
  return `${[colors.dim(line(head)), ...colored].join('\n')}\n`;
}

function section(title: string, entries: readonly string[], colors: Colors): string {
  if (entries.length === 0) return '';
  const more = entries.length > listed ? [`… and ${count(entries.length - listed)} more: --format json has all`] : [];
  return `${colors.bold(title)}\n${[...entries.slice(0, listed), ...more].map((entry) => `  ${entry}`).join('\n')}\n`;
}

function lastLine(found: Verification, colors: Colors): string {
  const { digests, signed, files, uncovered } = summaryOf(found);
  const outside = [
    uncovered === 0 ? '' : ` ${plural(uncovered, 'log file')} outside the time that digests cover, not verified.`,
    found.others === 0 ? '' : ` ${plural(found.others, 'other file')} outside the folders of a trail, not looked at.`,
  ].join('');
  const tampered = found.problems.filter(({ kind }) => kind !== 'gap').length;
  if (tampered > 0) {
    return `${colors.red(colors.bold('Not intact'))}: ${plural(tampered, 'object')} changed since CloudTrail delivered ${tampered === 1 ? 'it' : 'them'}.${outside}`;
  }
  if (found.problems.length > 0)
    return `${colors.yellow(colors.bold('Not proven'))}: the digests have ${plural(found.problems.length, 'gap')}.${outside}`;
  if (digests === 0 && found.unread.length === 0) {
    return `${colors.yellow(colors.bold('Not proven'))}: no digests found. Check that log file validation is on, and that the copy includes the digests.`;
  }
  const but =
    found.unread.length === 0 ? '' : ` except for ${plural(found.unread.length, 'file')} that could not be read`;
  const signatures =
    signed === digests
      ? 'all signatures valid'
      : `${signed === 0 ? 'no' : `${count(signed)} of ${count(digests)}`} signatures checked, so a change of both files and digests would not be detected${signed === 0 ? ' (--public-keys)' : ''}`;
  return `${colors.green(colors.bold('Intact'))}${but}: ${plural(files, 'log file')} in ${plural(digests, 'digest')}, ${signatures}.${outside}`;
}
