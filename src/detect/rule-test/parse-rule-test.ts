import type { Fields } from '../../model/log-record.ts';
import type { Problem } from '../../sigma/match.ts';
import { readYamlMap } from '../../text/yaml.ts';
import { isRepeated, repeated } from './repeat.ts';

/** RuleTestCase is one event, or one stream of events, that a rule must match or must not. */
export interface RuleTestCase {
  readonly expect: 'match' | 'miss';
  /** What the case shows of the rule, as a sentence. */
  readonly name: string;
  readonly line: number;
  /** Id, name or title of the rule meant, where the file holds several. */
  readonly rule?: string;
  /** The events, repeated ones as often as they are repeated. */
  readonly events: readonly Fields[];
  /** Whether the case has a stream, for which a correlation is asked. */
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

/** EventsReader reads the JSON file that a test names, from the test's folder; it throws when it can't. */
export type EventsReader = (path: string) => unknown;

/** Keys lead to a place of the file: `matches`, `3`, `event`. */
type Keys = readonly string[];

/** Reading is what every part of the reader needs: where problems go, where keys lead, how named files are read. */
interface Reading {
  readonly say: (keys: Keys, message: string) => void;
  readonly lineOf: (keys: Keys) => number;
  readonly readEvents: EventsReader;
}

/**
 * parseRuleTest reads a rule's test file. Unknown keys are refused: a misspelt `missess` must not pass as no misses.
 * `test` is absent when anything is wrong with the file.
 */
export function parseRuleTest(
  text: string,
  path: string,
  readEvents: EventsReader,
): { readonly test?: RuleTest; readonly problems: readonly Problem[] } {
  const yaml = readYamlMap(text, 'a rule test is a map of `matches` and `misses`');
  const problemOf = (code: string, line: number, message: string): Problem => ({
    path,
    line,
    document: 1,
    severity: 'error',
    code,
    message,
  });
  const problems = yaml.problems.map(({ line, message }) => problemOf('yaml', line, message));
  const say: Reading['say'] = (keys, message) => problems.push(problemOf('rule-test', yaml.lineOf(keys), message));
  const file = yaml.value;
  if (file === undefined) {
    if (problems.length === 0) say([], 'the file is empty: list `matches` and `misses`');
    return { problems };
  }
  refuseUnknown(file, ['matches', 'misses', 'source'], [], say);
  const source = sourceOf(file['source'], say);
  const reading: Reading = { say, lineOf: yaml.lineOf, readEvents };
  const cases = [...casesOf(file['matches'], 'matches', reading), ...casesOf(file['misses'], 'misses', reading)];
  if (problems.length === 0) {
    if (!cases.some((one) => one.expect === 'match')) say(['matches'], 'list at least one event under `matches`');
    if (!cases.some((one) => one.expect === 'miss')) say(['misses'], 'list at least one near miss under `misses`');
  }
  if (problems.length > 0) return { problems };
  return { problems, test: { path, cases, ...(source && { source }) } };
}

function refuseUnknown(map: Fields, known: readonly string[], keys: Keys, say: Reading['say']): void {
  for (const key of Object.keys(map)) {
    if (known.includes(key)) continue;
    say([...keys, key], `unknown key ${JSON.stringify(key.slice(0, 80))}; known: ${known.join(', ')}`);
  }
}

function sourceOf(source: unknown, say: Reading['say']): RuleTest['source'] {
  if (source === undefined) return undefined;
  if (!isFields(source)) {
    say(['source'], '`source` must be a map: { product: aws, services: [cloudtrail] }');
    return undefined;
  }
  refuseUnknown(source, ['product', 'services'], ['source'], say);
  const { product, services } = source;
  const listed = typeof services === 'string' ? [services] : (services ?? []);
  if (typeof product !== 'string' || !Array.isArray(listed) || !listed.every((one) => typeof one === 'string')) {
    say(['source'], '`source` needs a `product` (text) and takes `services` (a list of texts)');
    return undefined;
  }
  return { product, services: listed };
}

type List = 'matches' | 'misses';

function casesOf(cases: unknown, list: List, reading: Reading): readonly RuleTestCase[] {
  if (cases === undefined) return [];
  if (!Array.isArray(cases)) {
    reading.say([list], `\`${list}\` must be a list of cases: - name: …, event: {…}`);
    return [];
  }
  return cases.flatMap((node: unknown, index) => caseOf(node, list, [list, String(index)], reading) ?? []);
}

const caseKeys = ['name', 'rule', 'event', 'events', 'file', 'repeat', 'fires'];

function caseOf(node: unknown, list: List, here: Keys, reading: Reading): RuleTestCase | undefined {
  const { say } = reading;
  if (!isFields(node)) {
    say(here, 'a case must be a map with a `name` and an `event`, `events` or `file`');
    return undefined;
  }
  refuseUnknown(node, caseKeys, here, say);
  const { name, rule, fires } = node;
  if (typeof name !== 'string' || name.trim() === '') {
    say(here, 'a case needs a `name`: a sentence about the rule that it shows');
    return undefined;
  }
  const sayOf: Reading['say'] = (keys, message) => say(keys, `${name}: ${message}`);
  if (rule !== undefined && typeof rule !== 'string')
    sayOf([...here, 'rule'], '`rule` must be the id, name or title of a rule');
  if (fires !== undefined && (!Number.isInteger(fires) || Number(fires) < 1 || list === 'misses')) {
    sayOf([...here, 'fires'], '`fires` is how often a correlation fires: a whole number from 1, in `matches` only');
  }
  const read = eventsOf(node, here, { ...reading, say: sayOf });
  if (read === undefined) return undefined;
  if (fires !== undefined && !read.stream)
    sayOf([...here, 'fires'], '`fires` counts how often a correlation fires over `events`');
  return {
    expect: list === 'matches' ? 'match' : 'miss',
    name,
    line: reading.lineOf(here),
    ...read,
    ...(typeof rule === 'string' && { rule }),
    ...(typeof fires === 'number' && { fires }),
  };
}

/** A case has one event, which may be repeated, or a list of them, or a file that holds the one or the other. */
function eventsOf(
  node: Fields,
  here: Keys,
  { say, readEvents }: Reading,
): Pick<RuleTestCase, 'events' | 'stream'> | undefined {
  const given = (['event', 'events', 'file'] as const).filter((key) => Object.hasOwn(node, key));
  const [key] = given;
  if (key === undefined || given.length > 1) {
    say(here, 'give one of `event`, `events` and `file`');
    return undefined;
  }
  const { repeat } = node;
  if (repeat !== undefined && key !== 'event') {
    say(
      [...here, 'repeat'],
      '`repeat` repeats an `event`; in `events`, write it beside one: - { event: …, repeat: … }',
    );
    return undefined;
  }
  let value = node[key];
  if (key === 'file') {
    try {
      value = readEvents(String(value));
    } catch (error) {
      say([...here, key], error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }
  const stream = key === 'events' || (key === 'file' && Array.isArray(value));
  const events: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (Array.isArray(value) !== stream || events.length === 0 || !events.every(isFields)) {
    const held = stream ? 'a list of events' : 'an event';
    say([...here, key], `\`${key}\` must hold ${held}: maps of field and value`);
    return undefined;
  }
  const alone = repeat !== undefined;
  const all: Fields[] = [];
  for (const [index, entry] of (alone ? [{ event: value, repeat }] : events).entries()) {
    const written = (alone || key === 'events') && isRepeated(entry) ? repeated(entry) : [entry];
    if (typeof written === 'string') {
      say(alone ? [...here, 'repeat'] : [...here, key, String(index)], written);
      return undefined;
    }
    all.push(...written);
  }
  return { events: all, stream: stream || alone };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
