import { parseCondition, selectSearches } from '../parse/condition.ts';
import type { Condition } from '../parse/condition.ts';
import type { Expr } from '../expr.ts';
import { ModifierError } from './modifier-value.ts';
import { lowerItem } from './modifiers.ts';
import { unknownDerived, type Vocabulary } from './vocabulary.ts';
import type { Reporter } from '../parse/reporter.ts';
import type { Detections, Search } from '../rule.ts';
import { together } from './join-expr.ts';

/** lowerDetections turns searches and conditions into one expression; undefined when an error was reported. */
export function lowerDetections(
  detection: Detections,
  line: number,
  vocabulary: Vocabulary,
  reporter: Reporter,
): Expr | undefined {
  const searches = new Map<string, Expr>();
  for (const [name, search] of detection.searches) {
    const expr = lowerSearch(search, vocabulary, reporter);
    if (expr !== undefined) searches.set(name, expr);
  }
  const conditions: Expr[] = [];
  for (const text of detection.conditions) {
    const parsed = parseCondition(text);
    if ('fault' in parsed) reporter.error(line, parsed.code, `condition: ${parsed.fault}`);
    else conditions.push(lowerCondition(parsed.condition, searches, line, reporter));
  }
  return reporter.refused() ? undefined : together('or', conditions);
}

/** hasNot answers whether a detection's conditions negate anything. */
export function hasNot(detection: Detections): boolean {
  return detection.conditions.some((text) => {
    const parsed = parseCondition(text);
    return 'condition' in parsed && negates(parsed.condition);
  });
}

function negates(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.items.some(negates);
    case 'not':
      return true;
    case 'search':
    case 'selector':
      return false;
    default:
      throw new Error(condition satisfies never);
  }
}

function lowerSearch(search: Search, vocabulary: Vocabulary, reporter: Reporter): Expr | undefined {
  switch (search.kind) {
    case 'any':
    case 'all': {
      const items = search.items.map((item) => lowerSearch(item, vocabulary, reporter));
      const whole = items.filter((item) => item !== undefined);
      return whole.length === items.length ? together(search.kind === 'any' ? 'or' : 'and', whole) : undefined;
    }
    case 'element': {
      const fault = unknownDerived(search.field, vocabulary);
      if (fault !== undefined) reporter.error(search.line, 'unknown-derived-field', fault);
      // Only a record has derived fields.
      const item = lowerSearch(search.search, { ...vocabulary, derivedFields: new Set() }, reporter);
      return item && { kind: 'element', field: search.field, item };
    }
    case 'item':
      try {
        return lowerItem(search.item, vocabulary);
      } catch (error) {
        if (!(error instanceof ModifierError)) throw error;
        reporter.error(search.item.line, error.code, error.message);
        return undefined;
      }
    default:
      throw new Error(search satisfies never);
  }
}

function lowerCondition(
  condition: Condition,
  searches: ReadonlyMap<string, Expr>,
  line: number,
  reporter: Reporter,
): Expr {
  const lower = (each: Condition): Expr => lowerCondition(each, searches, line, reporter);
  switch (condition.kind) {
    case 'and':
    case 'or':
      return together(condition.kind, condition.items.map(lower));
    case 'not':
      return { kind: 'not', item: lower(condition.item) };
    case 'search':
      // A missing one was reported when the document was parsed, or when its items were lowered.
      return searches.get(condition.name) ?? { kind: 'constant', value: false };
    case 'selector': {
      const names = selectSearches(condition.pattern, searches.keys());
      // One that couldn't be lowered was reported, and selects nothing for that reason.
      if (names.length === 0 && !reporter.refused()) {
        const words = `${condition.quantity === 'all' ? 'all' : '1'} of ${condition.pattern}`;
        reporter.warn(line, 'selects-nothing', `condition: \`${words}\` selects no search, so it is never true`);
        return { kind: 'constant', value: false };
      }
      const selected = names.flatMap((name) => searches.get(name) ?? []);
      return together(condition.quantity === 'all' ? 'and' : 'or', selected);
    }
    default:
      throw new Error(condition satisfies never);
  }
}
