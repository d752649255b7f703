import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compileStage } from '../../deploy/build/compile.ts';
import { CompileRulesError, rulesModule } from '../../deploy/build/rules.ts';
import { loadSources } from '../../deploy/build/sources.ts';
import type { LoweredRuleSet } from '../../src/sigma/index.ts';
import { ruleOf } from '../unit/detect/fixtures.ts';

const root = join(import.meta.dirname, '../..');
const [a, b, c] = [
  '0b3c6d6a-7f1e-4a35-9a39-5f7ac6b3f001',
  '0b3c6d6a-7f1e-4a35-9a39-5f7ac6b3f002',
  '0b3c6d6a-7f1e-4a35-9a39-5f7ac6b3f003',
] as const;
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

let scratch: string;
let folders = 0;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'trailwatch-compile-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** write makes a folder of files, and one beside it to compile into. */
async function write(files: Readonly<Record<string, string>>): Promise<{ folder: string; out: string }> {
  const folder = join(scratch, String(++folders));
  const out = `${folder}-out`;
  await mkdir(folder);
  await mkdir(out);
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  return { folder, out };
}

async function compile(rules: string, out: string) {
  return compileStage({
    root,
    stage: 'dev',
    sources: await loadSources(root, 'dev'),
    rules: [rules],
    out,
    now: new Date(),
  });
}

async function imported(out: string, module: string): Promise<unknown> {
  return ((await import(pathToFileURL(join(out, `${module}.mjs`)).href)) as { readonly default: unknown }).default;
}

describe('rules are compiled', () => {
  test('into a module that holds the rule set, the same bytes each time', async () => {
    const { folder, out } = await write({ 'a.yml': rule('A', a), 'b.yml': rule('B', b) });
    expect((await compile(folder, out)).what).toMatch(/^2 rules, 0 correlations, \d+ reports$/);
    const first = await readFile(join(out, 'compiled-rules.mjs'), 'utf8');
    await compile(folder, out);
    expect(await readFile(join(out, 'compiled-rules.mjs'), 'utf8')).toBe(first);
    const loaded = (await imported(out, 'compiled-rules')) as LoweredRuleSet;
    expect(loaded.detections.map(({ key, meta }) => [key, meta.title])).toEqual([
      [a, 'A'],
      [b, 'B'],
    ]);
  });

  test('with every character that means something in JavaScript', async () => {
    const hostile = `it's "quoted" \\ \u2028 \u2029 \n \${x} \`y\` </script> \ud800 \0`;
    const ruleSet = { detections: [ruleOf(hostile)], correlations: [] };
    const { out } = await write({});
    await writeFile(join(out, 'hostile.mjs'), rulesModule(ruleSet));
    expect(await imported(out, 'hostile')).toEqual(ruleSet);
  });

  test('not at all when one has an error: every error is listed and what was there stays', async () => {
    const { folder, out } = await write({
      'a.yml': rule('A', a, 'nothing'),
      'b.yml': rule('B', b, 'either'),
      'c.yml': rule('C', c),
    });
    await writeFile(join(out, 'compiled-rules.mjs'), 'before');
    const failed = compile(folder, out);
    await expect(failed).rejects.toThrow(CompileRulesError);
    await expect(failed).rejects.toThrow(/a\.yml:\d+: error: .*\n.*b\.yml:\d+: error: /);
    expect(await readFile(join(out, 'compiled-rules.mjs'), 'utf8')).toBe('before');
  });

  test("with the placeholders of a stage's configuration: without values the rule is refused", async () => {
    const { folder, out } = await write({
      'a.yml': rule('A', a).replace(/selection: \{.*/, "selection: { user|expand: '%admins%' }"),
    });
    await expect(compile(folder, out)).rejects.toThrow(/a\.yml:\d+: error: placeholder %admins% has no values/);
  });
});

describe('a pack is compiled', () => {
  const id = '0b3ad5f5-0a3c-4d53-9b0f-1f3f5d7f0001';
  const packed = async (more: string) => {
    const { folder, out } = await write({
      'a.yml': rule('A', id),
      'b.yml': rule('B', b),
      'default.yml': '',
      'dev.yml': `rules:\n  disable: [{ id: ${b} }]\n  levels:\n    ${more}\n`,
    });
    const sources = await loadSources(root, 'dev', folder);
    await compileStage({
      root,
      stage: 'dev',
      config: folder,
      sources,
      rules: [join(folder, 'a.yml'), join(folder, 'b.yml')],
      out,
      now: new Date(),
    });
    return (await imported(out, 'compiled-rules')) as LoweredRuleSet;
  };

  test('into the rules: what is off is not there, and levels are as the stage wants them', async () => {
    const { detections } = await packed(`${id}: low`);
    expect(detections.map(({ key, meta }) => [key, meta.level])).toEqual([[id, 'low']]);
  });

  test('and an id that no rule has is refused, by file and line, with the nearest', async () => {
    const typo = id.replace('0b3', '0b4');
    await expect(packed(`${typo}: low`)).rejects.toThrow(
      new RegExp(`dev\\.yml:4: rules\\.levels\\.${typo}: error: no rule has the id "${typo}"; did you mean ${id}`),
    );
  });
});

describe('the configuration is compiled', () => {
  test.each(['dev', 'staging', 'prod', 'a stage without a file'])('for %s; it names no account', async (stage) => {
    const { out } = await write({});
    await compileStage({ root, stage, sources: await loadSources(root, stage), out, now: new Date() });
    expect(await imported(out, 'compiled-config')).toMatchObject({ accounts: {} });
  });
});

describe('by the command', () => {
  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, [join(root, 'deploy/build/main.ts'), ...args]);

  test('which says what it did, how long that took, and what is probably a slip', async () => {
    const { folder, out } = await write({
      'a.yml': rule('A', a),
      'default.yml': 'trials: { x: { rule: Nobody has this, until: 2999-12-31 } }',
    });
    const said = await run('--rules', join(folder, 'a.yml'), '--config', folder, '--out', out);
    expect(said.stderr.split('\n')).toEqual([
      'config/dev.yml: warning: trials.x.rule: unknown rule Nobody has this; expected the id or title of a rule',
      expect.stringMatching(/^Compiled 1 rules, 0 correlations, \d+ reports in \d+\.\d s$/),
      '',
    ]);
  });

  test('which fails when it could not', async () => {
    const { folder, out } = await write({ 'a.yml': rule('A', a, 'nothing') });
    await expect(run('--rules', folder, '--out', out)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('1 error(s) in the rules'),
    });
  });
});
