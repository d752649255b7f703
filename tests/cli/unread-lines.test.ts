import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { commandLine } from './trailwatch.ts';

let folder = '';
let log = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-unread-'));
  log = join(folder, 'auth.log');
  const lines = [
    'Mar 11 05:33:07 h1 sshd[8]: Failed password for root from 198.51.100.77 port 5 ssh2',
    'Mar 11 05:33:08 h1 sshd[8]: words of a later release',
    'Mar 11 05:33:09 h1 sshd[8]: \u001b[31mother words',
    'Mar 11 05:33:10 h1 sudo: something else',
    // Of programs that write anything, nobody expects to know every line.
    'Mar 11 05:33:11 h1 shop[9]: order placed',
    'Mar 11 05:33:12 h1 kernel: eth0: link up',
  ];
  await writeFile(log, `${lines.join('\n')}\n`);
});

afterAll(() => rm(folder, { recursive: true }));

test('scan counts the lines that were not understood by program, with the first of them', async () => {
  const { code, stderr } = await commandLine(['scan', log]);
  expect(stderr).toContain(`2 lines of sshd were not understood, first ${log} #1: words of a later release\n`);
  expect(stderr).toContain(`1 line of sudo was not understood, first ${log} #3: something else\n`);
  expect(stderr).not.toMatch(/of (?:shop|kernel) /);
  expect(code).toBe(0);
});

test('SARIF carries them as notes', async () => {
  const { stdout } = await commandLine(['scan', log, '--format', 'sarif']);
  const { runs } = JSON.parse(stdout) as {
    runs: readonly { invocations: readonly { toolExecutionNotifications: readonly unknown[] }[] }[];
  };
  expect(runs[0]?.invocations[0]?.toolExecutionNotifications).toMatchObject([
    { level: 'note', properties: { program: 'sshd', lines: 2 } },
    { level: 'note', properties: { program: 'sudo', lines: 1 } },
  ]);
});

test('the summary of run names them', async () => {
  const { stdout } = await commandLine(['run', log, '--no-report']);
  expect(stdout).toMatch(/^unread +2 lines of sshd were not understood, first /m);
});
