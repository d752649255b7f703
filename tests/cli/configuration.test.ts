import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cloudTrailRecord } from './cloudtrail-record.ts';
import { commandLine } from './trailwatch.ts';

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-cli-config-'));
  const twin = { eventID: 'in-444455556666', recipientAccountId: '444455556666' };
  const shared = { sharedEventID: 'shared-1' };
  await Promise.all([
    writeFile(at('trail.json'), JSON.stringify({ Records: [cloudTrailRecord()] })),
    writeFile(
      at('twins.json'),
      JSON.stringify({ Records: [cloudTrailRecord(shared), cloudTrailRecord({ ...shared, ...twin })] }),
    ),
    writeFile(at('names.yml'), "accounts: { '111122223333': platform }"),
    writeFile(at('renamed.yml'), "accounts: { '111122223333': the-platform }"),
    writeFile(at('ignore.yml'), "logs: [{ path: 'trail.json', format: ignore }]"),
    writeFile(at('pack.yml'), 'rules:\n  disable: [{ area: "*" }]\n  levels: {}'),
    writeFile(at('level.yml'), 'rules: { enable: [{ tag: attack.t1098.001 }] }'),
    writeFile(at('unknown-rule.yml'), 'rules:\n  levels:\n    no-such-rule: low'),
    writeFile(at('wrong.yml'), '# misspelled\nacounts: {}'),
  ]);
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: readonly string[]) => commandLine(['run', '--no-report', ...args]);

describe('--config', () => {
  test('gives accounts their names, the last file the last word', async () => {
    const { stdout } = await run(at('trail.json'), '--config', at('names.yml'), '--config', at('renamed.yml'));
    expect(stdout).toContain('in the-platform');
  });

  test('turns rules off: without any left nothing is read', async () => {
    const { code, stderr } = await run(at('trail.json'), '--config', at('pack.yml'));
    expect(stderr).toMatch(/the configuration turns every rule off \(\d+ rules\)/);
    expect(code).toBe(2);
  });

  test('leaves the rules that it enables, also in the list of rules', async () => {
    const { stdout } = await commandLine(['rule', 'list', '--format', 'json', '--config', at('level.yml')]);
    const listed = JSON.parse(stdout) as readonly { readonly techniques: readonly string[] }[];
    expect(listed.length).toBeGreaterThan(0);
    expect(listed.filter(({ techniques }) => !techniques.includes('T1098.001'))).toEqual([]);
  });

  test('names an id that no rule has by file and line, also beside rules of one’s own', async () => {
    const said = /unknown-rule\.yml:3: rules\.levels\.no-such-rule: no rule has the id "no-such-rule"/;
    for (const more of [[], ['--rules', 'rules/identity']]) {
      const { code, stderr } = await run(at('trail.json'), '--config', at('unknown-rule.yml'), ...more);
      expect(stderr).toMatch(said);
      expect(code).toBe(2);
    }
  });

  test('without it an account is its id', async () => {
    expect((await run(at('trail.json'))).stdout).toContain('in 111122223333');
  });

  test('says how files are read, by their path', async () => {
    const { stdout } = await commandLine([
      'scan',
      at('trail.json'),
      '--format',
      'ndjson',
      '--config',
      at('ignore.yml'),
    ]);
    expect(stdout).toBe('');
  });

  test.each([
    ['a key that nobody knows', 'wrong.yml', /wrong\.yml:2: acounts: unknown key: known here are accounts/],
    ['a file that is not there', 'nowhere.yml', /nowhere\.yml: cannot be read: ENOENT/],
  ])('%s is wrong usage, and says where', async (_name, file, says) => {
    const { code, stderr } = await run(at('trail.json'), '--config', at(file));
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
  });
});

test('what two accounts logged is one alert; a scan lists both records under one id', async () => {
  const alerts = (await run(at('twins.json'), '--format', 'ndjson')).stdout.trimEnd().split('\n');
  expect(alerts).toHaveLength(1);

  const { stdout } = await commandLine(['scan', at('twins.json'), '--format', 'ndjson']);
  const findings = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; event: { id: string } });
  expect(findings.map(({ event }) => event.id)).toEqual(['0b1c2d3e-0000-4000-8000-0000000000aa', 'in-444455556666']);
  expect(new Set(findings.map(({ id }) => id)).size).toBe(1);
});
