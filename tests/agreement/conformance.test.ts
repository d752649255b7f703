import { describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compileMatcher, lowerRules, parseRuleFile, type Fields } from '../../src/sigma/index.ts';

/** Cases that other engines test themselves with: a rule, an event, and how many of its rules match. */
const file = path.resolve(import.meta.dirname, '../../../shared/corpora/engine_conformance/cases.jsonl');

interface Case {
  readonly test: string;
  readonly rule: string;
  readonly event: Fields;
  readonly expected: number | '>=1';
  readonly options: string | null;
  readonly agreesWithPySigma: boolean | null;
}

/** Placeholder values that the cases' own engine was given. */
const placeholders = { Admins_Workstations: ['OtherAdminMachine', 'AdminMachine'] };

/** What we answer where the engines differ among themselves, by the case's place in the file, and why. */
const readings: readonly (readonly [index: number, matched: number, reading: string])[] = [
  [8, 0, 'a filter without a log source covers every log; it is ANDed, so SYSTEM is left out'],
  [10, 1, 'a filter with an empty list of rules applies to none: an emptied list must not come to mean every rule'],
  [13, 0, 'a filter may name a rule by its title, with a warning'],
  [16, 0, 'a filter without a log source covers every log'],
  [19, 1, 'a filter with an empty list of rules applies to none'],
  [20, 1, 'a filter with an empty list of rules applies to none'],
  [21, 0, 'expand takes values from the configuration, never from the event; without values the rule is refused'],
  [23, 0, 'expand takes values from the configuration, never from the event; without values the rule is refused'],
  [24, 0, 'expand takes values from the configuration, never from the event; without values the rule is refused'],
  [45, 1, 'utf16 begins with a byte order mark'],
  [48, 1, 'a filter with an empty list of rules applies to none, the one beside it does'],
  [49, 0, 'a filter with an empty list of rules applies to none, the one beside it does'],
  [52, 0, 'filters that use the same names for their searches do not collide'],
  [53, 0, 'filters that use the same names for their searches do not collide'],
  [59, 0, 'base64offset alone is equality: write base64offset|contains'],
  [76, 0, 'only 1, any and all are quantities: the rule is refused'],
  [77, 0, 'only 1, any and all are quantities: the rule is refused'],
  [92, 1, 'yes is a text in YAML 1.2'],
  [98, 0, 'null matches a missing key'],
  [132, 0, 'placeholders are replaced by their values'],
  [133, 1, 'placeholders are replaced by their values'],
];

/** Cases whose rule is refused. */
const refused = new Set([21, 22, 23, 24, 76, 77]);

const cases = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => ({ index, ...(JSON.parse(line) as Case) }))
  : [];

function run({ rule, event, options }: Case): { matched: number; refused: boolean } {
  const parsed = parseRuleFile(rule, 'case.yml');
  const lowered = lowerRules(parsed.documents, options === null ? {} : { placeholders });
  const matched = lowered.ruleSet.detections.filter((each) => compileMatcher(each.expr)(event)).length;
  const problems = [...parsed.problems, ...lowered.problems];
  return { matched, refused: problems.some((problem) => problem.severity === 'error') };
}

(cases.length > 0 ? describe : describe.skip)('conformance cases', () => {
  test.each(cases.filter((each) => each.agreesWithPySigma === true))('$index $test', (each) => {
    const result = run(each);
    if (each.expected === '>=1') expect(result.matched).toBeGreaterThanOrEqual(1);
    else expect(result.matched).toBe(each.expected);
    expect(result.refused).toBe(refused.has(each.index));
  });

  test.each(readings)('%i where engines differ: %i, since %s', (index, matched) => {
    const found = cases[index];
    expect(found?.agreesWithPySigma).not.toBe(true);
    expect(found && run(found)).toEqual({ matched, refused: refused.has(index) });
  });

  test('every case is either agreed on or read', () => {
    const open = cases.filter((each) => each.agreesWithPySigma !== true).map((each) => each.index);
    expect(open).toEqual(readings.map(([index]) => index));
  });
});
