import type { Decision } from '../../notify/decide.ts';
import { labelNames } from '../../notify/labels.ts';
import { shown } from '../../notify/render/plain.ts';
import type { RouteStep } from '../../notify/route.ts';
import type { SuppressionStep } from '../../notify/suppress.ts';
import type { Colors } from '../terminal.ts';

/** renderDecision shows what every suppression and route made of a finding, and where it goes. */
export function renderDecision({ labels, suppressions, suppressed, route }: Decision, colors: Colors): string {
  const known = labelNames.flatMap((name) => (labels[name] ?? []).map((value) => `${name}=${shown(value)}`));
  const lines = [
    colors.dim(known.join(' ')),
    '',
    colors.bold('suppressions'),
    ...(suppressions.length === 0 ? ['  none'] : suppressions.map((step) => `  ${suppressionLine(step, colors)}`)),
    '',
    ...routeLines(route.tree, colors, '', ''),
    '',
    suppressed === undefined
      ? colors.bold(`reaches ${namesOf(route.receivers)}`)
      : `${colors.bold('reaches none')}: ${shown(suppressed.suppression.name)} suppresses it, else it would reach ${namesOf(route.receivers)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function suppressionLine({ kind, suppression, why }: SuppressionStep, colors: Colors): string {
  const { name, owner, reason, expires } = suppression;
  switch (kind) {
    case 'suppresses': {
      const until = expires === 'never' ? 'without end' : `until the end of ${expires}`;
      return `${colors.yellow('✗')} ${shown(name)}: ${shown(why)}. ${shown(owner)}, ${until}: ${shown(reason)}`;
    }
    case 'passes':
      return colors.dim(`· ${shown(name)}: ${shown(why)}`);
    case 'expired':
      return colors.yellow(`! ${shown(name)}: ${why}, asks nothing any more (${shown(owner)})`);
    default:
      throw new Error(kind satisfies never);
  }
}

function routeLines(step: RouteStep, colors: Colors, branch: string, indent: string): readonly string[] {
  const below = step.steps.flatMap((one, index) => {
    const last = index === step.steps.length - 1;
    return routeLines(one, colors, `${indent}${last ? '└─ ' : '├─ '}`, `${indent}${last ? '   ' : '│  '}`);
  });
  return [`${branch}${stepText(step, colors)}`, ...below];
}

function stepText({ name, kind, why, decides, receivers, steps }: RouteStep, colors: Colors): string {
  const said = `${shown(name)}: ${shown(why)}`;
  if (decides) return `${colors.green('✓')} ${said} → ${namesOf(receivers)}`;
  // The root takes everything; that it asked those below needs no words.
  if (kind === 'takes') return steps.length > 0 && name === 'route' ? colors.bold('route') : said;
  return colors.dim(`· ${said}`);
}

function namesOf(receivers: readonly string[]): string {
  return receivers.length === 0 ? 'none' : receivers.join(', ');
}
