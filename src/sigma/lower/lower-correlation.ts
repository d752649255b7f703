import type { LoweredCorrelation } from '../expr.ts';
import type { Entry, Registry } from './registry.ts';
import { createReporter, quoted } from '../parse/reporter.ts';
import type { Reporter } from '../parse/reporter.ts';
import type { CorrelationRule, Problem } from '../rule.ts';
import { unknownDerived, type Vocabulary } from './vocabulary.ts';

/** ResolvedCorrelation is a correlation whose names are keys, with what its document says about the rules it refers to. */
export interface ResolvedCorrelation {
  readonly correlation: Omit<LoweredCorrelation, 'generate'>;
  readonly generatesBase: boolean;
}

/**
 * lowerCorrelations resolves what correlations refer to and puts each behind what it needs. A correlation that refers to
 * a rule that isn't there, to a refused one, or to itself along any way, is refused.
 */
export function lowerCorrelations(
  registry: Registry,
  detections: ReadonlySet<string>,
  vocabulary: Vocabulary,
  problems: Problem[],
): readonly ResolvedCorrelation[] {
  const known = new Set(registry.detections.map((entry) => entry.key));
  const entries = new Map(registry.correlations.map((entry) => [entry.key, entry]));
  const resolved = new Map<string, ResolvedCorrelation | undefined>();
  for (const entry of registry.correlations) resolved.set(entry.key, resolve(entry, registry, vocabulary, problems));

  const ordered: ResolvedCorrelation[] = [];
  const state = new Map<string, 'open' | 'done' | 'refused'>();
  // An explicit stack, since chains of correlations may be longer than the call stack allows.
  for (const start of entries.keys()) {
    const stack = [start];
    while (stack.length > 0) {
      const key = stack.at(-1) ?? start;
      const lowered = resolved.get(key);
      const entry = entries.get(key);
      if (lowered === undefined || entry === undefined || state.get(key) === 'done' || state.get(key) === 'refused') {
        if (lowered === undefined) state.set(key, 'refused');
        stack.pop();
        continue;
      }
      const { place } = entry.rule;
      const refuse = (code: string, message: string): void => {
        createReporter(problems, place).error(place.line, code, message);
        state.set(key, 'refused');
        stack.pop();
      };
      if (state.get(key) !== 'open') {
        state.set(key, 'open');
        const waiting = lowered.correlation.rules.filter((rule) => entries.has(rule) && state.get(rule) === undefined);
        if (waiting.length > 0) {
          stack.push(...waiting);
          continue;
        }
      }
      const circle = lowered.correlation.rules.find((rule) => state.get(rule) === 'open');
      const refused = lowered.correlation.rules.find(
        (rule) => state.get(rule) === 'refused' || (known.has(rule) && !detections.has(rule)),
      );
      if (circle !== undefined)
        refuse('correlation-cycle', `the correlation refers to itself through ${quoted(circle)}`);
      else if (refused !== undefined)
        refuse('refused-rule', `the correlation needs ${quoted(refused)}, which was refused`);
      else {
        state.set(key, 'done');
        ordered.push(lowered);
        stack.pop();
      }
    }
  }
  return ordered;
}

function resolve(
  { key, rule }: Entry<CorrelationRule>,
  registry: Registry,
  vocabulary: Vocabulary,
  problems: Problem[],
): ResolvedCorrelation | undefined {
  const reporter = createReporter(problems, rule.place);
  const { line } = rule.place;
  for (const field of fieldsOf(rule)) {
    const fault = unknownDerived(field, vocabulary);
    if (fault !== undefined) reporter.error(line, 'unknown-derived-field', fault);
  }
  const rules = rule.rules.flatMap((reference) => keyOf(reference, registry, line, reporter) ?? []);
  if (new Set(rules).size < rules.length) reporter.error(line, 'duplicate-item', 'rules names the same rule twice');
  const aliases = Object.entries(rule.aliases).map(([alias, fields]) => {
    const resolvedFields = Object.entries(fields).flatMap(([reference, field]): [string, string][] => {
      const found = registry.resolve(reference);
      if (found.kind === 'found' && rules.includes(found.entry.key)) return [[found.entry.key, field]];
      reporter.error(
        line,
        'alias-rule',
        `alias ${quoted(alias)}: ${quoted(reference)} is not one of the correlation's rules`,
      );
      return [];
    });
    return [alias, Object.fromEntries(resolvedFields)] as const;
  });
  if (reporter.refused()) return undefined;
  const correlation = {
    kind: 'correlation' as const,
    key,
    meta: rule.meta,
    path: rule.place.path,
    type: rule.type,
    rules,
    groupBy: rule.groupBy,
    timespanMs: rule.timespanMs,
    ...(rule.learningMs !== undefined && { learningMs: rule.learningMs }),
    condition: rule.condition,
    aliases: Object.fromEntries(aliases),
  };
  return { correlation, generatesBase: rule.generate };
}

function fieldsOf({ groupBy, condition, aliases }: CorrelationRule): ReadonlySet<string> {
  const aliased = Object.values(aliases).flatMap((fields) => Object.values(fields));
  return new Set([...groupBy, ...(condition.fields ?? []), ...aliased]);
}

function keyOf(reference: string, registry: Registry, line: number, reporter: Reporter): string | undefined {
  const found = registry.resolve(reference);
  switch (found.kind) {
    case 'found':
      if (found.by === 'title') {
        reporter.warn(
          line,
          'reference-by-title',
          `rules: ${quoted(reference)} is a title, which may change: use the id or name`,
        );
      }
      return found.entry.key;
    case 'ambiguous':
      reporter.error(line, 'ambiguous-rule', `rules: ${quoted(reference)} is the title of several rules: use an id`);
      return undefined;
    case 'missing':
      reporter.error(
        line,
        'unknown-rule',
        `rules: no rule that was read has the id, name or title ${quoted(reference)}, or it was refused; is it in another file?`,
      );
      return undefined;
    default:
      throw new Error(found satisfies never);
  }
}
