import { expect, test } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { detectRecords } from '../../src/detect/detect.ts';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import { expectGolden } from '../support/golden.ts';
import { readPaths } from '../../src/ingest/files/local-files.ts';

const root = path.resolve(import.meta.dirname, '../..');
const corpora = path.resolve(root, '../shared/corpora');
const ruleSet = createRuleSet((await loadRules([path.join(root, 'rules')])).ruleSet);

/** What the rules find in a file or folder: how often, by title. */
async function findingsIn(where: string): Promise<Readonly<Record<string, number>>> {
  const files = await readPaths([where], { stdin: (async function* () {})(), now: '2026-03-12T00:00:00.000Z' });
  const counts: Record<string, number> = {};
  const tally = await detectRecords(
    files.ingested,
    { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) },
    { finding: ({ rule }) => void (counts[rule.title] = (counts[rule.title] ?? 0) + 1) },
  );
  expect(tally.failed).toBe(0);
  expect(tally.records).toBeGreaterThan(0);
  return counts;
}

const stratus = path.join(corpora, 'stratus_red_team/raw');

/**
 * What the rules find in records of others, by attack and title, lies in a golden file: read what changed before it is committed
 * (UPDATE_GOLDEN=1 npx jest tests/rules/corpora writes it anew). Each file of Stratus Red Team is one attack as it really looks in
 * CloudTrail, with its preparation and its cleaning up; an empty row is an attack that no rule sees.
 */
function golden(name: string, counts: Readonly<Record<string, unknown>>): void {
  expectGolden(`rules/${name}.json`, `${JSON.stringify(counts, (_key, value: unknown) => sorted(value), 2)}\n`);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

(existsSync(stratus) ? test : test.skip)('attacks of Stratus Red Team', async () => {
  const counts: Record<string, unknown> = {};
  for (const file of readdirSync(stratus).toSorted()) {
    counts[file.replace(/\.json$/, '')] = await findingsIn(path.join(stratus, file));
  }
  golden('stratus', counts);
});

const invictus = path.join(corpora, 'invictus_aws_dataset/raw');

(existsSync(invictus) ? test : test.skip)('an account in which many attacks were tried in one hour', async () => {
  golden('invictus', await findingsIn(invictus));
});
