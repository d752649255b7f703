import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cloudTrailRecord } from './cloudtrail-record.ts';
import { bin, root } from './trailwatch.ts';

// Stands in for a shell whose Node is older: the wrapper looks at nothing but this version.
const older = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })`;
const bundled = existsSync(join(root, 'node_modules', 'node', 'bin', 'node'));

interface Started {
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  readonly child: ReturnType<typeof spawn>;
}

function start(
  path: string,
  args: readonly string[],
  { input, env }: { input?: string; env?: Record<string, string> } = {},
): Started {
  const child = spawn(process.execPath, ['--import', older, path, ...args], {
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  const parts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      parts[name] += text;
    });
  }
  if (input !== undefined) child.stdin.end(input);
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...parts }));
  return { child, ended };
}

(bundled ? describe : describe.skip)('started with a Node that runs no TypeScript', () => {
  test("hands over to the project's Node: arguments, input, output and exit code pass through", async () => {
    const input = JSON.stringify([cloudTrailRecord()]);
    const { code, stdout, stderr } = await start(bin, ['scan', '-', '--format', 'ndjson', '--fail-on', 'low'], {
      input,
    }).ended;
    expect(JSON.parse(stdout)).toMatchObject({ event: { action: 'StopLogging' }, input: { path: '-' } });
    expect(stderr).toMatch(/^1 finding;/);
    expect(code).toBe(1);
  });

  test('passes signals on, and the exit code that follows', async () => {
    const { child, ended } = start(bin, ['run', '-', '--no-report']);
    child.stdin?.write(`${JSON.stringify(cloudTrailRecord())}\n`);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    expect(stdout).toContain('Stopped before the end');
    expect(code).toBe(130);
  });
});

describe('where no fitting Node is found', () => {
  let elsewhere: string;

  beforeAll(async () => {
    elsewhere = await mkdtemp(join(tmpdir(), 'trailwatch-'));
    await mkdir(join(elsewhere, 'bin'));
    await cp(bin, join(elsewhere, 'bin', 'trailwatch.mjs'));
  });

  afterAll(() => rm(elsewhere, { recursive: true, force: true }));

  test('says which Node it needs, which it got, and what to do', async () => {
    const { code, stderr } = await start(join(elsewhere, 'bin', 'trailwatch.mjs'), ['run']).ended;
    expect(stderr).toMatch(/needs Node 22\.18 or newer; this is 20\.19\.0/);
    expect(stderr).toContain('Run `npm ci`');
    expect(code).toBe(2);
  });

  test('never starts itself over and over', async () => {
    const { code } = await start(bin, ['run'], { env: { REEXECUTED_BY_TRAILWATCH: '1' } }).ended;
    expect(code).toBe(2);
  });
});
