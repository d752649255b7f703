import { expect, test } from '@jest/globals';
import { parseReport } from '../../../../src/report/definition/definition.ts';

const yaml = `title: Things
question: Which things?
group: Tests
reads: [cloudtrail]
columns:
  - { name: thing, type: text, meaning: A thing }
schedule: weekly
reading: From left to right
`;
const source = { name: 'things', path: 'queries/things.yml', yaml, sql: 'SELECT thing FROM cloudtrail' };

test('a definition that fits its SQL is a report', () => {
  expect(parseReport(source)).toMatchObject({ name: 'things', period: '90d', parameters: [], controls: [] });
});

test.each([
  {
    rule: 'an unknown key',
    change: { yaml: `${yaml}colour: red\n` },
    says: 'queries/things.yml:9: colour: unknown key',
  },
  {
    rule: 'a missing key',
    change: { yaml: yaml.replace('title: Things\n', '') },
    says: /title: is required/,
  },
  {
    rule: 'an unknown type',
    change: { yaml: yaml.replace('type: text', 'type: words') },
    says: 'queries/things.yml:6: columns.0.type: expected one of',
  },
  {
    rule: 'a question that is none',
    change: { yaml: yaml.replace('things?', 'things') },
    says: 'question: expected a question',
  },
  { rule: 'a parameter nobody defined', change: { sql: 'SELECT thing FROM t WHERE a = :b' }, says: 'the SQL uses :b' },
  { rule: 'a column that the SQL lacks', change: { sql: 'SELECT 1' }, says: 'column thing is not in the SQL' },
  {
    rule: 'a parameter that is never used',
    change: { yaml: `${yaml}parameters: [{ name: days, type: integer, meaning: Days, default: 1 }]\n` },
    says: 'parameter days is not used in the SQL',
  },
  {
    rule: 'a default of another type',
    change: { yaml: `${yaml}parameters: [{ name: days, type: integer, meaning: Days, default: many }]\n` },
    says: 'default: expected a whole number',
  },
  {
    rule: 'a chart of no column',
    change: { yaml: `${yaml}chart: { label: shape }\n` },
    says: 'chart: unknown column shape',
  },
  { rule: 'a key that stands twice', change: { yaml: `${yaml}title: Twice\n` }, says: 'queries/things.yml:' },
])('$rule is refused with its place', ({ change, says }) => {
  expect(() => parseReport({ ...source, ...change })).toThrow(says);
});
