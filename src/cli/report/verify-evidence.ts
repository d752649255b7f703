import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkEntry, parseManifest } from '../../report/manifest.ts';
import type { Manifest } from '../../report/manifest.ts';
import { exitCode } from '../exit.ts';
import type { ExitCode } from '../exit.ts';
import type { Surroundings } from '../terminal.ts';
import { plural } from '../text.ts';

const manifestName = 'manifest.json';

/** evidenceIn reads the manifest of an evidence pack; undefined when the folder is none. */
export async function evidenceIn(path: string, cwd: string): Promise<Manifest | undefined> {
  const text = await readFile(join(resolve(cwd, path), manifestName), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseManifest(text);
}

/** verifyEvidence checks that every file of a pack is as it was written, and that none was added. */
export async function verifyEvidence(
  path: string,
  { files, createdAt, producer }: Manifest,
  { cwd, out }: Surroundings,
): Promise<ExitCode> {
  const folder = resolve(cwd, path);
  const problems: string[] = [];
  for (const entry of files) {
    const content = await readFile(join(folder, entry.path)).catch(() => undefined);
    const problem = checkEntry(entry, content);
    if (problem !== undefined) problems.push(`${entry.path} ${problem}`);
  }
  const known = new Set([manifestName, ...files.map((entry) => entry.path)]);
  for (const name of await readdir(folder)) {
    if (!known.has(name)) problems.push(`${JSON.stringify(name)} is no part of the pack`);
  }
  for (const problem of problems) await out.write(`${problem}\n`);
  const verdict = problems.length === 0 ? 'Intact' : 'Not intact';
  await out.write(`${verdict}: evidence of ${plural(files.length, 'file')}, written ${createdAt} by ${producer}.\n`);
  return problems.length === 0 ? exitCode.done : exitCode.checkFailed;
}
