import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { compileSearcher } from '../../../src/sigma/backends/aho-corasick.ts';
import {
  compileField,
  compileMatcher,
  evidenceOf,
  explainMatch,
  foldCase,
  lowerRules,
  parseRuleFile,
  requirementsOf,
  textOf,
} from '../../../src/sigma/index.ts';
import type { Expr, Fields, Pattern } from '../../../src/sigma/match.ts';
import { parsePattern, printPattern } from '../../../src/sigma/pattern.ts';
import { printDocument } from '../../support/print-document.ts';
import { evaluate } from './plain-evaluator.ts';
import { ruleText } from './rule-text.ts';

const letters = fc.constantFrom('a', 'b', 'A', 'ä', 'Ä', 'σ', 'Σ', '😀', '-', '1');
const word = fc.array(letters, { maxLength: 5 }).map((chars) => chars.join(''));
const fieldName = fc.constantFrom('f', 'g', 'n.x', 'n.y.z', 'h-h', 'x', 'z', 'y.z');

const elementName = fc.constantFrom('n', 'n.y', 'f', 'g');

const pattern: fc.Arbitrary<Pattern> = fc
  .array(fc.oneof(word, fc.constantFrom('*', '?', '*')), { maxLength: 5 })
  .map((parts) => parsePattern(parts.join('')));

const leaf: fc.Arbitrary<Expr> = fc.oneof(
  fc.record({
    kind: fc.constant('field' as const),
    field: fieldName,
    test: fc.record({
      kind: fc.constant('pattern' as const),
      patterns: fc.array(pattern, { minLength: 1, maxLength: 6 }),
      cased: fc.boolean(),
    }),
  }),
  fc.record({
    kind: fc.constant('field' as const),
    field: fieldName,
    test: fc.oneof(
      fc.constant({ kind: 'null' as const }),
      fc.constant({ kind: 'exists' as const }),
      fc.record({
        kind: fc.constant('equals' as const),
        value: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.boolean()),
      }),
      fc.record({
        kind: fc.constant('compare' as const),
        op: fc.constantFrom('lt', 'lte', 'gt', 'gte'),
        value: fc.integer({ min: 0, max: 3 }),
      }),
      fc.record({
        kind: fc.constant('regex' as const),
        source: fc.constantFrom('a+b', '^.a', '[^a]', 'Ä|1'),
        flags: fc.constantFrom('', 'i'),
      }),
    ),
  }),
  pattern.map((each): Expr => ({
    kind: 'keyword',
    test: { kind: 'pattern', patterns: [[{ wildcard: 'any' }, ...each, { wildcard: 'any' }]], cased: false },
  })),
);

const expr: fc.Arbitrary<Expr> = fc.letrec<{ node: Expr }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('node').map((item): Expr => ({ kind: 'not', item })),
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((items): Expr => ({ kind: 'and', items })),
    fc.array(tie('node'), { minLength: 1, maxLength: 4 }).map((items): Expr => ({ kind: 'or', items })),
    fc.record({ kind: fc.constant('element' as const), field: elementName, item: tie('node') }),
  ),
})).node;

const scalar = fc.oneof(word, fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constant(null));
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('x', 'y', 'k'), scalar, { maxKeys: 2, noNullPrototype: true }),
  },
);
const record: fc.Arbitrary<Fields> = fc.record(
  {
    f: value,
    g: value,
    'h-h': value,
    'n.x': value,
    n: fc.oneof(
      value,
      fc.record(
        { x: value, y: fc.oneof(value, fc.array(fc.record({ z: value }, { requiredKeys: [] }), { maxLength: 3 })) },
        { requiredKeys: [] },
      ),
      fc.array(fc.record({ x: value, y: fc.record({ z: value }) }, { requiredKeys: [] }), { maxLength: 3 }),
    ),
  },
  { requiredKeys: [] },
);

test('the matcher agrees with the plain evaluator', () => {
  fc.assert(
    fc.property(expr, record, (each, fields) => {
      expect(compileMatcher(each)(fields)).toBe(evaluate(each, fields));
    }),
    { numRuns: 5_000 },
  );
});

test('a rule and its double negation agree', () => {
  fc.assert(
    fc.property(expr, record, (each, fields) => {
      const doubled: Expr = { kind: 'not', item: { kind: 'not', item: each } };
      expect(compileMatcher(doubled)(fields)).toBe(compileMatcher(each)(fields));
    }),
    { numRuns: 500 },
  );
});

