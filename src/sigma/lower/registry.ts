import { createReporter, quoted } from '../parse/reporter.ts';
import type { CorrelationRule, DetectionRule, Problem, RuleMeta, SigmaDocument } from '../rule.ts';

/** Entry is a rule with the key that it has in the set. */
export interface Entry<Rule extends DetectionRule | CorrelationRule = DetectionRule | CorrelationRule> {
  readonly key: string;
  readonly rule: Rule;
}

export type Resolved =
  | { readonly kind: 'found'; readonly by: 'id' | 'name' | 'title'; readonly entry: Entry }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'missing' };

/** Registry finds rules by what documents call them: id, else name, else title. */
export interface Registry {
  readonly detections: readonly Entry<DetectionRule>[];
  readonly correlations: readonly Entry<CorrelationRule>[];
  readonly resolve: (reference: string) => Resolved;
}

/**
 * createRegistry gives every rule its key. A rule whose id or name another one has is refused, since references to it
 * would be a guess; of the same rule twice, the first stands for both.
 */
export function createRegistry(documents: readonly SigmaDocument[], problems: Problem[]): Registry {
  const byId = new Map<string, Entry>();
  const byName = new Map<string, Entry>();
  const byTitle = new Map<string, Entry | 'several'>();
  const keys = new Map<string, Entry>();
  const entries: Entry[] = [];
  for (const rule of documents) {
    if (rule.kind === 'filter') continue;
    const { meta } = rule;
    const entry: Entry = { key: keyOf(meta), rule };
    const taken =
      (meta.id !== undefined && byId.get(meta.id.toLowerCase())) ||
      (meta.name !== undefined && byName.get(meta.name)) ||
      keys.get(entry.key);
    if (taken) {
      const { place } = taken.rule;
      const where = `${place.path}:${place.line}`;
      const reporter = createReporter(problems, rule.place);
      if (sameRule(rule, taken.rule)) {
        reporter.warn(
          rule.place.line,
          'duplicate-rule',
          `${quoted(meta.title)} is the same rule as ${where}, which stands for both`,
        );
        if (!byTitle.has(meta.title)) byTitle.set(meta.title, taken);
      } else {
        reporter.error(
          rule.place.line,
          'duplicate-rule',
          `${quoted(meta.title)} has the id or name of ${where}: give it its own`,
        );
      }
      continue;
    }
    entries.push(entry);
    keys.set(entry.key, entry);
    if (meta.id !== undefined) byId.set(meta.id.toLowerCase(), entry);
    if (meta.name !== undefined) byName.set(meta.name, entry);
    byTitle.set(meta.title, byTitle.has(meta.title) ? 'several' : entry);
  }
  return {
    detections: entries.filter((entry): entry is Entry<DetectionRule> => entry.rule.kind === 'detection'),
    correlations: entries.filter((entry): entry is Entry<CorrelationRule> => entry.rule.kind === 'correlation'),
    resolve(reference) {
      const id = byId.get(reference.toLowerCase());
      if (id !== undefined) return { kind: 'found', by: 'id', entry: id };
      const name = byName.get(reference);
      if (name !== undefined) return { kind: 'found', by: 'name', entry: name };
      const title = byTitle.get(reference);
      if (title === 'several') return { kind: 'ambiguous' };
      return title === undefined ? { kind: 'missing' } : { kind: 'found', by: 'title', entry: title };
    },
  };
}

/** Copies of a base rule beside each correlation that needs it are common; they are one rule as long as they mean the same. */
function sameRule(a: DetectionRule | CorrelationRule, b: DetectionRule | CorrelationRule): boolean {
  return a.meta.id !== undefined && a.meta.id === b.meta.id && logicOf(a) === logicOf(b);
}

function logicOf(rule: DetectionRule | CorrelationRule): string {
  const { kind } = rule;
  if (kind === 'correlation') {
    const { type, rules, groupBy, timespanMs, condition, aliases, generate } = rule;
    return JSON.stringify([kind, type, rules, groupBy, timespanMs, condition, aliases, generate]);
  }
  const { logsource, detection } = rule;
  const plain = (name: string, value: unknown): unknown => {
    // The lines on which items stand don't matter, and JSON knows no bigint.
    if (name === 'line') return undefined;
    return typeof value === 'bigint' ? { bigint: value.toString() } : value;
  };
  return JSON.stringify([kind, logsource, [...detection.searches], detection.conditions], plain);
}

function keyOf(meta: RuleMeta): string {
  return meta.id ?? meta.name ?? meta.title;
}
