import { parseNetwork } from './address.ts';
import { compileRegex } from './regex/compile.ts';
import type { DatePart, Expr, NumberComparison, Pattern, Test } from './expr.ts';
import { base64Of, encodedPattern, offsetBase64Of } from './encoding.ts';
import type { Encoding } from './encoding.ts';
import { expandPattern, expandRegex } from './placeholders.ts';
import type { Placeholders } from './placeholders.ts';
import { endingAnywhere, literalOf, parsePattern, startingAnywhere } from './pattern.ts';
import { quoted } from './reporter.ts';
import type { DetectionItem, Scalar } from './rule.ts';
import { windowsDashes } from './windash.ts';

/** ModifierError is why a detection item can't be lowered; the message stands alone, for a person. */
export class ModifierError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Value is one value on its way through the modifiers of its field. */
type Value =
  | { readonly kind: 'text'; readonly pattern: Pattern; readonly encoding: Encoding; readonly cased: boolean }
  | { readonly kind: 'plain'; readonly value: number | bigint | boolean | null }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | {
      readonly kind: 'fieldref';
      readonly field: string;
      readonly starts: boolean;
      readonly ends: boolean;
      readonly cased: boolean;
    }
  | {
      readonly kind: 'datepart';
      readonly part: DatePart;
      readonly value: number | undefined;
      readonly op: NumberComparison | 'eq';
    }
  | { readonly kind: 'test'; readonly test: Test; readonly negated?: boolean };

type Text = Extract<Value, { kind: 'text' }>;

interface Context {
  readonly item: DetectionItem;
  readonly placeholders: Placeholders;
}

/** A modifier turns one value into its alternatives, or says something about the item as a whole. */
type Modifier =
  | { readonly each: (value: Value, name: string, context: Context) => readonly Value[]; readonly first?: boolean }
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
  cidr: { each: (value, name) => [cidr(value, name)] },
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
  expand: { each: (value, name, context) => expanded(value, name, context) },
  minute: { each: (value, name) => [datepart(value, name, 'minute')], first: true },
  hour: { each: (value, name) => [datepart(value, name, 'hour')], first: true },
  day: { each: (value, name) => [datepart(value, name, 'day')], first: true },
  week: { each: (value, name) => [datepart(value, name, 'week')], first: true },
  month: { each: (value, name) => [datepart(value, name, 'month')], first: true },
  year: { each: (value, name) => [datepart(value, name, 'year')], first: true },
};

/** modifierNames lists the modifiers that rules may use. */
export const modifierNames: readonly string[] = Object.keys(modifiers);

// Each base64offset makes three alternatives of a value and windash up to 125; chained they could grow without end.
const maxAlternatives = 20_000;
const maxValues = 20_000;
const maxPattern = 4_000;

