import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commandLine, root } from './trailwatch.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-route-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const route = (...args: readonly string[]) => commandLine(['route', 'test', ...args]);

describe('what docs/delivery.md shows', () => {
  test('is what the commands print, with the configuration shown there', async () => {
    const page = await readFile(join(root, 'docs/delivery.md'), 'utf8');
    const [, yaml = ''] = /```yaml\n(.*?)```/su.exec(page) ?? [];
    const config = await write('prod.yml', yaml);
    const shown = [...page.matchAll(/```console\n\$ trailwatch route test (.*?)\n(.*?)```/gsu)];
    expect(shown).toHaveLength(2);
    for (const [, args = '', output] of shown) {
      const { code, stdout, stderr } = await route(
        ...args.split(' ').map((arg) => (arg === 'prod.yml' ? config : arg)),
      );
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: output, stderr: '' });
    }
  });
});

describe('the routes that a stage has without any of its own', () => {
  test.each<[string, readonly string[], string]>([
    ['medium and above go to people', ['level=medium'], 'sns,slack'],
    ['critical', ['level=critical', 'service=iam'], 'slack,sns'],
    ['below medium goes to nobody', ['level=low'], 'none'],
    ['an instance that stops is told', ['level=informational', 'source=ec2_state_change'], 'sns,slack'],
    ["AWS's services are not told", ['level=medium', 'source=cloudtrail', 'actorKind=service'], 'none'],
    ['but for what is severe', ['level=high', 'source=cloudtrail', 'actorKind=service'], 'sns,slack'],
    ['nor GuardDuty kept back', ['level=medium', 'source=guardduty', 'actorKind=service'], 'sns,slack'],
  ])('%s', async (_rule, labels, receivers) => {
    for (const stage of ['dev', 'staging', 'prod']) {
      const { code, stderr } = await route('--stage', stage, ...labels, '--receivers', receivers);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });
});

describe('a finding from the bus', () => {
  test.each([
    ['the event', (event: { readonly detail: object }) => event],
    ['its detail', (event: { readonly detail: object }) => event.detail],
  ])('%s says its own labels', async (_what, part) => {
    const queue = JSON.parse(await readFile(join(root, 'events/lambda/deliver-sqs/findings.json'), 'utf8')) as {
      readonly Records: readonly { readonly body: string }[];
    };
    const event = JSON.parse(queue.Records[0]?.body ?? '') as { readonly detail: object };
    const path = await write('finding.json', JSON.stringify(part(event)));
    const { code, stdout } = await route('--finding', path);
    expect(stdout).toMatch(/rule=Root user was active.* actorKind=root/);
    expect(stdout).toMatch(/reaches sns, slack\n$/);
    expect(code).toBe(0);
  });
});

test('other receivers than expected are exit 1, and both are named', async () => {
  const { code, stderr } = await route('level=low', '--receivers', 'sns');
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'trailwatch: expected sns, reached none\n' });
});

test('a suppression that has ended is named', async () => {
  const config = await write(
    'old.yml',
    'suppressions: { old: { match: { rule: a }, owner: me@example.com, reason: b, expires: 2026-03-11 } }',
  );
  const { code, stdout, stderr } = await route('--config', config, 'rule=a', 'level=high', '--receivers', 'slack,sns');
  expect(stdout).toContain('! old: ended with 2026-03-11');
  expect(stderr).toBe('trailwatch: suppression old of me@example.com ended with 2026-03-11 and no longer works\n');
  expect(code).toBe(0);
});

test('a run keeps back what is suppressed, and says so in its summary', async () => {
  const config = await write(
    'run.yml',
    'suppressions: { guessing: { match: { source: sshd }, owner: me@example.com, reason: known, expires: never } }',
  );
  const hosts = join(root, 'events/hosts');
  const all = await commandLine(['run', hosts, '--no-report']);
  const rest = await commandLine(['run', hosts, '--no-report', '--config', config]);
  expect(all.stdout).not.toContain('suppressed');
  const total = (text: string): number => Number(/findings +(\d+) in/.exec(text)?.[1] ?? 0);
  const [, kept = ''] = /(\d+) findings suppressed by guessing \(me@example\.com\): known/.exec(rest.stdout) ?? [];
  expect(Number(kept)).toBeGreaterThan(0);
  expect(total(rest.stdout) + Number(kept)).toBe(total(all.stdout));
});

describe('wrong usage is exit 2, with what is wrong', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['nothing given', [], /give either labels/],
    ['labels and a finding', ['level=low', '--finding', 'x'], /give either labels/],
    ['no label', ['level'], /level: write a label as name=value/],
    ['an unknown label', ['severity=high'], /severity=high: write a label.*\nLabels are level, rule/],
    ['a level that is none', ['level=hihg'], /a finding has one of the levels/],
    ['a comparison, which only a route has', ['level=>= high'], /a finding has one of the levels/],
    [
      'an unknown receiver',
      ['level=low', '--receivers', 'slak'],
      /no receiver of that name; known are sns, slack, none/,
    ],
    ['an unknown stage', ['level=low', '--stage', 'prdo'], /there is no config\/prdo\.yml/],
    ['a stage that leaves the folder', ['level=low', '--stage', '../package'], /no name of a stage/],
    ['a finding that is not there', ['--finding', '/nowhere.json'], /--finding \/nowhere\.json: ENOENT/],
    ['a file that is no finding', ['--finding', join(root, 'package.json')], /--finding .*: event\.source: /],
  ])('%s', async (_what, args, message) => {
    const { code, stderr } = await route(...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});
