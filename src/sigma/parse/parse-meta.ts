import type { Reporter } from './reporter.ts';
import { quoted } from './reporter.ts';
import { levels } from '../level.ts';
import type { LogSource, RuleMeta } from '../rule.ts';
import { entryOf, plainOf } from './yaml.ts';
import type { YamlEntry, YamlMap } from './yaml.ts';

const statuses = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];
const relations = ['derived', 'obsolete', 'merged', 'renamed', 'similar', 'correlation'];
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const date = /^\d{4}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])$/;
const slashedDate = /^\d{4}\/(0?[1-9]|1[012])\/(0?[1-9]|[12]\d|3[01])$/;
const tag = /^[a-z0-9_-]+\.[a-z0-9._-]+$/;

const read = new Set([
  'title', 'id', 'name', 'level', 'status', 'description', 'author', 'date', 'modified',
  'tags', 'references', 'falsepositives', 'fields',
]); // prettier-ignore

/**
 * parseMeta reads everything of a document that isn't logic. `logic` names the attributes that the caller reads itself;
 * what nobody reads is kept in `custom`, also Sigma's own `related`, `taxonomy`, `license` and `scope`.
 */
export function parseMeta(map: YamlMap, logic: readonly string[], reporter: Reporter): RuleMeta {
  const text = (key: string, limit?: number): string | undefined => readText(entryOf(map, key), reporter, limit);
  const title = text('title', 256);
  if (entryOf(map, 'title') === undefined) reporter.error(map.line, 'no-title', 'the document has no title');
  const id = text('id');
  if (id !== undefined && !uuid.test(id)) {
    reporter.warn(lineOf(map, 'id'), 'id-not-uuid', `id ${quoted(id)} is not a UUID, so it may collide with others'`);
  }
  const level = oneOf(map, 'level', levels, reporter);
  const status = oneOf(map, 'status', statuses, reporter);
  checkRelated(map, reporter);
  for (const key of ['taxonomy', 'license']) text(key, 256);
  readTexts(entryOf(map, 'scope'), reporter, 2);
  const tags = readTags(map, reporter);
  const optional = {
    id,
    name: text('name', 256),
    level,
    status,
    description: text('description', 65_535),
    author: readAuthor(map, reporter),
    date: readDate(map, 'date', reporter),
    modified: readDate(map, 'modified', reporter),
  };
  return {
    title: title ?? '',
    ...definedOnly(optional),
    tags,
    references: readTexts(entryOf(map, 'references'), reporter),
    falsepositives: readTexts(entryOf(map, 'falsepositives'), reporter, 2),
    fields: readTexts(entryOf(map, 'fields'), reporter),
    custom: Object.fromEntries([
      ...map.entries
        .filter((entry) => !read.has(entry.key) && !logic.includes(entry.key))
        .map((entry): [string, unknown] => [entry.key, plainOf(entry.value)]),
      ...(logic.includes('logsource') ? logsourceExtras(map) : []),
    ]),
  };
}

/** readTags reads tags written with capitals or blanks as the ones that Sigma means: `attack.Initial Access` is `attack.initial-access`. */
function readTags(map: YamlMap, reporter: Reporter): readonly string[] {
  const line = lineOf(map, 'tags');
  return readTexts(entryOf(map, 'tags'), reporter).map((each) => {
    if (tag.test(each)) return each;
    const meant = each.trim().toLowerCase().replaceAll(/\s+/g, '-');
    if (tag.test(meant))
      reporter.warn(
        line,
        'tag',
        `tag ${quoted(each)} is read as ${quoted(meant)}: tags have no capitals and no blanks`,
      );
    else reporter.error(line, 'tag', `tag ${quoted(each)}: expected namespace.name in lower case, e.g. attack.t1078`);
    return meant;
  });
}

/** What a log source says besides product, service and category (`definition`) is kept under this prefix in `custom`. */
const logsourcePrefix = 'logsource.';

function logsourceExtras(map: YamlMap): readonly [string, unknown][] {
  const entry = entryOf(map, 'logsource');
  if (entry?.value.kind !== 'map') return [];
  return entry.value.entries
    .filter(({ key }) => !['product', 'service', 'category'].includes(key))
    .map(({ key, value }) => [`${logsourcePrefix}${key}`, plainOf(value)]);
}

/**
 * parseLogSource reads a `logsource` map. One that names nothing covers every log, which is worth a warning. The
 * specification wants the attribute in filters too, but filters without it are common and can only mean every log.
 */
