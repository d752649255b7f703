import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checks } from '../../src/doctor/checks/index.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/operations.md');

describe('the runbook', () => {
  test('has every metric that is counted', () => {
    const [, counts = ''] = /export type Count =([^;]+);/.exec(read('src/runtime/metrics.ts')) ?? [];
    const [, durations = ''] = /export type Duration =([^;]+);/.exec(read('src/runtime/metrics.ts')) ?? [];
    const names = [...`${counts}${durations}`.matchAll(/'(\w+)'/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
  });

  test('has every permission that the doctor may need, in a policy that is JSON', () => {
    const sources = readdirSync(join(root, 'src/aws/account')).map((name) => read(`src/aws/account/${name}`));
    const asked = sources.flatMap((text) =>
      [...text.matchAll(/ask\(\s*'([a-z0-9]+:[A-Za-z]+)'/g)].map(([, name]) => name),
    );
    const [, json = '{}'] = /```json\n([\s\S]+?)```/.exec(page) ?? [];
    const policy = JSON.parse(json) as { readonly Statement: readonly { readonly Action: readonly string[] }[] };
    const allowed = policy.Statement.flatMap(({ Action }) => Action);
    expect(new Set(allowed)).toEqual(new Set(asked));
    expect(allowed).toEqual(allowed.toSorted((a, b) => a.localeCompare(b)));
  });

  test('has every check of the doctor', () => {
    expect(checks.map(({ name }) => name).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  test('leads only to what is there', () => {
    const links = [...page.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);
    const here = links.filter((path) => !path.includes('://'));
    expect(here.length).toBeGreaterThan(5);
    for (const path of here) expect(() => readdirOrRead(join(root, 'docs', path))).not.toThrow();
    const anchors = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    const headings = new Set(
      [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = '']) =>
        text
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-'),
      ),
    );
    expect(anchors.filter((anchor) => !headings.has(anchor ?? ''))).toEqual([]);
  });
});

function readdirOrRead(path: string): unknown {
  try {
    return readFileSync(path);
  } catch {
    return readdirSync(path);
  }
}
