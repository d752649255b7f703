import { basename, dirname, relative, sep } from 'node:path';
import { matchesGlob } from '../model/glob.ts';
import type { RuleOverride, RulePack, RuleSelector } from '../model/rule-pack.ts';
import {
  isDerived,
  nearestOf,
  timespanOf,
  type LoweredCorrelation,
  type LoweredRule,
  type LoweredRuleSet,
} from '../sigma/index.ts';
import { derivedFields } from './derived/table.ts';

/** PackProblem is one thing wrong with a pack: `keys` lead to it from `rules`. */
export interface PackProblem {
  readonly keys: readonly string[];
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

type Rule = LoweredRule | LoweredCorrelation;

/** Below which folder a rule's file was found. */
export type RootOf = (path: string) => string;

/**
 * packRules makes the rules of a set as a pack wants them, and says what of the pack is wrong. A rule that is off raises no
 * finding; it stays as long as a correlation that is on counts its matches. What only correlations used that are off goes with them.
 */
export function packRules(
  ruleSet: LoweredRuleSet,
  pack: RulePack,
  rootOf: RootOf,
): { readonly ruleSet: LoweredRuleSet; readonly problems: readonly PackProblem[] } {
  const rules: readonly Rule[] = [...ruleSet.detections, ...ruleSet.correlations];
  const problems = [...selectorProblems(pack, rules, rootOf), ...overrideProblems(pack, rules)];
  const on = new Set(rules.filter((rule) => isOn(rule, pack, rootOf)).map(({ key }) => key));

  // Correlations stand behind what they refer to, so that from the end each is met after all that use it.
  const used = new Set<string>();
  for (const { key, rules: bases, generate } of ruleSet.correlations.toReversed()) {
    if ((generate && on.has(key)) || used.has(key)) for (const base of bases) used.add(base);
  }
  const packed = <R extends Rule>(given: readonly R[]): readonly R[] =>
    given
      .map((rule) => (rule.generate && !on.has(rule.key) ? { ...rule, generate: false } : rule))
      .filter(({ key, generate }) => generate || used.has(key))
      .map((rule) => overridden(rule, pack));
  return { ruleSet: { detections: packed(ruleSet.detections), correlations: packed(ruleSet.correlations) }, problems };
}

function isOn(rule: Rule, { enable, disable = [] }: RulePack, rootOf: RootOf): boolean {
  const isSelected = (selector: RuleSelector): boolean => selects(selector, rule, rootOf);
  return (enable === undefined || enable.some(isSelected)) && !disable.some(isSelected);
}

/** Each key of a selector that a rule has none of the values of; a rule's level is the one that it was written with. */
const tests: { readonly [Key in keyof RuleSelector]-?: (value: string, rule: Rule, rootOf: RootOf) => boolean } = {
  id: (value, { key }) => matchesGlob(value.toLowerCase(), key.toLowerCase()),
  tag: (value, { meta }) => meta.tags.some((tag) => matchesGlob(value.toLowerCase(), tag.toLowerCase())),
  level: (value, { meta }) => (meta.level ?? 'medium') === value,
  area: (value, { path }, rootOf) => matchesGlob(value, areaOf(path, rootOf(path))),
  path: (value, { path }, rootOf) => {
    const below = belowOf(path, rootOf(path));
    return matchesGlob(value, below) || matchesGlob(value, `${basename(rootOf(path))}/${below}`);
  },
};

const keysOf = (selector: RuleSelector): readonly (keyof RuleSelector)[] =>
  (Object.keys(tests) as (keyof RuleSelector)[]).filter((key) => selector[key] !== undefined);

function selects(selector: RuleSelector, rule: Rule, rootOf: RootOf): boolean {
  return keysOf(selector).every((key) => (selector[key] ?? []).some((value) => tests[key](value, rule, rootOf)));
}

function belowOf(path: string, root: string): string {
  return relative(root, path).split(sep).join('/');
}

/** areaOf is the folder of a rule's file below the rules' folder; of a file right in it, that folder's own name. */
function areaOf(path: string, root: string): string {
  const folder = dirname(belowOf(path, root));
  return folder === '.' ? basename(root) : folder;
}

function selectorProblems(
  { enable = [], disable = [] }: RulePack,
  rules: readonly Rule[],
  rootOf: RootOf,
): PackProblem[] {
  return Object.entries({ enable, disable }).flatMap(([list, selectors]) =>
    selectors.flatMap((selector, index): PackProblem[] => {
      const values = keysOf(selector).flatMap((key) =>
        (selector[key] ?? []).flatMap((value, at): PackProblem[] => {
          if (key === 'level' || rules.some((rule) => tests[key](value, rule, rootOf))) return [];
          const keys = [list, String(index), key, String(at)];
          // Other rules than these may be read tomorrow; an id without a wildcard can only mean one rule.
          return key === 'id' && !value.includes('*')
            ? [unknownId(keys, value, rules)]
            : [{ keys, severity: 'warning', message: `no rule has the ${key} "${value}"` }];
        }),
      );
      if (values.length > 0 || rules.some((rule) => selects(selector, rule, rootOf))) return values;
      return [{ keys: [list, String(index)], severity: 'warning', message: 'selects no rule' }];
    }),
  );
}

function unknownId(keys: readonly string[], id: string, rules: readonly Rule[]): PackProblem {
  const lower = id.toLowerCase();
  const titled = rules.find(({ meta }) => meta.title === id);
  const nearest =
    titled?.key ??
    nearestOf(
      lower,
      rules.map(({ key }) => key.toLowerCase()),
    );
  const title = rules.find(({ key }) => key.toLowerCase() === nearest?.toLowerCase())?.meta.title;
  const hint =
    nearest === undefined ? '`trailwatch rule list --format json` has all' : `did you mean ${nearest} (${title})?`;
  return { keys, severity: 'error', message: `no rule has the id "${id}"; ${hint}` };
}

function overrideProblems({ levels = {}, overrides = {} }: RulePack, rules: readonly Rule[]): readonly PackProblem[] {
  const byId = new Map(rules.map((rule) => [rule.key.toLowerCase(), rule]));
  const ofLevels = Object.keys(levels).flatMap((id) =>
    byId.has(id.toLowerCase()) ? [] : [unknownId(['levels', id], id, rules)],
  );
  const ofOverrides = Object.entries(overrides).flatMap(([id, override]): PackProblem[] => {
    const rule = byId.get(id.toLowerCase());
    if (rule === undefined) return [unknownId(['overrides', id], id, rules)];
    return faultsOf(rule, override).map(([key, message]) => ({
      keys: ['overrides', id, key],
      severity: 'error',
      message: `${message} (${rule.meta.title})`,
    }));
  });
  return [...ofLevels, ...ofOverrides];
}

/** What of an override the rule has no place for. */
function faultsOf(rule: Rule, override: RuleOverride): readonly (readonly [key: string, message: string])[] {
  const faults: (readonly [string, string])[] = [];
  for (const field of override.groupby ?? []) {
    if (isDerived(field) && !derivedFields.has(field)) faults.push(['groupby', `unknown derived field "${field}"`]);
  }
  for (const key of ['timespan', 'learning', 'condition'] as const) {
    if (override[key] === undefined) continue;
    if (rule.kind === 'detection') faults.push([key, `belongs to correlations; the rule is a detection`]);
    else if (key === 'learning' && rule.type !== 'first_seen') {
      faults.push([key, `belongs to first_seen correlations; the rule is of type ${rule.type}`]);
    } else if (key === 'condition' && rule.type === 'first_seen') {
      faults.push([key, 'a first_seen correlation has no bounds']);
    }
  }
  return faults;
}

function overridden<R extends Rule>(rule: R, { levels = {}, overrides = {} }: RulePack): R {
  const override = ofId(overrides, rule.key);
  const level = override?.level ?? ofId(levels, rule.key);
  if (override === undefined && level === undefined) return rule;
  const meta = {
    ...rule.meta,
    ...(level !== undefined && { level }),
    ...(override?.groupby !== undefined && { custom: { ...rule.meta.custom, groupby: override.groupby } }),
  };
  if (rule.kind === 'detection' || override === undefined) return { ...rule, meta };
  const timespanMs = timespanOf(override.timespan ?? '');
  const learningMs = override.learning === '0s' ? 0 : timespanOf(override.learning ?? '');
  return {
    ...rule,
    meta,
    ...(timespanMs !== undefined && { timespanMs }),
    ...(learningMs !== undefined && { learningMs }),
    ...(override.condition !== undefined && {
      condition: {
        ...rule.condition,
        bounds: Object.entries(override.condition).map(([op, value]) => ({ op, value })),
      },
    }),
  };
}

function ofId<T>(all: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.entries(all).find(([key]) => key.toLowerCase() === id.toLowerCase())?.[1];
}
