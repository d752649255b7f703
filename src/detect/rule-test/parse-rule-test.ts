import type { Fields } from '../../model/log-record.ts';
import type { Problem } from '../../sigma/rule.ts';
import { entryOf, plainOf, readYaml, type YamlEntry, type YamlMap, type YamlNode } from '../../sigma/parse/yaml.ts';

/** RuleTestCase is one event, or one stream of events, that a rule must match or must not. */
export interface RuleTestCase {
  readonly expect: 'match' | 'miss';
  /** What the case shows of the rule, as a sentence. */
  readonly name: string;
  readonly line: number;
  /** Id, name or title of the rule meant, where the file holds several. */
  readonly rule?: string;
  readonly events: readonly Fields[];
  /** Whether the case has `events`, a stream, for which a correlation is asked. */
  readonly stream: boolean;
  /** How often a correlation must fire; absent: at least once. */
  readonly fires?: number;
}

/** RuleTest is what a `<name>.test.yml` beside `<name>.yml` says. `schemas/rule-test.schema.json` describes the file. */
export interface RuleTest {
  readonly path: string;
  /** The log source that the events are of; absent: the rule's. */
  readonly source?: { readonly product: string; readonly services: readonly string[] };
  readonly cases: readonly RuleTestCase[];
}

/** readEvents reads the JSON file that a test names, from the test's folder; it throws when it can't. */
export type EventsReader = (path: string) => unknown;

/**
 * parseRuleTest reads a rule's test file. Unknown keys are refused: a misspelt `missess` must not pass as no misses. The
 * test is there when nothing is wrong with the file.
 */
export function parseRuleTest(
  text: string,
  path: string,
  readEvents: EventsReader,
): { readonly test?: RuleTest; readonly problems: readonly Problem[] } {
  const read = readYaml(text, path);
  const problems: Problem[] = [...read.problems];
  const [first, second] = read.documents;
  const say: Say = (line, message) =>
    void problems.push({ path, line, document: 1, severity: 'error', code: 'rule-test', message });
  if (first === undefined) {
    if (problems.length === 0) say(1, 'the file is empty: list `matches` and `misses`');
    return { problems };
  }
  if (second !== undefined) say(second.content.line, 'a test file holds one document');
  refuseUnknown(first.content, ['matches', 'misses', 'source'], say);
  const source = sourceOf(entryOf(first.content, 'source'), say);
  const cases = [
    ...casesOf(entryOf(first.content, 'matches'), 'match', readEvents, say),
    ...casesOf(entryOf(first.content, 'misses'), 'miss', readEvents, say),
  ];
  for (const list of ['match', 'miss'] as const) {
    if (problems.length === 0 && cases.every(({ expect }) => expect !== list)) {
      say(
        1,
        list === 'match' ? 'list at least one event under `matches`' : 'list at least one near miss under `misses`',
      );
    }
  }
  if (problems.length > 0) return { problems };
  return { problems, test: { path, cases, ...(source === undefined ? {} : { source }) } };
}

type Say = (line: number, message: string) => void;

function refuseUnknown(map: YamlMap, known: readonly string[], say: Say): void {
  for (const { key, line } of map.entries) {
    if (!known.includes(key)) say(line, `unknown key ${JSON.stringify(key.slice(0, 80))}; known: ${known.join(', ')}`);
  }
}

function sourceOf(entry: YamlEntry | undefined, say: Say): RuleTest['source'] {
  if (entry === undefined) return undefined;
  if (entry.value.kind !== 'map') {
    say(entry.line, '`source` is a map: { product: aws, services: [cloudtrail] }');
    return undefined;
  }
  refuseUnknown(entry.value, ['product', 'services'], say);
  const { product, services } = plainOf(entry.value) as Fields;
  const listed = typeof services === 'string' ? [services] : (services ?? []);
  if (typeof product !== 'string' || !Array.isArray(listed) || !listed.every((one) => typeof one === 'string')) {
    say(entry.line, '`source` needs a `product` (text) and takes `services` (a list of texts)');
    return undefined;
  }
  return { product, services: listed };
}

const caseKeys = ['name', 'rule', 'event', 'events', 'file', 'fires'];

function casesOf(
  entry: YamlEntry | undefined,
  expect: RuleTestCase['expect'],
  readEvents: EventsReader,
  say: Say,
): readonly RuleTestCase[] {
  if (entry === undefined) return [];
  if (entry.value.kind !== 'list') {
    say(entry.line, `\`${entry.key}\` is a list of cases: - name: …, event: {…}`);
    return [];
  }
  return entry.value.items.flatMap((node) => {
    const one = caseOf(node, expect, readEvents, say);
    return one === undefined ? [] : [one];
  });
}

function caseOf(
  node: YamlNode,
  expect: RuleTestCase['expect'],
  readEvents: EventsReader,
  say: Say,
): RuleTestCase | undefined {
  if (node.kind !== 'map') {
    say(node.line, 'a case is a map with a `name` and an `event`, `events` or `file`');
    return undefined;
  }
  refuseUnknown(node, caseKeys, say);
  const { name, rule, fires } = plainOf(node) as Fields;
  if (typeof name !== 'string' || name.trim() === '') {
    say(node.line, 'a case needs a `name`: a sentence about the rule that it shows');
    return undefined;
  }
  if (rule !== undefined && typeof rule !== 'string')
    say(node.line, `${name}: \`rule\` is the id, name or title of a rule`);
  if (fires !== undefined && (!Number.isInteger(fires) || Number(fires) < 1 || expect === 'miss')) {
    say(node.line, `${name}: \`fires\` says how often a correlation fires, in \`matches\` only: a whole number from 1`);
  }
  const read = eventsOf(node, name, readEvents, say);
  if (read === undefined) return undefined;
  if (fires !== undefined && !read.stream)
    say(node.line, `${name}: \`fires\` counts the firings of a correlation over \`events\``);
  return {
    expect,
    name,
    line: node.line,
    ...read,
    ...(typeof rule === 'string' ? { rule } : {}),
    ...(typeof fires === 'number' ? { fires } : {}),
  };
}

/** A case has one event, a list of them, or a file that holds the one or the other. */
function eventsOf(
  node: YamlMap,
  name: string,
  readEvents: EventsReader,
  say: Say,
): Pick<RuleTestCase, 'events' | 'stream'> | undefined {
  const given = (['event', 'events', 'file'] as const).flatMap((key) => entryOf(node, key) ?? []);
  const [entry] = given;
  if (entry === undefined || given.length > 1) {
    say(node.line, `${name}: give one of \`event\`, \`events\` and \`file\``);
    return undefined;
  }
  let value = plainOf(entry.value);
  if (entry.key === 'file') {
    try {
      value = readEvents(String(value));
    } catch (error) {
      say(entry.line, `${name}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  }
  const stream = entry.key === 'events' || (entry.key === 'file' && Array.isArray(value));
  const events: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (Array.isArray(value) === stream && events.length > 0 && events.every(isFields)) return { events, stream };
  say(
    entry.line,
    `${name}: \`${entry.key}\` must hold ${stream ? 'a list of events' : 'an event'}: maps of field and value`,
  );
  return undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
