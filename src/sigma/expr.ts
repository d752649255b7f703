/**
 * The lowered detection: no modifiers, no names, no placeholders left, and every value as the rule wrote it. What a
 * backend makes, such as the matcher, it makes from this one tree, which is plain JSON.
 */
import type { CorrelationCondition, CorrelationType, LogSource, RuleMeta } from './rule.ts';

/** A string with wildcards as parts: literal text, `*` as ANY, `?` as ONE. Text is never lower-cased or escaped here. */
export type Pattern = readonly PatternPart[];
export type PatternPart = string | { readonly wildcard: 'any' | 'one' };

export type NumberComparison = 'lt' | 'lte' | 'gt' | 'gte';
export type DatePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

export type Test =
  /** Text, number or boolean equality; several patterns are alternatives. */
  | { readonly kind: 'pattern'; readonly patterns: readonly Pattern[]; readonly cased: boolean }
  | { readonly kind: 'equals'; readonly value: number | boolean | { readonly bigint: string } }
  | { readonly kind: 'compare'; readonly op: NumberComparison; readonly value: number }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | { readonly kind: 'cidr'; readonly networks: readonly string[] }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists' }
  /** The value equals (or contains, starts with, ends with) another field's value. */
  | {
      readonly kind: 'fieldref';
      readonly field: string;
      readonly match: 'equals' | 'contains' | 'startswith' | 'endswith';
      readonly cased: boolean;
    }
  /** One part of a timestamp, in UTC. */
  | {
      readonly kind: 'datepart';
      readonly part: DatePart;
      readonly op: NumberComparison | 'eq';
      readonly value: number;
    };

export type Expr =
  | { readonly kind: 'and'; readonly items: readonly Expr[] }
  | { readonly kind: 'or'; readonly items: readonly Expr[] }
  | { readonly kind: 'not'; readonly item: Expr }
  | { readonly kind: 'field'; readonly field: string; readonly test: Test }
  | { readonly kind: 'keyword'; readonly test: Test }
  /** One element of the field's list, or the object that is its value, is as `item` says; the fields of `item` are the element's. */
  | { readonly kind: 'element'; readonly field: string; readonly item: Expr }
  | { readonly kind: 'constant'; readonly value: boolean };

/** Fields of one record, spelled as its source spells them. They must not change while they are matched. */
export type Fields = Readonly<Record<string, unknown>>;

/** Matcher answers whether a record's fields satisfy a detection. It never throws. */
export type Matcher = (fields: Fields) => boolean;

export interface LoweredRule {
  readonly kind: 'detection';
  /** The rule's `id`, else its `name`, else its `title`. Unique in a set. */
  readonly key: string;
  readonly meta: RuleMeta;
  readonly path: string;
  readonly logsource: LogSource;
  readonly expr: Expr;
  /** Whether a match is a finding of its own: false when only a correlation without `generate` uses the rule. */
  readonly generate: boolean;
}

export interface LoweredCorrelation {
  readonly kind: 'correlation';
  readonly key: string;
  readonly meta: RuleMeta;
  readonly path: string;
  readonly type: CorrelationType;
  /** Keys of detections or of other correlations, in the rule's order. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  /** Of `first_seen`: for how long a group is only watched, in ms. */
  readonly learningMs?: number;
  readonly condition: CorrelationCondition;
  /** Alias → rule key → field. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly generate: boolean;
}

/** LoweredRuleSet is what the build writes and the Lambda loads: JSON, with references resolved to keys. */
export interface LoweredRuleSet {
  readonly detections: readonly LoweredRule[];
  /** In order of dependence: a correlation comes after those it refers to. */
  readonly correlations: readonly LoweredCorrelation[];
}
