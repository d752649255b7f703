import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfiguration, parseConfiguration } from '../../../src/config/load-configuration.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(...texts: readonly string[]) {
  const paths = texts.map((_text, index) => join(folder, `${index}.yml`));
  await Promise.all(texts.map((text, index) => writeFile(paths[index] ?? '', text)));
  return loadConfiguration(paths);
}

describe('what is wrong is refused with its line', () => {
  test.each([
    ['an unknown section', 'accounts: {}\nroutes: []', /^c\.yml:2: routes: unknown key: known here are accounts/],
    ['an unknown key in a row', 'logs:\n  - group: /a\n    fromat: json', /^c\.yml:3: logs\.0\.fromat: unknown key/m],
    ['a missing key', 'logs:\n  - group: /a', /^c\.yml:2: logs\.0\.format: is missing/],
    [
      'a format that nobody reads',
      'logs:\n  - group: /a\n    format: xml',
      /^c\.yml:3: logs\.0\.format: must be one of/,
    ],
    ['a row without a place', 'logs:\n  - format: json', /^c\.yml:2: logs\.0: names no place/],
    ['a list where a map belongs', 'accounts: [a]', /^c\.yml:1: accounts\.0: not a 12-digit account ID/],
    ['an account id that is none', "accounts:\n  '12': x", /^c\.yml:2: accounts\.12: not a 12-digit account ID/],
    [
      'an account id whose first zero YAML ate',
      'accounts:\n  0x12: x',
      /^c\.yml:2: accounts\.0x12: not a 12-digit account ID/,
    ],
    ['a name that is a number', "accounts:\n  '111122223333': 7", /^c\.yml:2: accounts\.111122223333: must be a text/],
    [
      'a placeholder in its percent signs',
      "placeholders:\n  '%a%': x",
      /^c\.yml:2: placeholders\.%a%: not a placeholder name/,
    ],
    ['a placeholder that is a map', 'placeholders:\n  a: { b: c }', /^c\.yml:2: placeholders\.a: must be a text or a/],
    ['a key that stands twice', 'accounts: {}\naccounts: {}', /^c\.yml:2: the same key stands twice/],
    ['text that is no YAML', 'logs: [', /^c\.yml:1: /],
    ['a list as the whole', '- a', /^c\.yml:1: a configuration is a map of sections/],
    ['two documents', 'accounts: {}\n---\naccounts: {}', /^c\.yml:3: one file is one document/],
    ['the prototype of all objects', '__proto__: {}', /^c\.yml:1: __proto__: unknown key/],
  ])('%s', (_name, text, problem) => {
    expect(parseConfiguration(text, 'c.yml').problems.join('\n')).toMatch(problem);
  });

  test('all problems of all files are reported at once', async () => {
    await expect(load('a: 1', 'accounts: 3\nlogs: 4')).rejects.toThrow(
      /0\.yml:1: a.*\n.*1\.yml:1: accounts.*\n.*1\.yml:2: logs/,
    );
  });

  test('a file that is not there is named', async () => {
    await expect(loadConfiguration([join(folder, 'nowhere.yml')])).rejects.toThrow(
      /nowhere\.yml: cannot be read: ENOENT/,
    );
  });
});

describe("a stage's file is laid over the default", () => {
  test("names are added and renamed, log sources' own rows come first", async () => {
    const laid = await load(
      "accounts: { '111122223333': platform, '444455556666': old }\nlogs: [{ group: /a, format: json }]",
      "accounts: { '444455556666': { name: production, owner: ops@example.com } }\nlogs: [{ group: [/b, /c], path: '*.x', format: plain }]",
    );
    expect(laid.accounts).toEqual({
      '111122223333': { name: 'platform' },
      '444455556666': { name: 'production', owner: 'ops@example.com' },
    });
    expect(laid.logs).toEqual([
      { groups: ['/b', '/c'], paths: ['*.x'], format: 'plain' },
      { groups: ['/a'], paths: [], format: 'json' },
    ]);
  });

  test('a placeholder is replaced whole, and one value is a list of one', async () => {
    const { placeholders } = await load(
      'placeholders: { admins: [alice, 7], hosts: web-* }',
      'placeholders: { admins: [bob], nobody: [] }',
    );
    expect(placeholders).toEqual({ admins: ['bob'], hosts: ['web-*'], nobody: [] });
  });

  test.each([
    ['nothing at all', ''],
    ['only comments', '# nothing yet'],
    ['sections with nothing in them', 'accounts:\nlogs:'],
  ])('%s changes nothing', async (_name, text) => {
    await expect(load("accounts: { '111122223333': platform }", text)).resolves.toMatchObject({
      accounts: { '111122223333': { name: 'platform' } },
      logs: [],
    });
  });
});

describe("the project's own files", () => {
  test("the sample's accounts have names", async () => {
    const root = join(import.meta.dirname, '../../..');
    const { accounts } = await loadConfiguration([join(root, 'config/default.yml'), join(root, 'events/config.yml')]);
    expect(accounts).toEqual({
      '111122223333': { name: 'example-platform' },
      '444455556666': { name: 'example-production', owner: 'the platform team' },
    });
  });
});
