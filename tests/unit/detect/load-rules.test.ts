import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compileRules, CompileRulesError, moduleText } from '../../../deploy/build/compile-rules.ts';
import { loadRules } from '../../../src/detect/load-rules.ts';
import type { LoweredRuleSet } from '../../../src/sigma/match.ts';
import { ruleOf } from './fixtures.ts';

const rule = (title: string, id: string, condition = 'selection') => `
title: ${title}
id: ${id}
status: test
level: high
logsource: { product: aws, service: cloudtrail }
detection:
  selection: { eventName: ${title} }
  condition: ${condition}
`;
const ids = Array.from({ length: 5 }, (_, index) => `0b3ad5f5-0a3c-4d53-9b0f-1f3f5d7f000${index}`);
const [a = '', b = '', c = ''] = ids;

let folder: string;
const write = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const root = await mkdtemp(join(folder, 'rules-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-rules-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('rules are loaded', () => {
  test('from folders with all below and from files, in a fixed order, each file once, without their tests', async () => {
    const root = await write({
      'z.yml': rule('Z', a),
      'iam/y.yaml': rule('Y', b),
      'iam/y.test.yml': 'tests: []',
      'notes.txt': 'not a rule',
    });
    const extra = await write({ 'x.yml': rule('X', c) });
    const { ruleSet, problems, files } = await loadRules([root, join(extra, 'x.yml'), join(root, 'z.yml')]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(ruleSet.detections.map(({ meta }) => meta.title)).toEqual(['Y', 'Z', 'X']);
    expect(files).toBe(3);
  });

  test('and what is wrong is named, without hiding the rest', async () => {
    const root = await write({
      'good.yml': rule('Good', a),
      'bad.yml': rule('Bad', b, 'selecton'),
      'worse.yml': ': [',
    });
    await symlink(join(root, 'nowhere.yml'), join(root, 'hanging.yml'));
    const { ruleSet, problems } = await loadRules([root, join(root, 'missing')]);
    expect(ruleSet.detections.map(({ meta }) => meta.title)).toEqual(['Good']);
    const errors = problems
      .filter(({ severity }) => severity === 'error')
      .map(({ path }) => path.slice(root.length + 1));
    expect([...new Set(errors)]).toEqual(['bad.yml', 'hanging.yml', 'missing', 'worse.yml']);
  });

  test('and two with one id are a problem, never merged', async () => {
    const root = await write({ 'one.yml': rule('One', a), 'two.yml': rule('Two', a) });
    const { ruleSet, problems } = await loadRules([root]);
    expect(problems.filter(({ severity }) => severity === 'error')).toHaveLength(1);
    expect(ruleSet.detections).toHaveLength(1);
  });
});

describe('rules are compiled', () => {
  test('into a module that holds the rule set, the same bytes each time', async () => {
    const root = await write({ 'a.yml': rule('A', a), 'b.yml': rule('B', b) });
    const out = join(root, 'build', 'rules.mjs');
    const { ruleSet, files } = await compileRules({ rules: [root], out });
    const first = await readFile(out, 'utf8');
    await compileRules({ rules: [root], out });
    expect(await readFile(out, 'utf8')).toBe(first);
    expect(files).toBe(2);
    const loaded = (await import(pathToFileURL(out).href)) as { readonly default: LoweredRuleSet };
    expect(loaded.default).toEqual(JSON.parse(JSON.stringify(ruleSet)));
    expect(loaded.default.detections.map(({ key }) => key)).toEqual([a, b]);
  });

  test('with every character that means something in JavaScript', async () => {
    const hostile = `it's "quoted" \\ \u2028 \u2029 \n \${x} \`y\` </script> \ud800 \0`;
    const ruleSet = { detections: [ruleOf(hostile)], correlations: [] };
    const out = join(await write({}), 'rules.mjs');
    await writeFile(out, moduleText(ruleSet));
    expect(((await import(pathToFileURL(out).href)) as { readonly default: unknown }).default).toEqual(ruleSet);
  });

  test('not at all when one has an error: every error is listed and what was there stays', async () => {
    const root = await write({
      'a.yml': rule('A', a, 'nothing'),
      'b.yml': rule('B', b, 'either'),
      'c.yml': rule('C', c),
    });
    const out = join(root, 'rules.mjs');
    await writeFile(out, 'before');
    const failed = compileRules({ rules: [root], out });
    await expect(failed).rejects.toThrow(CompileRulesError);
    await expect(failed).rejects.toThrow(/a\.yml:\d+: error: .*\n.*b\.yml:\d+: error: /);
    expect(await readFile(out, 'utf8')).toBe('before');
  });

  test("with the placeholders of a stage's configuration: without values the rule is refused", async () => {
    const root = await write({
      'a.yml': rule('A', a).replace(/selection:.*/, "selection: { user|expand: '%admins%' }"),
    });
    const failed = compileRules({ rules: [root], out: join(root, 'rules.mjs'), stage: 'none' });
    await expect(failed).rejects.toThrow(/a\.yml:\d+: error: placeholder %admins% has no values/);
  });

  test('by the command, which says what it did and fails when it could not', async () => {
    const script = join(import.meta.dirname, '../../../deploy/build/compile-rules.ts');
    const good = await write({ 'a.yml': rule('A', a) });
    const bad = await write({ 'a.yml': rule('A', a, 'nothing') });
    const run = (root: string) =>
      promisify(execFile)(process.execPath, [script, '--rules', root, '--out', join(root, 'rules.mjs')]);
    expect((await run(good)).stderr).toContain('1 rules and 0 correlations of 1 files');
    await expect(run(bad)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('1 error(s) in the rules'),
    });
  });
});
