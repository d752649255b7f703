/**
 * The face of this folder for what asks loaded rules about records. Nothing here reads YAML, which takes tens of
 * milliseconds to load: rules are parsed and lowered when they are built.
 */
export { fieldsOf } from './backends/fields-of.ts';
export { compileMatcher } from './backends/matcher.ts';
export { requirementsOf, type Requirement } from './backends/requirements.ts';
export { evidenceOf, explainMatch, type Explanation } from './explain/explain.ts';
export { compileField, isDerived } from './field.ts';
export { foldCase, numberOf, textOf } from './text.ts';
export type { Expr, Fields, LoweredCorrelation, LoweredRule, LoweredRuleSet, Matcher, Pattern, Test } from './expr.ts';
export type { Comparison, LogSource, Problem, RuleMeta } from './rule.ts';
