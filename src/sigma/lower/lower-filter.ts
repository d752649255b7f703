import type { Expr } from '../expr.ts';
import { hasNot, lowerDetections } from './lower-detection.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { Entry, Registry } from './registry.ts';
import { createReporter, quoted } from '../parse/reporter.ts';
import type { DetectionRule, FilterRule, LogSource, Problem } from '../rule.ts';

/** AppliedFilter is a lowered filter that knows which rules it belongs to. */
export interface AppliedFilter {
  readonly expr: Expr;
  readonly appliesTo: (entry: Entry<DetectionRule>) => boolean;
}

/**
 * filterFor lowers a filter. Its expression is ANDed to each rule that it names and whose log source it covers; a filter
 * with an error applies to nothing, and a reference that finds no rule is warned about.
 */
export function filterFor(
  filter: FilterRule,
  registry: Registry,
  vocabulary: Vocabulary,
  problems: Problem[],
): AppliedFilter {
  const reporter = createReporter(problems, filter.place);
  const { line } = filter.place;
  const expr = lowerDetections(filter.detection, line, vocabulary, reporter);
  if (expr === undefined) return { expr: { kind: 'constant', value: true }, appliesTo: () => false };
  if (!hasNot(filter.detection)) {
    reporter.warn(
      line,
      'filter-without-not',
      'the condition is ANDed to the rules, so without `not` it keeps only what the filter describes: write `not selection`',
    );
  }
  const { rules } = filter;
  if (rules === 'any') return { expr, appliesTo: ({ rule }) => covers(filter.logsource, rule.logsource) };
  const keys = new Set<string>();
  for (const reference of rules) {
    const found = registry.resolve(reference);
    if (found.kind === 'ambiguous') {
      reporter.error(line, 'ambiguous-rule', `filter: ${quoted(reference)} is the title of several rules: use an id`);
    } else if (found.kind === 'missing' || found.entry.rule.kind !== 'detection') {
      reporter.warn(line, 'unknown-rule', `filter: no detection rule is called ${quoted(reference)}`);
    } else if (!covers(filter.logsource, found.entry.rule.logsource)) {
      reporter.warn(
        line,
        'filter-logsource',
        `filter: the log source of ${quoted(reference)} is not the filter's, so it is not applied`,
      );
    } else {
      if (found.by === 'title')
        reporter.warn(line, 'reference-by-title', `filter: ${quoted(reference)} is a title: use the id or name`);
      keys.add(found.entry.key);
    }
  }
  return { expr, appliesTo: ({ key }) => keys.has(key) };
}

function covers(filter: LogSource, rule: LogSource): boolean {
  return (['product', 'service', 'category'] as const).every(
    (key) => filter[key] === undefined || filter[key].toLowerCase() === rule[key]?.toLowerCase(),
  );
}