export function parseLogSource(map: YamlMap, reporter: Reporter): LogSource {
  const entry = entryOf(map, 'logsource');
  if (entry === undefined) {
    const message = 'the document has no logsource: say which logs it is about';
    if (entryOf(map, 'filter') === undefined) reporter.error(map.line, 'no-logsource', message);
    else reporter.warn(map.line, 'no-logsource', `${message}; without it the filter covers every log`);
    return {};
  }
  if (entry.value.kind === 'scalar' && entry.value.value === null) {
    reporter.warn(entry.line, 'logsource', 'logsource is empty, so it covers every log');
    return {};
  }
  if (entry.value.kind !== 'map') {
    reporter.error(entry.line, 'logsource', 'logsource must be a map of product, service and category');
    return {};
  }
  const source = entry.value;
  const part = (key: string): string | undefined => readText(entryOf(source, key), reporter);
  part('definition');
  const result = definedOnly({ product: part('product'), service: part('service'), category: part('category') });
  if (Object.keys(result).length === 0) {
    reporter.warn(entry.line, 'logsource', 'logsource names no product, service or category, so it covers every log');
  }
  return result;
}

/** readText reads a text attribute; a missing one is undefined, one of another type a problem. */
export function readText(entry: YamlEntry | undefined, reporter: Reporter, limit?: number): string | undefined {
  if (entry === undefined) return undefined;
  const { value } = entry;
  if (value.kind === 'scalar' && value.value === null) {
    reporter.warn(entry.line, 'empty-attribute', `${entry.key} is empty: leave it out or fill it`);
    return undefined;
  }
  if (value.kind !== 'scalar' || typeof value.value !== 'string') {
    const hint = value.kind === 'scalar' ? ': quote it' : `, not a ${value.kind}`;
    reporter.error(entry.line, 'attribute-type', `${entry.key} must be text${hint}`);
    return undefined;
  }
  if (limit !== undefined && value.value.length > limit) {
    reporter.error(
      entry.line,
      'attribute-length',
      `${entry.key} has ${value.value.length} characters, ${limit} are allowed`,
    );
  }
  return value.value;
}

/** readTexts reads a list of texts; a single text counts as a list of one, with a warning. */
export function readTexts(entry: YamlEntry | undefined, reporter: Reporter, minLength = 0): readonly string[] {
  if (entry === undefined) return [];
  const { value } = entry;
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    reporter.warn(entry.line, 'attribute-type', `${entry.key} should be a list`);
    return [value.value];
  }
  if (value.kind !== 'list') return readText(entry, reporter) === undefined ? [] : [];
  const texts: string[] = [];
  for (const item of value.items) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') {
      reporter.error(item.line, 'attribute-type', `${entry.key} must be a list of texts`);
    } else if (item.value.length < minLength) {
      reporter.error(item.line, 'attribute-length', `${entry.key}: ${quoted(item.value)} is too short to say anything`);
    } else if (texts.includes(item.value)) {
      reporter.error(item.line, 'duplicate-item', `${entry.key} lists ${quoted(item.value)} twice`);
    } else texts.push(item.value);
  }
  return texts;
}

/** definedOnly drops the keys whose value is undefined, as `exactOptionalPropertyTypes` wants. */
function definedOnly<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function lineOf(map: YamlMap, key: string): number {
  return entryOf(map, key)?.line ?? map.line;
}

function oneOf<T extends string>(map: YamlMap, key: string, allowed: readonly T[], reporter: Reporter): T | undefined {
  const value = readText(entryOf(map, key), reporter);
  if (value === undefined) return undefined;
  const found = allowed.find((each) => each === value);
  if (found === undefined)
    reporter.error(lineOf(map, key), key, `${key} ${quoted(value)}: must be one of ${allowed.join(', ')}`);
  return found;
}

function readDate(map: YamlMap, key: string, reporter: Reporter): string | undefined {
  const value = readText(entryOf(map, key), reporter);
  if (value === undefined || date.test(value)) return value;
  if (slashedDate.test(value))
    reporter.warn(lineOf(map, key), 'date', `${key} ${value}: write ${value.replaceAll('/', '-')}`);
  else reporter.error(lineOf(map, key), 'date', `${key} ${quoted(value)}: must be YYYY-MM-DD`);
  return value;
}

function readAuthor(map: YamlMap, reporter: Reporter): string | undefined {
  return readText(entryOf(map, 'author'), reporter);
}

function checkRelated(map: YamlMap, reporter: Reporter): void {
  const entry = entryOf(map, 'related');
  if (entry === undefined) return;
  if (entry.value.kind !== 'list') {
    reporter.error(entry.line, 'related', 'related must be a list of maps with id and type');
    return;
  }
  for (const item of entry.value.items) {
    const type = item.kind === 'map' ? entryOf(item, 'type') : undefined;
    const id = item.kind === 'map' ? entryOf(item, 'id') : undefined;
    if (type === undefined || id === undefined) {
      reporter.error(item.line, 'related', 'each related rule needs id and type');
      continue;
    }
    readText(id, reporter);
    const name = readText(type, reporter);
    if (name !== undefined && !relations.includes(name)) {
      reporter.warn(type.line, 'related', `related type ${quoted(name)}: should be one of ${relations.join(', ')}`);
    }
  }
}
