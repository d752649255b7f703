import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMatcher, correlationTypes, lowerRules, parseRuleFile, type Fields } from '../../src/sigma/index.ts';
import { modifierNames } from '../../src/sigma/index.ts';
import { derivations } from '../../src/detect/derived/table.ts';
import { folderOf, runRule } from '../cli/rule/captured.ts';

/** docs/rules.md shows nothing that isn't so: its files load, its rows match what they say, its sessions are run. */
const page = readFileSync(join(import.meta.dirname, '../../docs/rules.md'), 'utf8');

/** Fenced blocks: their language, the name behind it, and their text. */
const blocks = [...page.matchAll(/^```(\w+) ?(\S*)\n([^]*?)^```$/gm)].map(([, language, name = '', text = '']) => ({
  language,
  name,
  text,
}));
const folder = folderOf(Object.fromEntries(blocks.flatMap(({ name, text }) => (name === '' ? [] : [[name, text]]))));

/** The rows of the tables with such a first cell in their head, as cells. */
function tableRows(head: string): readonly (readonly string[])[] {
  const lines = page.split('\n');
  const rows = lines.flatMap((line, index) => {
    if (!line.startsWith(`| ${head} `)) return [];
    const after = lines.slice(index + 2);
    return after.slice(
      0,
      after.findIndex((each) => !each.startsWith('|')),
    );
  });
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

const code = (cell: string | undefined): string => /`([^`]+)`/.exec(cell ?? '')?.[1] ?? '';
const codes = (cell: string | undefined): readonly string[] =>
  [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, each = '']) => each);

/** The entries of the list that begins with such an entry, each on one line. */
function listEntries(first: string): readonly string[] {
  const at = page.indexOf(`\n- ${first}`);
  const [list = ''] = page.slice(at + 1).split('\n\n', 1);
  return list
    .split(/^- /m)
    .slice(1)
    .map((entry) => entry.replaceAll(/\s*\n\s*/g, ' ').trim());
}

/** `contains`: what it means. `item` matches `event`, not `event`. */
const modifiers = listEntries('`contains`').map((entry) => {
  const [, names = '', example = ''] = /^(.+?): .*?(`[^`]+` matches `[^`]+`, not `[^`]+`)\.$/.exec(entry) ?? [];
  return { names, example };
});

describe('the sessions', () => {
  const sessions = blocks
    .filter(({ language }) => language === 'console')
    .flatMap(({ text }) => text.split(/^(?=\$ )/m));

  test.each(sessions.map((session) => [session.split('\n', 1)[0], session]))('%s', async (_, session = '') => {
    const [command = '', ...output] = session.split('\n');
    const [program, group, ...args] = command.slice(2).split(' ');
    expect([program, group]).toEqual(['trailwatch', 'rule']);
    expect((await runRule(args, folder)).out).toBe(output.join('\n'));
  });
});

test('every rule passes its tests, and nothing is left to lint', async () => {
  const ran = await runRule(['test', '.', '--config', 'config.yml'], folder);
  expect(ran.out).toContain('3 rule files tested, 7 cases: 7 passed, 0 failed');
  const rules = blocks.map(({ name }) => name).filter((name) => name.endsWith('.yml') && !/test|config/.test(name));
  expect(rules.length).toBeGreaterThanOrEqual(4);
  const linted = await runRule(['lint', ...rules, '--config', 'config.yml', '--strict'], folder);
  expect(linted.out).toMatch(/^6 files, 8 documents: 0 errors, 0 warnings$/m);
});

describe('the tables', () => {
  const matches = (item: string, event: string): boolean => {
    const text = `title: T\nlogsource: { product: test }\ndetection:\n  s:\n    ${item}\n  condition: s\n`;
    const { documents, problems } = parseRuleFile(text, 'page');
    const lowered = lowerRules(documents, { placeholders: { who: ['alice'] } });
    expect([...problems, ...lowered.problems]).toEqual([]);
    const [rule] = lowered.ruleSet.detections;
    return rule !== undefined && compileMatcher(rule.expr)(JSON.parse(event) as Fields);
  };
  const rows = [
    ...tableRows('item').map((cells) => cells.map(code)),
    ...modifiers.map(({ example }) => codes(example)),
  ];

  test.each(rows.map(([item = '', is = '', isNot = '']) => [item, is, isNot]))('%s', (item, is, isNot) => {
    expect([matches(item, is), matches(item, isNot)]).toEqual([true, false]);
  });

  test('name every modifier and every type of correlation', () => {
    expect(modifiers.flatMap(({ names }) => codes(names)).toSorted()).toEqual(modifierNames.toSorted());
    expect(tableRows('type').map(([name]) => code(name))).toEqual(correlationTypes);
  });

  test('name every derived field, in the words of its row', () => {
    const written = derivations.flatMap(({ name, fields }) =>
      Object.entries(fields).map(([field, what]) => [`derived.${name}.${field}`, what]),
    );
    const entries = listEntries('`derived.').map((entry) => [code(entry), entry.slice(entry.indexOf(': ') + 2)]);
    expect(entries).toEqual(written);
  });
});
