import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfiguration } from '../../src/config/load-configuration.ts';
import { unknownRules, warningsOf } from '../../src/config/warnings.ts';
import { loadRules } from '../../src/detect/load-rules.ts';
import { receiverKinds } from '../../src/notify/receivers/receiver-table.ts';
import { commandLine, root } from '../cli/trailwatch.ts';

/** docs/delivery.md shows nothing that isn't so: its files load, its sessions are run. So do the examples in config/default.yml. */
const page = await readFile(join(root, 'docs/delivery.md'), 'utf8');
const defaults = await readFile(join(root, 'config/default.yml'), 'utf8');
const files = [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, text = '']) => text);
const sessions = [...page.matchAll(/^```console\n\$ trailwatch (.*)\n([^]*?)^```$/gm)].map(([, line = '', output]) => {
  return { line, output };
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-delivery-page-'));
  await writeFile(join(folder, 'prod.yml'), files[0] ?? '');
});
afterAll(() => rm(folder, { recursive: true }));

async function load(text: string, ...before: readonly string[]) {
  const path = join(folder, 'example.yml');
  await writeFile(path, text);
  return loadConfiguration([join(root, 'config/default.yml'), ...before, path]);
}

const { ruleSet } = await loadRules([join(root, 'rules')]);
const rules = [...ruleSet.detections, ...ruleSet.correlations].map(({ key, meta: { title } }) => ({ id: key, title }));
const now = new Date('2026-03-14T12:00:00Z');

describe('the files', () => {
  test('are all there', () => expect(files.length).toBeGreaterThan(3));

  test.each(files)('load over default.yml, and nothing in them is a slip:\n%s', async (text) => {
    const configuration = await load(text);
    expect([...warningsOf(configuration, now), ...unknownRules(configuration, rules)]).toEqual([]);
  });
});

describe('the examples in the comments of default.yml', () => {
  // `#   key:` and all that is indented below it.
  const examples = [...defaults.matchAll(/^#   ([a-z][A-Za-z]*:.*\n(?:#     .*\n)*)/gm)].map(([, text = '']) =>
    text.replace(/^# {3}/gm, ''),
  );
  test('are all there', () => expect(examples.length).toBeGreaterThan(8));
  test.each(examples)('load over it:\n%s', async (text) => {
    // Routes there name the receiver of another example.
    const oncall = join(folder, 'oncall.yml');
    await writeFile(oncall, 'receivers: { oncall: { kind: slack-webhook, address: /trailwatch/oncall } }');
    expect(unknownRules(await load(text, oncall), rules)).toEqual([]);
  });
});

describe('the sessions', () => {
  test('are all there', () => expect(sessions).toHaveLength(3));

  test.each(sessions)('trailwatch $line', async ({ line, output }) => {
    const args = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    const { code, stdout, stderr } = await commandLine(
      args.map((arg) => (arg === 'prod.yml' ? join(folder, 'prod.yml') : arg)),
    );
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: output, stderr: '' });
  });
});

test('the table of receivers in docs/delivery.md has a row for each kind, in the order of receiver-table.ts', () => {
  const [, section = ''] = /^## Receivers\n([^]*?)^## /m.exec(page) ?? [];
  const kinds = [...section.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, kind]) => kind);
  expect(kinds).toEqual(Object.keys(receiverKinds));
});

test('what the page says is counted is counted', async () => {
  const metrics = await readFile(join(root, 'src/runtime/metrics.ts'), 'utf8');
  const named = [...page.matchAll(/`((?:Findings|Notifications|Deliveries|Circuits|Fallbacks)[A-Za-z]+)`/g)];
  expect(named.length).toBeGreaterThan(10);
  for (const [, name = ''] of named) expect(metrics).toContain(`'${name}'`);
});
