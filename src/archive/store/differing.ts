import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { differingFile } from './local-store.ts';

/** noteDiffering records ids of a table whose records differ, for the reports that read them. */
export async function noteDiffering(folder: string, table: string, ids: readonly string[]): Promise<void> {
  const lines = ids.map((id) => `${JSON.stringify({ table, id })}\n`).join('');
  await appendFile(join(folder, differingFile), lines);
}

/** readDiffering lists the ids of a table whose records differ, sorted. */
export async function readDiffering(folder: string, table: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, differingFile), 'utf8').catch((error: unknown) => {
    if ((error as { readonly code?: unknown }).code === 'ENOENT') return '';
    throw error;
  });
  const ids = text.split('\n').flatMap((line) => idOf(line, table));
  return [...new Set(ids)].toSorted();
}

/** A line that a crash cut off names nothing: its rows are added, and noted, once more. */
function idOf(line: string, table: string): readonly string[] {
  try {
    const noted = JSON.parse(line) as { readonly table?: unknown; readonly id?: unknown } | null;
    return noted?.table === table && typeof noted.id === 'string' ? [noted.id] : [];
  } catch {
    return [];
  }
}
