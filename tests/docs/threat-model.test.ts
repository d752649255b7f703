import { readdirSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/threat-model.md'), 'utf8');
const links = [...page.matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) => target);

test('every file that the page leads to is there', () => {
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((link) => !existsSync(path.join(root, 'docs', link)))).toEqual([]);
});

test('every rule about tampering has its place on the page', () => {
  const rules = readdirSync(path.join(root, 'rules/trailwatch')).filter((name) => !name.endsWith('.test.yml'));
  expect(rules.filter((name) => !links.includes(`../rules/trailwatch/${name}`))).toEqual([]);
});

test('a rule is called by the name of its file', () => {
  const wrong = [...page.matchAll(/\[([^\]]+)\]\(\.\.\/rules\/[\w-]+\/([\w-]+)\.yml\)/g)].filter(
    ([, text, name]) => text !== name && /^[\w-]+-[\w-]+$/.test(text ?? ''),
  );
  expect(wrong).toEqual([]);
});
