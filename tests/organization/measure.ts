/** Prints what the rules find in the ordinary organization and in the intrusion, by rule: `node tests/organization/measure.ts`. */
import { createReadAccounts } from '../../src/cli/findings/read-accounts.ts';
import { createBatchCorrelator } from '../../src/detect/correlation/batch-correlator.ts';
import { detectRecords } from '../../src/detect/detect.ts';
import { createDetector } from '../../src/detect/detector.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { createRuleSet } from '../../src/detect/rule-set.ts';
import type { Finding } from '../../src/model/finding.ts';
import { isAtLeast } from '../../src/model/level.ts';
import type { Ingested } from '../../src/model/log-record.ts';
import { intrusion, ordinaryRecords } from './organization.ts';
import type { CloudTrailRecord } from './record.ts';

/** findingsOf gives what the rules at medium and above find in the ordinary days, with the intrusion among them or without. */
export async function findingsOf(rules: string, withIntrusion: boolean): Promise<readonly Finding[]> {
  const accounts = createReadAccounts({ accounts: [] });
  const ruleSet = createRuleSet((await loadRules([rules])).ruleSet, accounts.derive);
  const found: Finding[] = [];
  const { failed } = await detectRecords(
    accounts.known(ingestedOf(withIntrusion)),
    { detector: createDetector(ruleSet), correlator: createBatchCorrelator(ruleSet) },
    { finding: (finding) => void (isAtLeast(finding.rule.level, 'medium') && found.push(finding)) },
  );
  if (failed > 0) throw new Error(`expected every record to be read, got ${failed} that were not`);
  return found;
}

async function* ingestedOf(withIntrusion: boolean): AsyncIterable<Ingested> {
  for (const day of ordinaryRecords()) for (const record of day) yield ingested(record);
  if (!withIntrusion) return;
  for (const { records } of intrusion()) for (const record of records) yield ingested(record);
}

function ingested(fields: CloudTrailRecord): Ingested {
  return {
    kind: 'record',
    record: {
      id: String(fields['eventID']),
      time: fields.eventTime.replace('Z', '.000Z'),
      source: { product: 'aws', services: ['cloudtrail'] },
      fields,
      origin: { path: 'organization', index: 0 },
    },
  };
}

if (import.meta.main) {
  const rules = new URL('../../rules', import.meta.url).pathname;
  const [quiet, both] = [await findingsOf(rules, false), await findingsOf(rules, true)];
  const counted = (list: readonly Finding[]): ReadonlyMap<string, number> =>
    new Map(
      [...Map.groupBy(list, ({ rule }) => `${rule.title} | ${rule.level}`)].map(([rule, { length }]) => [rule, length]),
    );
  const [before, after] = [counted(quiet), counted(both)];
  process.stdout.write('| rule | level | 14 ordinary days | the intrusion |\n| --- | --- | --- | --- |\n');
  for (const rule of [...after.keys()].toSorted()) {
    const ordinary = before.get(rule) ?? 0;
    process.stdout.write(`| ${rule} | ${ordinary} | ${(after.get(rule) ?? 0) - ordinary} |\n`);
  }
}
