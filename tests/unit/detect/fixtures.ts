import { describe } from '../../../src/describe/describe.ts';
import type { RuleMatch } from '../../../src/detect/detector.ts';
import type { RuleSet } from '../../../src/detect/rule-set.ts';
import type { LogRecord } from '../../../src/model/log-record.ts';
import type { Expr, LoweredCorrelation, LoweredRule, RuleMeta } from '../../../src/sigma/match.ts';
import type { WindowMatch } from '../../../src/detect/correlation/window-store.ts';

export const noon = Date.parse('2026-03-01T12:00:00.000Z');
export const minute = 60_000;
export const cloudtrail = { product: 'aws', services: ['cloudtrail'] } as const;

/** metaOf is the least a rule says of itself. */
export function metaOf(meta: Partial<RuleMeta> = {}): RuleMeta {
  return { title: 'A rule', tags: [], references: [], falsepositives: [], fields: [], custom: {}, ...meta };
}

/** ruleOf is a detection rule; without more, for CloudTrail and matching everything. */
export function ruleOf(key: string, rule: Partial<Omit<LoweredRule, 'kind' | 'key'>> = {}): LoweredRule {
  return {
    kind: 'detection',
    key,
    meta: metaOf({ title: `Title of ${key}`, id: key }),
    path: `rules/${key}.yml`,
    logsource: { product: 'aws', service: 'cloudtrail' },
    expr: { kind: 'constant', value: true },
    generate: true,
    ...rule,
  };
}

/** correlationOf is a correlation; without more, three events of `login` by user in ten minutes. */
export function correlationOf(
  key: string,
  correlation: Partial<Omit<LoweredCorrelation, 'kind' | 'key'>> = {},
): LoweredCorrelation {
  return {
    kind: 'correlation',
    key,
    meta: metaOf({ title: key, id: key, level: 'high' }),
    path: `rules/${key}.yml`,
    type: 'event_count',
    rules: ['login'],
    groupBy: ['user'],
    timespanMs: 10 * minute,
    condition: { bounds: [{ op: 'gte', value: 3 }] },
    aliases: {},
    generate: true,
    ...correlation,
  };
}

/** recordOf is a CloudTrail record at so many minutes after noon. */
export function recordOf(id: string, atMinute: number, fields: Readonly<Record<string, unknown>> = {}): LogRecord {
  return {
    id,
    time: new Date(noon + atMinute * minute).toISOString(),
    source: cloudtrail,
    fields,
    origin: { path: 'events.json', index: 0 },
  };
}

/** matchOf is a rule's match as correlations see it. */
export function matchOf(rule: string, record: LogRecord): WindowMatch {
  return { id: record.id, time: Date.parse(record.time), rule, record };
}

/** is tests a field for a literal, whatever its case. */
export function is(field: string, ...values: readonly string[]): Expr {
  return { kind: 'field', field, test: { kind: 'pattern', patterns: values.map((value) => [value]), cased: false } };
}

/** ruleMatchOf is a rule's match as a detector gives it. */
export function ruleMatchOf(rule: LoweredRule, record: LogRecord): RuleMatch {
  return { rule, record, event: () => describe(record), evidence: () => [] };
}

/** ruleSetOf is a set whose rules nobody asks about records: for correlations alone. */
export function ruleSetOf(detections: readonly LoweredRule[], correlations: readonly LoweredCorrelation[]): RuleSet {
  return { detections, correlations, candidates: () => [], derive: (fields) => fields };
}
