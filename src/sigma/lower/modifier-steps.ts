import { parseNetwork } from '../address.ts';
import { base64Of, offsetBase64Of } from './encoding.ts';
import type { Encoding } from './encoding.ts';
import type { DatePart, NumberComparison, Pattern } from '../expr.ts';
import { fail } from './modifier-value.ts';
import type { Text, Value } from './modifier-value.ts';
import { endingAnywhere, literalOf, startingAnywhere } from '../pattern.ts';
import { expandPattern, expandRegex } from './placeholders.ts';
import type { Placeholders } from './placeholders.ts';
import { quoted } from '../parse/reporter.ts';
import { windowsDashes } from './windash.ts';

// What each modifier does to one value; `name` is the modifier as the rule writes it, for messages.

/** The most alternatives that the modifiers of one item may make of its values. */
export const maxAlternatives = 20_000;

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

/** placed puts wildcards where `contains`, `startswith` and `endswith` want them; references to fields remember it instead. */
export function placed(value: Value, name: string, starts: boolean, ends: boolean): Value {
  if (value.kind === 'fieldref') {
    return { ...value, starts: value.starts || starts, ends: value.ends || ends };
  }
  const text = asText(value, name);
  const opened = starts ? startingAnywhere(text.pattern) : text.pattern;
  return { ...text, pattern: ends ? endingAnywhere(opened) : opened };
}

/** cased makes a text or a reference mind its case. */
export function cased(value: Value, name: string): Value {
  if (value.kind === 'fieldref') return { ...value, cased: true };
  if (value.kind === 'regex')
    return fail('modifier-type', 'cased has no meaning for a regular expression, which is cased unless |i follows');
  return { ...asText(value, name), cased: true };
}

/** exists asks whether the field is there, or is not. */
export function exists(value: Value, name: string): Value {
  if (value.kind === 'plain' && typeof value.value === 'boolean') {
    return { kind: 'test', test: { kind: 'exists' }, negated: !value.value };
  }
  return fail('modifier-type', `${name} must be true or false`);
}

/** regex takes a text as a regular expression; whether it is one is checked once its flags are known. */
export function regex(value: Value, name: string): Value {
  return { kind: 'regex', source: asLiteral(value, name), flags: '' };
}

/** flagged adds a flag to a regular expression. */
export function flagged(value: Value, name: string, flag: string): Value {
  if (value.kind !== 'regex') return fail('modifier-order', `${name} is a flag of re: write re|${name}`);
  return value.flags.includes(flag)
    ? value
    : { ...value, flags: [...new Set([...value.flags.split(''), flag])].toSorted().join('') };
}

/** cidr takes a text as an IP network. */
export function cidr(value: Value, name: string): Value {
  const text = asLiteral(value, name);
  const network = parseNetwork(text);
  if ('fault' in network) return fail('invalid-cidr', `${name}: ${quoted(text)} ${network.fault}`);
  return { kind: 'test', test: { kind: 'cidr', networks: [text] } };
}

/** base64 encodes a text, in the encoding that the modifier before it asked for. */
export function base64(value: Value, name: string): Value {
  const { encoding, cased: isCased } = asText(value, name);
  return { kind: 'text', pattern: [base64Of(asLiteral(value, name), encoding)], encoding: 'utf8', cased: isCased };
}

/** base64offset encodes a text for each of its three places in groups of bytes. */
export function base64offset(value: Value, name: string): readonly Value[] {
  const { encoding, cased: isCased } = asText(value, name);
  const offsets = offsetBase64Of(asLiteral(value, name), encoding);
  return offsets.map((text) => ({
    kind: 'text',
    pattern: text === '' ? [] : [text],
    encoding: 'utf8',
    cased: isCased,
  }));
}

/** encoded remembers the encoding that base64 will need. */
export function encoded(value: Value, name: string, encoding: Encoding): Value {
  const text = asText(value, name);
  if (text.encoding !== 'utf8') return fail('modifier-order', `${name}: the text is already in ${text.encoding}`);
  return { ...text, encoding };
}

/** windash gives a text with the dashes of its options in all spellings. */
export function windash(value: Value, name: string): readonly Value[] {
  const text = asText(value, name);
  const patterns = windowsDashes(text.pattern);
  if (patterns === undefined) {
    return fail('too-many-values', `${name} expands at most three dashes in one value: split the value`);
  }
  return patterns.map((pattern) => ({ ...text, pattern }));
}

/** compared turns a number, or a part of a timestamp, into a bound. */
export function compared(value: Value, name: string, op: NumberComparison): Value {
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

/** fieldref takes a text as the name of another field. */
export function fieldref(value: Value, name: string): Value {
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

/** datepart asks for a part of a timestamp. */
export function datepart(value: Value, name: string, part: DatePart): Value {
  const number = numberOf(value);
  const [least, most] = ranges[part];
  if (number === undefined || !Number.isInteger(number) || number < least || number > most) {
    return fail('modifier-type', `${name} needs a whole number from ${least} to ${most}`);
  }
  return { kind: 'datepart', part, value: number, op: 'eq' };
}

/** expanded fills in the values of placeholders. */
export function expanded(value: Value, name: string, placeholders: Placeholders): readonly Value[] {
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
