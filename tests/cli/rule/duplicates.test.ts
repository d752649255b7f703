import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { duplicatesOfOurs } from '../../../src/cli/rule/duplicates.ts';
import { loadRuleFiles } from '../../../src/cli/rule/rule-files.ts';
import { loadRules } from '../../../src/detect/load-rules.ts';
import { commandLine, root } from '../trailwatch.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-duplicates-'));
});
afterAll(() => rm(folder, { recursive: true }));

const rule = (id: string, detection: string) => `
title: Mine
id: ${id}
level: low
logsource: { service: cloudtrail, product: AWS }
detection:
  ${detection}
  condition: s
`;
const ownId = '6a4b5a52-3c6e-4b57-9a0b-1c7f9d5b0001';
const rootKey = `s: { userIdentity.type: Root, eventName: X }`;

async function codesOf(text: string): Promise<readonly string[]> {
  const path = join(folder, 'mine.yml');
  await writeFile(path, text);
  const found = await duplicatesOfOurs(await loadRuleFiles([path], folder), folder, {});
  return found.map(({ code, message }) => `${code}: ${message}`);
}

test('a rule with the id of one of ours is pointed out, in any case', async () => {
  const [first] = (await loadRules([join(root, 'rules')])).ruleSet.detections;
  const [said, ...others] = await codesOf(rule((first?.key ?? '').toUpperCase(), rootKey));
  expect(others).toEqual([]);
  expect(said).toContain(`duplicate-of-ours: the rule has the id of "${first?.meta.title}" (rules/`);
});

test('a rule that is none of ours is not', async () => {
  expect(await codesOf(rule(ownId, rootKey))).toEqual([]);
});

test('our own rules are no duplicates of themselves', async () => {
  const { stdout } = await commandLine(['rule', 'check', join(root, 'rules/identity'), '--quiet']);
  expect(stdout).not.toContain('duplicate-of-ours');
});

test('a copy of one of ours under another id matches the same records, whatever the order and case', async () => {
  const ours = await readFile(join(root, 'rules/identity/root-activity.yml'), 'utf8');
  const said = await codesOf(ours.replace(/^id: .*$/m, `id: ${ownId}`).replace('Root', 'ROOT'));
  expect(said).toEqual([expect.stringMatching(/^duplicate-of-ours: the rule matches the same records as "/)]);
});
