import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compileMatcher } from '../../src/sigma/backends/matcher.ts';
import { explainMatch } from '../../src/sigma/explain.ts';
import type { Fields, LoweredRule } from '../../src/sigma/expr.ts';
import { lowerRules } from '../../src/sigma/lower.ts';
import { parseRuleFile } from '../../src/sigma/parse.ts';
import { requirementsOf } from '../../src/sigma/requirements.ts';
import { compileField } from '../../src/sigma/field.ts';
import { foldCase, textOf } from '../../src/sigma/text.ts';
import { expectGolden } from '../support/golden.ts';
import { corpora, hasRules, readFolder } from './rule-archive.ts';
import type { RuleFiles } from './rule-archive.ts';

/** Real CloudTrail beside the checkout: attacks, labelled and not, among ordinary activity. */
const files = {
  invictus: 'invictus_aws_dataset/events.jsonl',
  stratus: 'stratus_red_team/events_labelled.jsonl',
  streamalert: 'streamalert_cloudtrail/tests.jsonl',
  otrf: 'otrf_security_datasets_aws/ec2_proxy_s3_exfiltration_2020-09-14011940.json',
  small: 'small_cloudtrail_samples/events.jsonl',
} as const;

function readRecords(file: string): readonly Fields[] {
  return readFileSync(path.join(corpora, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const value = JSON.parse(line) as { readonly event?: Fields };
      const record = value.event ?? value;
      const detail = (record as { readonly detail?: Fields }).detail;
      return detail ?? record;
    });
}

function lower(rules: RuleFiles): readonly LoweredRule[] {
  return lowerRules(rules.flatMap(([file, text]) => parseRuleFile(text, file).documents)).ruleSet.detections;
}

const present = hasRules && Object.values(files).every((file) => existsSync(path.join(corpora, file)));

(present ? describe : describe.skip)('rules of others over real CloudTrail', () => {
  const sets = present
    ? { sigmahq: lower(readFolder('sigmahq_rules/aws/rules')), suzaku: lower(readFolder('suzaku_aws_rules')) }
    : { sigmahq: [], suzaku: [] };

  test.each(Object.entries(files))('%s: which rules match how often', (name, file) => {
    const records = readRecords(file);
    const counts = Object.fromEntries(
      Object.entries(sets).map(([set, rules]) => {
        const matched = rules.map((rule) => {
          const matcher = compileMatcher(rule.expr);
          return [rule.key, records.filter((record) => matcher(record)).length] as const;
        });
        return [
          set,
          Object.fromEntries(matched.filter(([, count]) => count > 0).toSorted(([a], [b]) => (a < b ? -1 : 1))),
        ];
      }),
    );
    expectGolden(`sigma/${name}.json`, `${JSON.stringify({ records: records.length, ...counts }, null, 2)}\n`);
  });

  test('what a rule requires, every record that it matches has', () => {
    let checked = 0;
    for (const record of readRecords(files.stratus)) {
      for (const { expr } of [...sets.sigmahq, ...sets.suzaku]) {
        if (!compileMatcher(expr)(record)) continue;
        expect(explainMatch(expr, record).result).toBe(true);
        for (const { field, values } of requirementsOf(expr)) {
          const elements = compileField(field)(record).flat();
          expect(elements.some((element) => values.includes(foldCase(textOf(element) ?? '')))).toBe(true);
          checked += 1;
        }
      }
    }
    expect(checked).toBeGreaterThan(100);
  });
});
