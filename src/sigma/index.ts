/** The face of this folder: all that others may use of it. README.md shows how. */
export * from './match.ts';
export { parseRuleFile } from './parse/parse.ts';
export { lowerRules } from './lower/lower.ts';
export type { Placeholders } from './lower/placeholders.ts';
export { lintRules, type LintCheck, type Remark } from './lint/lint.ts';
export { conjunctionsOf, type Literal } from './lint/conjunctions.ts';
export { modifierNames } from './lower/modifiers.ts';
export { timespanOf } from './parse/parse-correlation.ts';
export { nearestOf } from './nearest.ts';
export { literalOf, printPattern } from './pattern.ts';
export { correlationTypes } from './rule.ts';
export type {
  CorrelationRule,
  DetectionItem,
  DetectionRule,
  Detections,
  FilterRule,
  Scalar,
  Search,
  SigmaDocument,
} from './rule.ts';
