import { compileMatcher } from '../backends/matcher.ts';
import { jsonTextOf, leafTextOf } from '../backends/record-text.ts';
import { scanLimitOf } from '../backends/match-cost.ts';
import type { Expr, Fields, Matcher } from '../expr.ts';
import { compileField } from '../field.ts';
import { textOf } from '../text.ts';
import { refusedBy, wantedBy } from './test-words.ts';

/** Explanation is an expression with its result for one record at every node. */
export type Explanation =
  | { readonly kind: 'and' | 'or'; readonly result: boolean; readonly items: readonly Explanation[] }
  | { readonly kind: 'not'; readonly result: boolean; readonly item: Explanation }
  | { readonly kind: 'constant'; readonly result: boolean }
  | {
      readonly kind: 'element';
      readonly result: boolean;
      readonly field: string;
      /** Of the element that has all, else of the first; undefined when the field has none. */
      readonly item: Explanation | undefined;
    }
  | {
      readonly kind: 'field' | 'keyword';
      readonly result: boolean;
      /** Empty for a keyword. */
      readonly field: string;
      /** The value in the record as text, cut when it is long; undefined when the field is missing. */
      readonly seen: string | undefined;
      /** What the rule wanted, for a person: `is "root"`. */
      readonly wanted: string;
    };

/** SeenEvidence is one field whose value made a detection true. */
export interface SeenEvidence {
  readonly field: string;
  readonly value: string;
  readonly wanted: string;
}

const maxShown = 500;

/** explainMatch evaluates every node of an expression, also those that the result didn't need. */
export function explainMatch(expr: Expr, fields: Fields): Explanation {
  return explain(expr, fields, scanLimitOf(expr));
}

function explain(expr: Expr, fields: Fields, limit: number): Explanation {
  switch (expr.kind) {
    case 'and':
    case 'or': {
      const items = expr.items.map((item) => explain(item, fields, limit));
      const result = expr.kind === 'and' ? items.every((item) => item.result) : items.some((item) => item.result);
      return { kind: expr.kind, result, items };
    }
    case 'not': {
      const item = explain(expr.item, fields, limit);
      return { kind: 'not', result: !item.result, item };
    }
    case 'constant':
      return { kind: 'constant', result: expr.value };
    case 'element': {
      const { holding, first } = elementsOf(expr, fields);
      const shown = holding ?? first;
      const item = shown === undefined ? undefined : explain(expr.item, shown, limit);
      return { kind: 'element', field: expr.field, result: holds(expr, fields, limit), item };
    }
    case 'field':
      return {
        kind: 'field',
        field: expr.field,
        result: holds(expr, fields, limit),
        seen: seenOf(expr, fields),
        wanted: wantedBy(expr.test),
      };
    case 'keyword':
      return {
        kind: 'keyword',
        field: '',
        result: holds(expr, fields, limit),
        seen: cut(leafTextOf(fields)),
        wanted: wantedBy(expr.test),
      };
    default:
      throw new Error(expr satisfies never);
  }
}

const matchers = new WeakMap<Expr, { readonly limit: number; readonly matcher: Matcher }>();

/** A leaf is compiled when it is first explained: most rules never match, and those that do often match again. */
function holds(leaf: Expr, fields: Fields, limit: number): boolean {
  const known = matchers.get(leaf);
  if (known?.limit === limit) return known.matcher(fields);
  const matcher = compileMatcher(leaf, limit);
  matchers.set(leaf, { limit, matcher });
  return matcher(fields);
}

/** evidenceOf lists the fields that made an expression true: of alternatives only those that hold. */
export function evidenceOf(expr: Expr, fields: Fields): readonly SeenEvidence[] {
  const evidence = new Map<string, SeenEvidence>();
  for (const each of supporting(expr, explainMatch(expr, fields), true)) {
    evidence.set(JSON.stringify([each.field, each.value, each.wanted]), each);
  }
  return [...evidence.values()];
}

/** supporting lists the leaves that give an expression the value `met`, if it has it. */
function supporting(expr: Expr, explanation: Explanation, met: boolean): readonly SeenEvidence[] {
  if (explanation.result !== met) return [];
  switch (explanation.kind) {
    case 'and':
    case 'or': {
      const items = expr.kind === explanation.kind ? expr.items : [];
      return items.flatMap((item, index) => {
        const explained = explanation.items[index];
        return explained === undefined ? [] : supporting(item, explained, met);
      });
    }
    case 'not':
      return expr.kind === 'not' ? supporting(expr.item, explanation.item, !met) : [];
    case 'constant':
      return [];
    case 'element':
      // That no element has all can't be shown by one of them.
      if (expr.kind !== 'element' || !met || explanation.item === undefined) return [];
      return supporting(expr.item, explanation.item, true).map((each) => ({
        ...each,
        field: `${explanation.field}.${each.field}`,
      }));
    case 'field':
    case 'keyword': {
      // That a field is missing, or that a whole record lacks a word, is no value that could be shown.
      if (explanation.seen === undefined || (!met && explanation.kind === 'keyword')) return [];
      const refused = expr.kind === 'field' && !met ? refusedBy(expr.test) : undefined;
      return [{ field: explanation.field, value: explanation.seen, wanted: refused ?? explanation.wanted }];
    }
    default:
      throw new Error(explanation satisfies never);
  }
}

const maxElements = 1_000;

/** Of a field's elements, the first, and the first that has all that an expression asks of one. */
function elementsOf(
  { field, item }: Extract<Expr, { kind: 'element' }>,
  fields: Fields,
): { readonly first?: Fields; readonly holding?: Fields } {
  const values: readonly unknown[] = compileField(field)(fields).flat(8);
  const objects = values.filter((value): value is Fields => typeof value === 'object' && value !== null);
  const [first] = objects;
  const matcher = compileMatcher(item);
  const holding = objects.slice(0, maxElements).find(matcher);
  return { ...(first && { first }), ...(holding && { holding }) };
}

/** seenOf shows the value that decided: of an array, the element that holds, else all of it. */
function seenOf(expr: Extract<Expr, { kind: 'field' }>, fields: Fields): string | undefined {
  const values = compileField(expr.field)(fields);
  if (values.length === 0) return undefined;
  const elements = values.flatMap((value) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]));
  const { test } = expr;
  if (elements.length > 1 && elements.length <= 1_000 && test.kind !== 'fieldref' && test.kind !== 'exists') {
    const matcher = compileMatcher({ kind: 'field', field: 'value', test });
    const holding = elements.find((element) => matcher({ value: element }));
    if (holding !== undefined) return shown(holding);
  }
  return values.length === 1 ? shown(values[0]) : shown(values);
}

function shown(value: unknown): string {
  return cut(value === null ? 'null' : (textOf(value) ?? (typeof value === 'object' ? jsonTextOf(value) : '')));
}

function cut(text: string): string {
  if (text.length <= maxShown) return text;
  // Never between the halves of a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text.charAt(maxShown - 1)) ? maxShown - 1 : maxShown;
  return `${text.slice(0, end)}…`;
}
