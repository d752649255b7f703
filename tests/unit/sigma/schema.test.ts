import { describe, expect, test } from '@jest/globals';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { parseRuleFile } from '../../../src/sigma/index.ts';

/** The specification's own schemas, where they stand beside the checkout; our checks must refuse what they refuse. */
const spec = path.resolve(import.meta.dirname, '../../../../shared/corpora/sigma_spec_schema');
const has = existsSync(spec);

function load(name: string): ValidateFunction {
  const schema = JSON.parse(readFileSync(path.join(spec, 'json-schema', name), 'utf8')) as { $schema?: string };
  // The schemas misspell their dialect with a trailing #, and say some things in places where they mean nothing.
  delete schema.$schema;
  return new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
}

const validators = has
  ? {
      detection: load('sigma-detection-rule-schema.json'),
      correlation: load('sigma-correlation-rules-schema.json'),
      filter: load('sigma-filters-schema.json'),
    }
  : undefined;

function isRefused(value: object): boolean {
  return parseRuleFile(JSON.stringify(value), 'x.yml').problems.some((problem) => problem.severity === 'error');
}

const rule = {
  title: 'x',
  logsource: { product: 'aws' },
  detection: { selection: { a: 'b' }, condition: 'selection' },
};
const correlation = {
  title: 'x',
  correlation: { type: 'event_count', rules: ['one'], 'group-by': ['a'], timespan: '5m', condition: { gte: 5 } },
};
const filter = {
  title: 'x',
  logsource: { product: 'aws' },
  filter: { rules: ['one'], selection: { a: 'b' }, condition: 'not selection' },
};

type Kind = 'detection' | 'correlation' | 'filter';
const without = (value: object, key: string): object =>
  Object.fromEntries(Object.entries(value).filter(([each]) => each !== key));

const wrong: readonly (readonly [string, Kind, object])[] = [
  ['no title', 'detection', without(rule, 'title')],
  ['no logsource', 'detection', without(rule, 'logsource')],
  ['no condition', 'detection', { ...rule, detection: { selection: { a: 'b' } } }],
  ['a long title', 'detection', { ...rule, title: 'x'.repeat(257) }],
  ['a long name', 'detection', { ...rule, name: 'x'.repeat(257) }],
  ['a long taxonomy', 'detection', { ...rule, taxonomy: 'x'.repeat(257) }],
  ['a status', 'detection', { ...rule, status: 'done' }],
  ['a level', 'detection', { ...rule, level: 'severe' }],
  ['a date', 'detection', { ...rule, date: '2026-1-1' }],
  ['a tag', 'detection', { ...rule, tags: ['t1078'] }],
  ['tags twice', 'detection', { ...rule, tags: ['a.b', 'a.b'] }],
  ['references twice', 'detection', { ...rule, references: ['a', 'a'] }],
  ['fields of numbers', 'detection', { ...rule, fields: [1] }],
  ['a short false positive', 'detection', { ...rule, falsepositives: ['x'] }],
  ['a short scope', 'detection', { ...rule, scope: ['x'] }],
  ['related without type', 'detection', { ...rule, related: [{ id: 'x' }] }],
  ['a log source of numbers', 'detection', { ...rule, logsource: { product: 1 } }],
  ['a list in a list', 'detection', { ...rule, detection: { selection: [['a']], condition: 'selection' } }],
  ['an author that is a list', 'detection', { ...rule, author: ['a'] }],
  ['no correlation type', 'correlation', { ...correlation, correlation: without(correlation.correlation, 'type') }],
  ['an unknown type', 'correlation', { ...correlation, correlation: { ...correlation.correlation, type: 'count' } }],
  ['no rules', 'correlation', { ...correlation, correlation: without(correlation.correlation, 'rules') }],
  ['no timespan', 'correlation', { ...correlation, correlation: without(correlation.correlation, 'timespan') }],
  [
    'no condition to count',
    'correlation',
    { ...correlation, correlation: without(correlation.correlation, 'condition') },
  ],
  [
    'rules that are numbers',
    'correlation',
    { ...correlation, correlation: { ...correlation.correlation, rules: [1] } },
  ],
  [
    'group-by twice',
    'correlation',
    { ...correlation, correlation: { ...correlation.correlation, 'group-by': ['a', 'a'] } },
  ],
  ['generate that is text', 'correlation', { ...correlation, generate: 'yes' }],
  ['no filter rules', 'filter', { ...filter, filter: without(filter.filter, 'rules') }],
  ['no searches', 'filter', { ...filter, filter: { rules: ['one'], condition: 'not selection' } }],
  ['no filter condition', 'filter', { ...filter, filter: without(filter.filter, 'condition') }],
];

/** Where we take more than the schemas do, and why. */
const lenient: readonly (readonly [string, Kind, object])[] = [
  [
    'several conditions: the specification text has them',
    'detection',
    { ...rule, detection: { s: { a: 'b' }, condition: ['s', 'not s'] } },
  ],
  ['the date form of before 2024, with a warning', 'detection', { ...rule, date: '2024/01/02' }],
  ['empty attributes, with a warning', 'detection', { ...rule, references: null }],
  ['one false positive that is no list, with a warning', 'detection', { ...rule, falsepositives: 'None known' }],
  ['keywords that are booleans or fractions', 'detection', { ...rule, detection: { s: ['x', 1.5], condition: 's' } }],
  ['one keyword that is no list, with a warning', 'detection', { ...rule, detection: { s: 'x', condition: 's' } }],
  ['a relation the schema lacks, with a warning', 'detection', { ...rule, related: [{ id: 'x', type: 'obsoletes' }] }],
  [
    'no group-by, with a warning: one group',
    'correlation',
    { ...correlation, correlation: without(correlation.correlation, 'group-by') },
  ],
  [
    'a filter for any rule: the specification text has it',
    'filter',
    { ...filter, filter: { ...filter.filter, rules: 'any' } },
  ],
  [
    'a filter whose searches have other names',
    'filter',
    { ...filter, filter: { rules: ['one'], who: { a: 'b' }, condition: 'not who' } },
  ],
  ['a filter without log source, with a warning', 'filter', without(filter, 'logsource')],
  [
    'a filter of no rule, as others do, with a warning',
    'filter',
    { ...filter, filter: { ...filter.filter, rules: [] } },
  ],
];

(has ? describe : describe.skip)('the schemas of the specification', () => {
  test.each(wrong)('%s is refused by both', (_, kind, value) => {
    expect(validators?.[kind](value)).toBe(false);
    expect(isRefused(value)).toBe(true);
  });

  test.each(lenient)('we also take %s', (_, kind, value) => {
    expect(validators?.[kind](value)).toBe(false);
    expect(isRefused(value)).toBe(false);
  });

  const samples = has ? globSync('tests-schema/**/*.yml', { cwd: spec }).toSorted() : [];
  test.each(samples)('%s is taken by both', (file) => {
    const text = readFileSync(path.join(spec, file), 'utf8');
    const { documents, problems } = parseRuleFile(text, file);
    expect(problems.filter((problem) => problem.severity === 'error')).toEqual([]);
    expect(documents).toHaveLength(1);
    const kind = documents[0]?.kind ?? 'detection';
    expect(validators?.[kind](parse(text))).toBe(true);
  });
});
