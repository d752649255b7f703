import { leastScan, scanLimitOf } from '../backends/match-cost.ts';
import type { Expr, LoweredRule, LoweredRuleSet } from '../expr.ts';
import { filterFor } from './lower-filter.ts';
import { lowerDetections } from './lower-detection.ts';
import { lowerCorrelations } from './lower-correlation.ts';
import type { ResolvedCorrelation } from './lower-correlation.ts';
import { together } from './join-expr.ts';
import type { Placeholders } from './placeholders.ts';
import type { Vocabulary } from './vocabulary.ts';
import { createRegistry } from './registry.ts';
import type { Entry } from './registry.ts';
import { createReporter } from '../parse/reporter.ts';
import type { DetectionRule, Problem, SigmaDocument } from '../rule.ts';

export interface LowerOptions {
  /** What `%name%` in an `expand` modifier stands for. */
  readonly placeholders?: Placeholders;
  /** The fields that the caller computes (`derived.…`); a rule that asks for any other of that prefix is refused. */
  readonly derivedFields?: ReadonlySet<string>;
}

/**
 * lowerRules turns documents into what the engine runs: filters applied, names and placeholders resolved, correlations
 * behind what they refer to. A document with an error is left out with its reason, and so is a correlation that needs it.
 */
export function lowerRules(
  documents: readonly SigmaDocument[],
  options: LowerOptions = {},
): { ruleSet: LoweredRuleSet; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const vocabulary: Vocabulary = {
    placeholders: options.placeholders ?? {},
    derivedFields: options.derivedFields ?? new Set(),
  };
  const registry = createRegistry(documents, problems);
  const filters = documents.filter((document) => document.kind === 'filter');
  const applied = filters.map((filter) => filterFor(filter, registry, vocabulary, problems));

  const detections: Omit<LoweredRule, 'generate'>[] = [];
  for (const entry of registry.detections) {
    const lowered = lowerDetection(entry, vocabulary, problems);
    if (lowered === undefined) continue;
    const exceptions = applied.flatMap((filter) => (filter.appliesTo(entry) ? [filter.expr] : []));
    const whole =
      exceptions.length === 0 ? lowered : { ...lowered, expr: together('and', [lowered.expr, ...exceptions]) };
    if (isAffordable(entry, whole.expr, problems)) detections.push(whole);
  }
  const correlations = lowerCorrelations(registry, new Set(detections.map((each) => each.key)), vocabulary, problems);
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

/** A rule that could only look at the beginning of ordinary values in a match's time is refused: it would miss the rest. */
function isAffordable({ rule }: Entry<DetectionRule>, expr: Expr, problems: Problem[]): boolean {
  const limit = scanLimitOf(expr);
  if (limit >= leastScan) return true;
  createReporter(problems, rule.place).error(
    rule.place.line,
    'too-costly',
    `the rule's regular expressions and wildcards are too much for one match: only ${limit} characters of a value could be ` +
      `searched, at least ${leastScan} must be; use smaller repetition counts, fewer expressions, or split the rule`,
  );
  return false;
}

function lowerDetection(
  { key, rule }: Entry<DetectionRule>,
  vocabulary: Vocabulary,
  problems: Problem[],
): Omit<LoweredRule, 'generate'> | undefined {
  const reporter = createReporter(problems, rule.place);
  const expr = lowerDetections(rule.detection, rule.place.line, vocabulary, reporter);
  if (expr === undefined) return undefined;
  return { kind: 'detection', key, meta: rule.meta, path: rule.place.path, logsource: rule.logsource, expr };
}
