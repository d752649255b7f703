import { shown } from '../../notify/render/plain.ts';
import type { Explanation } from '../../sigma/explain.ts';
import type { Colors } from '../terminal.ts';

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
        explanation.items.map((item) => explanationText(item, colors, `${indent}  `)).join('')
      );
    case 'not':
      return line(headings.not) + explanationText(explanation.item, colors, `${indent}  `);
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

function seen(value: string | undefined): string {
  return value === undefined ? 'the field is missing' : `seen: ${shown(value, 300)}`;
}
