import { encodedPattern } from './encoding.ts';
import type { Expr, Pattern, Test } from '../expr.ts';
import { fail } from './modifier-value.ts';
import type { Text, Value } from './modifier-value.ts';
import { endingAnywhere, startingAnywhere } from '../pattern.ts';
import { compileRegex } from '../regex/compile.ts';
import { quoted } from '../parse/reporter.ts';
import { together } from './join-expr.ts';

// A wildcard pattern is compared a character at a time, whatever its length; nobody writes longer ones by hand.
const maxPattern = 4_000;

/** exprOf makes the alternatives for one field: texts of one case, and networks, are tested together. */
export function exprOf(field: string, values: readonly Value[], name: string): Expr {
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
