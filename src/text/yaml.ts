import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Alias, Document, Node } from 'yaml';

/** YamlProblem is one thing wrong with a YAML text, and the line it is on, counted from 1. */
export interface YamlProblem {
  readonly line: number;
  readonly message: string;
}

/** YamlMap is what a text of one YAML document says. */
export interface YamlMap {
  /** Plain data; absent when the text holds no document, or one with problems. */
  readonly value?: Readonly<Record<string, unknown>>;
  readonly problems: readonly YamlProblem[];
  /** lineOf gives the line of what keys lead to, or of the last of them that is there. */
  readonly lineOf: (keys: readonly string[]) => number;
}

// A file that people write; what is larger is a mistake.
const maxChars = 4 * 1024 * 1024;
const maxAliases = 10_000;

/**
 * readYamlMap reads a YAML 1.2 (core) text that holds one map. `expected` says of which kind, for messages: `a report is
 * a map (title, question, …)`. Keys stay as they are written, so that the account `012345678901` keeps its zero; whole
 * numbers beyond 2^53 stay text, so that no digit is lost.
 */
export function readYamlMap(text: string, expected: string): YamlMap {
  const refused = (line: number, message: string): YamlMap => ({ problems: [{ line, message }], lineOf: () => line });
  if (text.length > maxChars) return refused(1, `expected at most ${maxChars} characters, got ${text.length}`);
  const lines = new LineCounter();
  let documents: readonly Document[];
  try {
    const read = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      intAsBigInt: true,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'silent',
    });
    documents = Array.isArray(read) ? read : [];
  } catch (error) {
    // The parser recurses; running out of stack is the only way it throws.
    return refused(1, `the YAML can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  const lineAt = (node: Node | null | undefined): number => (node?.range ? lines.linePos(node.range[0]).line : 1);
  // `---` with nothing behind it is how many editors end a file.
  const [document, second] = documents.filter((each) => each.errors.length > 0 || !isEmpty(each));
  if (document === undefined) return { problems: [], lineOf: () => 1 };
  // What YAML only warns about, such as a tag that it doesn't know, would change a value's meaning.
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) return refused(lines.linePos(fault.pos[0]).line, faultMessage(fault.code, fault.message));
  if (second !== undefined) return refused(lineAt(second.contents), 'one file is one document: remove the ---');
  if (!isMap(document.contents)) return refused(lineAt(document.contents), expected);
  keepDigits(document);
  const astray = aliasAstray(document);
  if (astray !== undefined) return refused(lineAt(astray), `alias *${astray.source} has no anchor`);
  try {
    const value: Readonly<Record<string, unknown>> = document.toJS({ maxAliasCount: maxAliases });
    return { value, problems: [], lineOf: (keys) => lineOf(document, keys, lineAt) };
  } catch (error) {
    return refused(1, error instanceof Error ? error.message : String(error));
  }
}

function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function aliasAstray(document: Document): Alias | undefined {
  let astray: Alias | undefined;
  visit(document, {
    Alias: (_place, node) => {
      if (node.resolve(document) === undefined) astray ??= node;
    },
  });
  return astray;
}

function keepDigits(document: Document): void {
  visit(document, {
    Scalar: (place, node) => {
      if (place === 'key')
        node.value = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
      else if (typeof node.value === 'bigint') {
        const number = Number(node.value);
        node.value = Number.isSafeInteger(number) ? number : node.value.toString();
      }
    },
  });
}

function lineOf(document: Document, keys: readonly string[], lineAt: (node: Node | null) => number): number {
  let here = document.contents;
  let line = lineAt(here);
  for (const key of keys) {
    if (isAlias(here)) here = here.resolve(document) ?? null;
    if (isMap(here)) {
      const pair = here.items.find((each) => isPair(each) && isScalar(each.key) && each.key.value === key);
      if (pair === undefined) return line;
      line = lineAt(pair.key as Node);
      here = pair.value as Node | null;
    } else if (isSeq(here)) {
      const item = here.items[Number(key)] as Node | undefined;
      if (item === undefined) return line;
      line = lineAt(item);
      here = item;
    } else return line;
  }
  return line;
}

function faultMessage(code: string, message: string): string {
  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'a text with a colon and a blank in it must be quoted';
    case 'TAB_AS_INDENT':
      return 'tabs are not allowed as indentation: use blanks';
    case 'DUPLICATE_KEY':
      return 'the same key stands twice in one map: remove one';
    default:
      return message;
  }
}
