import type { LogRecord, RecordSource } from '../model/log-record.ts';
import {
  compileMatcher,
  fieldsOf,
  isDerived,
  type LogSource,
  type LoweredCorrelation,
  type LoweredRule,
  type LoweredRuleSet,
  type Matcher,
} from '../sigma/match.ts';
import { createDerive, type Derive } from './derived/derive.ts';
import { createRuleIndex, type CompiledRule, type RuleIndex } from './rule-index.ts';

/** RuleSet is what is loaded once and asked for each record. */
export interface RuleSet {
  readonly detections: readonly LoweredRule[];
  /** In order of dependence, as lowered. */
  readonly correlations: readonly LoweredCorrelation[];
  /** candidates are the rules that could match a record, in the order of the set; no other rule of the set does. */
  readonly candidates: (record: LogRecord) => readonly CompiledRule[];
  /** derive adds the derived fields that rules may ask for to a record's. */
  readonly derive: Derive;
}

/** RuleSetError says which rules cannot be loaded together. */
export class RuleSetError extends Error {
  override readonly name = 'RuleSetError';
}

/** Sources come from a short table of our own; the bound only keeps a caller with made-up sources from filling memory. */
const maxSources = 1_000;

/**
 * createRuleSet compiles rules and indexes them by log source and by what they require, so that a record is only tested
 * against rules that could match it. `derive` knows which accounts are the reader's own.
 * @throws {RuleSetError} when two rules have the same key: one of them would silently take the other's place.
 */
export function createRuleSet(lowered: LoweredRuleSet, derive: Derive = createDerive()): RuleSet {
  refuseDuplicates(lowered);
  const compiled = new Map(lowered.detections.map((rule) => [rule, compiledOnDemand(rule, derive)]));
  const indexes = new Map<string, RuleIndex>();
  // Records come in long rows of one source, most often the very same object.
  let last: { readonly source: RecordSource; readonly index: RuleIndex } | undefined;

  const indexOf = (source: RecordSource): RuleIndex => {
    if (last?.source === source) return last.index;
    const key = JSON.stringify([source.product, source.services, source.category]);
    let index = indexes.get(key);
    if (index === undefined) {
      if (indexes.size >= maxSources) indexes.clear();
      const covering = lowered.detections.filter(({ logsource }) => covers(logsource, source));
      index = createRuleIndex(covering.flatMap((rule) => compiled.get(rule) ?? []));
      indexes.set(key, index);
    }
    last = { source, index };
    return index;
  };

  return {
    detections: lowered.detections,
    correlations: lowered.correlations,
    candidates: (record) => indexOf(record.source)(record.fields),
    derive,
  };
}

/** covers says whether a rule for `logsource` is about records of `source`: each key that the rule gives names one of its values. */
export function covers(logsource: LogSource, source: RecordSource): boolean {
  return (
    isOneOf(logsource.product, [source.product]) &&
    isOneOf(logsource.service, source.services) &&
    isOneOf(logsource.category, source.category === undefined ? [] : [source.category])
  );
}

/**
 * A matcher is made when its rule is first a candidate, and then kept: of hundreds of rules a function meets a few in its
 * first second, and its cold start shouldn't wait for the others. That all can be made is checked when rules are compiled.
 */
function compiledOnDemand(rule: LoweredRule, derive: Derive): CompiledRule {
  let matcher: Matcher | undefined;
  return { rule, matches: (fields) => (matcher ??= compileRule(rule, derive))(fields) };
}

/** compileRule makes a rule's matcher, for records whose derived fields are computed only when the rule asks for them. */
export function compileRule({ expr }: LoweredRule, derive: Derive): Matcher {
  const matcher = compileMatcher(expr);
  return [...fieldsOf(expr)].some(isDerived) ? (fields) => matcher(derive(fields)) : matcher;
}

function isOneOf(wanted: string | undefined, values: readonly string[]): boolean {
  return wanted === undefined || values.some((value) => value.toLowerCase() === wanted.toLowerCase());
}

function refuseDuplicates({ detections, correlations }: LoweredRuleSet): void {
  const paths = new Map<string, string>();
  const clashes: string[] = [];
  for (const { key, path } of [...detections, ...correlations]) {
    const other = paths.get(key);
    if (other === undefined) paths.set(key, path);
    else clashes.push(`${key}: in ${other} and in ${path}`);
  }
  if (clashes.length === 0) return;
  throw new RuleSetError(`rules with the same key; give each an id of its own:\n${clashes.join('\n')}`);
}
