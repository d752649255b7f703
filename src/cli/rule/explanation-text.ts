import { shown } from '../../text/escape.ts';
import type { Explanation } from '../../sigma/match.ts';
import type { Colors } from '../shell/terminal.ts';

const headings = { and: 'all of', or: 'any of', not: 'not' } as const;

/** explanationText draws an explanation as a tree: at each leaf what was wanted and what was seen. */
export function explanationText(explanation: Explanation, colors: Colors, indent = ''): string {
  const mark = explanation.result ? colors.green('✓') : colors.red('✗');
  const line = (text: string): string => `${indent}${mark} ${text}\n`;
  switch (explanation.kind) {
    case 'and':
    case 'or':
      return (
        line(headings[explanation.kind]) +
        folded(explanation)
          .map((item) => explanationText(item, colors, `${indent}  `))
          .join('')
      );
    case 'not':
      return line(headings.not) + explanationText(explanation.item, colors, `${indent}  `);
    case 'element': {
      const has = explanation.result ? 'has one with' : 'has none with';
      const item = explanation.item === undefined ? '' : explanationText(explanation.item, colors, `${indent}  `);
      const missing = explanation.item === undefined ? `  ${colors.dim('it has no elements')}` : '';
      return line(`${shown(explanation.field)} ${has}${missing}`) + item;
    }
    case 'constant':
      return line(explanation.result ? 'always' : 'never: nothing is selected');
    case 'field':
      return line(`${shown(explanation.field)} ${shown(explanation.wanted)}  ${colors.dim(seen(explanation.seen))}`);
    case 'keyword':
      return line(`anywhere in the record: ${shown(explanation.wanted)}`);
    default:
      throw new Error(explanation satisfies never);
  }
}

type Group = Extract<Explanation, { kind: 'and' | 'or' }>;

const maxWanted = 6;

/** Leaves in a row of one field and one result become one: a list of ports is a line, not a page. */
function folded({ kind, items }: Group): readonly Explanation[] {
  const rows: Explanation[][] = [];
  for (const item of items) {
    const row = rows.at(-1);
    if (row?.[0] !== undefined && isAlike(row[0], item)) row.push(item);
    else rows.push([item]);
  }
  return rows.flatMap((row) => {
    const [first] = row;
    if (first?.kind !== 'field' || row.length < 3) return row;
    const wanted = row.slice(0, maxWanted).map((item) => (item.kind === 'field' ? item.wanted : ''));
    const rest = row.length > maxWanted ? [`${row.length - maxWanted} more`] : [];
    return [{ ...first, wanted: [...wanted, ...rest].join(` ${kind} `) }];
  });
}

function isAlike(a: Explanation, b: Explanation): boolean {
  return a.kind === 'field' && b.kind === 'field' && a.field === b.field && a.result === b.result && a.seen === b.seen;
}

function seen(value: string | undefined): string {
  return value === undefined ? 'the field is missing' : `seen: ${shown(value, 300)}`;
}
