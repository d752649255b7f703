import { isUtf8 } from 'node:buffer';
import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { Ingested } from '../../model/log-record.ts';
import { failure, skipped } from '../ingested.ts';
import { codeOf, messageOf } from '../../text/system-error.ts';
import { trailFileTime } from '../files/trail-file-name.ts';

/** FoundFile is one file to read. */
export interface FoundFile {
  /** Named by the user, found below a folder that the user named, or standard input. */
  readonly kind: 'given' | 'found' | 'stdin';
  /** For people: bytes that aren't UTF-8 are shown as `\xNN`. */
  readonly path: string;
  /** For the system. */
  readonly name: Buffer | string;
  /** In bytes on disk. */
  readonly size: number;
  /** ISO 8601: when it was last written. */
  readonly time: string;
}

/** NoSuchPathError says that a path which the user named does not exist. */
class NoSuchPathError extends Error {
  override readonly name = 'NoSuchPathError';
}

/** Walked is the result of a walk: the files in the order of reading, and the reasons why others are not read. */
export interface Walked {
  readonly files: readonly FoundFile[];
  readonly notes: readonly Ingested[];
}

/**
 * walk lists the files of paths and folders in a stable order: as the user named them, and within a folder first the files without
 * a time in their name by path, then trail files by time. Links are followed; each file and folder is visited once.
 */
export async function walk(paths: readonly string[]): Promise<Walked> {
  // All paths are looked at before any is read, so that a mistyped one costs nothing.
  const roots: { readonly path: string; readonly stats?: BigIntStats }[] = [];
  for (const path of paths) roots.push(path === '-' ? { path } : { path, stats: await statGiven(path) });
  const state: WalkState = { notes: [], seen: new Map() };
  const files: FoundFile[] = [];
  for (const { path, stats } of roots) {
    if (stats === undefined) files.push({ kind: 'stdin', path: '-', name: '-', size: 0, time: '' });
    else if (stats.isDirectory()) {
      const before = state.notes.length;
      const found = await walkFolder(Buffer.from(path), stats, state, 0);
      if (found.length === 0 && state.notes.length === before)
        state.notes.push(failure({ path, index: 0 }, 'empty folder'));
      files.push(...inOrder(found));
    } else if (isFirst(Buffer.from(path), stats, state)) files.push(fileOf('given', Buffer.from(path), stats));
  }
  return { files, notes: state.notes };
}

interface WalkState {
  readonly notes: Ingested[];
  /** Device and inode to the path under which it was met first. */
  readonly seen: Map<string, string>;
}

/** Deeper than any archive; a file system that nests without end is stopped here. */
const maxFolders = 64;

async function walkFolder(
  folder: Buffer,
  stats: BigIntStats,
  state: WalkState,
  depth: number,
): Promise<readonly FoundFile[]> {
  if (!isFirst(folder, stats, state)) return [];
  const place = { path: shown(folder), index: 0 };
  if (depth > maxFolders) {
    state.notes.push(failure(place, `more than ${maxFolders} folders deep`));
    return [];
  }
  let names: readonly Buffer[];
  try {
    names = await readdir(folder, { encoding: 'buffer' });
  } catch (error) {
    state.notes.push(failure(place, `folder cannot be read: ${explain(error)}`));
    return [];
  }
  if (names.length === 0 && depth > 0) state.notes.push(skipped(place, 'empty folder'));
  const files: FoundFile[] = [];
  for (const name of [...names].sort((a, b) => Buffer.compare(a, b))) {
    const path = Buffer.concat([folder, folder.at(-1) === slash ? Buffer.alloc(0) : Buffer.from([slash]), name]);
    files.push(...(await walkEntry(path, state, depth)));
  }
  return files;
}

async function walkEntry(path: Buffer, state: WalkState, depth: number): Promise<readonly FoundFile[]> {
  const place = { path: shown(path), index: 0 };
  let stats: BigIntStats;
  try {
    stats = await stat(path, { bigint: true });
  } catch (error) {
    state.notes.push(
      failure(place, codeOf(error) === 'ENOENT' ? 'link to a file that does not exist' : explain(error)),
    );
    return [];
  }
  if (stats.isDirectory()) return walkFolder(path, stats, state, depth + 1);
  if (!stats.isFile()) {
    state.notes.push(skipped(place, 'not a regular file'));
    return [];
  }
  return isFirst(path, stats, state) ? [fileOf('found', path, stats)] : [];
}

/** Whether it wasn't met before; links would otherwise count records twice, or lead in circles. */
function isFirst(path: Buffer, stats: BigIntStats, { notes, seen }: WalkState): boolean {
  const key = `${stats.dev}:${stats.ino}`;
  const first = seen.get(key);
  if (first === undefined) seen.set(key, shown(path));
  else notes.push(skipped({ path: shown(path), index: 0 }, `the same as ${first}, which is read once`));
  return first === undefined;
}

function fileOf(kind: 'given' | 'found', name: Buffer, stats: BigIntStats): FoundFile {
  return {
    kind,
    path: shown(name),
    name,
    size: Number(stats.size),
    time: new Date(Number(stats.mtimeMs)).toISOString(),
  };
}

function inOrder(files: readonly FoundFile[]): readonly FoundFile[] {
  const keyed = files.map((file) => ({ file, time: trailFileTime(file.path) ?? '' }));
  // The sort is stable: files of equal time stay in order of their paths.
  return keyed.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)).map(({ file }) => file);
}

async function statGiven(path: string): Promise<BigIntStats> {
  try {
    return await stat(path, { bigint: true });
  } catch (cause) {
    const what = codeOf(cause) === 'ENOENT' ? 'no such file or folder' : explain(cause);
    throw new NoSuchPathError(`${path}: ${what}`, { cause });
  }
}

const slash = 0x2f;

/** A path for people. Bytes that aren't text are spelled out, so that two names never look alike. */
function shown(path: Buffer): string {
  if (isUtf8(path)) return path.toString('utf8');
  return [...path]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`))
    .join('');
}

function explain(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ELOOP: 'links that lead in a circle',
    ENAMETOOLONG: 'name too long',
  };
  return reasons[codeOf(error)] ?? messageOf(error);
}
