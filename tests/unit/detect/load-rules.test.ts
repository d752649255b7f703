import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadRules } from '../../../src/detect/load-rules.ts';

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
