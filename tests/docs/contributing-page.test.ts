import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** CONTRIBUTING.md names no file that is not there; `<name>` stands for one that its reader makes. */
const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'CONTRIBUTING.md'), 'utf8');
const named = [
  ...page.matchAll(/`((?:src|functions|deploy|docs|schemas|tests|events|rules|queries|config)\/[^` ]*)`/g),
  ...page.matchAll(/\]\(((?!https?:)[^)#]+)/g),
].map(([, name = '']) => name);

test.each([...new Set(named)].filter((name) => !name.includes('<')))('%s is there', (name) => {
  expect(existsSync(path.join(root, name))).toBe(true);
});

test('every script that it runs is one of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const run = [...page.matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name);
  expect(run.length).toBeGreaterThan(3);
  for (const name of run) expect(Object.keys(scripts)).toContain(name);
});
