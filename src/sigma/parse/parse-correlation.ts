import { parseMeta, readText, readTexts } from './parse-meta.ts';
import type { Reporter } from './reporter.ts';
import { quoted } from './reporter.ts';
import { correlationTypes } from '../rule.ts';
import type { Comparison, CorrelationCondition, CorrelationRule, CorrelationType, Place } from '../rule.ts';
import { entryOf } from './yaml.ts';
import type { YamlEntry, YamlMap } from './yaml.ts';

const comparisons: readonly Comparison[] = ['lt', 'lte', 'gt', 'gte', 'eq', 'neq'];
const attributes = ['type', 'rules', 'group-by', 'timespan', 'condition', 'learning', 'aliases', 'generate'];

// Months and years are Gregorian averages, as pySigma counts them.
const secondsOf: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
  M: 2_629_746,
  y: 31_556_952,
};

/** parseCorrelation reads a document with a `correlation`; `generate` is read there and at the top of the document. */
export function parseCorrelation(map: YamlMap, place: Place, reporter: Reporter): CorrelationRule | undefined {
  const meta = parseMeta(map, ['correlation', 'generate'], reporter);
  const entry = entryOf(map, 'correlation');
  if (entry === undefined || entry.value.kind !== 'map') {
    reporter.error(entry?.line ?? map.line, 'correlation', 'correlation must be a map with type, rules, timespan, …');
    return undefined;
  }
  const body = entry.value;
  for (const each of body.entries) {
    if (!attributes.includes(each.key)) {
      reporter.error(
        each.line,
        'unknown-attribute',
        `correlation: ${quoted(each.key)} is not one of ${attributes.join(', ')}`,
      );
    }
  }
  const type = parseType(body, entry.line, reporter);
  const rules = parseRules(body, entry.line, reporter);
  const groupBy = readTexts(entryOf(body, 'group-by'), reporter);
  if (entryOf(body, 'group-by') === undefined) {
    reporter.warn(entry.line, 'no-group-by', 'correlation has no group-by: all events are counted together');
  }
  const timespanMs = parseTimespan(body, entry.line, reporter);
  const learningMs = parseLearning(entryOf(body, 'learning'), type, reporter);
  const condition = parseCondition(body, type, entry.line, reporter);
  const aliases = parseAliases(entryOf(body, 'aliases'), reporter);
  const generate = parseGenerate(entryOf(body, 'generate'), entryOf(map, 'generate'), reporter);
  if (reporter.refused() || type === undefined) return undefined;
  return {
    kind: 'correlation',
    meta,
    place,
    type,
    rules,
    groupBy,
    timespanMs,
    ...(learningMs !== undefined && { learningMs }),
    condition,
    aliases,
    generate,
  };
}

