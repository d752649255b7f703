import type { Fields } from '../model/log-record.ts';
import { requirementOf } from '../sigma/requirements.ts';
import { literalsOf } from './field-value.ts';
import type { CompiledRule } from './rule-set.ts';

/** RuleIndex gives, of the rules it was made of, those that could match the fields, in their order. */
export type RuleIndex = (fields: Fields) => readonly CompiledRule[];

/**
 * createRuleIndex sorts rules by the literal that one of their fields must hold. A rule that requires none is always a
 * candidate. It may give a rule that doesn't match and never leaves out one that does.
 */
export function createRuleIndex(rules: readonly CompiledRule[]): RuleIndex {
  const always: number[] = [];
  const byField = new Map<string, Map<string, number[]>>();
  rules.forEach(({ rule }, position) => {
    const requirement = requirementOf(rule.expr);
    if (requirement === undefined) {
      always.push(position);
      return;
    }
    const byValue = byField.get(requirement.field) ?? new Map<string, number[]>();
    byField.set(requirement.field, byValue);
    for (const value of new Set(requirement.values)) {
      const positions = byValue.get(value);
      if (positions === undefined) byValue.set(value, [position]);
      else positions.push(position);
    }
  });
  const fieldEntries = [...byField];
  const onlyAlways = always.map((position) => rules[position]).filter((rule) => rule !== undefined);

  return (fields) => {
    let found: Set<number> | undefined;
    for (const [field, byValue] of fieldEntries) {
      for (const literal of literalsOf(fields, field)) {
        const positions = byValue.get(literal);
        if (positions === undefined) continue;
        found ??= new Set(always);
        for (const position of positions) found.add(position);
      }
    }
    if (found === undefined) return onlyAlways;
    return [...found].sort((a, b) => a - b).flatMap((position) => rules[position] ?? []);
  };
}
