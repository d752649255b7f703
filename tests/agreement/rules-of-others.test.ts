import { describe, expect, test } from '@jest/globals';
import { isDeepStrictEqual } from 'node:util';
import { compileMatcher, lowerRules, parseRuleFile, type Problem, type SigmaDocument } from '../../src/sigma/index.ts';
import { printDocument } from '../support/print-document.ts';
import { hasRules, readArchive, readFolder } from '../support/rule-archive.ts';
import type { RuleFiles } from '../support/rule-archive.ts';

const withRules = hasRules ? describe : describe.skip;

function parseAll(files: RuleFiles): { documents: readonly SigmaDocument[]; problems: readonly Problem[] } {
  const parsed = files.map(([path, text]) => parseRuleFile(text, path));
  return { documents: parsed.flatMap((each) => each.documents), problems: parsed.flatMap((each) => each.problems) };
}

function errorsOf(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter((problem) => problem.severity === 'error');
}

/** Gives every placeholder that the documents need a value. */
function placeholdersFor(documents: readonly SigmaDocument[]): Record<string, readonly string[]> {
  const names: string[] = [];
  let open = documents;
  // Each round names the placeholders still missing of the rules still refused; a rule may have several.
  for (let round = 0; round < 10; round += 1) {
    const placeholders = Object.fromEntries(names.map((name) => [name, ['some-value']]));
    const { problems } = lowerRules(open, { placeholders });
    const refused = problems.filter(({ code }) => code === 'unresolved-placeholder');
    if (refused.length === 0) return placeholders;
    names.push(...refused.flatMap(({ message }) => /%(.+)%/.exec(message)?.[1] ?? []));
    const paths = new Set(refused.map(({ path }) => path));
    open = open.filter(({ place }) => paths.has(place.path));
  }
  return {};
}

withRules('SigmaHQ', () => {
  const files = hasRules ? readArchive() : [];
  const active = parseAll(files.filter(([path]) => !path.startsWith('unsupported/')));
  const placeholders = placeholdersFor(active.documents);
  const lowered = lowerRules(active.documents, { placeholders });

  test('all 3,780 active documents parse', () => {
    expect(active.problems).toEqual([]);
    expect(active.documents).toHaveLength(3_780);
  });

  test('all of them lower and compile once placeholders have values', () => {
    const { ruleSet, problems } = lowered;
    expect(errorsOf(problems)).toEqual([]);
    expect(ruleSet.detections).toHaveLength(3_780);
    for (const { expr } of ruleSet.detections) compileMatcher(expr)({});
    // The build writes the rule set as JSON; nothing may be lost on the way.
    expect(isDeepStrictEqual(JSON.parse(JSON.stringify(ruleSet)), ruleSet)).toBe(true);
  });

  test('without values only the rules with placeholders are refused', () => {
    const { ruleSet, problems } = lowerRules(active.documents);
    expect(new Set(errorsOf(problems).map((problem) => problem.code))).toEqual(new Set(['unresolved-placeholder']));
    expect(ruleSet.detections.length).toBe(3_780 - new Set(errorsOf(problems).map((problem) => problem.path)).size);
  });

  test('printed and parsed again, every rule means the same', () => {
    const printed = parseAll(active.documents.map((document) => [document.place.path, printDocument(document)]));
    expect(errorsOf(printed.problems)).toEqual([]);
    const again = lowerRules(printed.documents, { placeholders }).ruleSet.detections;
    const before = lowered.ruleSet.detections;
    expect(again.filter((rule, index) => !isDeepStrictEqual(rule, before[index]))).toEqual([]);
    expect(again).toHaveLength(before.length);
  });

  test('old pipe conditions are refused with what to use instead', () => {
    const pipes = files.filter(([path, text]) => path.startsWith('unsupported/') && /^\s*condition:.*\|/m.test(text));
    expect(pipes.length).toBeGreaterThan(40);
    for (const [path, text] of pipes) {
      const { problems } = parseRuleFile(text, path);
      expect(problems.map((problem) => problem.code)).toContain('pipe-in-condition');
      expect(problems.find((problem) => problem.code === 'pipe-in-condition')?.message).toContain(
        'correlation document',
      );
    }
  });

  test('what else is unsupported is refused with a reason, or parses', () => {
    for (const [path, text] of files.filter(([each]) => each.startsWith('unsupported/'))) {
      const { documents, problems } = parseRuleFile(text, path);
      expect(documents.length + errorsOf(problems).length).toBeGreaterThan(0);
    }
  });
});

withRules('Suzaku', () => {
  const parsed = parseAll(hasRules ? readFolder('suzaku_aws_rules') : []);
  const { ruleSet, problems } = lowerRules(parsed.documents);

  test('every document parses and lowers', () => {
    expect(errorsOf([...parsed.problems, ...problems])).toEqual([]);
    expect(parsed.documents).toHaveLength(745);
    // One base rule stands in two files, word for word.
    expect(ruleSet.detections.length + ruleSet.correlations.length).toBe(744);
    expect(problems.filter((problem) => problem.code === 'duplicate-rule')).toHaveLength(1);
  });

  test('its correlations refer to rules by title, which is warned about', () => {
    expect(ruleSet.correlations).toHaveLength(5);
    expect(problems.filter((problem) => problem.code === 'reference-by-title')).toHaveLength(7);
    const keys = new Set(ruleSet.detections.map((rule) => rule.key));
    for (const correlation of ruleSet.correlations)
      expect(correlation.rules.every((rule) => keys.has(rule))).toBe(true);
  });
});
