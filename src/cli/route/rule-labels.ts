import type { Configuration } from '../../config/configuration.ts';
import { ruleSummary } from '../../detect/finding.ts';
import { loadRules } from '../../detect/load-rules.ts';
import type { Labels } from '../../notify/index.ts';
import { projectPath } from '../shell/options.ts';

export interface RuleLabels {
  readonly labels: Labels;
  /** Given names that no rule has. */
  readonly unknown: readonly string[];
}

/**
 * withRules fills in the facts of a rule that weren't given: both names, level, tags and, for a detection, its
 * log source. A finding has all of them, and routes may ask for any.
 */
export async function withRules(
  given: Labels,
  { placeholders, rules: pack }: Pick<Configuration, 'placeholders' | 'rules'>,
): Promise<RuleLabels> {
  const { rule: names } = given;
  if (names === undefined) return { labels: given, unknown: [] };
  const { detections, correlations } = (await loadRules([projectPath('rules')], { placeholders, pack })).ruleSet;
  const known = [...detections, ...correlations].map((rule) => ({ rule, summary: ruleSummary(rule) }));
  const named = known.filter(({ summary }) => names.includes(summary.id) || names.includes(summary.title));
  const [first] = named;
  const isKnown = (name: string): boolean => named.some(({ summary: { id, title } }) => name === id || name === title);
  const unknown = names.filter((name) => !isKnown(name));
  if (first === undefined) return { labels: given, unknown };
  const { rule, summary } = first;
  const { service, category, product } = rule.kind === 'detection' ? rule.logsource : {};
  const source = [service, category, product].filter((part) => part !== undefined);
  const all = new Set([...names, ...named.flatMap(({ summary: { id, title } }) => [id, title])]);
  return {
    labels: {
      level: [summary.level],
      ...(summary.tags.length > 0 && { tag: summary.tags }),
      ...(source.length > 0 && { source }),
      ...given,
      rule: [...all],
    },
    unknown,
  };
}
