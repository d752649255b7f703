import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pc from 'picocolors';
import { runCommandLine } from '../../src/cli/main.ts';
import type { Output } from '../../src/cli/shell/terminal.ts';

export const root = join(import.meta.dirname, '..', '..');
export const bin = join(root, 'bin', 'trailwatch.mjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** trailwatch starts the real command, as a shell would, and waits for its end. */
export async function trailwatch(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  const { NO_COLOR: _noColor, FORCE_COLOR: _forceColor, ...env } = process.env;
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: options.cwd ?? root,
    env: { ...env, NODE_OPTIONS: '', ...options.env },
  });
  const parts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8');
    child[name].on('data', (text: string) => {
      parts[name] += text;
    });
  }
  // A command that refuses its arguments may end before it has read its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { code, ...parts };
}

/** commandLine does what the command would, in this process: for tables of cases that need no process each. */
export async function commandLine(
  args: readonly string[],
  { stop = new AbortController().signal }: { readonly stop?: AbortSignal } = {},
): Promise<Ended> {
  const parts = { stdout: '', stderr: '' };
  const outputTo = (name: keyof typeof parts): Output => ({
    colors: pc.createColors(false),
    interactive: false,
    width: 100,
    write: async (text) => {
      parts[name] += text;
    },
  });
  const code = await runCommandLine(args, {
    out: outputTo('stdout'),
    err: outputTo('stderr'),
    stdin: Readable.from([]),
    cwd: process.cwd(),
    now: () => new Date('2026-03-12T08:00:00.000Z'),
    stop,
  });
  return { code, ...parts };
}
