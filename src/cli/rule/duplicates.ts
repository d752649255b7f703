import { resolve, sep } from 'node:path';
import { loadRules } from '../../detect/load-rules.ts';
import type { Expr, LoweredRule, Placeholders, Problem, Test } from '../../sigma/index.ts';
import { projectPath } from '../shell/options.ts';
import type { LoadedRuleFiles } from './rule-files.ts';

/**
 * duplicatesOfOurs warns of rules beside those that come with Trailwatch which have the id of one of them, or ask the same of
 * the same log source: both would alert of one record.
 */
export async function duplicatesOfOurs(
  { documents, ruleSet }: LoadedRuleFiles,
  cwd: string,
  placeholders: Placeholders,
): Promise<readonly Problem[]> {
  const rules = projectPath('rules');
  const foreign = documents.filter(
    ({ kind, place }) => kind !== 'filter' && !resolve(cwd, place.path).startsWith(`${rules}${sep}`),
  );
  if (foreign.length === 0) return [];
  const ours = (await loadRules([rules], { placeholders })).ruleSet;
  const byId = new Map([...ours.detections, ...ours.correlations].map((rule) => [rule.key.toLowerCase(), rule]));
  const byMeaning = new Map(ours.detections.map((rule) => [meaningOf(rule), rule]));
  const lowered = new Map(ruleSet.detections.map((rule) => [rule.key, rule]));
  return foreign.flatMap(({ meta, place }): readonly Problem[] => {
    const rule = lowered.get(meta.id ?? meta.name ?? meta.title);
    const sameId = byId.get(meta.id?.toLowerCase() ?? '');
    const same = sameId ?? (rule?.path === place.path ? byMeaning.get(meaningOf(rule)) : undefined);
    if (same === undefined) return [];
    const how = sameId === undefined ? 'matches the same records as' : 'has the id of';
    const where = `rules/${same.path.slice(rules.length + 1)}`;
    const message = `the rule ${how} "${same.meta.title}" (${where}), which comes with Trailwatch; turn one of them off`;
    return [{ ...place, severity: 'warning', code: 'duplicate-of-ours', message }];
  });
}

/** A rule's log source and condition, in which order, and case where it doesn't count, make no difference. */
function meaningOf({ logsource, expr }: LoweredRule): string {
  const { product, service, category } = logsource;
  return JSON.stringify([product, service, category].map((name) => name?.toLowerCase())) + textOf(expr);
}

function textOf(expr: Expr): string {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return `${expr.kind}(${[...new Set(expr.items.map(textOf))].toSorted().join()})`;
    case 'not':
      return `not(${textOf(expr.item)})`;
    case 'field':
      return `${JSON.stringify(expr.field)}:${testOf(expr.test)}`;
    case 'keyword':
      return `:${testOf(expr.test)}`;
    case 'element':
      return `${JSON.stringify(expr.field)}[${textOf(expr.item)}]`;
    case 'constant':
      return String(expr.value);
    default:
      throw new Error(expr satisfies never);
  }
}

function testOf(test: Test): string {
  if (test.kind !== 'pattern') return JSON.stringify(test);
  const patterns = test.patterns.map((pattern) => JSON.stringify(pattern)).toSorted();
  return `${test.cased ? 'cased ' : ''}${test.cased ? patterns.join() : patterns.join().toLowerCase()}`;
}
