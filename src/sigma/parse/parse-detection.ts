import { parseCondition, searchNamesOf } from './condition.ts';
import { parseLogSource, parseMeta } from './parse-meta.ts';
import type { Reporter } from './reporter.ts';
import { quoted } from './reporter.ts';
import type { DetectionRule, Detections, Place, Scalar, Search } from '../rule.ts';
import { entryOf } from './yaml.ts';
import type { YamlEntry, YamlMap, YamlNode } from './yaml.ts';

/** parseDetectionRule reads a document with a `detection`; undefined when it has an error. */
export function parseDetectionRule(map: YamlMap, place: Place, reporter: Reporter): DetectionRule | undefined {
  const meta = parseMeta(map, ['detection', 'logsource'], reporter);
  const logsource = parseLogSource(map, reporter);
  const entry = entryOf(map, 'detection');
  const detection = entry && parseDetections(entry, [], reporter);
  if (reporter.refused() || detection === undefined) return undefined;
  return { kind: 'detection', meta, place, logsource, detection };
}

/** parseDetections reads the searches and the condition of a `detection` or `filter`; `others` are keys that are neither. */
export function parseDetections(
  entry: YamlEntry,
  others: readonly string[],
  reporter: Reporter,
): Detections | undefined {
  if (entry.value.kind !== 'map') {
    reporter.error(entry.line, 'detection', `${entry.key} must be a map of searches and a condition`);
    return undefined;
  }
  const searches = new Map<string, Search>();
  const skipped = new Set(['condition', 'timeframe', ...others]);
  for (const each of entry.value.entries) {
    if (skipped.has(each.key)) continue;
    const search = parseSearch(each.value, each.key, each.line, reporter);
    if (search !== undefined) searches.set(each.key, search);
  }
  const timeframe = entryOf(entry.value, 'timeframe');
  if (timeframe !== undefined) {
    reporter.error(
      timeframe.line,
      'timeframe',
      'timeframe belongs to the old aggregations: write a correlation document with a timespan',
    );
  }
  const conditions = parseConditions(entryOf(entry.value, 'condition'), entry, searches, reporter);
  return { searches, conditions };
}

function parseConditions(
  entry: YamlEntry | undefined,
  detection: YamlEntry,
  searches: ReadonlyMap<string, Search>,
  reporter: Reporter,
): readonly string[] {
  if (entry === undefined) {
    reporter.error(detection.line, 'no-condition', `${detection.key} has no condition`);
    return [];
  }
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (nodes.length === 0) reporter.error(entry.line, 'no-condition', 'the list of conditions is empty');
  const conditions: string[] = [];
  for (const node of nodes) {
    if (node.kind !== 'scalar' || typeof node.value !== 'string') {
      reporter.error(node.line, 'condition', 'condition must be text, e.g. `selection and not filter`');
      continue;
    }
    const parsed = parseCondition(node.value);
    if ('fault' in parsed) {
      reporter.error(node.line, parsed.code, `condition: ${parsed.fault}`);
      continue;
    }
    for (const name of searchNamesOf(parsed.condition)) {
      if (searches.has(name)) continue;
      const known = [...searches.keys()];
      reporter.error(
        node.line,
        'unknown-search',
        `condition: unknown search ${quoted(name)}; ${known.length === 0 ? 'none is defined' : `defined: ${known.slice(0, 20).join(', ')}`}`,
      );
    }
    conditions.push(node.value);
  }
  return conditions;
}

/** parseSearch reads one named search: a map is a conjunction, a list alternatives, a list of plain values keywords. */
function parseSearch(node: YamlNode, name: string, line: number, reporter: Reporter): Search | undefined {
  switch (node.kind) {
    case 'scalar':
      if (node.value === null) {
        reporter.error(line, 'empty-search', `${name} is empty`);
        return undefined;
      }
      reporter.warn(line, 'search-type', `${name} should be a list of keywords or a map of fields`);
      return keywords([node.source ?? node.value], node.line);
    case 'list':
      return parseAlternatives(node.items, name, line, reporter);
    case 'map':
      return parseConjunction(node, name, line, reporter);
    default:
      throw new Error(node satisfies never);
  }
}

