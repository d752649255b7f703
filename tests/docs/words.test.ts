import { parseSync } from '@swc/core';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const pages = tracked.filter((path) =>
  /^(docs\/[^/]+|README|CONTRIBUTING|CHANGELOG|src\/sigma\/README)\.md$/.test(path),
);
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('pages are found', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/glossary.md', 'docs/reports.md']));
});

describe.each(pages)('%s', (page) => {
  test('has no line of more than 120 columns, but for what cannot be wrapped', () => {
    // What a command printed stands as it was printed.
    const long = read(page)
      .replaceAll(/^ *```console\n[^]*?^ *```$/gm, '')
      .split('\n')
      .filter((line) => line.length > 120 && !cannotWrap(line));
    expect(long).toEqual([]);
  });

  test('has links that lead to a file, and to a heading of it', () => {
    const broken = linksOf(read(page)).filter((link) => !resolves(page, link));
    expect(broken).toEqual([]);
  });
});

/** A link or a code span is one word; a line of a diagram stands as it was drawn. */
function cannotWrap(line: string): boolean {
  const words = line
    .trim()
    .replace(/^(?:[-*>]|\d+\.) /, '')
    .replaceAll(/`[^`]*`|\[[^\]]*\]\([^)]*\)/g, (word) => word.replaceAll(' ', '_'))
    .split(/ +/);
  return words.length === 1 || / -->\|"[^"]+"\| /.test(line);
}

function linksOf(text: string): readonly string[] {
  const prose = text.replaceAll(/```[^]*?```|`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => (/^[a-z]+:/.test(link) ? [] : [link]));
}

function resolves(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(read(target)).includes(anchor);
}

/** As GitHub makes them: lower case, punctuation gone, spaces to hyphens. */
function anchorsOf(text: string): readonly string[] {
  const prose = text.replaceAll(/```[^]*?```/g, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Words that have a better one: docs/glossary.md has it. */
const banned =
  /\b(?:told|tell|tells|telling|untold|whoever|admit|admits|admitted|news)\b|\bfor so long\b|\bmillion millions\b|\ba fault of its own\b|\bis (?:no(?! longer)|none)\b|\bthere (?:is|are) no\b/i;

/** Stored values and settings, which keep their names. */
const allowed: readonly RegExp[] = [
  // The configuration's groupBy, and the syslog facility.
  /^must be news, finding, or a list of/,
  /\blpr news uucp\b/,
  // Attributes of the state table.
  /\btold (?:=|<)|if_not_exists\(told,|\(told\)|\btold#/,
];

describe('messages', () => {
  const sources = tracked.filter((path) => /^(?:src|functions|deploy)\/.*\.ts$/.test(path));

  test('are looked for in every source', () => {
    expect(sources.length).toBeGreaterThan(500);
  });

  test('use the words of the glossary', () => {
    const found = sources.flatMap((path) =>
      messagesIn(read(path))
        .filter((text) => banned.test(text) && !allowed.some((one) => one.test(text)))
        .map((text) => `${path}: ${text}`),
    );
    expect(found).toEqual([]);
  });
});

/** The string literals and pieces of templates that hold more than one word. */
function messagesIn(source: string): readonly string[] {
  const texts: string[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, value, raw } = node as { readonly type?: unknown; readonly value?: unknown; readonly raw?: unknown };
    if (type === 'ImportDeclaration') return;
    if (type === 'StringLiteral') texts.push(String(value));
    if (type === 'TemplateElement') texts.push(String(raw));
    Object.values(node).forEach(walk);
  };
  walk(parseSync(source, { syntax: 'typescript', target: 'es2024' }).body);
  return texts.filter((text) => /\S\s+\S|\s\w+\b|\w+\s$/.test(text));
}