test('an explanation has the result of the match, and evidence when it is true by a value', () => {
  fc.assert(
    fc.property(expr, record, (each, fields) => {
      expect(explainMatch(each, fields).result).toBe(compileMatcher(each)(fields));
      if (!explainMatch(each, fields).result) expect(evidenceOf(each, fields)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('no record that matches lacks what the rule requires', () => {
  fc.assert(
    fc.property(expr, record, (each, fields) => {
      if (!compileMatcher(each)(fields)) return;
      for (const { field, values } of requirementsOf(each)) {
        const elements = compileField(field)(fields).flatMap((found) =>
          Array.isArray(found) ? (found as unknown[]) : [found],
        );
        const texts = elements.map((element) => foldCase(textOf(element) ?? ''));
        expect(texts.some((text) => values.includes(text))).toBe(true);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('a pattern printed and parsed again is the same', () => {
  const text = fc
    .array(fc.constantFrom('a', '*', '?', '\\', '\\*', '\\\\'), { maxLength: 10 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (each) => {
      const parsed = parsePattern(each);
      expect(parsePattern(printPattern(parsed))).toEqual(parsed);
    }),
    { numRuns: 3_000 },
  );
});

test('searching for many literals at once agrees with searching for each', () => {
  const literal = fc
    .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 })
    .map((chars) => chars.join(''));
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 }).map((chars) => chars.join(''));
  fc.assert(
    fc.property(fc.array(literal, { minLength: 1, maxLength: 8 }), text, (literals, each) => {
      expect(compileSearcher(literals)(each, each.length)).toBe(literals.some((one) => each.includes(one)));
    }),
    { numRuns: 3_000 },
  );
});

test('folding a text folds each of its parts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      expect(foldCase(a + b)).toBe(foldCase(a) + foldCase(b));
      expect(foldCase(a)).toHaveLength(a.length);
    }),
    { numRuns: 3_000 },
  );
});

const modifiers = fc.constantFrom('', '|contains', '|startswith', '|endswith|cased', '|contains|all', '|neq');
const scalars = fc.oneof(
  word,
  fc.constantFrom(
    'x*',
    String.raw`\*`,
    String.raw`C:\x`,
    'yes',
    '0x10',
    '1e3',
    '- a',
    'a: b',
    '# c',
    ' b ',
    '\n',
    "'",
    '"',
    '%p%',
  ),
);
const searchMap = fc.dictionary(
  fc.tuple(fc.constantFrom('a', 'b.c', 'd-e', 'true', '1'), modifiers).map((parts) => parts.join('')),
  fc.oneof(scalars, fc.array(scalars, { minLength: 1, maxLength: 3 })),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);
const search = fc.oneof(
  searchMap,
  fc.array(searchMap, { minLength: 1, maxLength: 3 }),
  fc.array(
    scalars.filter((text) => text !== ''),
    { minLength: 1, maxLength: 3 },
  ),
);

const document = fc
  .record({ selection: search, filter_a: search, filter_b: search })
  .chain((searches) =>
    fc
      .constantFrom('selection', 'selection and not 1 of filter_*', 'not (selection or filter_a)', 'all of them')
      .map((condition) => ({ title: 'Rule', logsource: { product: 'test' }, detection: { ...searches, condition } })),
  );

test('a rule printed and parsed again means the same', () => {
  fc.assert(
    fc.property(document, (each) => {
      const parsed = parseRuleFile(JSON.stringify(each), 'rule.yml');
      const again = parsed.documents.map((one) => parseRuleFile(printDocument(one), 'rule.yml'));
      expect(parsed.documents).toHaveLength(1);
      expect(lowerRules(again.flatMap((one) => one.documents)).ruleSet).toEqual(lowerRules(parsed.documents).ruleSet);
    }),
    { numRuns: 1_000 },
  );
});

test('adding an unrelated rule changes nothing of the others', () => {
  fc.assert(
    fc.property(fc.array(document, { minLength: 1, maxLength: 4 }), document, (rules, other) => {
      const named = rules.map((rule, index) => ({ ...rule, title: `Rule ${index}` }));
      const parse = (each: unknown) => parseRuleFile(JSON.stringify(each), 'rule.yml').documents;
      const alone = lowerRules(named.flatMap(parse)).ruleSet.detections;
      const together = lowerRules([...parse({ ...other, title: 'Other' }), ...named.flatMap(parse)]).ruleSet.detections;
      expect(together.slice(1)).toEqual(alone);
    }),
    { numRuns: 300 },
  );
});

test.each([' \n', '\n%', ' x', '\t', '- x', '#', "'"])('printed and parsed again, %j stays the same text', (value) => {
  const { documents } = parseRuleFile(ruleText(`selection: { a: ${JSON.stringify(value)} }`), 'rule.yml');
  const printed = documents.map(printDocument).join('---\n');
  const [again] = parseRuleFile(printed, 'rule.yml').documents;
  expect(again).toMatchObject({ detection: { searches: new Map([['selection', { item: { values: [value] } }]]) } });
});
