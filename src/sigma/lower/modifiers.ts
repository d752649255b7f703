import type { Expr } from '../expr.ts';
import { exprOf } from './item-expr.ts';
import {
  base64,
  base64offset,
  cased,
  cidr,
  compared,
  datepart,
  encoded,
  exists,
  expanded,
  fieldref,
  flagged,
  maxAlternatives,
  placed,
  regex,
  windash,
} from './modifier-steps.ts';
import { fail } from './modifier-value.ts';
import type { Value } from './modifier-value.ts';
import { nearestOf } from '../nearest.ts';
import { parsePattern } from '../pattern.ts';
import type { Placeholders } from './placeholders.ts';
import { quoted } from '../parse/reporter.ts';
import type { DetectionItem, Scalar } from '../rule.ts';
import { unknownDerived, type Vocabulary } from './vocabulary.ts';
import { together } from './join-expr.ts';

/** A modifier turns one value into its alternatives, or says something about the item as a whole. */
type Modifier =
  | {
      readonly each: (value: Value, name: string, placeholders: Placeholders) => readonly Value[];
      readonly first?: boolean;
    }
  | { readonly whole: 'all' | 'neq' };

const modifiers: Readonly<Record<string, Modifier>> = {
  all: { whole: 'all' },
  neq: { whole: 'neq' },
  contains: { each: (value, name) => [placed(value, name, true, true)] },
  startswith: { each: (value, name) => [placed(value, name, false, true)] },
  endswith: { each: (value, name) => [placed(value, name, true, false)] },
  cased: { each: (value, name) => [cased(value, name)] },
  exists: { each: (value, name) => [exists(value, name)], first: true },
  re: { each: (value, name) => [regex(value, name)], first: true },
  i: { each: (value, name) => [flagged(value, name, 'i')] },
  ignorecase: { each: (value, name) => [flagged(value, name, 'i')] },
  m: { each: (value, name) => [flagged(value, name, 'm')] },
  multiline: { each: (value, name) => [flagged(value, name, 'm')] },
  s: { each: (value, name) => [flagged(value, name, 's')] },
  dotall: { each: (value, name) => [flagged(value, name, 's')] },
  cidr: { each: (value, name) => [cidr(value, name)], first: true },
  base64: { each: (value, name) => [base64(value, name)] },
  base64offset: { each: (value, name) => base64offset(value, name) },
  utf16: { each: (value, name) => [encoded(value, name, 'utf16')] },
  utf16le: { each: (value, name) => [encoded(value, name, 'utf16le')] },
  utf16be: { each: (value, name) => [encoded(value, name, 'utf16be')] },
  wide: { each: (value, name) => [encoded(value, name, 'utf16le')] },
  windash: { each: (value, name) => windash(value, name) },
  lt: { each: (value, name) => [compared(value, name, 'lt')] },
  lte: { each: (value, name) => [compared(value, name, 'lte')] },
  gt: { each: (value, name) => [compared(value, name, 'gt')] },
  gte: { each: (value, name) => [compared(value, name, 'gte')] },
  fieldref: { each: (value, name) => [fieldref(value, name)] },
  expand: { each: (value, name, placeholders) => expanded(value, name, placeholders) },
  minute: { each: (value, name) => [datepart(value, name, 'minute')], first: true },
  hour: { each: (value, name) => [datepart(value, name, 'hour')], first: true },
  day: { each: (value, name) => [datepart(value, name, 'day')], first: true },
  week: { each: (value, name) => [datepart(value, name, 'week')], first: true },
  month: { each: (value, name) => [datepart(value, name, 'month')], first: true },
  year: { each: (value, name) => [datepart(value, name, 'year')], first: true },
};

/** modifierNames lists the modifiers that rules may use. `element` is ours, and holds a search in place of values. */
export const modifierNames: readonly string[] = [...Object.keys(modifiers), 'element'];

/** What other query languages call them. */
const spelledOtherwise: Readonly<Record<string, string>> = {
  regex: 're',
  regexp: 're',
  matches: 're',
  equals: 'no modifier, or cased',
  in: 'no modifier: a list of values is one of them',
  not: 'neq, or `not` in the condition',
  gt_eq: 'gte',
  lt_eq: 'lte',
  ip: 'cidr',
  isnull: 'the value null',
};

const maxValues = 20_000;

/** lowerItem applies an item's modifiers to its values, left to right; throws ModifierError. */
export function lowerItem(item: DetectionItem, vocabulary: Vocabulary): Expr {
  const name = quoted([item.field, ...item.modifiers].join('|'));
  const { placeholders } = vocabulary;
  for (const field of [item.field, ...referredBy(item)]) {
    const fault = unknownDerived(field, vocabulary);
    if (fault !== undefined) fail('unknown-derived-field', fault);
  }
  const steps = item.modifiers.map((each) => [each, modifierOf(each, name)] as const);
  if (item.values.length > maxValues)
    fail('too-many-values', `${name} has ${item.values.length} values; ${maxValues} are allowed`);
  const raw = item.modifiers.includes('re') || item.modifiers.includes('cidr');
  let groups: readonly (readonly Value[])[] = item.values.map((value) => [valueOf(value, raw)]);
  let seen = 0;
  for (const [modifier, step] of steps) {
    if ('whole' in step) continue;
    // `expand` only fills in values, so what must come first may also come behind it.
    if (step.first === true && seen > 0) fail('modifier-order', `${name}: ${modifier} must be the first modifier`);
    if (modifier !== 'expand') seen += 1;
    groups = groups.map((group) => group.flatMap((value) => step.each(value, modifier, placeholders)));
    if (groups.reduce((sum, group) => sum + group.length, 0) > maxAlternatives) {
      fail('too-many-values', `${name}: the modifiers make more than ${maxAlternatives} alternatives`);
    }
  }
  const all = item.modifiers.includes('all');
  const positive = all
    ? together('and', groups.map((group) => exprOf(item.field, group, name)))
    : exprOf(item.field, groups.flat(), name); // prettier-ignore
  return item.modifiers.includes('neq') ? { kind: 'not', item: positive } : positive;
}

function referredBy({ modifiers: names, values }: DetectionItem): readonly string[] {
  return names.includes('fieldref') ? values.filter((value) => typeof value === 'string') : [];
}

function modifierOf(modifier: string, name: string): Modifier {
  const found = Object.hasOwn(modifiers, modifier) ? modifiers[modifier] : undefined;
  if (found !== undefined) return found;
  const near = Object.hasOwn(spelledOtherwise, modifier.toLowerCase())
    ? spelledOtherwise[modifier.toLowerCase()]
    : nearestOf(modifier.toLowerCase(), modifierNames);
  const hint = near === undefined ? `there are ${modifierNames.join(', ')}` : `did you mean ${near}?`;
  return fail('unknown-modifier', `${name}: unknown modifier ${quoted(modifier)}; ${hint}`);
}

function valueOf(value: Scalar, raw: boolean): Value {
  if (typeof value !== 'string') return { kind: 'plain', value };
  const pattern = raw ? (value === '' ? [] : [value]) : parsePattern(value);
  return { kind: 'text', pattern, encoding: 'utf8', cased: false };
}
