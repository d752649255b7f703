import { expect, test } from '@jest/globals';
import { sqlLiteral, sqlLiteralToPaste } from '../../../src/text/sql-literal.ts';

test.each([
  ['plain', "'plain'", "'plain'"],
  ["o'neill'; --", "'o''neill''; --'", "'o''neill''; --'"],
  ['back\\slash', "'back\\slash'", "'back\\slash'"],
  ['', "''", "''"],
  ['a\nb', "'a\nb'", "('a' || chr(10) || 'b')"],
  ['`', "'`'", 'chr(96)'],
])('%j is a literal, and one to paste', (text, literal, toPaste) => {
  expect(sqlLiteral(text)).toBe(literal);
  expect(sqlLiteralToPaste(text)).toBe(toPaste);
});
