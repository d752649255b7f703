import { ReportError } from './report-error.ts';

/** BoundSql is a query with `?` for each parameter, and the parameters' names in order. */
export interface BoundSql {
  readonly text: string;
  readonly names: readonly string[];
}

/** Token is a piece of SQL; the pieces of a text, joined, are the text. */
export interface Token {
  readonly kind: 'space' | 'comment' | 'string' | 'quoted' | 'parameter' | 'word' | 'other';
  readonly text: string;
}

// Sticky and without alternatives that overlap: linear in the text.
const pieces = [
  ['space', /\s+/y],
  ['comment', /--[^\n]*/y],
  ['comment', /\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//y],
  ['string', /'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"/y],
  ['parameter', /:[a-z][a-z0-9_]*/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
] as const;

/** tokensOf splits SQL into tokens, as far as needed to separate code from strings and comments. */
export function* tokensOf(sql: string): Iterable<Token> {
  let at = 0;
  while (at < sql.length) {
    const token = tokenAt(sql, at);
    yield token;
    at += token.text.length;
  }
}

function tokenAt(sql: string, at: number): Token {
  for (const [kind, pattern] of pieces) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return { kind, text };
  }
  return { kind: 'other', text: sql.charAt(at) };
}

/** bindSql replaces every `:name` by `?`. Values never become text of the query. */
export function bindSql(sql: string): BoundSql {
  const names: string[] = [];
  let text = '';
  for (const token of tokensOf(sql)) {
    if (token.kind === 'parameter') {
      names.push(token.text.slice(1));
      text += '?';
    } else if (token.kind === 'other' && (token.text === '?' || token.text === ';')) {
      throw new ReportError(
        'definition',
        `${token.text} is not allowed in a report's SQL: expected one statement, with parameters as :name`,
      );
    } else text += token.text;
  }
  return { text: text.trim(), names };
}

/** withShared puts shared WITH queries in front of a query's own. */
export function withShared(sql: string, shared: readonly { readonly name: string; readonly sql: string }[]): string {
  if (shared.length === 0) return sql;
  const parts = shared.map((one) => `${one.name} AS (\n${indent(one.sql.trim())}\n)`);
  let head = '';
  for (const token of tokensOf(sql)) {
    if (token.kind === 'space' || token.kind === 'comment') {
      head += token.text;
      continue;
    }
    const opens = token.kind === 'word' && token.text.toUpperCase() === 'WITH';
    const rest = sql.slice(head.length + (opens ? token.text.length : 0)).trimStart();
    return `${head}WITH ${parts.join(',\n')}${opens ? ',\n' : '\n'}${rest}`;
  }
  throw new ReportError('definition', 'the SQL has no statement');
}

/** wordsOf are the bare words of a query, lower-cased, such as names of tables and columns. */
export function wordsOf(sql: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { kind, text } of tokensOf(sql)) if (kind === 'word') words.add(text.toLowerCase());
  return words;
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
