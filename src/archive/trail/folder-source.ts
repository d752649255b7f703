import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { ObjectSource } from './object-source.ts';
import { parseTrailKey } from './trail-layout.ts';

/**
 * createFolderSource reads a copy of a trail bucket, as `aws s3 sync` makes it. The folder may also be one inside the copy: the files
 * of a digest are then found relative to `AWSLogs`.
 */
export function createFolderSource(folder: string): ObjectSource {
  const path = resolve(folder);
  const root = rootOf(path);
  return {
    name: folder,
    list: () => filesBelow(root, path, new Set()),
    async open({ key }) {
      // Keys come from digests, which may be forged: they must not reach files outside the copy.
      const file = resolve(root, key);
      if (!file.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
      const found = await stat(file).catch(absent);
      return found?.isFile() === true ? { body: createReadStream(file) as AsyncIterable<Uint8Array> } : undefined;
    },
  };
}

/** The folder that contains `AWSLogs`, when the path is below it. */
function rootOf(path: string): string {
  const parts = path.split(sep);
  const at = parts.lastIndexOf('AWSLogs');
  return at === -1 ? path : parts.slice(0, at).join(sep) || sep;
}

/** Links are followed, as other commands do, so that what they read is seen here; each folder is visited once. */
async function* filesBelow(root: string, folder: string, visited: Set<string>): AsyncGenerator<string> {
  const { dev, ino } = await stat(folder);
  if (visited.has(`${dev}:${ino}`)) return;
  visited.add(`${dev}:${ino}`);
  const names = await readdir(folder);
  for (const name of names.toSorted()) {
    const path = join(folder, name);
    const found = await stat(path).catch(absent);
    if (found?.isDirectory() === true) yield* filesBelow(root, path, visited);
    else if (found?.isFile() === true) yield relative(root, path).split(sep).join('/');
  }
}

function absent(error: unknown): undefined {
  const { code } = error as { readonly code?: unknown };
  if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
  return undefined;
}

/** besideOf is a file's key in a copy: below the same folder as the digest that names it. */
export function besideOf(own: string, named: string): string {
  const prefix = parseTrailKey(own)?.prefix ?? '';
  const path = parseTrailKey(named)?.path;
  return path === undefined ? named : prefix + path;
}