/** lowerItem applies an item's modifiers to its values, left to right; throws ModifierError. */
export function lowerItem(item: DetectionItem, placeholders: Placeholders): Expr {
  const name = quoted([item.field, ...item.modifiers].join('|'));
  const steps = item.modifiers.map((each) => [each, modifierOf(each, name)] as const);
  if (item.values.length > maxValues)
    fail('too-many-values', `${name} has ${item.values.length} values; ${maxValues} are allowed`);
  const raw = item.modifiers.includes('re') || item.modifiers.includes('cidr');
  let groups: readonly (readonly Value[])[] = item.values.map((value) => [valueOf(value, raw)]);
  const context: Context = { item, placeholders };
  let seen = 0;
  for (const [modifier, step] of steps) {
    if ('whole' in step) continue;
    // `expand` only fills in values, so what must come first may also come behind it.
    if (step.first === true && seen > 0) fail('modifier-order', `${name}: ${modifier} must be the first modifier`);
    if (modifier !== 'expand') seen += 1;
    groups = groups.map((group) => group.flatMap((value) => step.each(value, modifier, context)));
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

/** together joins expressions; one stands for itself. */
export function together(kind: 'and' | 'or', items: readonly Expr[]): Expr {
  const flat = items.flatMap((item) => (item.kind === kind ? item.items : [item]));
  const [first] = flat;
  return flat.length === 1 && first !== undefined ? first : { kind, items: flat };
}

function modifierOf(modifier: string, name: string): Modifier {
  const found = Object.hasOwn(modifiers, modifier) ? modifiers[modifier] : undefined;
  if (found !== undefined) return found;
  const known = modifierNames.join(', ');
  return fail('unknown-modifier', `${name}: unknown modifier ${quoted(modifier)}; there are ${known}`);
}

function fail(code: string, message: string): never {
  throw new ModifierError(code, message);
}

function valueOf(value: Scalar, raw: boolean): Value {
  if (typeof value !== 'string') return { kind: 'plain', value };
  const pattern = raw ? (value === '' ? [] : [value]) : parsePattern(value);
  return { kind: 'text', pattern, encoding: 'utf8', cased: false };
}

/** asText takes numbers as their digits, because rules often leave quotes out; other types are refused. */
function asText(value: Value, name: string): Text {
  if (value.kind === 'text') return value;
  if (value.kind === 'plain' && (typeof value.value === 'number' || typeof value.value === 'bigint')) {
    return { kind: 'text', pattern: [String(value.value)], encoding: 'utf8', cased: false };
  }
  return fail('modifier-type', `${name} needs text, not ${shown(value)}`);
}

function asLiteral(value: Value, name: string): string {
  const text = asText(value, name);
  const literal = literalOf(text.pattern);
  if (literal !== undefined) return literal;
  return fail(
    'modifier-type',
    `${name} can't take wildcards: put contains, startswith and endswith behind it, or escape them with \\`,
  );
}

function shown(value: Value): string {
  switch (value.kind) {
    case 'plain':
      return String(value.value);
    case 'text':
      return 'text';
    case 'regex':
      return 'a regular expression, which already searches anywhere: anchor it with ^ or $';
    case 'fieldref':
      return 'a field reference';
    case 'datepart':
      return 'a part of a timestamp';
    case 'test':
      return `the result of ${value.test.kind}`;
    default:
      throw new Error(value satisfies never);
  }
}

function placed(value: Value, name: string, starts: boolean, ends: boolean): Value {
  if (value.kind === 'fieldref') {
    return { ...value, starts: value.starts || starts, ends: value.ends || ends };
  }
  const text = asText(value, name);
  const opened = starts ? startingAnywhere(text.pattern) : text.pattern;
  return { ...text, pattern: ends ? endingAnywhere(opened) : opened };
}

function cased(value: Value, name: string): Value {
  if (value.kind === 'fieldref') return { ...value, cased: true };
  if (value.kind === 'regex')
    return fail('modifier-type', 'cased has no meaning for a regular expression, which is cased unless |i follows');
  return { ...asText(value, name), cased: true };
}

function exists(value: Value, name: string): Value {
  if (value.kind === 'plain' && typeof value.value === 'boolean') {
    return { kind: 'test', test: { kind: 'exists' }, negated: !value.value };
  }
  return fail('modifier-type', `${name} must be true or false`);
}

function regex(value: Value, name: string): Value {
  return { kind: 'regex', source: asLiteral(value, name), flags: '' };
}

function flagged(value: Value, name: string, flag: string): Value {
  if (value.kind !== 'regex') return fail('modifier-order', `${name} is a flag of re: write re|${name}`);
  return value.flags.includes(flag)
    ? value
    : { ...value, flags: [...new Set([...value.flags.split(''), flag])].toSorted().join('') };
}

function cidr(value: Value, name: string): Value {
  const text = asLiteral(value, name);
  const network = parseNetwork(text);
  if ('fault' in network) return fail('invalid-cidr', `${name}: ${quoted(text)} ${network.fault}`);
  return { kind: 'test', test: { kind: 'cidr', networks: [text] } };
}

function base64(value: Value, name: string): Value {
  const { encoding, cased: isCased } = asText(value, name);
  return { kind: 'text', pattern: [base64Of(asLiteral(value, name), encoding)], encoding: 'utf8', cased: isCased };
}

function base64offset(value: Value, name: string): readonly Value[] {
  const { encoding, cased: isCased } = asText(value, name);
  const offsets = offsetBase64Of(asLiteral(value, name), encoding);
  return offsets.map((text) => ({
    kind: 'text',
    pattern: text === '' ? [] : [text],
    encoding: 'utf8',
    cased: isCased,
  }));
}

function encoded(value: Value, name: string, encoding: Encoding): Value {
  const text = asText(value, name);
  if (text.encoding !== 'utf8') return fail('modifier-order', `${name}: the text is already in ${text.encoding}`);
  return { ...text, encoding };
}

function windash(value: Value, name: string): readonly Value[] {
  const text = asText(value, name);
  const patterns = windowsDashes(text.pattern);
  if (patterns === undefined) {
    return fail('too-many-values', `${name} expands at most three dashes in one value: split the value`);
  }
  return patterns.map((pattern) => ({ ...text, pattern }));
}

function compared(value: Value, name: string, op: NumberComparison): Value {
  if (value.kind === 'datepart') return { ...value, op };
  const number = numberOf(value);
  if (number === undefined) return fail('modifier-type', `${name} needs a number, not ${shown(value)}`);
  return { kind: 'test', test: { kind: 'compare', op, value: number } };
}

function numberOf(value: Value): number | undefined {
  if (value.kind === 'plain' && (typeof value.value === 'number' || typeof value.value === 'bigint'))
    return Number(value.value);
  const literal = value.kind === 'text' ? literalOf(value.pattern) : undefined;
  return literal !== undefined && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(literal) ? Number(literal) : undefined;
}

function fieldref(value: Value, name: string): Value {
  // `contains|fieldref` reads as well as `fieldref|contains`, so wildcards that modifiers put there are taken back off.
  const text = asText(value, name);
  const starts = isWild(text.pattern.at(0));
  const ends = text.pattern.length > 1 && isWild(text.pattern.at(-1));
  const inner = text.pattern.slice(starts ? 1 : 0, ends ? -1 : undefined);
  const field = literalOf(inner);
  if (field === undefined || field === '')
    return fail('modifier-type', `${name} needs the name of a field, without wildcards`);
  return { kind: 'fieldref', field, starts, ends, cased: text.cased };
}

function isWild(part: Pattern[number] | undefined): boolean {
  return typeof part === 'object';
}

const ranges: Readonly<Record<DatePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  week: [1, 53],
  month: [1, 12],
  year: [1, 9_999],
};

function datepart(value: Value, name: string, part: DatePart): Value {
  const number = numberOf(value);
  const [least, most] = ranges[part];
  if (number === undefined || !Number.isInteger(number) || number < least || number > most) {
    return fail('modifier-type', `${name} needs a whole number from ${least} to ${most}`);
  }
  return { kind: 'datepart', part, value: number, op: 'eq' };
}

function expanded(value: Value, name: string, { placeholders }: Context): readonly Value[] {
  if (value.kind !== 'text' && value.kind !== 'regex')
    return fail('modifier-type', `${name} needs text, not ${shown(value)}`);
  const missing = (placeholder: string): never =>
    fail(
      'unresolved-placeholder',
      `placeholder %${placeholder}% has no values: give them in the placeholders of the configuration`,
    );
  const tooMany = (): never =>
    fail('too-many-values', `${name}: the placeholders make more than ${maxAlternatives} alternatives`);
  if (value.kind === 'regex') return [{ ...value, source: expandRegex(value.source, placeholders, missing) }];
  return expandPattern(value.pattern, placeholders, missing, maxAlternatives, tooMany).map((pattern) => ({
    ...value,
    pattern,
  }));
}

/** exprOf makes the alternatives for one field: texts of one case, and networks, are tested together. */
function exprOf(field: string, values: readonly Value[], name: string): Expr {
  const patterns = { folded: [] as Pattern[], cased: [] as Pattern[] };
  const networks: string[] = [];
  const tests: { test: Test; negated: boolean }[] = [];
  for (const value of values) {
    if (value.kind === 'text') {
      const pattern = encodedPattern(value.pattern, value.encoding);
      if (pattern === undefined) {
        return fail('modifier-type', `${name}: only ASCII text can be ${value.encoding} without base64 behind it`);
      }
      if (lengthOf(pattern) > maxPattern) {
        return fail('too-costly', `${name}: a value has ${lengthOf(pattern)} characters; ${maxPattern} are allowed`);
      }
      patterns[value.cased ? 'cased' : 'folded'].push(
        field === '' ? endingAnywhere(startingAnywhere(pattern)) : pattern,
      );
    } else if (value.kind === 'test' && value.test.kind === 'cidr') networks.push(...value.test.networks);
    else tests.push(testOf(field, value, name));
  }
  const texts: Test[] = [];
  if (patterns.folded.length > 0) texts.push({ kind: 'pattern', patterns: patterns.folded, cased: false });
  if (patterns.cased.length > 0) texts.push({ kind: 'pattern', patterns: patterns.cased, cased: true });
  if (networks.length > 0) texts.push({ kind: 'cidr', networks });
  const leaves: Expr[] = [
    ...texts.map((test) => leafOf(field, test, name)),
    ...tests.map(({ test, negated }): Expr => {
      const leaf = leafOf(field, test, name);
      return negated ? { kind: 'not', item: leaf } : leaf;
    }),
  ];
  return leaves.length === 0 ? { kind: 'constant', value: false } : together('or', leaves);
}

function lengthOf(pattern: Pattern): number {
  return pattern.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0);
}

