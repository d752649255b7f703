import type { Pattern, Test } from '../expr.ts';
import { isAny, literalOf, printPattern } from '../pattern.ts';

/** wantedBy says in words what a test asks of a field, to be read behind the field's name: `is one of "a", "b"`. */
export function wantedBy(test: Test): string {
  return said(test, true);
}

/** refusedBy says in words what a field does not meet, where a rule negates a test: `does not contain "a"`. */
export function refusedBy(test: Test): string {
  return said(test, false);
}

function said(test: Test, met: boolean): string {
  switch (test.kind) {
    case 'pattern':
      return patternWords(test.patterns, met) + (test.cased ? ' (case counts)' : '');
    case 'equals':
      return `${verb('is', met)} ${typeof test.value === 'object' ? test.value.bigint : String(test.value)}`;
    case 'compare':
      return `${met ? '' : 'is not '}${signs[test.op]} ${test.value}`;
    case 'regex':
      return `${verb('matches', met)} /${test.source}/${test.flags}`;
    case 'cidr':
      return listed('is in', test.networks, met);
    case 'null':
      return met ? 'is null or missing' : 'is neither null nor missing';
    case 'exists':
      return met ? 'exists' : 'is missing';
    case 'fieldref':
      return `${verb(fieldrefVerbs[test.match], met)} the value of ${test.field}`;
    case 'datepart':
      return `${test.part} ${met ? '' : 'is not '}${signs[test.op]} ${test.value}`;
    default:
      throw new Error(test satisfies never);
  }
}

const signs = { lt: '<', lte: '≤', gt: '>', gte: '≥', eq: '=' } as const;
const fieldrefVerbs = { equals: 'is', contains: 'contains', startswith: 'starts with', endswith: 'ends with' } as const;

/** Each verb with its negation, which begins the same way where there are several things that it is said of. */
const negations = {
  is: 'is not',
  'is in': 'is not in',
  'is like': 'is not like',
  contains: 'does not contain',
  'starts with': 'does not start with',
  'ends with': 'does not end with',
  matches: 'does not match',
} as const;
type Verb = keyof typeof negations;

function verb(name: Verb, met: boolean): string {
  return met ? name : negations[name];
}

/** Alternatives of one kind are one list: `starts with one of "a", "b" or contains "c"`. */
function patternWords(patterns: readonly Pattern[], met: boolean): string {
  const byVerb = new Map<Verb, string[]>();
  for (const pattern of patterns) {
    const [name, text] = wordsOf(pattern);
    if (text === undefined) return met ? 'is any text' : 'is not text';
    byVerb.set(name, [...(byVerb.get(name) ?? []), text]);
  }
  return [...byVerb].map(([name, texts]) => listed(name, texts, met)).join(met ? ' or ' : ' and ');
}

const maxListed = 8;

function listed(name: Verb, texts: readonly string[], met: boolean): string {
  const [only = ''] = texts;
  if (texts.length === 1) return `${verb(name, met)} ${only}`;
  const rest = texts.length - maxListed;
  const shown = texts.slice(0, maxListed).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  return `${name} ${met ? 'one' : 'none'} of ${shown}`;
}

/** The verb that a pattern's wildcards amount to, and its text; none for `*`, which takes any. */
function wordsOf(pattern: Pattern): readonly [Verb, string?] {
  const literal = literalOf(pattern);
  if (literal !== undefined) return ['is', JSON.stringify(literal)];
  if (pattern.length === 1 && isAny(pattern[0])) return ['is'];
  const inner = pattern.slice(isAny(pattern.at(0)) ? 1 : 0, isAny(pattern.at(-1)) ? -1 : undefined);
  const text = literalOf(inner);
  if (text === undefined) return ['is like', printPattern(pattern)];
  const name = !isAny(pattern.at(0)) ? 'starts with' : isAny(pattern.at(-1)) ? 'contains' : 'ends with';
  return [name, JSON.stringify(text)];
}
