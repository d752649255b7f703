/** Sigma documents as written, checked but not yet lowered. https://sigmahq.io/sigma-specification/ */
import type { Level } from './level.ts';

/** Place says where a document stands, for messages: `path:line`, and which document of the file, counted from 1. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly document: number;
}

/** Problem is one thing wrong with a rule file. An error refuses its document; the others of the file go on. */
export interface Problem extends Place {
  readonly severity: 'error' | 'warning';
  /** A short kebab-case name that a program can match, e.g. `unknown-modifier`. */
  readonly code: string;
  /** What is wrong and what to do about it, without the place. */
  readonly message: string;
}

/** RuleMeta is everything of a document that isn't logic. `custom` keeps the attributes that Sigma doesn't define. */
export interface RuleMeta {
  readonly title: string;
  readonly id?: string;
  readonly name?: string;
  readonly level?: Level;
  readonly status?: string;
  readonly description?: string;
  readonly author?: string;
  readonly date?: string;
  readonly modified?: string;
  readonly tags: readonly string[];
  readonly references: readonly string[];
  readonly falsepositives: readonly string[];
  readonly fields: readonly string[];
  readonly custom: Readonly<Record<string, unknown>>;
}

/** LogSource is a rule's `logsource`. An absent key covers everything. */
export interface LogSource {
  readonly product?: string;
  readonly service?: string;
  readonly category?: string;
}

/** The values YAML 1.2 core can give a detection item. Integers beyond 2^53 stay `bigint`, so that no digit is lost. */
export type Scalar = string | number | bigint | boolean | null;

/** One `field|modifier…: value(s)` line; `field` is empty for keywords. */
export interface DetectionItem {
  readonly field: string;
  readonly modifiers: readonly string[];
  readonly values: readonly Scalar[];
  readonly line: number;
}

/** Search is the meaning of one named entry under `detection`: lists are alternatives, maps conjunctions. */
export type Search =
  | { readonly kind: 'any'; readonly items: readonly Search[] }
  | { readonly kind: 'all'; readonly items: readonly Search[] }
  | { readonly kind: 'item'; readonly item: DetectionItem }
  /** `field|element: {…}`, ours: one element of the field's list meets all of the search, whose fields are the element's. */
  | { readonly kind: 'element'; readonly field: string; readonly search: Search; readonly line: number };

export interface Detections {
  readonly searches: ReadonlyMap<string, Search>;
  /** Several conditions are alternatives: the rule matches when any does. */
  readonly conditions: readonly string[];
}

export interface DetectionRule {
  readonly kind: 'detection';
  readonly meta: RuleMeta;
  readonly place: Place;
  readonly logsource: LogSource;
  readonly detection: Detections;
}

/** Sigma's seven, and one of ours at the end: other tools refuse `first_seen`. */
export const correlationTypes = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'first_seen',
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

export type Comparison = 'lt' | 'lte' | 'gt' | 'gte' | 'eq' | 'neq';

export interface CorrelationCondition {
  /** Several are ANDed. */
  readonly bounds: readonly { readonly op: Comparison; readonly value: number }[];
  /** The field(s) counted, summed or averaged; absent for `event_count` and `temporal*`. */
  readonly fields?: readonly string[];
  /** 0 to 100, for `value_percentile`. */
  readonly percentile?: number;
}

export interface CorrelationRule {
  readonly kind: 'correlation';
  readonly meta: RuleMeta;
  readonly place: Place;
  readonly type: CorrelationType;
  /** Ids, names or (with a warning) titles, as written. */
  readonly rules: readonly string[];
  readonly groupBy: readonly string[];
  readonly timespanMs: number;
  /** Of `first_seen`: for how long a group is only watched, in ms. */
  readonly learningMs?: number;
  readonly condition: CorrelationCondition;
  /** Alias name → rule reference → field of that rule. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Whether the rules it refers to still raise findings of their own. */
  readonly generate: boolean;
}

export interface FilterRule {
  readonly kind: 'filter';
  readonly meta: RuleMeta;
  readonly place: Place;
  readonly logsource: LogSource;
  /** The rules it applies to by id or name; `any` is all of its log source. */
  readonly rules: readonly string[] | 'any';
  readonly detection: Detections;
}

export type SigmaDocument = DetectionRule | CorrelationRule | FilterRule;
