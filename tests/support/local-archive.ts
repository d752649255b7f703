import pc from 'picocolors';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { openLocalArchive } from '../../src/cli/report/local-engine.ts';
import type { LocalArchive } from '../../src/cli/report/local-engine.ts';
import type { Output } from '../../src/cli/shell/terminal.ts';
import { tableNames } from '../../src/report/definition/report.ts';

const root = join(import.meta.dirname, '..', '..');
const silent: Output = { colors: pc.createColors(false), interactive: false, width: 100, write: async () => undefined };

export const samplePaths = [join(root, 'events', 'archive'), join(root, 'events', 'hosts')];

/** openArchive reads files into DuckDB, with every table that a report can read. */
export async function openArchive(
  paths: readonly string[],
  tables: readonly string[] = tableNames,
): Promise<LocalArchive> {
  return openLocalArchive(paths, new Set(tableNames.filter((name) => tables.includes(name))), {
    out: silent,
    err: silent,
    stdin: Readable.from([]),
    cwd: root,
    now: () => new Date('2026-03-12T08:00:00.000Z'),
    stop: new AbortController().signal,
  });
}
