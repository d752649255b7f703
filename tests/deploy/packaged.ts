import { createHash, type Hash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inputs, openWorkshop } from './workshop.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
}

/** Packaged is what `serverless package` leaves behind for one stage. */
export interface Packaged {
  readonly template: Template;
  readonly templateBytes: number;
  readonly seconds: number;
  /** What the command wrote. */
  readonly output: string;
  /** zip reads one function's package, by the function's key. */
  readonly zip: (functionKey: string) => Buffer;
  /** bundled gives the files that one function's bundle was made from, with their share of its bytes. */
  readonly bundled: (functionKey: string) => Readonly<Record<string, number>>;
}

/** Wanted is a stage to package. */
export interface Wanted {
  readonly stage: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Files that are other than in the project, by their paths: a stage's configuration. */
  readonly files?: Readonly<Record<string, string>>;
  /** Handlers that do nothing are bundled in place of the functions, where a suite looks at the template alone: it is the same. */
  readonly templateOnly?: boolean;
}

const root = path.resolve(import.meta.dirname, '../..');
/**
 * packageStage packages a stage once for all suites: what was made of the same files, parameters and dependencies is read again, also
 * by the next run. The first suite to want it makes it; others wait.
 */
export async function packageStage(wanted: Wanted): Promise<Packaged> {
  const folder = path.join(root, '.build', 'packages', keyOf(wanted));
  const lock = `${folder}.lock`;
  mkdirSync(path.dirname(folder), { recursive: true });
  while (!existsSync(folder)) {
    if (!take(lock)) {
      await setTimeout(200);
      continue;
    }
    try {
      await make(wanted, folder);
      forgetAll(path.dirname(folder), 20);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return readPackaged(folder);
}

async function make({ stage, parameters, files = {}, templateOnly = false }: Wanted, folder: string): Promise<void> {
  const workshop = openWorkshop();
  try {
    const handlers = templateOnly ? readdirSync(path.join(root, 'functions')) : [];
    for (const file of handlers) workshop.write(`functions/${file}`, 'export const handler = async () => {};\n');
    for (const [file, text] of Object.entries(files)) workshop.write(file, text);
    const made = await workshop.package(stage, parameters);
    // Copied first and then moved, so that a folder with this name is whole.
    const part = `${folder}.part`;
    rmSync(part, { recursive: true, force: true });
    cpSync(made, part, { recursive: true });
    if (!existsSync(folder)) renameSync(part, folder);
  } finally {
    workshop.remove();
  }
}

function readPackaged(folder: string): Packaged {
  const read = (file: string): Buffer => readFileSync(path.join(folder, file));
  const text = read('cloudformation-template-update-stack.json').toString();
  return {
    ...(JSON.parse(read('run.json').toString()) as { readonly seconds: number; readonly output: string }),
    template: JSON.parse(text) as Template,
    templateBytes: Buffer.byteLength(text),
    zip: (key) => read(`${key}.zip`),
    bundled: (key) => bytesByInput(JSON.parse(read(`bundled/${key}.json`).toString()) as Metafile),
  };
}

/** The same key means the same package: it is made of all that packaging reads. */
function keyOf(wanted: Wanted): string {
  const hash = createHash('sha256').update(JSON.stringify([process.versions.node, wanted]));
  for (const input of [...inputs, 'package-lock.json']) addFiles(hash, input);
  return hash.digest('hex').slice(0, 32);
}

function addFiles(hash: Hash, file: string): void {
  const place = path.join(root, file);
  if (!statSync(place).isDirectory()) hash.update(`${file}\0`).update(readFileSync(place));
  else for (const name of readdirSync(place).toSorted()) addFiles(hash, path.join(file, name));
}

/** take makes a lock, unless a process that is alive has it. */
function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isHeld(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isHeld(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return true;
  } catch {
    return false;
  }
}

function forgetAll(packages: string, butTheNewest: number): void {
  const byAge = readdirSync(packages)
    .filter((name) => /^[0-9a-f]{32}$/.test(name))
    .map((name) => path.join(packages, name))
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of byAge.slice(butTheNewest)) rmSync(old, { recursive: true, force: true });
}

interface Metafile {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

function bytesByInput({ outputs }: Metafile): Readonly<Record<string, number>> {
  const inputsOfOutput = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return Object.fromEntries(inputsOfOutput.map(([file, { bytesInOutput }]) => [file, bytesInOutput]));
}
