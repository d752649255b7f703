import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { callRecord, changeRecord, instance } from '../unit/detect/instance-story/instance-records.ts';
import { commandLine } from './trailwatch.ts';

let folder: string;
let call: string;
let change: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trailwatch-'));
  [call, change] = [join(folder, 'call.json'), join(folder, 'change.json')];
  const fields = { sessionCredentialFromConsole: 'true', eventCategory: 'Management' };
  await writeFile(call, JSON.stringify({ Records: [callRecord('StopInstances', 0, fields).fields] }));
  await writeFile(change, JSON.stringify(changeRecord('stopped', 30).fields));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('who stopped an instance is told with its new state', () => {
  test.each([
    ['the call is read first', () => [call, change]],
    ['the new state is read first', () => [change, call]],
  ])('when %s', async (_which, paths) => {
    const scanned = await commandLine(['scan', ...paths(), '--format', 'ndjson']);
    const lines = scanned.stdout.trim().split('\n');
    const findings = lines.map((line) => JSON.parse(line) as { rule: { title: string }; event: object });
    expect(findings.find(({ rule }) => rule.title === 'Instance stopped or terminated')?.event).toMatchObject({
      actor: { kind: 'iam-user', name: 'ana' },
      sourceAddress: '203.0.113.10',
      category: { state: 'stopped', before: 'stopping' },
      cause: { action: 'StopInstances', via: 'console' },
    });

    const run = await commandLine(['run', ...paths(), '--no-report']);
    expect(run.stdout).toContain(`INFORMATIONAL  Instance stopped or terminated: ana → instance ${instance} in`);
    expect(run.stdout).toContain('by call   ec2:StopInstances in the console, 2026-03-01 12:00:00 UTC');
  });

  test('and is unknown, when no call was read', async () => {
    const { stdout } = await commandLine(['run', change, '--no-report']);
    expect(stdout).toContain('who       unknown (no call seen yet)');
    expect(stdout).toContain(`Instance stopped or terminated: instance ${instance} in`);
  });
});
