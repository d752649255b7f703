import { expect, test } from '@jest/globals';
import { bindSql, tokensOf, withShared } from '../../../../src/report/definition/sql-tokens.ts';

test('only a parameter outside of text and comments is one', () => {
  const sql = `SELECT ':no', ":no" -- :no\n/* :no */ FROM t WHERE a = :from AND b = :from AND c = 'it''s :no'`;
  const bound = bindSql(sql);
  expect(bound.names).toEqual(['from', 'from']);
  expect(bound.text).toBe(sql.replaceAll(':from', '?'));
});

test.each(['SELECT ?', 'SELECT 1; SELECT 2'])('%s is refused', (sql) => {
  expect(() => bindSql(sql)).toThrow(/is not allowed/);
});

test.each([
  {
    rule: 'a query without WITH gets one',
    sql: '-- why\nSELECT 1',
    text: '-- why\nWITH a AS (\n  SELECT 2\n)\nSELECT 1',
  },
  {
    rule: 'a query with WITH gets one more',
    sql: 'WITH b AS (SELECT 3) SELECT 1',
    text: 'WITH a AS (\n  SELECT 2\n),\nb AS (SELECT 3) SELECT 1',
  },
])('$rule', ({ sql, text }) => {
  expect(withShared(sql, [{ name: 'a', sql: 'SELECT 2\n' }])).toBe(text);
});

test('the pieces of a text are the text, also of one that is broken', () => {
  const sql = `SELECT 'never closed /* "x" :y`;
  expect([...tokensOf(sql)].map(({ text }) => text).join('')).toBe(sql);
});
