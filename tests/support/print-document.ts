import { stringify } from 'yaml';
import type {
  CorrelationRule,
  DetectionItem,
  DetectionRule,
  Detections,
  FilterRule,
  RuleMeta,
  Scalar,
  Search,
  SigmaDocument,
} from '../../src/sigma/index.ts';

/** Where keys of a log source that Sigma doesn't define are kept. */
const logsourcePrefix = 'logsource.';

/**
 * printDocument writes a document as YAML that parseRuleFile reads as the same rule. Comments, and the units in which a
 * timespan was written, are not kept.
 */
export function printDocument(document: SigmaDocument): string {
  const { custom, ...meta } = document.meta;
  const own = Object.entries(custom).filter(([key]) => !key.startsWith(logsourcePrefix));
  return stringify(
    { ...filled(meta), ...logicOf(document), ...Object.fromEntries(own) },
    // Block texts lose blanks at their ends.
    { version: '1.2', schema: 'core', lineWidth: 0, blockQuote: false },
  );
}

function filled(meta: Omit<RuleMeta, 'custom'>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(meta).filter(([, value]) => !Array.isArray(value) || value.length > 0));
}

function logicOf(document: SigmaDocument): Readonly<Record<string, unknown>> {
  switch (document.kind) {
    case 'detection':
      return { logsource: printLogSource(document), detection: printDetections(document.detection) };
    case 'filter':
      return { logsource: printLogSource(document), filter: printFilter(document) };
    case 'correlation':
      return { correlation: printCorrelation(document) };
    default:
      throw new Error(document satisfies never);
  }
}

function printLogSource({ logsource, meta }: DetectionRule | FilterRule): Readonly<Record<string, unknown>> {
  const more = Object.entries(meta.custom).filter(([key]) => key.startsWith(logsourcePrefix));
  return {
    ...logsource,
    ...Object.fromEntries(more.map(([key, value]) => [key.slice(logsourcePrefix.length), value])),
  };
}

function printFilter({ rules, detection }: FilterRule): Readonly<Record<string, unknown>> {
  return { rules, ...printDetections(detection) };
}

function printCorrelation(rule: CorrelationRule): Readonly<Record<string, unknown>> {
  const { bounds, fields, percentile } = rule.condition;
  const condition = {
    ...(fields && { field: fields }),
    ...Object.fromEntries(bounds.map(({ op, value }) => [op, value])),
    ...(percentile !== undefined && { percentile }),
  };
  return {
    type: rule.type,
    rules: rule.rules,
    'group-by': rule.groupBy,
    timespan: `${rule.timespanMs / 1_000}s`,
    ...(Object.keys(condition).length > 0 && { condition }),
    ...(Object.keys(rule.aliases).length > 0 && { aliases: rule.aliases }),
    generate: rule.generate,
  };
}

function printDetections({ searches, conditions }: Detections): Readonly<Record<string, unknown>> {
  const [only] = conditions;
  return {
    ...Object.fromEntries([...searches].map(([name, search]) => [name, printSearch(search)])),
    condition: conditions.length === 1 ? only : conditions,
  };
}

function printSearch(search: Search): unknown {
  switch (search.kind) {
    case 'any':
      return search.items.flatMap((item): readonly unknown[] => keywordsOf(item) ?? [printSearch(item)]);
    case 'all':
      return Object.assign({}, ...search.items.map(printSearch)) as unknown;
    case 'element':
      return { [`${search.field}|element`]: printSearch(search.search) };
    case 'item':
      return keywordsOf(search) ?? Object.fromEntries([entryOf(search.item)]);
    default:
      throw new Error(search satisfies never);
  }
}

function keywordsOf(search: Search): readonly Scalar[] | undefined {
  if (search.kind !== 'item') return undefined;
  const { field, modifiers, values } = search.item;
  return field === '' && modifiers.length === 0 ? values : undefined;
}

function entryOf({ field, modifiers, values }: DetectionItem): readonly [string, unknown] {
  const [only] = values;
  return [[field, ...modifiers].join('|'), values.length === 1 ? only : values];
}
