import { parseCondition, searchNamesOf, selectSearches, type Condition } from '../parse/condition.ts';
import { contradictionIn } from './contradiction.ts';
import type { Expr, LoweredRule, LoweredRuleSet } from '../expr.ts';
import { quoted } from '../parse/reporter.ts';
import { regexRisk } from './regex-risk.ts';
import type { DetectionRule, Detections, FilterRule, Problem, RuleMeta, SigmaDocument } from '../rule.ts';

/** Remark is a problem without its place, which the caller knows. */
export interface Remark {
  readonly code: string;
  readonly message: string;
  /** Where it isn't the document's own line. */
  readonly line?: number;
}

/**
 * LintCheck finds what the caller knows to be wrong with a document, such as fields that its log source does not have.
 * `lowered` is what a detection rule was lowered to; it is absent for filters and for refused rules.
 */
export type LintCheck = (document: DetectionRule | FilterRule, lowered?: LoweredRule) => readonly Remark[];

/**
 * lintRules finds what is wrong with rules that could be loaded: parts that do nothing, conditions that can't be true,
 * and what their readers will miss; then what the caller's own checks find. All are warnings.
 */
export function lintRules(
  documents: readonly SigmaDocument[],
  ruleSet: LoweredRuleSet,
  checks: readonly LintCheck[] = [],
): readonly Problem[] {
  return documents.flatMap((document) => {
    const lowered = document.kind === 'detection' ? loweredOf(document, ruleSet) : undefined;
    const remarks = [
      ...(document.kind === 'filter' ? [] : remarksOnMeta(document.meta)),
      ...(document.kind === 'correlation' ? [] : unusedSearches(document.detection)),
      ...(lowered === undefined ? [] : [...remarksOnTruth(lowered.expr), ...regexRemarks(lowered.expr)]),
      ...(document.kind === 'correlation' ? [] : checks.flatMap((check) => check(document, lowered))),
    ];
    return remarks.map((remark) => problemOf(document, remark));
  });
}

/** The rule that a document was lowered to; none when it was refused. */
function loweredOf({ meta, place }: DetectionRule, { detections }: LoweredRuleSet): LoweredRule | undefined {
  const key = meta.id ?? meta.name ?? meta.title;
  return detections.find((rule) => rule.path === place.path && rule.key === key);
}

function problemOf({ place }: SigmaDocument, { code, message, line }: Remark): Problem {
  return { ...place, line: line ?? place.line, severity: 'warning', code, message };
}

const wanted: readonly (readonly [string, (meta: RuleMeta) => boolean, string])[] = [
  [
    'missing-level',
    ({ level }) => level !== undefined,
    'no `level`: readers and routes can only guess how severe it is',
  ],
  [
    'missing-description',
    ({ description }) => description !== undefined,
    'no `description`: say what it finds and why that matters',
  ],
  [
    'missing-falsepositives',
    ({ falsepositives }) => falsepositives.length > 0,
    'no `falsepositives`: say what harmless activity looks the same, or that none is known',
  ],
  [
    'missing-attack-tag',
    // What needs no adversary, such as a certificate that ends, is no technique of ATT&CK; D3FEND names the watch over it.
    ({ tags }) => tags.some((tag) => /^(?:attack|d3fend)\./i.test(tag)),
    'no ATT&CK tag, e.g. attack.t1078.004 (or one of D3FEND)',
  ],
];

function remarksOnMeta(meta: RuleMeta): readonly Remark[] {
  return wanted.flatMap(([code, has, message]) =>
    has(meta) ? [] : [{ code, message: `${quoted(meta.title)} has ${message}` }],
  );
}

function unusedSearches(detection: Detections): readonly Remark[] {
  const names = [...detection.searches.keys()];
  const used = new Set<string>();
  for (const text of detection.conditions) {
    const parsed = parseCondition(text);
    if ('condition' in parsed) for (const name of usedBy(parsed.condition, names)) used.add(name);
  }
  return names
    .filter((name) => !used.has(name))
    .map((name) => ({
      code: 'unused-search',
      message: `no condition uses ${quoted(name)}: use it or remove it`,
      ...lineOf(detection, name),
    }));
}

function usedBy(condition: Condition, names: readonly string[]): readonly string[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.items.flatMap((item) => usedBy(item, names));
    case 'not':
      return usedBy(condition.item, names);
    case 'search':
      return searchNamesOf(condition);
    case 'selector':
      return selectSearches(condition.pattern, names);
    default:
      throw new Error(condition satisfies never);
  }
}

/** A search's own line isn't kept, but that of its first item is next to it. */
function lineOf({ searches }: Detections, name: string): { readonly line?: number } {
  let search = searches.get(name);
  while (search?.kind === 'any' || search?.kind === 'all') [search] = search.items;
  if (search === undefined) return {};
  return { line: search.kind === 'element' ? search.line : search.item.line };
}

function remarksOnTruth(expr: Expr): readonly Remark[] {
  const never = contradictionIn(expr);
  if (never !== undefined) {
    const unless = never.certain ? '' : ', which only a field with a list of values can do';
    return [{ code: 'never-true', message: `the rule can't match: ${never.reason}${unless}` }];
  }
  const always = contradictionIn({ kind: 'not', item: expr });
  return always?.certain === true
    ? [{ code: 'always-true', message: 'the rule matches every record of its log source' }]
    : [];
}

function regexRemarks(expr: Expr): readonly Remark[] {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return expr.items.flatMap(regexRemarks);
    case 'not':
    case 'element':
      return regexRemarks(expr.item);
    case 'field':
    case 'keyword': {
      const risk = expr.test.kind === 'regex' ? regexRisk(expr.test.source) : undefined;
      return risk === undefined
        ? []
        : [{ code: 'regex-risk', message: `the regular expression can run away: ${risk}` }];
    }
    case 'constant':
      return [];
    default:
      throw new Error(expr satisfies never);
  }
}