function leafOf(field: string, test: Test, name: string): Expr {
  if (field !== '') return { kind: 'field', field, test };
  if (test.kind === 'pattern' || test.kind === 'regex') return { kind: 'keyword', test };
  return fail('keyword-type', `${name}: a keyword can only be text or a regular expression; put a field name in front`);
}

function testOf(field: string, value: Exclude<Value, Text>, name: string): { test: Test; negated: boolean } {
  switch (value.kind) {
    case 'plain':
      return { test: plainTest(field, value.value, name), negated: false };
    case 'regex': {
      const compiled = compileRegex(value.source, value.flags);
      if ('fault' in compiled) return fail('invalid-regex', `${name}: ${quoted(value.source)}: ${compiled.fault}`);
      return { test: { kind: 'regex', source: value.source, flags: value.flags }, negated: false };
    }
    case 'fieldref': {
      const match =
        value.starts && value.ends ? 'contains' : value.ends ? 'startswith' : value.starts ? 'endswith' : 'equals';
      return { test: { kind: 'fieldref', field: value.field, match, cased: value.cased }, negated: false };
    }
    case 'datepart':
      return { test: { kind: 'datepart', part: value.part, op: value.op, value: value.value ?? 0 }, negated: false };
    case 'test':
      return { test: value.test, negated: value.negated ?? false };
    default:
      throw new Error(value satisfies never);
  }
}

function plainTest(field: string, value: number | bigint | boolean | null, name: string): Test {
  if (value === null) return { kind: 'null' };
  if (field === '') {
    if (typeof value === 'boolean')
      return fail('keyword-type', `${name}: quote ${String(value)} to search for it as a keyword`);
    return { kind: 'pattern', patterns: [endingAnywhere(startingAnywhere([String(value)]))], cased: false };
  }
  return { kind: 'equals', value: typeof value === 'bigint' ? { bigint: value.toString() } : value };
}
