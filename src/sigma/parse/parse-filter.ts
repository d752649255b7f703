import { parseDetections } from './parse-detection.ts';
import { parseLogSource, parseMeta, readTexts } from './parse-meta.ts';
import type { Reporter } from './reporter.ts';
import type { FilterRule, Place } from '../rule.ts';
import { entryOf } from './yaml.ts';
import type { YamlMap } from './yaml.ts';

/** parseFilter reads a document with a `filter`: exceptions kept apart from the rules they apply to. */
export function parseFilter(map: YamlMap, place: Place, reporter: Reporter): FilterRule | undefined {
  const meta = parseMeta(map, ['filter', 'logsource'], reporter);
  const logsource = parseLogSource(map, reporter);
  const entry = entryOf(map, 'filter');
  if (entry === undefined || entry.value.kind !== 'map') {
    reporter.error(entry?.line ?? map.line, 'filter', 'filter must be a map of rules, searches and a condition');
    return undefined;
  }
  const rules = parseReferences(entry.value, entry.line, reporter);
  const detection = parseDetections(entry, ['rules'], reporter);
  if (detection?.searches.size === 0) reporter.error(entry.line, 'empty-search', 'filter defines no search');
  if (reporter.refused() || detection === undefined) return undefined;
  return { kind: 'filter', meta, place, logsource, rules, detection };
}

function parseReferences(filter: YamlMap, line: number, reporter: Reporter): readonly string[] | 'any' {
  const entry = entryOf(filter, 'rules');
  const hint = 'list the ids or names of rules, or write `rules: any` for all of the log source';
  if (entry === undefined) {
    reporter.error(line, 'filter-rules', `filter has no rules: ${hint}`);
    return [];
  }
  if (entry.value.kind === 'scalar' && typeof entry.value.value === 'string') {
    return entry.value.value.toLowerCase() === 'any' ? 'any' : [entry.value.value];
  }
  if (entry.value.kind === 'list' && entry.value.items.length === 0) {
    // Never all rules: emptying a list must not widen an exception.
    reporter.warn(entry.line, 'filter-rules', `rules of the filter is empty, so it applies to no rule: ${hint}`);
    return [];
  }
  const rules = readTexts(entry, reporter);
  if (rules.length === 0) reporter.error(entry.line, 'filter-rules', `rules of the filter is empty: ${hint}`);
  return rules;
}
