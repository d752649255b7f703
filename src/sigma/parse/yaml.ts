import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Node, Pair } from 'yaml';
import type { Problem, Scalar } from '../rule.ts';

/** YamlNode is a YAML value with the line it stands on, aliases resolved, keys as text. */
export type YamlNode = YamlScalar | YamlList | YamlMap;
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: Scalar;
  /** A number as it is written, where that isn't how it is spelled: `007`, `1.0`. */
  readonly source?: string;
}
export interface YamlList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly YamlNode[];
}
export interface YamlMap {
  readonly kind: 'map';
  readonly line: number;
  readonly entries: readonly YamlEntry[];
}
export interface YamlEntry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode;
}

/** YamlDocument is one document of a file, counted from 1. Its content is always a map: anything else was refused. */
export interface YamlDocument {
  readonly document: number;
  readonly content: YamlMap;
}

// A rule file is written by people; what is larger than this is a mistake or an attack on the reader.
const maxChars = 4 * 1024 * 1024;
const maxDepth = 64;
const maxNodes = 200_000;

/** readYaml reads every document of a YAML 1.2 (core) text. A document that can't be read is a problem; the others go on. */
export function readYaml(
  text: string,
  path: string,
  notAMap = 'a Sigma document is a map of attributes (title, logsource, detection, …)',
): { documents: readonly YamlDocument[]; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const documents: YamlDocument[] = [];
  const refuse = (line: number, document: number, message: string): void => {
    problems.push({ path, line, document, severity: 'error', code: 'yaml', message });
  };
  if (text.length > maxChars) {
    refuse(1, 1, `the file has ${text.length} characters; split it: at most ${maxChars} are read`);
    return { documents, problems };
  }
  const deep = tooDeep(text);
  if (deep !== undefined) {
    refuse(deep, 1, `brackets nest deeper than ${maxDepth} levels`);
    return { documents, problems };
  }
  const lines = new LineCounter();
  let parsed: readonly Document[];
  try {
    const read = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      // Checked below: the parser compares each key with each other.
      uniqueKeys: false,
      intAsBigInt: true,
      keepSourceTokens: false,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'silent',
    });
    parsed = Array.isArray(read) ? read : [];
  } catch (error) {
    // The parser recurses on block collections; running out of stack is the only way it throws.
    refuse(1, 1, `the YAML can't be read: ${error instanceof Error ? error.message : String(error)}`);
    return { documents, problems };
  }
  let number = 0;
  for (const document of parsed) {
    number += 1;
    // What YAML only warns about, such as a tag it doesn't know, would change a value's meaning.
    const fault = document.errors[0] ?? document.warnings[0];
    if (fault !== undefined) {
      refuse(lines.linePos(fault.pos[0]).line, number, faultMessage(fault.code, fault.message));
      continue;
    }
    // `---` with nothing behind it is how many editors end a file.
    if (document.contents === null) continue;
    const reader = new AstReader(document, lines);
    try {
      const content = reader.read(document.contents, 0);
      if (content.kind === 'map') documents.push({ document: number, content });
      else if (content.kind !== 'scalar' || content.value !== null) {
        refuse(content.line, number, notAMap);
      }
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      refuse(error.line, number, error.message);
    }
  }
  return { documents, problems };
}

/** plainOf turns a node into plain JSON-like data, for attributes that are only kept. */
export function plainOf(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'bigint' ? node.value.toString() : node.value;
    case 'list':
      return node.items.map(plainOf);
    case 'map':
      return Object.fromEntries(node.entries.map((entry) => [entry.key, plainOf(entry.value)]));
    default:
      throw new Error(node satisfies never);
  }
}

/** entryOf finds an attribute of a map. */
export function entryOf(map: YamlMap, key: string): YamlEntry | undefined {
  return map.entries.find((entry) => entry.key === key);
}

class YamlError extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** AstReader turns the library's tree into ours, counting nodes so that aliases can't multiply them. */
class AstReader {
  readonly #document: Document;
  readonly #lines: LineCounter;
  #nodes = 0;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  read(node: Node | null | undefined, depth: number, fallbackLine = 1): YamlNode {
    const line = node?.range ? this.#lines.linePos(node.range[0]).line : fallbackLine;
    this.#nodes += 1;
    if (this.#nodes > maxNodes)
      throw new YamlError(line, `more than ${maxNodes} values, aliases counted where they are used`);
    if (depth > maxDepth) throw new YamlError(line, `nested deeper than ${maxDepth} levels`);
    if (node === null || node === undefined) return { kind: 'scalar', line, value: null };
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined) throw new YamlError(line, `alias *${node.source} has no anchor`);
      return this.read(target, depth + 1, line);
    }
    if (isScalar(node)) {
      const value = scalarOf(node.value, line);
      const isNumber = typeof value === 'number' || typeof value === 'bigint';
      const { source } = node;
      return { kind: 'scalar', line, value, ...(isNumber && source && source !== String(value) && { source }) };
    }
    if (isSeq(node))
      return { kind: 'list', line, items: node.items.map((item) => this.read(item as Node, depth + 1, line)) };
    if (isMap(node)) {
      const entries = node.items.map((pair) => this.#entry(pair, depth, line));
      const seen = new Set<string>();
      for (const entry of entries) {
        if (seen.has(entry.key))
          throw new YamlError(entry.line, 'the same key stands twice in one map: YAML would keep one of them silently');
        seen.add(entry.key);
      }
      return { kind: 'map', line, entries };
    }
    throw new YamlError(line, 'this kind of YAML value is not used in Sigma');
  }

  #entry(pair: Pair, depth: number, mapLine: number): YamlEntry {
    if (!isPair(pair) || !isScalar(pair.key)) throw new YamlError(mapLine, 'a key must be a plain name');
    const key = pair.key;
    const line = key.range ? this.#lines.linePos(key.range[0]).line : mapLine;
    // `4625:` or `null:` as a field name means its letters, not its YAML type.
    const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    return { key: name, line, value: this.read(pair.value as Node | null, depth + 1, line) };
  }
}

function scalarOf(value: unknown, line: number): Scalar {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      throw new YamlError(line, 'infinity and not-a-number have no meaning in a rule; quote the text');
    return value;
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  throw new YamlError(line, `a value of type ${typeof value} is not used in Sigma`);
}

function faultMessage(code: string, message: string): string {
  if (code === 'BLOCK_AS_IMPLICIT_KEY') return 'a text with a colon and a blank in it must be quoted';
  if (code === 'TAB_AS_INDENT') return 'tabs are not allowed as indentation: use blanks';
  return message;
}

/** tooDeep finds the line where flow brackets nest beyond the limit, before the recursive parser sees them. */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  let line = 1;
  let run = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (char === 10) {
      line += 1;
      continue;
    }
    // Only brackets that directly follow each other (with blanks) can be deep structure; prose and regexes close theirs.
    if (char === 91 || char === 123) {
      depth += 1;
      run = depth;
    } else if (char !== 32 && char !== 9 && char !== 13 && char !== 45) depth = 0;
    if (run > maxDepth * 4) return line;
  }
  return undefined;
}
