import type { LoweredRule, LoweredRuleSet } from './expr.ts';
import { filterFor } from './lower-filter.ts';
import { lowerDetections } from './lower-detection.ts';
import { lowerCorrelations } from './lower-correlation.ts';
import type { ResolvedCorrelation } from './lower-correlation.ts';
import { together } from './modifiers.ts';
import type { Placeholders } from './placeholders.ts';
import { createRegistry } from './registry.ts';
import type { Entry } from './registry.ts';
import { createReporter } from './reporter.ts';
import type { DetectionRule, Problem, SigmaDocument } from './rule.ts';

/**
 * lowerRules turns documents into what the engine runs: filters applied, names and placeholders resolved, correlations
 * behind what they refer to. A document with an error is left out with its reason, and so is a correlation that needs it.
 */
export function lowerRules(
  documents: readonly SigmaDocument[],
  options: { readonly placeholders?: Placeholders } = {},
): { ruleSet: LoweredRuleSet; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const placeholders = options.placeholders ?? {};
  const registry = createRegistry(documents, problems);
  const filters = documents.filter((document) => document.kind === 'filter');
  const applied = filters.map((filter) => filterFor(filter, registry, placeholders, problems));

  const detections: Omit<LoweredRule, 'generate'>[] = [];
  for (const entry of registry.detections) {
    const lowered = lowerDetection(entry, placeholders, problems);
    if (lowered === undefined) continue;
    const exceptions = applied.flatMap((filter) => (filter.appliesTo(entry) ? [filter.expr] : []));
    detections.push(
      exceptions.length === 0 ? lowered : { ...lowered, expr: together('and', [lowered.expr, ...exceptions]) },
    );
  }
  const correlations = lowerCorrelations(registry, new Set(detections.map((each) => each.key)), problems);
  return {
    ruleSet: {
      detections: detections.map((each) => ({ ...each, generate: raisesFindings(each.key, correlations) })),
      correlations: correlations.map(({ correlation }) => ({
        ...correlation,
        generate: raisesFindings(correlation.key, correlations),
      })),
    },
    problems,
  };
}

/** A rule that correlations refer to raises findings of its own only where one of them says `generate: true`. */
function raisesFindings(key: string, correlations: readonly ResolvedCorrelation[]): boolean {
  const users = correlations.filter(({ correlation }) => correlation.rules.includes(key));
  return users.length === 0 || users.some(({ generatesBase }) => generatesBase);
}

function lowerDetection(
  { key, rule }: Entry<DetectionRule>,
  placeholders: Placeholders,
  problems: Problem[],
): Omit<LoweredRule, 'generate'> | undefined {
  const reporter = createReporter(problems, rule.place);
  const expr = lowerDetections(rule.detection, rule.place.line, placeholders, reporter);
  if (expr === undefined) return undefined;
  return { kind: 'detection', key, meta: rule.meta, path: rule.place.path, logsource: rule.logsource, expr };
}