function parseAlternatives(
  nodes: readonly YamlNode[],
  name: string,
  line: number,
  reporter: Reporter,
): Search | undefined {
  if (nodes.length === 0) {
    reporter.error(line, 'empty-search', `${name} is an empty list: it would never match`);
    return undefined;
  }
  const items: Search[] = [];
  const words: Scalar[] = [];
  for (const node of nodes) {
    if (node.kind === 'list') {
      reporter.error(node.line, 'search-type', `${name}: a list inside a list has no meaning; write one list`);
    } else if (node.kind === 'map') {
      const item = parseConjunction(node, name, node.line, reporter);
      if (item !== undefined) items.push(item);
    } else if (node.value === null) {
      reporter.error(node.line, 'empty-value', `${name}: a keyword can't be empty`);
    } else words.push(node.source ?? node.value);
  }
  if (words.length > 0) items.push(keywords(words, line));
  return items.length === 1 ? items[0] : { kind: 'any', items };
}

function parseConjunction(map: YamlMap, name: string, line: number, reporter: Reporter): Search | undefined {
  if (map.entries.length === 0) {
    reporter.error(line, 'empty-search', `${name} is an empty map: it would match everything`);
    return undefined;
  }
  const items: Search[] = [];
  for (const entry of map.entries) {
    const item = entry.key.split('|').includes('element', 1)
      ? parseElement(entry, reporter)
      : parseItem(entry, reporter);
    if (item !== undefined) items.push(item);
  }
  return items.length === 1 ? items[0] : { kind: 'all', items };
}

/** parseElement reads `field|element` with what one element must meet: a map, or a list of maps of which one is enough. */
function parseElement({ key, value, line }: YamlEntry, reporter: Reporter): Search | undefined {
  const [field = '', ...modifiers] = key.split('|');
  const refuse = (code: string, expected: string): undefined =>
    reporter.error(line, code, `${quoted(key)}: ${expected}`) as undefined;
  if (field === '') return refuse('keyword-type', 'element needs a field in front of it');
  if (modifiers.length > 1)
    return refuse('modifier-order', 'element stands alone: put other modifiers behind the fields in it');
  const nodes = value.kind === 'list' ? value.items : [value];
  if (!nodes.every(({ kind }) => kind === 'map'))
    return refuse('value-type', 'expected a map of fields that one element must have, or a list of such maps');
  const search = parseSearch(value, quoted(key), line, reporter);
  return search && { kind: 'element', field, search, line };
}

function parseItem(entry: YamlEntry, reporter: Reporter): Search | undefined {
  const [field = '', ...modifiers] = entry.key.split('|');
  const isText = modifiers.some((modifier) => !numeric.has(modifier));
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (nodes.length === 0) {
    reporter.error(entry.line, 'empty-value', `${quoted(entry.key)} has an empty list of values: it would never match`);
    return undefined;
  }
  const values: Scalar[] = [];
  for (const node of nodes) {
    if (node.kind !== 'scalar') {
      if (entry.key === '<<') {
        reporter.error(node.line, 'yaml-merge', mergeRefused);
        return undefined;
      }
      const hint =
        node.kind === 'map' ? 'write nested fields with dots, e.g. a.b: value, or a|element: {…}' : 'write one list';
      reporter.error(
        node.line,
        'value-type',
        `${quoted(entry.key)}: a value must be text, a number, a boolean or null; ${hint}`,
      );
      return undefined;
    }
    values.push(isText ? (node.source ?? node.value) : node.value);
  }
  return { kind: 'item', item: { field, modifiers, values, line: entry.line } };
}

/** Modifiers beside which a number is a number; beside any other it is text, and every digit counts. */
const numeric = new Set([
  'all', 'neq', 'exists', 'lt', 'lte', 'gt', 'gte', 'minute', 'hour', 'day', 'week', 'month', 'year',
]); // prettier-ignore

function keywords(values: readonly Scalar[], line: number): Search {
  return { kind: 'item', item: { field: '', modifiers: [], values, line } };
}

const mergeRefused =
  '"<<" merges a map into another in YAML 1.1 alone; Sigma is YAML 1.2, where it would be a field of that name: write the fields here, or ' +
  'name a search of its own and join the two in the condition';
