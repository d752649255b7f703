import type { Level } from './level.ts';

/** RuleSelector selects the rules that have one of the values under each key that is given; * stands for any characters. */
export interface RuleSelector {
  readonly id?: readonly string[];
  /** A Sigma tag: `attack.t1078*`. */
  readonly tag?: readonly string[];
  readonly level?: readonly Level[];
  /** The folder of the rule's file below the rules' folder: `identity`. */
  readonly area?: readonly string[];
  /** The rule's file below the rules' folder: `host/ssh-*.yml`. */
  readonly path?: readonly string[];
}

/** The bounds of a correlation's condition. */
export const boundNames = ['lt', 'lte', 'gt', 'gte', 'eq', 'neq'] as const;
export type BoundName = (typeof boundNames)[number];

/** RuleOverride replaces parts of a rule; absent parts stay as the rule has them. */
export interface RuleOverride {
  readonly level?: Level;
  /** The fields whose values decide which findings form a group. */
  readonly groupby?: readonly string[];
  /** Of a correlation, as Sigma writes it: `15m`. */
  readonly timespan?: string;
  /** Of a first-seen correlation: `14d`. */
  readonly learning?: string;
  /** The bounds of a correlation's condition: `{ gte: 20 }`. */
  readonly condition?: Readonly<Partial<Record<BoundName, number>>>;
}

/** RulePack is which of the rules are on, and what an installation changes in them. */
export interface RulePack {
  /** When given, only these rules are on. */
  readonly enable?: readonly RuleSelector[];
  /** Of those that are on, these are off. */
  readonly disable?: readonly RuleSelector[];
  /** The levels of rules by id. */
  readonly levels?: Readonly<Record<string, Level>>;
  /** What else changes in rules, by id. */
  readonly overrides?: Readonly<Record<string, RuleOverride>>;
}

/** wholePack is every rule as it is written. */
export const wholePack: RulePack = {};
