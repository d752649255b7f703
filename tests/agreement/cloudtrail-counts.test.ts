import { describe, expect, test } from '@jest/globals';
import { detectRecords } from '../../src/detect/detect.ts';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import {
  compileField,
  explainMatch,
  foldCase,
  requirementsOf,
  textOf,
  type LoweredRuleSet,
} from '../../src/sigma/match.ts';
import { cloudTrailCorpora, hasCorpora, ingestCloudTrail, readRules } from '../support/corpora.ts';
import type { CloudTrailCorpus } from '../support/corpora.ts';
import { expectGolden } from '../support/golden.ts';

type Counts = Record<string, number>;

function count(counts: Counts, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}

function sorted(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every rule's matches, also those that only count for a correlation, and every correlation's findings. */
async function countsOf(corpus: CloudTrailCorpus, lowered: LoweredRuleSet) {
  const ruleSet = createRuleSet(lowered);
  const matches: Counts = {};
  const correlations: Counts = {};
  const tally = await detectRecords(
    ingestCloudTrail(corpus),
    { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) },
    {
      record: (_, matched) => {
        for (const { rule } of matched) count(matches, rule.key);
      },
      finding: ({ rule, correlated }) => {
        if (correlated.length > 0) count(correlations, rule.id);
      },
    },
  );
  return { tally, matches: sorted(matches), correlations: sorted(correlations) };
}

(hasCorpora ? describe : describe.skip)('rules of others over real CloudTrail', () => {
  const sets = hasCorpora
    ? { sigmahq: readRules('aws'), suzaku: readRules('suzaku') }
    : { sigmahq: { detections: [], correlations: [] }, suzaku: { detections: [], correlations: [] } };

  test.each(cloudTrailCorpora)('%s: which rules match how often, and which correlations fire', async (corpus) => {
    const counts = { sigmahq: await countsOf(corpus, sets.sigmahq), suzaku: await countsOf(corpus, sets.suzaku) };
    expectGolden(`sigma/${corpus}.json`, `${JSON.stringify(counts, null, 2)}\n`);
  });

  test('what a rule requires, every record that it matches has', () => {
    const { detect } = createDetector(
      createRuleSet({ detections: [...sets.sigmahq.detections, ...sets.suzaku.detections], correlations: [] }),
    );
    let checked = 0;
    for (const item of ingestCloudTrail('stratus')) {
      if (item.kind !== 'record') continue;
      const { fields } = item.record;
      for (const { rule } of detect(item.record)) {
        expect(explainMatch(rule.expr, fields).result).toBe(true);
        for (const { field, values } of requirementsOf(rule.expr)) {
          const elements = compileField(field)(fields).flat();
          expect(elements.some((element) => values.includes(foldCase(textOf(element) ?? '')))).toBe(true);
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThan(100);
  });
});
