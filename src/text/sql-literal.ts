// Printable characters that a pasted query may hold as they are. A back-tick would end a code block in chat.
const spelledOut = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}`]/u;

/**
 * sqlLiteral writes a string literal that Athena (Trino) and DuckDB read alike. A quote is all that can end it; a backslash means
 * itself.
 */
export function sqlLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * sqlLiteralToPaste writes a string literal for a query that people copy. Characters that would not survive a mail, a chat or a
 * terminal are spelled as `chr(n)`, so that the query still compares with the very value.
 */
export function sqlLiteralToPaste(text: string): string {
  const pieces: string[] = [];
  let run = '';
  const endRun = (): void => {
    if (run !== '') pieces.push(sqlLiteral(run));
    run = '';
  };
  // Half a surrogate pair is not a character, and engines refuse it.
  for (const char of text.toWellFormed()) {
    if (spelledOut.test(char)) {
      endRun();
      pieces.push(`chr(${char.codePointAt(0)})`);
    } else {
      run += char;
    }
  }
  endRun();
  if (pieces.length === 0) return "''";
  return pieces.length === 1 && text !== '' ? (pieces[0] ?? "''") : `(${pieces.join(' || ')})`;
}
