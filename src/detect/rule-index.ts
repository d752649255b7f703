import type { Fields } from '../model/log-record.ts';
import { foldCase, requirementsOf, textOf, type LoweredRule, type Matcher, type Requirement } from '../sigma/match.ts';
import { lookupOf } from './field-value.ts';

/** CompiledRule is a detection rule ready to be asked. */
export interface CompiledRule {
  readonly rule: LoweredRule;
  readonly matches: Matcher;
}

/** RuleIndex gives, of the rules it was made of, those that could match the fields, in their order. */
export type RuleIndex = (fields: Fields) => readonly CompiledRule[];

/** Bucket is the rules that require one value of one field, by their position. */
interface Bucket {
  readonly positions: number[];
  /** With the rules that require nothing, in order: what to ask when no other bucket is hit. Made when first needed. */
  rules?: readonly CompiledRule[];
}

/** A field that fewer rules than this share require isn't worth its lookup in every record. */
const worthwhileShare = 0.05;

/**
 * createRuleIndex sorts rules by a literal that one of their fields must hold. A rule that requires none is always a
 * candidate. The index may give a rule that doesn't match and never leaves out one that does.
 */
export function createRuleIndex(rules: readonly CompiledRule[]): RuleIndex {
  const always: number[] = [];
  const byField = new Map<string, Map<string, Bucket>>();
  const choose = chooserFor(rules);
  rules.forEach((rule, position) => {
    const requirement = choose(rule);
    if (requirement === undefined) {
      always.push(position);
      return;
    }
    const byValue = byField.get(requirement.field) ?? new Map<string, Bucket>();
    byField.set(requirement.field, byValue);
    for (const value of new Set(requirement.values)) {
      const bucket = byValue.get(value);
      if (bucket === undefined) byValue.set(value, { positions: [position] });
      else bucket.positions.push(position);
    }
  });

  const rulesAt = (positions: Iterable<number>): readonly CompiledRule[] =>
    [...new Set(positions)].sort((a, b) => a - b).flatMap((position) => rules[position] ?? []);
  const onlyAlways = rulesAt(always);
  const fields = [...byField].map(([field, byValue]) => ({ lookup: lookupOf(field), byValue }));

  return (record) => {
    let only: Bucket | undefined;
    let several: Bucket[] | undefined;
    const hit = (bucket: Bucket): void => {
      if (only === undefined) only = bucket;
      else if (only !== bucket) (several ??= [only]).push(bucket);
    };
    for (const { lookup, byValue } of fields) for (const value of lookup(record)) find(value, byValue, hit);
    if (several !== undefined) return rulesAt([...always, ...several.flatMap(({ positions }) => positions)]);
    const bucket = only;
    return bucket === undefined ? onlyAlways : (bucket.rules ??= rulesAt([...always, ...bucket.positions]));
  };
}

/** Looks up a value's text, and those of an array's elements however deep. */
function find(value: unknown, byValue: ReadonlyMap<string, Bucket>, hit: (bucket: Bucket) => void): void {
  if (Array.isArray(value)) {
    // Not by recursion: arrays in records may nest deeper than the stack.
    const open: (readonly unknown[])[] = [value];
    for (let array = open.pop(); array !== undefined; array = open.pop()) {
      for (const item of array) {
        if (Array.isArray(item)) open.push(item);
        else find(item, byValue, hit);
      }
    }
    return;
  }
  const text = textOf(value);
  const bucket = text === undefined ? undefined : byValue.get(foldCase(text));
  if (bucket !== undefined) hit(bucket);
}

/**
 * Chooses, of what a rule requires, what fewest records will have: a field with many different values over all rules
 * says more than one with few, so of `eventSource` and `eventName` it is the latter.
 */
function chooserFor(rules: readonly CompiledRule[]): (rule: CompiledRule) => Requirement | undefined {
  const requirements = new Map(rules.map((rule) => [rule, requirementsOf(rule.rule.expr)]));
  const rulesOf = new Map<string, number>();
  const valuesOf = new Map<string, Set<string>>();
  for (const own of requirements.values()) {
    for (const field of new Set(own.map((each) => each.field))) rulesOf.set(field, (rulesOf.get(field) ?? 0) + 1);
    for (const { field, values } of own) {
      const known = valuesOf.get(field) ?? new Set();
      valuesOf.set(field, known);
      for (const value of values) known.add(value);
    }
  }
  const share = ({ field }: Requirement) => (rulesOf.get(field) ?? 0) / rules.length;
  const chance = ({ field, values }: Requirement) => values.length / (valuesOf.get(field)?.size ?? 1);

  return (rule) => {
    const own = requirements.get(rule) ?? [];
    const worthwhile = own.filter((requirement) => share(requirement) >= worthwhileShare);
    if (worthwhile.length > 0) return best(worthwhile, (a, b) => chance(a) - chance(b));
    return best(own, (a, b) => share(b) - share(a) || chance(a) - chance(b));
  };
}

function best<T>(items: readonly T[], compare: (a: T, b: T) => number): T | undefined {
  return items.toSorted(compare)[0];
}
