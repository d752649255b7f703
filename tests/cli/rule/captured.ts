import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Command } from 'commander';
import { UsageError } from '../../../src/cli/shell/exit.ts';
import { ruleCommand } from '../../../src/cli/rule/command.ts';
import { createOutput } from '../../../src/cli/shell/terminal.ts';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** folderOf makes a folder that holds files, by name and text. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'trailwatch-rule-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** runRule runs `trailwatch rule …` in a folder and captures what it writes; wrong usage is code 2, as the command line has it. */
export async function runRule(args: readonly string[], cwd: string, stdin = ''): Promise<Ran> {
  const written = { out: '', err: '' };
  const capture = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk, _, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const program = new Command('trailwatch').exitOverride().configureOutput({ outputError: () => undefined });
  let code = -1;
  const surroundings = {
    out: createOutput(capture('out'), {}),
    err: createOutput(capture('err'), {}),
    stdin: Readable.from([stdin]),
    cwd,
    now: () => new Date(0),
    stop: new AbortController().signal,
  };
  ruleCommand(program, surroundings, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(['rule', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { code: 2, out: written.out, err: error.message };
  }
  return { code, ...written };
}