/** timespanOf reads `15m`, `24h`, … as milliseconds; undefined when it isn't one. */
export function timespanOf(text: string): number | undefined {
  const found = /^(\d{1,9})([smhdwMy])$/.exec(text);
  const seconds = Number(found?.[1]) * (secondsOf[found?.[2] ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(seconds * 1_000) && seconds > 0 ? seconds * 1_000 : undefined;
}

function parseType(body: YamlMap, line: number, reporter: Reporter): CorrelationType | undefined {
  const entry = entryOf(body, 'type');
  const name = readText(entry, reporter);
  const type = correlationTypes.find((each) => each === name);
  if (type === undefined) {
    const said = name === undefined ? 'has no type' : `type ${quoted(name)} is unknown`;
    reporter.error(
      entry?.line ?? line,
      'correlation-type',
      `correlation ${said}: use one of ${correlationTypes.join(', ')}`,
    );
  }
  return type;
}

function parseRules(body: YamlMap, line: number, reporter: Reporter): readonly string[] {
  const entry = entryOf(body, 'rules');
  const rules = readTexts(entry, reporter, 2);
  if (rules.length === 0) {
    reporter.error(
      entry?.line ?? line,
      'correlation-rules',
      'correlation has no rules: list the ids or names of the rules it is about',
    );
  }
  return rules;
}

function parseTimespan(body: YamlMap, line: number, reporter: Reporter): number {
  const entry = entryOf(body, 'timespan');
  const text = readText(entry, reporter);
  const span = text === undefined ? undefined : timespanOf(text);
  if (span === undefined) {
    const said = text === undefined ? 'has no timespan' : `timespan ${quoted(text)} can't be read`;
    reporter.error(
      entry?.line ?? line,
      'timespan',
      `correlation ${said}: write a number above 0 and one of s m h d w M y, e.g. 15m`,
    );
  }
  return span ?? 0;
}

function parseLearning(
  entry: YamlEntry | undefined,
  type: CorrelationType | undefined,
  reporter: Reporter,
): number | undefined {
  if (entry === undefined) return undefined;
  if (type !== 'first_seen')
    reporter.error(entry.line, 'learning', 'learning belongs to correlations of type first_seen');
  const text = readText(entry, reporter);
  const span = text === undefined ? undefined : text === '0s' ? 0 : timespanOf(text);
  if (text !== undefined && span === undefined) {
    const expected = 'expected 0s, or a number and one of s m h d w M y, e.g. 7d';
    reporter.error(entry.line, 'learning', `learning: ${expected}, got ${quoted(text)}`);
  }
  return span;
}

function parseCondition(
  body: YamlMap,
  type: CorrelationType | undefined,
  line: number,
  reporter: Reporter,
): CorrelationCondition {
  const entry = entryOf(body, 'condition');
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  if (entry === undefined) {
    const example = type === 'first_seen' ? '`field: awsRegion`' : '`gte: 10`';
    if (!temporal) reporter.error(line, 'correlation-condition', `correlation has no condition, e.g. ${example}`);
    return { bounds: [] };
  }
  if (entry.value.kind !== 'map') {
    const text = entry.value.kind === 'scalar' ? String(entry.value.value) : '';
    const boolean = /\b(?:and|or|not)\b/i.test(text);
    reporter.error(
      entry.line,
      'correlation-condition',
      boolean
        ? `condition ${quoted(text)}: conditions that join rules by and, or and not belong to Sigma 2.2, and this is Sigma 2.1, where ${type ?? 'temporal'} ` +
            'fires when all of `rules` matched: leave the condition out, and write one correlation for each alternative'
        : 'the condition of a correlation must be a map, e.g. `gte: 10`',
    );
    return { bounds: [] };
  }
  const bounds: { op: Comparison; value: number }[] = [];
  let fields: readonly string[] | undefined;
  let percentile: number | undefined;
  for (const each of entry.value.entries) {
    const op = comparisons.find((name) => name === each.key);
    if (op !== undefined) bounds.push({ op, value: readNumber(each, reporter) });
    else if (each.key === 'field') fields = parseFields(each, reporter);
    else if (each.key === 'percentile') percentile = readNumber(each, reporter);
    else {
      const known = [...comparisons, 'field', 'percentile'].join(', ');
      reporter.error(each.line, 'correlation-condition', `condition: ${quoted(each.key)} is not one of ${known}`);
    }
  }
  if (type === 'first_seen' && bounds.length > 0) {
    reporter.error(
      entry.line,
      'correlation-condition',
      'first_seen compares nothing: its condition holds `field` alone',
    );
  }
  if (bounds.length === 0 && !temporal && type !== 'first_seen') {
    reporter.error(entry.line, 'correlation-condition', 'condition compares nothing: add gte, gt, lte, lt, eq or neq');
  }
  const counts = type === 'event_count' || temporal;
  if (type !== undefined && !counts && (fields === undefined || fields.length === 0)) {
    reporter.error(entry.line, 'correlation-condition', `${type} needs \`field\` in its condition`);
  }
  if (counts && fields !== undefined) {
    reporter.warn(
      entry.line,
      'correlation-condition',
      `${type} doesn't look at a field: use value_count to count values`,
    );
  }
  if (fields !== undefined && fields.length > 1 && type !== 'value_count' && type !== 'first_seen') {
    reporter.error(entry.line, 'correlation-condition', `${type} takes one field, not ${fields.length}`);
  }
  if (percentile !== undefined && (type !== 'value_percentile' || percentile < 0 || percentile > 100)) {
    reporter.error(entry.line, 'correlation-condition', 'percentile belongs to value_percentile and is from 0 to 100');
  }
  return { bounds, ...(fields && { fields }), ...(percentile !== undefined && { percentile }) };
}

function parseFields(entry: YamlEntry, reporter: Reporter): readonly string[] {
  const { value } = entry;
  if (value.kind === 'scalar' && typeof value.value === 'string') return [value.value];
  return readTexts(entry, reporter);
}

function readNumber(entry: YamlEntry, reporter: Reporter): number {
  const { value } = entry;
  if (value.kind === 'scalar' && typeof value.value === 'number') return value.value;
  reporter.error(entry.line, 'correlation-condition', `condition: ${entry.key} must be a number`);
  return 0;
}

function parseAliases(
  entry: YamlEntry | undefined,
  reporter: Reporter,
): Readonly<Record<string, Readonly<Record<string, string>>>> {
  if (entry === undefined) return {};
  if (entry.value.kind !== 'map') {
    reporter.error(entry.line, 'aliases', 'aliases must be a map: alias name → rule → field');
    return {};
  }
  const aliases: [string, Record<string, string>][] = [];
  for (const alias of entry.value.entries) {
    if (alias.value.kind !== 'map') {
      reporter.error(alias.line, 'aliases', `alias ${quoted(alias.key)} must be a map: rule → field`);
      continue;
    }
    const fields: [string, string][] = [];
    for (const each of alias.value.entries) {
      const field = readText(each, reporter);
      if (field !== undefined) fields.push([each.key, field]);
    }
    aliases.push([alias.key, Object.fromEntries(fields)]);
  }
  return Object.fromEntries(aliases);
}

function parseGenerate(inside: YamlEntry | undefined, top: YamlEntry | undefined, reporter: Reporter): boolean {
  const values: boolean[] = [];
  for (const entry of [inside, top]) {
    if (entry === undefined) continue;
    if (entry.value.kind === 'scalar' && typeof entry.value.value === 'boolean') values.push(entry.value.value);
    else reporter.error(entry.line, 'generate', 'generate must be true or false');
  }
  if (top !== undefined && values.length === 2 && values[0] !== values[1]) {
    reporter.error(top.line, 'generate', 'generate is true in one place and false in the other');
  }
  return values[0] ?? false;
}
