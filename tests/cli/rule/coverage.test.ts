import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { coverageOf, type CoveringRule } from '../../../src/cli/rule/coverage/matrix.ts';
import { navigatorLayer } from '../../../src/cli/rule/coverage/navigator.ts';
import { coveragePage } from '../../../src/cli/rule/coverage/page.ts';
import { coverageText } from '../../../src/cli/rule/coverage/text.ts';

const rule = (title: string, level: CoveringRule['level'], ...tags: readonly string[]): CoveringRule => ({
  id: title,
  title,
  level,
  tags: tags.map((tag) => `attack.${tag}`),
});
/** Where techniques stand: `persistence T1098 2 high`. */
const cellsOf = (...rules: readonly CoveringRule[]): readonly string[] =>
  coverageOf(rules).tactics.flatMap(({ tactic, cells }) =>
    cells.map(({ technique, rules: own, level }) => `${tactic} ${technique} ${own.length} ${level}`),
  );

describe('a technique stands', () => {
  const cases: readonly (readonly [string, readonly CoveringRule[], readonly string[]])[] = [
    [
      'under the tactic that the rule names, not under its others',
      [rule('a', 'high', 'persistence', 't1078.004')],
      ['persistence T1078.004 1 high'],
    ],
    [
      'never under a tactic that it does not serve',
      [rule('a', 'high', 'defense-evasion', 'impact', 't1562.008', 't1485')],
      ['defense-evasion T1562.008 1 high', 'impact T1485 1 high'],
    ],
    [
      'under all of its tactics when the rule names none',
      [rule('a', 'low', 't1098')],
      ['persistence T1098 1 low', 'privilege-escalation T1098 1 low'],
    ],
    [
      'under all that the rule names when it is not known',
      [rule('a', 'low', 'impact', 'initial_access', 't9999')],
      ['initial-access T9999 1 low', 'impact T9999 1 low'],
    ],
    [
      'once for several rules, with their highest level',
      [
        rule('a', 'low', 'impact', 't1485'),
        rule('b', 'critical', 'impact', 'T1485'),
        rule('c', 'high', 'impact', 't1485'),
      ],
      ['impact T1485 3 critical'],
    ],
  ];
  test.each(cases)('%s', (_rule, rules, cells) => {
    expect(cellsOf(...rules)).toEqual(cells);
  });
});

test('a rule is counted once in a tactic, also without a technique', () => {
  const { tactics, rules, without, techniques } = coverageOf([
    rule('a', 'low', 'impact', 't1485', 't1486'),
    rule('b', 'low', 'impact'),
  ]);
  expect({ rules, without, techniques }).toEqual({ rules: 2, without: 1, techniques: 2 });
  expect(tactics.find(({ tactic }) => tactic === 'impact')?.rules).toBe(2);
  expect(tactics).toHaveLength(14);
});

const hostile = '<script>alert("x")</script> \u202e & more';
const many = coverageOf([
  rule(hostile, 'critical', 'impact', 't1485', 't1486', 't1489', 't1490', 't1496.001'),
  rule('b', 'informational', 'persistence', 't1098.006'),
]);

test.each([40, 80, 100, 140])(
  'in a terminal of %d columns no line is longer, and all techniques are there',
  (width) => {
    const lines = coverageText(many, width, pc.createColors(false)).split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    for (const id of ['T1485', 'T1486', 'T1489', 'T1490', 'T1496.001', 'T1098.006']) {
      expect(lines.filter((line) => line.includes(id))).toHaveLength(1);
    }
  },
);

test('a layer has what Navigator requires: versions, domain, and each technique with its tactic and score', () => {
  const layer = navigatorLayer(many, 'ours');
  expect(layer).toMatchObject({
    name: 'ours',
    domain: 'enterprise-attack',
    versions: { layer: '4.5' },
    gradient: { minValue: 0, maxValue: 1 },
  });
  expect(layer).toHaveProperty(
    'techniques.0',
    expect.objectContaining({ techniqueID: 'T1098.006', tactic: 'persistence', score: 1 }),
  );
});

test('the page holds no script, asks nothing of the network, and writes what rules say as text', () => {
  const page = coveragePage(many);
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;');
  expect(page).not.toContain('\u202e');
  expect(page).not.toMatch(/(?:src|href)=/);
});
