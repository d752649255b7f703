import { copyTable, rawTable } from '../../archive/copy/copy-table.ts';
import type { CopyColumn } from '../../archive/copy/copy-table.ts';
import { readingSql } from '../../archive/copy/reading.ts';
import type { Reading } from '../../archive/copy/reading.ts';
import { tokensOf } from '../definition/sql-tokens.ts';
import type { BoundSql } from '../definition/sql-tokens.ts';

/** readingFrom makes a query read the columnar copy for the days that it covers, and the trail's own files for the others. */
export function readingFrom(sql: BoundSql, reading: Reading, columns: readonly CopyColumn[]): BoundSql {
  if (reading.kind === 'raw') return sql;
  const source = reading.whole ? `${copyTable} AS ${rawTable}` : readingSql(reading, columns);
  let text = '';
  let before = '';
  for (const token of tokensOf(sql.text)) {
    const word = token.kind === 'word' ? token.text.toLowerCase() : token.text;
    text += word === rawTable && (before === 'from' || before === 'join') ? source : token.text;
    if (token.kind !== 'space' && token.kind !== 'comment') before = word;
  }
  return { ...sql, text };
}
