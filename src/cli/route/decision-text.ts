import type { Level } from '../../model/level.ts';
import { conditionText } from '../../notify/index.ts';
import type { Decision, InhibitionStep, RouteStep, SuppressionStep, TrialStep } from '../../notify/index.ts';
import { labelNames } from '../../notify/settings.ts';
import { durationText } from '../../time/duration.ts';
import { shown } from '../../text/escape.ts';
import type { Colors } from '../shell/terminal.ts';
import { reachedBy, type Decided } from './decide-route.ts';
import { addresseeLines } from './policy-text.ts';

/** renderDecision shows what every step made of a finding, in the order of delivery, and where it goes. */
export function renderDecision({ decision, inhibitions, ...asked }: Decided, colors: Colors): string {
  const { labels, suppressions, trials, route } = decision;
  const known = labelNames.flatMap((name) => (labels[name] ?? []).map((value) => `${name}=${shown(value)}`));
  const reached = reachedBy(decision);
  const level = labels.level?.[0] as Level | undefined;
  const policies = addresseeLines(route.to, { level, ...asked }, colors);
  const lines = [
    colors.dim(known.join(' ')),
    ...section(
      'suppressions',
      suppressions.map((step) => suppressionLine(step, colors)),
      colors,
    ),
    ...section(
      'inhibitions',
      inhibitions.map((step) => inhibitionLine(step, colors)),
      colors,
    ),
    ...section(
      'trials',
      trials.map((step) => trialLine(step, colors)),
      colors,
    ),
    '',
    ...routeLines(route.tree, colors, '', ''),
    ...(policies.length === 0
      ? []
      : ['', colors.bold(reached.length === 0 ? 'would be notified' : 'notified'), ...policies]),
    '',
    reachText(decision, inhibitions, colors),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, lines: readonly string[], colors: Colors): readonly string[] {
  return ['', colors.bold(title), ...(lines.length === 0 ? ['  none'] : lines.map((line) => `  ${line}`))];
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
      return colors.yellow(`! ${shown(name)}: ${why}, no longer works (${shown(owner)})`);
    default:
      throw new Error(kind satisfies never);
  }
}

function inhibitionLine(step: InhibitionStep, colors: Colors): string {
  const { inhibition, source, target, lacks, starts, mutable } = step;
  const { name, equal, forMs, reason } = inhibition;
  const alike = `with the same ${equal.join(' and ')}`;
  const muted = `notifies nobody within ${durationText(forMs)} of a finding of ${shown(conditionText({ match: inhibition.source }))} ${alike}`;
  const mutes = `once notified, it mutes findings of ${shown(conditionText({ match: inhibition.target }))} ${alike} for ${durationText(forMs)}`;
  if (starts && mutable) {
    return `${colors.yellow('?')} ${shown(name)}: ${shown(source.why)}; ${mutes}, and itself ${muted} that doesn't fit both sides: ${shown(reason)}`;
  }
  if (starts) return `${colors.green('✓')} ${shown(name)}: ${shown(source.why)}; ${mutes}`;
  if (mutable) return `${colors.yellow('?')} ${shown(name)}: ${shown(target.why)}; ${muted}: ${shown(reason)}`;
  const fits = source.fits || target.fits;
  const why = fits ? `the finding has no ${lacks}, by which findings must agree` : `${source.why}; ${target.why}`;
  return colors.dim(`· ${shown(name)}: ${shown(why)}`);
}

function trialLine({ kind, trial, why }: TrialStep, colors: Colors): string {
  const name = shown(trial.name);
  switch (kind) {
    case 'tries':
      return `${colors.yellow('✗')} ${name}: ${shown(why)}. On trial until the end of ${trial.until}: notifies nobody yet`;
    case 'passes':
      return colors.dim(`· ${name}: ${shown(why)}`);
    case 'ended':
      return colors.dim(`· ${name}: ${why}`);
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

function stepText({ name, kind, why, decides, continues, receivers, steps }: RouteStep, colors: Colors): string {
  const said = `${shown(name)}: ${shown(why)}`;
  const on = continues ? ' (continue)' : '';
  if (decides) return `${colors.green('✓')} ${said} → ${namesOf(receivers)}${on}`;
  // The root takes everything; that it asked those below needs no words.
  if (kind === 'takes') return steps.length > 0 && name === 'route' ? colors.bold('route') : said + on;
  return colors.dim(`· ${said}`);
}

function reachText(decision: Decision, inhibitions: readonly InhibitionStep[], colors: Colors): string {
  const { suppressed, trial, route } = decision;
  const names = namesOf(route.receivers);
  const kept =
    suppressed === undefined
      ? trial && `the rule is in trial ${shown(trial.name)}`
      : `${shown(suppressed.suppression.name)} suppresses it`;
  if (kept !== undefined) return `${colors.bold('reaches none')}: ${kept}, else it would reach ${names}`;
  const unless = inhibitions.filter(({ mutable }) => mutable).map(({ inhibition }) => shown(inhibition.name));
  const muted = unless.length === 0 || route.receivers.length === 0 ? '' : `, unless ${unless.join(' or ')} mutes it`;
  return colors.bold(`reaches ${names}`) + muted;
}

function namesOf(receivers: readonly string[]): string {
  return receivers.length === 0 ? 'none' : receivers.join(', ');
}
