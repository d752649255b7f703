import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
}

/** Packaged is what `serverless package` leaves behind for one stage. */
export interface Packaged {
  readonly template: Template;
  readonly templateBytes: number;
  readonly seconds: number;
  /** zip reads one function's package, by the function's key in serverless.yml. */
  readonly zip: (functionKey: string) => Buffer;
  /** bundled gives the files that one function's bundle was made from, with their share of its bytes. */
  readonly bundled: (functionKey: string) => Readonly<Record<string, number>>;
}

export interface Workshop {
  package(stage: string, parameters?: Readonly<Record<string, string>>): Promise<Packaged>;
  /** serverless runs any other command, in the account that the variables lead to, and gives what it wrote. */
  serverless(options: readonly string[], account: Readonly<Record<string, string>>): Promise<string>;
  /** write changes one of the copied files. */
  write(file: string, text: string): void;
  remove(): void;
}

const root = path.resolve(import.meta.dirname, '../..');

/** openWorkshop copies what packaging reads into a folder of its own, so that nobody's build is disturbed. */
export function openWorkshop(): Workshop {
  const folder = mkdtempSync(path.join(tmpdir(), 'trailwatch-package-'));
  for (const part of [
    'serverless.yml',
    'package.json',
    'config',
    'deploy',
    'functions',
    'queries',
    'rules',
    'schemas',
    'src',
  ]) {
    cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'dir');
  let packages = 0;

  return {
    async package(stage, parameters = {}) {
      const started = performance.now();
      const output = `packages/${++packages}`;
      const options = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
      await promisify(execFile)(
        'node_modules/.bin/serverless',
        ['package', '--stage', stage, '--package', output, ...options],
        {
          cwd: folder,
          env: environment(),
        },
      );
      const seconds = (performance.now() - started) / 1_000;
      const text = read(folder, `${output}/cloudformation-template-update-stack.json`).toString();
      return {
        template: JSON.parse(text) as Template,
        templateBytes: Buffer.byteLength(text),
        seconds,
        zip: (key) => read(folder, `${output}/${key}.zip`),
        bundled: (key) => bytesByInput(JSON.parse(read(folder, `.build/lambda/${key}.json`).toString()) as Metafile),
      };
    },
    async serverless(options, account) {
      const { stdout, stderr } = await promisify(execFile)('node_modules/.bin/serverless', options, {
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

function read(folder: string, file: string): Buffer {
  return readFileSync(path.join(folder, file));
}

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

function bytesByInput({ outputs }: Metafile): Readonly<Record<string, number>> {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return Object.fromEntries(inputs.map(([file, { bytesInOutput }]) => [file, bytesInOutput]));
}
