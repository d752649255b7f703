import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import { detectRecords } from '../../../src/detect/detect.ts';
import { createBatchCorrelator } from '../../../src/detect/correlation/batch-correlator.ts';
import { createDetector } from '../../../src/detect/detector.ts';
import { loadRules } from '../../../src/detect/load-rules.ts';
import { covers, createRuleSet } from '../../../src/detect/rule-set.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { LogRecord } from '../../../src/model/log-record.ts';
import { hasCorpora, readCloudTrail, readRules } from '../../support/corpora.ts';
import { evaluate } from '../../support/naive-evaluator.ts';

// Skipped, visibly, where the corpora don't stand beside the checkout.
const onCorpora = hasCorpora ? test : test.skip;

onCorpora('real events give the same findings in any order and however often they come', async () => {
  const [own, suzaku] = [(await loadRules([join(import.meta.dirname, '../../../rules')])).ruleSet, readRules('suzaku')];
  const ruleSet = createRuleSet({
    detections: [...own.detections, ...suzaku.detections],
    correlations: [...own.correlations, ...suzaku.correlations],
  });
  const findingsOf = async (records: readonly LogRecord[]) => {
    const findings = new Map<string, Finding>();
    const engine = { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) };
    const ingested = records.map((record) => ({ kind: 'record', record }) as const);
    const tally = await detectRecords(ingested, engine, {
      finding: (finding) => void findings.set(finding.id, finding),
    });
    expect(tally).toMatchObject({ records: records.length, failed: 0 });
    expect(tally.matched + tally.unmatched).toBe(records.length);
    return findings;
  };

  const records = readCloudTrail();
  const inOrder = await findingsOf(records);
  // Some thousand records, each third one twice, in an order that has nothing to do with theirs.
  const shuffled = [...records, ...records.filter((_, index) => index % 3 === 0)]
    .map((record, index) => ({ record, rank: (index * 2_654_435_761) % 4_294_967_296 }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ record }) => record);
  const again = await findingsOf(shuffled);

  const correlated = [...inOrder.values()].filter((finding) => finding.correlated.length > 0);
  expect(correlated.length).toBeGreaterThanOrEqual(5);
  expect(new Set(correlated.map(({ rule }) => rule.id)).size).toBeGreaterThanOrEqual(3);
  expect([...again.keys()].sort()).toEqual([...inOrder.keys()].sort());
  for (const finding of correlated) expect(again.get(finding.id)).toEqual(finding);
});

onCorpora('what an index and compiled matchers find, an evaluator finds that neither compiles nor indexes', () => {
  const aws = readRules('aws');
  const { detect } = createDetector(createRuleSet(aws));
  let found = 0;
  for (const record of readCloudTrail()) {
    const keys = detect(record).map(({ rule }) => rule.key);
    const plain = aws.detections.filter(
      (rule) => covers(rule.logsource, record.source) && evaluate(rule.expr, record.fields),
    );
    found += keys.length;
    expect(keys).toEqual(plain.map(({ key }) => key));
  }
  expect(found).toBeGreaterThan(100);
});
