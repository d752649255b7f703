import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';

export interface Workshop {
  /** package runs `serverless package`, and gives the folder of what came of it. */
  package(stage: string, parameters?: Readonly<Record<string, string>>): Promise<string>;
  /** serverless runs any other command, in the account that the variables lead to, and gives what it wrote. */
  serverless(options: readonly string[], account: Readonly<Record<string, string>>): Promise<string>;
  /** write changes one of the copied files. */
  write(file: string, text: string): void;
  remove(): void;
}

const root = path.resolve(import.meta.dirname, '../..');
/** What packaging reads. */
export const inputs = [
  'serverless.yml',
  'package.json',
  'config',
  'deploy',
  'functions',
  'queries',
  'rules',
  'schemas',
  'src',
];

/** openWorkshop copies what packaging reads into a folder of its own, so that nobody's build is disturbed. */
export function openWorkshop(): Workshop {
  const folder = mkdtempSync(path.join(tmpdir(), 'trailwatch-package-'));
  for (const part of inputs) cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  const run = promisify(execFile);
  let packages = 0;

  return {
    async package(stage, parameters = {}) {
      const started = performance.now();
      const output = path.join(folder, 'packages', String(++packages));
      const options = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
      const { stdout, stderr } = await run(
        'node_modules/.bin/serverless',
        ['package', '--stage', stage, '--package', output, ...options],
        { cwd: folder, env: environment() },
      );
      const seconds = (performance.now() - started) / 1_000;
      for (const file of readdirSync(path.join(folder, '.build/lambda')).filter((name) => name.endsWith('.json'))) {
        cpSync(path.join(folder, '.build/lambda', file), path.join(output, 'bundled', file));
      }
      writeFileSync(path.join(output, 'run.json'), JSON.stringify({ seconds, output: stdout + stderr }));
      return output;
    },
    async serverless(options, account) {
      const { stdout, stderr } = await run('node_modules/.bin/serverless', options, {
        cwd: folder,
        env: { ...environment(), ...account, SLS_AWS_MONITORING_FREQUENCY: '10' },
      });
      return stdout + stderr;
    },
    write: (file, text) => writeFileSync(path.join(folder, file), text),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Packaging needs no account: what a developer's shell knows of one is left out. */
function environment(): Record<string, string | undefined> {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS_|TRAILWATCH_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(own), SLS_NOTIFICATIONS_MODE: 'off', SLS_TELEMETRY_DISABLED: '1', CI: '1' };
}
