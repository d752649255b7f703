import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { loadRules } from '../../src/detect/load-rules.ts';
import { standardOpener } from '../../src/ingest/open.ts';
import type { LogRecord } from '../../src/model/log-record.ts';
import type { Expr, LoweredRule, LoweredRuleSet } from '../../src/sigma/match.ts';
import { hasCorpora, readCloudTrail, readRules } from '../support/corpora.ts';

export interface RulesInput {
  readonly name: string;
  readonly ruleSet: LoweredRuleSet;
}

const root = join(import.meta.dirname, '..', '..');

/**
 * readRuleSets gives our own rules and three sets of growing size: those of the corpora where they are, else our own
 * multiplied, each copy about values of its own as other rules would be.
 */
export async function readRuleSets(): Promise<readonly RulesInput[]> {
  const { ruleSet: own } = await loadRules([join(root, 'rules')]);
  const named = (name: string, ruleSet: LoweredRuleSet): RulesInput => ({ name, ruleSet });
  if (!hasCorpora)
    return [named('own', own), ...[57, 800, 3_800].map((size) => named(`own × ${size}`, multiplied(own, size)))];
  const [aws, suzaku, all] = [readRules('aws'), readRules('suzaku'), readRules('all')];
  // Suzaku and SigmaHQ's AWS rules together are about 800.
  const both = { detections: [...aws.detections, ...suzaku.detections], correlations: suzaku.correlations };
  return [
    named('own', own),
    named('SigmaHQ AWS', aws),
    named('SigmaHQ AWS + Suzaku', both),
    named('SigmaHQ all + Suzaku', all),
  ];
}

/** readRecords gives CloudTrail records: a sample, evenly spread, of the corpora, or else those of `events/`. */
export function readRecords(most: number): readonly LogRecord[] {
  const records = hasCorpora ? readCloudTrail() : readSample();
  const step = Math.max(1, Math.floor(records.length / most));
  return records.filter((_, index) => index % step === 0).slice(0, most);
}

/** readSample gives the CloudTrail records of `events/`. */
export function readSample(): readonly LogRecord[] {
  return globSync('events/**/*.{json,json.gz}', { cwd: root }).flatMap((path) => {
    const bytes = readFileSync(join(root, path));
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    return [...standardOpener.text(text, { path, index: 0 })].flatMap((item) =>
      item.kind === 'record' && item.record.source.services.includes('cloudtrail') ? [item.record] : [],
    );
  });
}

function multiplied({ detections }: LoweredRuleSet, size: number): LoweredRuleSet {
  const copies: LoweredRule[] = [];
  for (let copy = 0; copies.length < size; copy += 1) {
    for (const rule of detections) copies.push({ ...rule, key: `${rule.key} ${copy}`, expr: shifted(rule.expr, copy) });
  }
  return { detections: copies.slice(0, size), correlations: [] };
}

function shifted(expr: Expr, copy: number): Expr {
  if (copy === 0) return expr;
  switch (expr.kind) {
    case 'and':
    case 'or':
      return { ...expr, items: expr.items.map((item) => shifted(item, copy)) };
    case 'not':
      return { ...expr, item: shifted(expr.item, copy) };
    case 'field': {
      if (expr.field !== 'eventName' || expr.test.kind !== 'pattern') return expr;
      const patterns = expr.test.patterns.map((pattern) => [...pattern, String(copy)]);
      return { ...expr, test: { ...expr.test, patterns } };
    }
    case 'keyword':
    case 'element':
    case 'constant':
      return expr;
    default:
      throw new Error(expr satisfies never);
  }
}
