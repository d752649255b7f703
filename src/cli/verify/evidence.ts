import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { manifestName } from '../../report/evidence/pack.ts';
import { checkEntry, isManifestOfSorts, parseManifest } from '../../report/evidence/manifest.ts';
import type { Manifest, ManifestEntry } from '../../report/evidence/manifest.ts';
import { exitCode } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { plural } from '../../text/amounts.ts';

/** evidenceIn reads the manifest of an evidence pack: `damaged` when it was changed, undefined when the folder is not a pack. */
export async function evidenceIn(path: string, cwd: string): Promise<Manifest | 'damaged' | undefined> {
  const text = await readFile(join(resolve(cwd, path), manifestName), 'utf8').catch((error: unknown) => {
    // A bucket's address or a file is not a folder; other errors are reported.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return parseManifest(text) ?? (isManifestOfSorts(text) ? 'damaged' : undefined);
}

/** verifyEvidence checks that every file of a pack is unchanged, and that none was added. */
export async function verifyEvidence(
  path: string,
  manifest: Manifest | 'damaged',
  { cwd, out }: Surroundings,
): Promise<ExitCode> {
  if (manifest === 'damaged') {
    await out.write(`${manifestName} is damaged, so the other files cannot be verified\nNot intact.\n`);
    return exitCode.checkFailed;
  }
  const { files, createdAt, producer } = manifest;
  const folder = resolve(cwd, path);
  const problems: string[] = [];
  for (const entry of files) {
    const problem = await problemOf(entry, join(folder, entry.path));
    if (problem !== undefined) problems.push(`${entry.path} ${problem}`);
  }
  const known = new Set([manifestName, ...files.map((entry) => entry.path)]);
  for (const name of await readdir(folder)) {
    if (!known.has(name)) problems.push(`${JSON.stringify(name)} is not part of the pack`);
  }
  for (const problem of problems) await out.write(`${problem}\n`);
  const verdict = problems.length === 0 ? 'Intact' : 'Not intact';
  await out.write(`${verdict}: evidence of ${plural(files.length, 'file')}, written ${createdAt} by ${producer}.\n`);
  return problems.length === 0 ? exitCode.done : exitCode.checkFailed;
}

async function problemOf(entry: ManifestEntry, path: string): Promise<string | undefined> {
  try {
    // Files are hashed in chunks: an answer may be larger than memory.
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      hash.update(chunk);
    }
    return checkEntry(entry, { bytes, sha256: hash.digest('hex') });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return checkEntry(entry, undefined);
    return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function codeOf(error: unknown): string {
  return String((error as { readonly code?: unknown }).code);
}
